"""The page of many files: each before and after as small pictures, its sizes, what was clipped, or why it failed."""

from collections.abc import Sequence
from typing import Any

from cnnfilt.files.image import Array, Image
from cnnfilt.files.read_write_options import WriteOptions
from cnnfilt.files.writing import encode
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import Operation, Result
from cnnfilt.operations.inspect.thumbnails import Thumbnails
from cnnfilt.page.arrays import as_uri
from cnnfilt.page.document import Page, Section

MOST_BYTES = 16_000_000
"""All pictures of a page together take no more: what is left over has its sizes and words alone."""

MOST_RESULTS = 4
"""Of one file no more results are shown."""

_SIDES = ((500, 128), (3000, 96))
"""Up to so many files pictures are at most so high and wide; of more files smaller."""

_SMALLEST = 64
_QUALITY = 75


class Pictures(Frozen):
    """One file before and after, each a caption and a picture as a data URI."""

    before: tuple[str, str]
    after: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """Return how many bytes of the page they take."""
        return sum(len(picture) for _, picture in (self.before, *self.after))


class ShowInFolder(Frozen):
    """Makes small pictures of an image and of its results (an `Inspector` of batch.work)."""

    side: int

    def __call__(self, image: Image, operation: Operation, results: list[Result], format_name: str) -> Pictures:
        """Return the pictures."""
        shown = Thumbnails(self.side, self.side)(image, operation, results[:MOST_RESULTS], format_name)
        before, *after = ((one.caption, small_picture(one.pixels)) for one in shown)
        return Pictures(before, tuple(after))


def side_for(files: int) -> int:
    """Return how high and wide the pictures of so many files are at most."""
    return next((side for most, side in _SIDES if files <= most), _SMALLEST)


def small_picture(pixels: Array) -> str:
    """Return levels of 8 bits, (H, W, 3), as the URI of a PNG, or of a WebP with losses where that is smaller."""
    exact = encode(Image(pixels=pixels), "png", WriteOptions()).data
    near = encode(Image(pixels=pixels), "webp", WriteOptions(quality=_QUALITY)).data
    return as_uri(exact, "png") if len(exact) <= len(near) else as_uri(near, "webp")


def folder_page(
    files: Sequence[dict[str, Any]], *, without_pictures: int, left: int, sections: Sequence[Section]
) -> Page:
    """Return the page of `files`, each as FolderPage has it, in order.

    Of `without_pictures` of them there was no room for any; `left` were not begun or not finished.
    """
    notes = []
    if left:
        notes.append(f"The run was broken off: {left:,} more were not begun or not finished.")
    if without_pictures:
        notes.append(
            f"{without_pictures:,} of them have no pictures here: all pictures together would take more than "
            f"{MOST_BYTES // 1_000_000} MB."
        )
    return Page("folder", {"files": list(files), "notes": notes}, tuple(sections))

"""TIFFs: each image is read by whoever reads its kind rightly, as its own header says; see `tiff_page`. No NumPy."""

from typing import TYPE_CHECKING, BinaryIO

from cnnfilt.files.decode.tiff_directory import Directory, directories
from cnnfilt.files.decode.tiff_page import Page, page_of
from cnnfilt.files.exif import FIRST_SIDEWAYS
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.pillow import decoding
from cnnfilt.files.read_write_options import ReadOptions

if TYPE_CHECKING:
    from cnnfilt.files.image import Image


class OpenedTiff:
    """A TIFF with the directories of its images read."""

    def __init__(self, found: list[Directory]) -> None:
        self._directories = found

    @property
    def count(self) -> int:
        """Return how many images it holds."""
        return len(self._directories)

    def size(self, number: int, options: ReadOptions) -> tuple[int, int, int] | None:
        """Return (height, width, channels) as read; None for a kind that Pillow reads rightly. InputError."""
        page = self._page(number, options)
        if page.decoder() == "pillow":
            page.directory.stream.seek(0)
            return None
        turned = options.auto_orient and page.orientation >= FIRST_SIDEWAYS
        height, width = (page.width, page.height) if turned else (page.height, page.width)
        return height, width, page.channels

    def image(self, number: int, options: ReadOptions) -> "Image":
        """Return an image that Pillow does not read rightly. InputError."""
        page = self._page(number, options)
        with decoding(FORMATS["tiff"], max_pixels=options.max_pixels):
            if page.decoder() == "own":
                from cnnfilt.files.decode.tiff_samples import read_samples

                samples = read_samples(page)
            else:
                from cnnfilt.files.decode import tifffile_samples

                samples = tifffile_samples.read_samples(page, number)
            from cnnfilt.files.decode.tiff_meaning import as_image

            return as_image(samples, page, options)

    def _page(self, number: int, options: ReadOptions) -> Page:
        return page_of(self._directories[number], max_pixels=options.max_pixels)


def opened(stream: BinaryIO, options: ReadOptions) -> OpenedTiff:
    """Return the TIFF in `stream`. InputError where its directories are damaged."""
    return OpenedTiff(directories(stream))

"""TIFFs: each image is read by whoever reads its kind rightly, as its own header says; see `tiff_decoder`. No NumPy."""

import re
from math import prod
from typing import TYPE_CHECKING, BinaryIO

from cnnfilt.files.decode.tiff_decoder import decoder_of
from cnnfilt.files.decode.tiff_directory import Directory, directories
from cnnfilt.files.decode.tiff_page import HEIGHT, SAMPLES, WIDTH, Page, page_of
from cnnfilt.files.exif import FIRST_SIDEWAYS
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.pillow import decoding
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.records import Lost

if TYPE_CHECKING:
    from cnnfilt.files.image import Image

_DESCRIPTION, _SUBFILE, _SUB_DIRECTORIES = 270, 254, 330
_REDUCED = 1
_LONGEST_DESCRIPTION = 1 << 16


class OpenedTiff:
    """A TIFF with the directories of its images read."""

    def __init__(self, found: list[Directory]) -> None:
        self._directories = found

    @property
    def count(self) -> int:
        """Return how many images it holds."""
        return len(self._directories)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what lies in the file and is not reached: its directories alone are read."""
        first = self._directories[0]
        notes: tuple[str, ...] = ()
        told = _images_told_of((first.block(_DESCRIPTION) or b"")[:_LONGEST_DESCRIPTION], first)
        if told > self.count:
            notes += (Lost(f"tells of {told:,} images and lists {self.count:,}; what is not listed is not read"),)
        if first.integer(_SUBFILE, 0) & _REDUCED and _SUB_DIRECTORIES in first.entries:
            notes += (Lost("its first image is a smaller version; the whole one, in a sub-directory, is not read"),)
        return notes

    def size(self, number: int, options: ReadOptions) -> tuple[int, int, int] | None:
        """Return (height, width, channels) as read; None for a kind that Pillow reads rightly. InputError."""
        page = self._page(number, options)
        if decoder_of(page) == "pillow":
            page.directory.stream.seek(0)
            return None
        turned = options.auto_orient and page.orientation >= FIRST_SIDEWAYS
        height, width = (page.width, page.height) if turned else (page.height, page.width)
        return height, width, page.channels

    def image(self, number: int, options: ReadOptions) -> "Image":
        """Return an image that Pillow does not read rightly. InputError."""
        page = self._page(number, options)
        with decoding(FORMATS["tiff"], max_pixels=options.max_pixels):
            if decoder_of(page) == "own":
                from cnnfilt.files.decode.tiff_samples import read_samples

                samples = read_samples(page)
            else:
                from cnnfilt.files.decode import tifffile_samples

                samples = tifffile_samples.read_samples(page, number)
            from cnnfilt.files.decode.tiff_meaning import as_image

            return as_image(samples, page, options)

    def _page(self, number: int, options: ReadOptions) -> Page:
        return page_of(self._directories[number], max_pixels=options.max_pixels)


def _images_told_of(description: bytes, directory: Directory) -> int:
    """Return how many images the text of ImageJ or of tifffile tells of; 0 where it is another one.

    Both can write one directory for images that lie one after the other.
    """
    if description.startswith(b"ImageJ="):
        found = re.search(rb"\nimages=(\d{1,9})\s", description)
        return int(found[1]) if found else 0
    shape = re.match(rb'\{"shape": \[((?:\d{1,9}, ){0,8}\d{1,9})\]', description)
    size = [directory.integer(tag, 1) for tag in (WIDTH, HEIGHT, SAMPLES)]
    return prod(map(int, shape[1].split(b", "))) // max(prod(size), 1) if shape else 0


def opened(stream: BinaryIO, options: ReadOptions) -> OpenedTiff:
    """Return the TIFF in `stream`. InputError where its directories are damaged."""
    return OpenedTiff(directories(stream))

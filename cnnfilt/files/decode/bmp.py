"""BMPs whose pixels are cut up by masks that Pillow does not read, or whose alpha it drops. No NumPy."""

from typing import TYPE_CHECKING, BinaryIO

from cnnfilt.files.decode.bmp_header import MaskedBmp, masked_bmp
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.pillow import decoding
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.streams import check_size

if TYPE_CHECKING:
    from cnnfilt.files.image import Image


class OpenedBmp:
    """A BMP whose header has been read."""

    count = 1
    notes: tuple[str, ...] = ()

    def __init__(self, found: MaskedBmp | None) -> None:
        self._found = found

    def size(self, number: int, options: ReadOptions) -> tuple[int, int, int] | None:
        """Return (height, width, 3); None leaves it to Pillow. ShapeError."""
        if self._found is None:
            return None
        self._found.stream.seek(0)
        check_size(self._found.height, self._found.width, options.max_pixels)
        return self._found.height, self._found.width, 3

    def image(self, number: int, options: ReadOptions) -> "Image":
        """Return the image. InputError where it is cut off, or its masks are none."""
        from cnnfilt.files.decode.bmp_masks import read_masked

        assert self._found is not None
        with decoding(FORMATS["bmp"], max_pixels=options.max_pixels):
            return read_masked(self._found)


def opened(stream: BinaryIO, options: ReadOptions) -> OpenedBmp:
    """Return the BMP in `stream`."""
    return OpenedBmp(masked_bmp(stream))

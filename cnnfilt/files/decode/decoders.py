"""The decoders of our own: for what Pillow would cut, drop or misread, or does not know. No NumPy, no Pillow."""

from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, Protocol

from cnnfilt.files.formats import Format
from cnnfilt.files.read_write_options import ReadOptions

if TYPE_CHECKING:  # The size of an image is told without NumPy.
    from cnnfilt.files.image import Image

SEVERAL = "holds several images; only the first is used (--frames all takes all)"


class Opened(Protocol):
    """A file whose headers have been read by a decoder of ours."""

    @property
    def count(self) -> int:
        """Return how many images it holds."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what the user should know of the file, whoever decodes it."""
        ...

    def size(self, number: int, options: ReadOptions) -> tuple[int, int, int] | None:
        """Return (height, width, channels) of image `number` (from 0) as it will be read; None leaves it to Pillow.

        The stream is at its start again then. InputError for what nobody reads.
        """
        ...

    def image(self, number: int, options: ReadOptions) -> "Image":
        """Return image `number`, of which `size` told the size, but for its background and gray. InputError."""
        ...


def opened_by_us(stream: BinaryIO, about: Format, options: ReadOptions) -> Opened | None:
    """Return the file in `stream` opened by the decoder of its format; None where Pillow alone reads that.

    InputError for a damaged file, ShapeError for an image of more than the most pixels.
    """
    if not about.decoder:
        return None
    opened: Opened = import_module(f"cnnfilt.files.decode.{about.decoder}").opened(stream, options)
    stream.seek(0)
    return opened

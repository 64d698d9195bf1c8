"""An input of a command that reads a few and compares them: read whole, with its name in whatever goes wrong."""

from typing import Unpack

from cnnfilt.batch.sources import STDIN
from cnnfilt.batch.work import standard_input
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.image import Image
from cnnfilt.files.reading import ReadOptions, read, read_bytes


def read_input(path: str, **options: Unpack[ReadOptions]) -> Image:
    """Return the image or matrix at `path`, - for standard input. A CnnfiltError starts with the path."""
    try:
        return read_bytes(standard_input(), **options) if path == STDIN else read(path, **options)
    except CnnfiltError as error:
        raise type(error)(error.about("stdin" if path == STDIN else path), parameter=error.parameter) from None


def worth_telling(image: Image) -> list[str]:
    """Return the notes on the reading, but for the hints at options of commands that draw."""
    return [note for note in image.notes if "--" not in note]

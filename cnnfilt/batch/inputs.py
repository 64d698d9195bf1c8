"""Inputs read whole: of a job of a batch, or of a command that reads a few and compares them."""

import re

from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.sources import STDIN
from cnnfilt.batch.work import Settings
from cnnfilt.errors import CnnfiltError, InputError
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read, read_bytes, read_typed_matrix
from cnnfilt.files.streams import standard_input


def read_image(job: FileJob, settings: Settings, content: bytes | None = None) -> Image:
    """Return the input of a job; `content` is what it holds, where that has been read already."""
    if content is not None or job.source.is_stdin:
        return read_bytes(standard_input() if content is None else content, settings.read, name=job.source.name)
    if job.source.typed:
        try:
            return read_typed_matrix(job.source.path, settings.read)
        except InputError as error:
            raise InputError(f"{{image}} is neither a file nor a matrix: {error.message}") from None
    return read(job.source.path, settings.read)


def read_input(path: str, options: ReadOptions) -> Image:
    """Return the image or matrix at `path`, - for standard input. A CnnfiltError starts with the path."""
    try:
        return read_bytes(standard_input(), options) if path == STDIN else read(path, options)
    except CnnfiltError as error:
        raise type(error)(error.about("stdin" if path == STDIN else path), parameter=error.parameter) from None


def worth_telling(image: Image) -> list[str]:
    """Return the notes on the reading, but for the hints at options of commands that draw."""
    notes = (re.sub(r" \([^()]*--[^()]*\)$", "", note) for note in image.notes)
    return [note for note in notes if "--" not in note]

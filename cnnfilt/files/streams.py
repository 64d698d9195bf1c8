"""Opening what was named, and telling what it holds. No NumPy, no Pillow."""

import io
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from os import fstat
from pathlib import Path
from typing import BinaryIO

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.formats import IMAGE_SUFFIXES, MATRIX_SUFFIXES, format_of
from cnnfilt.files.signatures import SIGNATURE_LENGTH, format_by_signature, kind_not_read, titles_read

Source = str | Path | bytes
"""A file's path, or its content."""

TOO_FEW = "it has fewer pixels than its header says"
"""What is wrong with an image that is cut off."""

_LONGEST_REASON = 100

LONGEST_PIPE = 2 << 30
"""The most bytes read from what is no regular file, so that /dev/zero does not take all the memory."""


@contextmanager
def open_stream(source: Source) -> Iterator[BinaryIO]:
    """Give a seekable stream of `source`; a pipe is read to its end first. InputError if it cannot be opened or read.

    An OSError that the body lets through is one of reading: a disk that fails, a server that is gone.
    """
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    try:
        stream = open(source, "rb")  # noqa: SIM115 - closed below, and an error in the body is not one of opening.
    except FileNotFoundError:
        fills = "; the shell fills in * and ? only outside quotes, and only if a name matches"
        raise InputError(f"no such file{fills if any(sign in str(source) for sign in '*?') else ''}") from None
    except IsADirectoryError:
        raise InputError("{image} is a folder, not a file") from None
    except OSError as error:
        raise InputError(f"{{image}} cannot be opened: {error.strerror}") from None
    except ValueError:
        raise InputError("{image} cannot be opened: that cannot be the name of a file") from None
    with stream:
        try:
            whole = stat.S_ISREG(fstat(stream.fileno()).st_mode)
            yield stream if whole else io.BytesIO(read_bounded(stream))
        except OSError as error:
            raise InputError(f"{{image}} cannot be read: {error.strerror or error}") from None


def standard_input() -> bytes:
    """Return all of standard input. InputError."""
    if sys.stdin is None:
        raise InputError("standard input is closed")
    try:
        return read_bounded(sys.stdin.buffer)
    except OSError as error:
        raise InputError(f"standard input cannot be read: {error.strerror}") from None


def read_bounded(pipe: BinaryIO) -> bytes:
    """Return all that comes out of `pipe`; InputError if it does not end within a size no image has."""
    data = pipe.read(LONGEST_PIPE + 1)
    if len(data) > LONGEST_PIPE:
        raise InputError(f"{{image}} gives more than {LONGEST_PIPE >> 20:,} MiB and does not end; use a file")
    return data


def format_in(stream: BinaryIO, *, name: str = "") -> str | None:
    """Return the format of what `stream` holds: by its first bytes, else, for text, by the suffix of `name`.

    None is text of no telling suffix. InputError for an empty file, and for one that is called an image and is none.
    """
    head = stream.read(SIGNATURE_LENGTH)
    stream.seek(0)
    if not head:
        raise InputError("{image} is empty")
    format = format_by_signature(head)
    if format is not None:
        return format
    other = kind_not_read(head)
    suffix = Path(name).suffix.lower()
    if other or suffix in IMAGE_SUFFIXES:
        raise InputError(f"{{image}} is {other or 'not an image'}; cnnfilt reads {titles_read()} and matrices")
    return format_of(suffix) if suffix in MATRIX_SUFFIXES else None


def check_size(height: int, width: int, max_pixels: int) -> None:
    """Refuse an input of more than `max_pixels` (0: no limit)."""
    if max_pixels and height * width > max_pixels:
        raise ShapeError(
            f"{{image}} has {height}x{width} = {height * width:,} pixels; "
            f"the limit is {max_pixels:,} (--max-pixels changes it, 0 lifts it)",
            parameter="max_pixels",
        )


def check_together(pixels: int, width: int, max_pixels: int) -> None:
    """Refuse images of so many pixels together, as if they were one of this width."""
    check_size(max(pixels // width, 1), width, max_pixels)


def first_line(reason: str) -> str:
    """Return a decoder's reason fit for our one line: cut short, and nothing in it that moves a terminal's cursor."""
    line = "".join(letter if letter.isprintable() else " " for letter in reason.partition("\n")[0])
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 3] + "..."

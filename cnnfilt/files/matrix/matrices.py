"""Matrices in files: csv, tsv, txt, json and npy, read strictly and written so that nothing is lost."""

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

from cnnfilt.describe.number_notations import is_enclosed
from cnnfilt.errors import CnnfiltError, InputError, counted
from cnnfilt.files.encodings import decoded_text
from cnnfilt.files.formats import FORMATS, Format
from cnnfilt.files.image import Array
from cnnfilt.files.matrix.text import readable, text_format
from cnnfilt.files.streams import check_size, format_in, open_stream
from cnnfilt.terms import DEFAULT_MAX_PIXELS

__all__ = [
    "read_matrix",
    "read_matrix_file",
    "read_noted_matrix",
    "read_noted_matrix_file",
    "text_format",
    "write_matrix",
]

Notes = tuple[str, ...]
"""What the user should know about the reading: what was skipped, what may be misunderstood."""

Read = Callable[[bytes, Format, int], tuple[Array, Notes]]
"""What `read` is in the module of every format; the number is the most pixels."""

Write = Callable[[Array, Format], bytes]
"""What `write` is in every module."""


def read_matrix(
    data: bytes,
    format: str | None,
    *,
    fewest_dimensions: int = 2,
    most_dimensions: int = 3,
    max_pixels: int = DEFAULT_MAX_PIXELS,
) -> Array:
    """Return the array of real numbers in `data`, (H, W) or (H, W, C), in native byte order.

    `format` is csv, tsv, txt, json or npy; None is text in the format that it looks like. Text gives int64 if all
    numbers are whole, else float64; npy keeps its type (float16 becomes float32, bool uint8).
    InputError names the line and column, or the cell, at fault; ShapeError is for more than `max_pixels`.
    """
    array, _ = read_noted_matrix(
        data,
        format,
        fewest_dimensions=fewest_dimensions,
        most_dimensions=most_dimensions,
        max_pixels=max_pixels,
    )
    return array


def read_noted_matrix(
    data: bytes,
    format: str | None,
    *,
    fewest_dimensions: int = 2,
    most_dimensions: int = 3,
    max_pixels: int = DEFAULT_MAX_PIXELS,
) -> tuple[Array, Notes]:
    """Return what `read_matrix` does, and notes on the reading."""
    if not data:
        raise InputError("{image} is empty")
    try:
        array, notes = _read(data, format, max_pixels)
    except InputError as error:
        if format is not None:
            raise
        remedy = "; --files-from reads names of files" if _names_a_file(data) else ""
        what = "{image} is neither an image cnnfilt reads nor a matrix of numbers"
        raise InputError(f"{what} ({error}){remedy}") from None
    _check_dimensions(array, fewest_dimensions, most_dimensions)
    if array.ndim > 1:
        check_size(array.shape[0], array.shape[1], max_pixels)
    return array, notes


def read_matrix_file(path: str | Path, *, fewest_dimensions: int = 2, most_dimensions: int = 3) -> Array:
    """Return the array in the file (or pipe) at `path`, as `read_matrix`; the InputError starts with the path."""
    array, _ = read_noted_matrix_file(path, fewest_dimensions=fewest_dimensions, most_dimensions=most_dimensions)
    return array


def read_noted_matrix_file(
    path: str | Path, *, fewest_dimensions: int = 2, most_dimensions: int = 3
) -> tuple[Array, Notes]:
    """Return what `read_matrix_file` does, and notes on the reading, each of which starts with the path, too."""
    try:
        with open_stream(path) as stream:
            format = format_in(stream, name=str(path))
            if format is not None and FORMATS[format].kind == "image":
                raise InputError("{image} is an image, not a matrix of numbers")
            array, notes = read_noted_matrix(
                stream.read(), format, fewest_dimensions=fewest_dimensions, most_dimensions=most_dimensions
            )
            return array, tuple(f"{path}: {note}" for note in notes)
    except CnnfiltError as error:
        raise InputError(error.about(str(path))) from None


def write_matrix(array: Array, format: str, *, for_people: bool = False) -> bytes:
    """Return `array` in csv, tsv, txt (blanks), json or npy.

    Whole numbers have no point, floats as many digits as their type needs to come back the same; `for_people`, rows
    of text have at most 15 significant digits. OutputError if the format cannot hold the array: csv, tsv and txt hold
    two dimensions, json no nan or infinity.
    """
    about = FORMATS[format]
    write: Write = _module(about).write
    return write(readable(array) if for_people and about.module == "text" else array, about)


def _read(data: bytes, format: str | None, max_pixels: int) -> tuple[Array, Notes]:
    about = FORMATS[format or text_format(data)]
    read: Read = _module(about).read
    try:
        return read(data, about, max_pixels)
    except InputError:
        # What looks like JSON may be numbers in the brackets of MATLAB or NumPy.
        if format is not None or about.name != "json" or not is_enclosed(decoded_text(data)):
            raise
    return _read(data, "txt", max_pixels)


def _names_a_file(data: bytes) -> bool:
    """Return whether text begins with the name of a file that exists: a list of files, where one was to be read."""
    return os.path.lexists(data.partition(b"\n")[0].rstrip(b"\r"))


def _module(about: Format) -> ModuleType:
    return import_module(f"cnnfilt.files.matrix.{about.module}")


def _check_dimensions(array: Array, fewest: int, most: int) -> None:
    if not fewest <= array.ndim <= most:
        allowed = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        stack = "; --frames takes the images of a stack" if (array.ndim, most) == (4, 3) else ""
        raise InputError(
            f"{{image}} has {counted(array.ndim, 'dimensions')}; give {allowed} (rows, columns, channels){stack}"
        )
    if array.size == 0:
        raise InputError("{image} is empty")

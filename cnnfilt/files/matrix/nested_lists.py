"""Matrices as JSON: lists in lists, of as many axes as there are."""

import numpy as np

from cnnfilt.errors import OutputError
from cnnfilt.files.encodings import decoded_text
from cnnfilt.files.formats import Format
from cnnfilt.files.image import Array
from cnnfilt.files.matrix.json_numbers import nested_numbers
from cnnfilt.files.matrix.text import cells


def read(data: bytes, about: Format, max_pixels: int) -> tuple[Array, tuple[str, ...]]:
    """Return the array in `data`, int64 if all numbers are whole, else float64, and no notes.

    InputError names the cell at fault.
    """
    numbers, shape = nested_numbers(decoded_text(data))
    whole = all(isinstance(number, int) for number in numbers)
    return np.array(numbers, np.int64 if whole else np.float64).reshape(shape), ()


def write(array: Array, about: Format) -> bytes:
    """Return `array` as lists in lists, a row on a line. OutputError for nan and infinity."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise OutputError("JSON holds no nan or infinity and the result has some; use npy")
    return ("[" + ",\n ".join(_row(row) for row in array) + "]\n").encode()


def _row(array: Array) -> str:
    items = cells(array) if array.ndim == 1 else (_row(part) for part in array)
    return f"[{', '.join(items)}]"

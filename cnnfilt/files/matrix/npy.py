"""Matrices as NumPy's own files, which hold any type."""

import io
import tokenize
import warnings
from typing import Any

import numpy as np

from cnnfilt.errors import InputError
from cnnfilt.files.formats import Format
from cnnfilt.files.image import Array
from cnnfilt.files.streams import first_line

_ERRORS = (
    tokenize.TokenError,
    ValueError,
    TypeError,
    KeyError,
    SyntaxError,
    EOFError,
    OSError,
    OverflowError,
    MemoryError,
    RecursionError,
)
"""What NumPy raises on files that are damaged or made to do harm."""


def read(data: bytes, about: Format, max_pixels: int) -> tuple[Array, tuple[str, ...]]:
    """Return the array in `data`, of its own type but for half and long floats and bool, and no notes. InputError."""
    try:
        with warnings.catch_warnings():
            # A header from Python 2 is read as well as any.
            warnings.simplefilter("ignore")
            array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except _ERRORS as error:
        if "Object arrays" in str(error):
            raise InputError("the .npy holds Python objects, which could run anything; give real numbers") from None
        raise InputError(f"the .npy cannot be read ({first_line(str(error))})") from None
    if array.dtype.kind not in "biuf":
        raise InputError(f"the .npy holds {array.dtype.name} values; give real numbers")
    return np.ascontiguousarray(array, kept_type(array.dtype)), ()


def write(array: Array, about: Format) -> bytes:
    """Return `array` as the content of a .npy file."""
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def kept_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type to compute with: bool as 0 and 1, half floats wider, long ones narrower."""
    if dtype.kind == "b":
        return np.dtype(np.uint8)
    if dtype.kind == "f" and dtype.itemsize not in (4, 8):
        return np.dtype(np.float32 if dtype.itemsize == 2 else np.float64)
    return dtype.newbyteorder("=")

"""Matrices in files: csv, tsv, txt, json and npy, read strictly and written so that nothing is lost."""

import io
import json
import math
import tokenize
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from cnnfilt.errors import CnnfiltError, InputError, OutputError
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.image import Array
from cnnfilt.files.matrix.text import decoded_text, parse_rows, text_format
from cnnfilt.files.streams import check_size, first_line, format_in, open_stream
from cnnfilt.terms import DEFAULT_MAX_PIXELS

__all__ = ["read_matrix", "read_matrix_file", "text_format", "write_matrix"]

_SEPARATORS = {"csv": ",", "tsv": "\t", "txt": " "}
_NPY_ERRORS = (
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


def read_matrix(
    data: bytes,
    format: str | None,
    *,
    fewest_dimensions: int = 2,
    most_dimensions: int = 3,
    max_pixels: int = DEFAULT_MAX_PIXELS,
) -> Array:
    """Return the array of real numbers in `data`, (H, W) or (H, W, C), in native byte order.

    `format` is csv, tsv, txt, json or npy; None tells text by its look. Text gives int64 if all numbers are
    whole, else float64, and holds only finite ones; npy keeps its type (float16 becomes float32, bool uint8).
    InputError names the line and column, or the cell, at fault; ShapeError is for more than `max_pixels`.
    """
    if not data:
        raise InputError("{image} is empty")
    try:
        array = _parsed(data, format or text_format(data), max_pixels)
    except InputError as error:
        if format is not None:
            raise
        raise InputError(f"{{image}} is neither an image cnnfilt reads nor a matrix of numbers ({error})") from None
    _check_dimensions(array, fewest_dimensions, most_dimensions)
    if array.ndim > 1:
        check_size(array.shape[0], array.shape[1], max_pixels)
    return array


def read_matrix_file(path: str | Path, *, fewest_dimensions: int = 2, most_dimensions: int = 3) -> Array:
    """Return the array in the file (or pipe) at `path`, as `read_matrix`; the InputError starts with the path."""
    try:
        with open_stream(path) as stream:
            format = format_in(stream, name=str(path))
            if format is not None and FORMATS[format].kind == "image":
                raise InputError("{image} is an image, not a matrix of numbers")
            return read_matrix(
                stream.read(), format, fewest_dimensions=fewest_dimensions, most_dimensions=most_dimensions
            )
    except CnnfiltError as error:
        raise InputError(error.about(str(path))) from None


def write_matrix(array: Array, format: str) -> bytes:
    """Return `array` in csv, tsv, txt (blanks), json or npy.

    Whole numbers have no point, floats as many digits as their type needs to come back the same. OutputError
    if the format cannot hold the array: csv, tsv and txt hold two dimensions, json no nan or infinity.
    """
    if format == "npy":
        stream = io.BytesIO()
        np.save(stream, array, allow_pickle=False)
        return stream.getvalue()
    if format == "json":
        return _json(array).encode()
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim != 2:
        shape = "x".join(str(length) for length in array.shape)
        raise OutputError(f"{FORMATS[format].title} holds rows and columns and the result is {shape}; use npy or json")
    separator = _SEPARATORS[format]
    return "".join(separator.join(_cells(row)) + "\n" for row in array).encode()


def _parsed(data: bytes, format: str, max_pixels: int) -> Array:
    if format == "npy":
        return _from_npy(data)
    if format == "json":
        return _from_json(decoded_text(data))
    return parse_rows(data, format, max_pixels=max_pixels)


def _from_npy(data: bytes) -> Array:
    try:
        with warnings.catch_warnings():
            # A header from Python 2 is read as well as any.
            warnings.simplefilter("ignore")
            array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except _NPY_ERRORS as error:
        raise InputError(f"the .npy cannot be read ({first_line(str(error))})") from None
    if array.dtype.kind not in "biuf":
        raise InputError(f"the .npy holds {array.dtype.name} values; give real numbers")
    return np.ascontiguousarray(array, _kept_type(array.dtype))


def _kept_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type to compute with: bool as 0 and 1, half floats wider, long ones narrower."""
    if dtype.kind == "b":
        return np.dtype(np.uint8)
    if dtype.kind == "f" and dtype.itemsize not in (4, 8):
        return np.dtype(np.float32 if dtype.itemsize == 2 else np.float64)
    return dtype.newbyteorder("=")


def _from_json(text: str) -> Array:
    try:
        nested = json.loads(text, parse_constant=_refuse_constant)
        shape = _shape(nested)
        numbers = list(_numbers(nested, shape, ()))
    except json.JSONDecodeError as error:
        raise InputError(f"line {error.lineno}, column {error.colno}: not JSON ({error.msg})") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON that can be read ({first_line(str(error))})") from None
    if not numbers:
        raise InputError("{image} is empty")
    whole = all(isinstance(number, int) for number in numbers)
    return np.array(numbers, np.int64 if whole else np.float64).reshape(shape)


def _refuse_constant(name: str) -> NoReturn:
    raise InputError(f"holds {name}; JSON matrices hold finite numbers only (.npy may hold nan)")


def _shape(nested: Any) -> tuple[int, ...]:
    """Return the lengths along the first item of each list."""
    shape = []
    while isinstance(nested, list):
        shape.append(len(nested))
        nested = nested[0] if nested else None
    return tuple(shape)


def _numbers(nested: Any, shape: tuple[int, ...], place: tuple[int, ...]) -> Iterator[int | float]:
    """Yield the numbers in lists nested to this shape; InputError for the first place where they are not."""
    if shape:
        if not isinstance(nested, list) or len(nested) != shape[0]:
            seen = f"{len(nested)} items" if isinstance(nested, list) else f"{nested!r:.30}"
            raise InputError(f"{_spelled(place)}: {seen} where there should be a list of {shape[0]}")
        for number, item in enumerate(nested, 1):
            yield from _numbers(item, shape[1:], (*place, number))
    elif isinstance(nested, bool) or not isinstance(nested, int | float):
        raise InputError(f"{_spelled(place)}: {nested!r:.30} is not a number")
    elif not math.isfinite(nested) or (isinstance(nested, int) and not -(2**63) <= nested < 2**63):
        raise InputError(f"{_spelled(place)}: a number is too large")
    else:
        yield nested


def _spelled(place: tuple[int, ...]) -> str:
    axes = ("row", "column", "channel", "filter")
    return ", ".join(f"{axis} {number}" for axis, number in zip(axes, place, strict=False)) or "JSON"


def _check_dimensions(array: Array, fewest: int, most: int) -> None:
    if not fewest <= array.ndim <= most:
        allowed = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        raise InputError(f"{{image}} has {array.ndim} dimensions; give {allowed} (rows, columns, channels)")
    if array.size == 0:
        raise InputError("{image} is empty")


def _cells(row: Array) -> Iterator[str]:
    """Return each number as the shortest text that comes back the same."""
    # A single precision number written out in double precision would show digits that are noise.
    texts = map(str, row) if row.dtype.kind == "f" and row.dtype != np.float64 else map(repr, row.tolist())
    return (text.removesuffix(".0") for text in texts)


def _json(array: Array) -> str:
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise OutputError("JSON holds no nan or infinity and the result has some; use npy")
    return "[" + ",\n ".join(_json_row(row) for row in array) + "]\n"


def _json_row(array: Array) -> str:
    items = _cells(array) if array.ndim == 1 else (_json_row(part) for part in array)
    return f"[{', '.join(items)}]"

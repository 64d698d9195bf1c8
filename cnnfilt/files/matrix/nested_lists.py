"""Matrices as JSON: lists in lists, of as many axes as there are."""

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from cnnfilt.errors import InputError, OutputError
from cnnfilt.files.formats import Format
from cnnfilt.files.image import Array
from cnnfilt.files.matrix.text import cells, decoded_text
from cnnfilt.files.streams import first_line


def read(data: bytes, about: Format, max_pixels: int) -> Array:
    """Return the array in `data`: int64 if all numbers are whole, else float64. InputError names the cell at fault."""
    text = decoded_text(data)
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


def write(array: Array, about: Format) -> bytes:
    """Return `array` as lists in lists, a row on a line. OutputError for nan and infinity."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise OutputError("JSON holds no nan or infinity and the result has some; use npy")
    return ("[" + ",\n ".join(_row(row) for row in array) + "]\n").encode()


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
            found = f"{len(nested)} items" if isinstance(nested, list) else f"{nested!r:.30}"
            raise InputError(f"{_spelled(place)}: {found} where there should be a list of {shape[0]}")
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


def _row(array: Array) -> str:
    items = cells(array) if array.ndim == 1 else (_row(part) for part in array)
    return f"[{', '.join(items)}]"

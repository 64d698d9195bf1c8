"""Numbers in lists of JSON, nested as deep as their array has dimensions. No NumPy."""

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

from cnnfilt.errors import InputError, counted
from cnnfilt.files.streams import first_line


def nested_numbers(text: str) -> tuple[list[int | float], tuple[int, ...]]:
    """Return all numbers in order, the last axis first, and the shape; InputError names the place of what is none."""
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
    return numbers, shape


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
            found = counted(len(nested), "items") if isinstance(nested, list) else f"{nested!r:.30}"
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

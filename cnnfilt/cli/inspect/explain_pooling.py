"""A pooled value: the table of its window, what is kept of it, and its data."""

from collections.abc import Iterator
from statistics import fmean
from typing import Any, assert_never

from cnnfilt.cli.inspect.number_tables import Item, wrapped
from cnnfilt.cli.inspect.window_tables import MOST_TERMS, shortened_terms, window_table
from cnnfilt.cli.numbers import DIGITS, finite, in_brackets, written, written_to_give
from cnnfilt.core.explain.convolution import Number
from cnnfilt.core.explain.pooling import Pooled
from cnnfilt.errors import counted


def pooling_items(value: Pooled, pictures: list[Item]) -> Iterator[Item]:
    """Yield `pictures` of the whole image, or the table of the window, and how the value comes of it."""
    yield from pictures or [[window_table(value.window, value.padded, f"window{_of(value)}", kept=value.kept)]]
    yield ""
    match value.kind:
        case "avg":
            yield from _average(value)
        case "max" | "min":
            yield from _extreme(value)
        case "median":
            yield from _median(value)
        case "range":
            highest, lowest = (written(found(value.counted)) for found in (max, min))
            yield f"largest - smallest = {highest} - {in_brackets(lowest)} = {written(value.found)}"
        case unknown:
            assert_never(unknown)


def pooling_data(value: Pooled) -> dict[str, Any]:
    """Return the window and what is kept of it as JSON has them."""
    data = {
        "window": [[finite(cell) for cell in row] for row in value.window],
        "kind": value.kind,
        "count": len(value.counted),
        **({"stage": value.stage} if value.stage else {}),
        **({"steps": [{"words": one.words, "value": finite(one.value)} for one in value.steps]} if value.steps else {}),
        "found_at": value.kept and _position(value, value.kept),
    }
    return data | {"sorted": [finite(one) for one in sorted_values(value)]} if value.kind == "median" else data


def _average(value: Pooled) -> list[str]:
    counted = value.counted
    texts = written_to_give(value.found, counted, fmean) or [written(one, DIGITS[-1]) for one in counted]
    terms = shortened_terms([in_brackets(text) for text in texts])
    # The brackets and the division belong to the terms beside them, so that no line ends in between.
    parts = [f"{'+ ' if place else '('}{term}" for place, term in enumerate(terms)]
    return wrapped([*parts[:-1], f"{parts[-1]})", f"/ {len(counted)}"], written(value.found))


def _extreme(value: Pooled) -> list[str]:
    terms = shortened_terms([written(one) for one in value.counted])
    parts = [f"{'' if place else f'{value.kind}('}{term}," for place, term in enumerate(terms)]
    parts[-1] = parts[-1].removesuffix(",") + ")"
    assert value.kept is not None, "max and min keep a place"
    row, column = _position(value, value.kept)
    return [*wrapped(parts, written(value.found)), f"found at row {row}, column {column} of {_name(value)}"]


def _median(value: Pooled) -> list[str]:
    ordered = sorted_values(value)
    middle = (len(ordered) - 1) // 2
    texts = [f"*{written(one)}" if place == middle else written(one) for place, one in enumerate(ordered)]
    # Of a long row the two ends say little, so it is cut on both sides of the middle.
    around = MOST_TERMS // 2
    shown = texts[max(middle - around, 0) : middle + around + 1]
    parts = [*(["..."] if middle > around else []), *shown, *(["..."] if middle + around + 1 < len(texts) else [])]
    parts = [f"{part}," for part in parts[:-1]] + [f"{parts[-1]})"]
    parts[0] = f"sorted({parts[0]}"
    assert value.kept is not None, "a median keeps a place"
    row, column = _position(value, value.kept)
    which = "the middle" if len(ordered) % 2 else "the lower of the two in the middle"
    found = f"{which} of {counted(len(ordered), 'values')}, found at row {row}, column {column} of {_name(value)}"
    return [*wrapped(parts, written(value.found)), found]


def sorted_values(value: Pooled) -> list[Number]:
    """Return the values that count, in order; what is not a number stands last."""
    return sorted(value.counted, key=lambda one: (one != one, one))


def _name(value: Pooled) -> str:
    return f"the {value.stage} image" if value.stage else "the image"


def _of(value: Pooled) -> str:
    return f" of {_name(value)}" if value.stage else ""


def _position(value: Pooled, place: tuple[int, int]) -> list[int]:
    """Return [row, column] in the image of a place in the window."""
    return [value.rows[place[0]], value.columns[place[1]]]

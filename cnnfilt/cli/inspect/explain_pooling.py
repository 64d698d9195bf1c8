"""A pooled value: the table of its window, what is kept of it, and its data."""

from collections.abc import Iterator
from statistics import fmean
from typing import Any, assert_never

from cnnfilt.cli.inspect.number_tables import Item, wrapped
from cnnfilt.cli.inspect.window_tables import shortened_terms, window_table
from cnnfilt.cli.numbers import DIGITS, finite, in_brackets, written, written_to_give
from cnnfilt.core.explain.pooling import Pooled


def pooling_items(value: Pooled, pictures: list[Item]) -> Iterator[Item]:
    """Yield `pictures` of the whole image, or the table of the window, and how the value comes of it."""
    yield from pictures or [[window_table(value.window, value.padded, "window", kept=value.kept)]]
    yield ""
    match value.kind:
        case "avg":
            yield from _average(value)
        case "max" | "min":
            yield from _extreme(value)
        case unknown:
            assert_never(unknown)


def pooling_data(value: Pooled) -> dict[str, Any]:
    """Return the window and what is kept of it as JSON has them."""
    return {
        "window": [[finite(cell) for cell in row] for row in value.window],
        "kind": value.kind,
        "count": len(value.counted),
        "found_at": value.kept and _position(value, value.kept),
    }


def _average(value: Pooled) -> list[str]:
    counted = value.counted
    texts = written_to_give(value.value, counted, fmean) or [written(one, DIGITS[-1]) for one in counted]
    terms = shortened_terms([in_brackets(text) for text in texts])
    # The brackets and the division belong to the terms beside them, so that no line ends in between.
    parts = [f"{'+ ' if place else '('}{term}" for place, term in enumerate(terms)]
    return wrapped([*parts[:-1], f"{parts[-1]})", f"/ {len(counted)}"], written(value.value))


def _extreme(value: Pooled) -> list[str]:
    terms = shortened_terms([written(one) for one in value.counted])
    parts = [f"{'' if place else f'{value.kind}('}{term}," for place, term in enumerate(terms)]
    parts[-1] = parts[-1].removesuffix(",") + ")"
    assert value.kept is not None, "max and min keep a place"
    row, column = _position(value, value.kept)
    return [*wrapped(parts, written(value.value)), f"found at row {row}, column {column} of the image"]


def _position(value: Pooled, place: tuple[int, int]) -> list[int]:
    """Return [row, column] in the image of a place in the window."""
    return [value.rows[place[0]], value.columns[place[1]]]

"""Explained values as words and tables, written out as in the lecture notes, and as data for JSON."""

import math
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, TextIO, assert_never

import numpy as np

from cnnfilt.cli.inspect.explain_pooling import pooling_data, pooling_items
from cnnfilt.cli.inspect.explain_sums import channel_name, sums_data, sums_items
from cnnfilt.cli.inspect.number_tables import PLAIN_WIDTH, Cell, Item, Matrix, print_items
from cnnfilt.cli.inspect.window_tables import pictures
from cnnfilt.cli.messages import printable
from cnnfilt.cli.numbers import finite, written, written_within
from cnnfilt.core.explain.convolution import Explained, as_number
from cnnfilt.core.explain.pooling import Pooled
from cnnfilt.core.levels import apply_levels
from cnnfilt.operations.inspect.explanation import Explanation, Explanations
from cnnfilt.operations.inspect.mapping_words import mapping_in_words


def print_explanations(name: str, explanations: Explanations, stream: TextIO) -> None:
    """Print the explanations of the file called `name`."""
    for count, one in enumerate(explanations.values):
        gap = [""] if count else []
        heading = _heading(printable(name), one, first=count == 0, colours=explanations.colours)
        print_items([*gap, *heading, *_body(one, pictures(one, explanations), explanations)], stream)
    if explanations.image is not None:
        print_items(_results(explanations.values), stream)


def as_data(explanations: Explanations) -> list[dict[str, Any]]:
    """Return the explanations as JSON has them, in order; what is not finite is null."""
    return [_data(one) for one in explanations.values]


def in_lines(one: Explanation, explanations: Explanations) -> Iterator[str]:
    """Yield what says how the value came about, without tables: a sum, or a step, is a line however long it is."""
    line = ""
    for item in _body(one, [""], explanations):
        if isinstance(item, str) and item.startswith("  "):  # It goes on with the line before.
            line += item
        elif isinstance(item, str) and item:
            if line:
                yield " ".join(line.split())
            line = item
    yield " ".join(line.split())


def _heading(name: str, one: Explanation, *, first: bool, colours: bool) -> Iterator[Item]:
    value, size = one.value, f"{one.size[0]}x{one.size[1]}"
    yield f"{name}, {one.label}: row {value.row}, column {value.column} of {size}"
    if one.maps > 1:
        yield f"{channel_name(value.map, one.maps, colours)} of {one.maps}"
    if isinstance(value, Explained) and value.taps is not None:
        yield from _stamps(value, value.taps, first=first)
        yield from [*([f"values are light: {one.curve} is undone"] if one.curve else []), ""]
        return
    legend = [*(["from 0"] if first else []), *(["[ ] padding"] if any(map(any, value.padded)) else [])]
    said = f" ({', '.join(legend)})" if legend else ""
    where = f"the window: {_positions('row', value.rows)}, {_positions('column', value.columns)} of the image"
    if one.curve:
        yield f"values are light: {one.curve} is undone"
    yield from [where + said] if len(where + said) <= PLAIN_WIDTH else [where, said.strip()]
    yield ""


def _stamps(value: Explained, taps: tuple[Sequence[int], Sequence[int]], *, first: bool) -> Iterator[Item]:
    yield f"each pixel stamps the kernel, multiplied by its value{' (counted from 0)' if first else ''}"
    if not (value.rows and value.columns):
        yield "no stamp falls here"
        return
    yield f"here fall the stamps of {_positions('row', value.rows)}, {_positions('column', value.columns)} of the image"
    yield f"with {_positions('row', taps[0])}, {_positions('column', taps[1])} of the kernel"


def _positions(word: str, positions: Sequence[int]) -> str:
    """Return `row 0` or `rows 0 to 2` for neighbours, `rows 0, 2, 4` or `rows 0 to 8 by 2` for a dilated window."""
    step = positions[1] - positions[0] if len(positions) > 1 else 1
    if len(positions) == 1:
        return f"{word} {positions[0]}"
    if step == 1:
        return f"{word}s {positions[0]} to {positions[-1]}"
    if len(positions) <= 3:
        return f"{word}s {', '.join(map(str, positions))}"
    return f"{word}s {positions[0]} to {positions[-1]}{'' if step == -1 else f' by {abs(step)}'}"


def _body(one: Explanation, shown: list[Item], explanations: Explanations) -> Iterator[Item]:
    width = len("pixel")
    match one.value:
        case Explained() as value:
            width = max((len(step.words) for step in value.steps), default=width)
            yield from sums_items(value, shown, explanations.colours)
            yield from _steps(value, width)
        case Pooled() as value:
            width = max((len(step.words) for step in value.steps), default=width)
            yield from pooling_items(value, shown)
            yield from _steps(value, width)
        case unknown:
            assert_never(unknown)
    turned = f", inverted: {one.inverted} - {written(one.inverted - one.pixel)}" if one.inverted else ""
    how = f"{mapping_in_words(one.levels, one.curve)}{_rounding(one)}{turned}"
    yield f"{'pixel'.ljust(width)} = {written(one.pixel)} ({how})"


def _steps(value: Explained | Pooled, width: int) -> Iterator[str]:
    for step, following in zip_longest(value.steps, value.steps[1:]):
        error = math.inf if following is None else following.shown_within
        yield f"{step.words.ljust(width)} = {written_within(step.value, error)}"


def _results(values: Sequence[Explanation]) -> Iterator[Item]:
    """Yield the results of explaining all values as matrices, one for each map."""
    maps: dict[tuple[str, int], dict[tuple[int, int], Explanation]] = {}
    for one in values:
        maps.setdefault((one.label, one.value.map), {})[one.value.row, one.value.column] = one
    for (label, map_), found in maps.items():
        height, width = next(iter(found.values())).size
        rows = tuple(tuple(Cell(written(found[y, x].value.value)) for x in range(width)) for y in range(height))
        yield ""
        yield [Matrix(f"the result of {label}" + (f", channel {map_}" if len(maps) > 1 else ""), rows)]


def _rounding(one: Explanation) -> str:
    """Return what to add where the pixel is not quite what becomes of the value above it: it was computed in floats."""
    if one.curve or one.levels.needs_range or not math.isfinite(one.value.value):
        return ""
    pixels, _ = apply_levels(np.array([[one.value.value]]), one.levels)
    expected = as_number(pixels[0, 0])
    shown = one.inverted - one.pixel if one.inverted else one.pixel
    return "" if written(expected) == written(shown) else ", within rounding"


def _data(one: Explanation) -> dict[str, Any]:
    value = one.value
    window: dict[str, Any] = {
        "label": one.label,
        "row": value.row,
        "column": value.column,
        "map": value.map,
        "rows": value.rows,
        "columns": value.columns,
        "padded": value.padded,
    }
    match value:
        case Explained():
            if value.taps is not None:
                window |= {"kernel_rows": value.taps[0], "kernel_columns": value.taps[1]}
            window |= sums_data(value)
        case Pooled():
            window |= pooling_data(value)
        case unknown:
            assert_never(unknown)
    light = {"curve": one.curve} if one.curve else {}
    return window | light | {"value": finite(value.value), "pixel": finite(one.pixel), "values": one.levels.values}

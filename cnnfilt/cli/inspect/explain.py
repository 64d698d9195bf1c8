"""Explained values as words and tables, written out as in the lecture notes, and as data for JSON."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from cnnfilt.cli.inspect.explain_all import picture
from cnnfilt.cli.inspect.number_tables import (
    KEPT,
    PADDED,
    PLAIN_WIDTH,
    Cell,
    Item,
    Matrix,
    number,
    print_items,
    short,
    wrapped,
)
from cnnfilt.cli.messages import printable
from cnnfilt.core.explain.convolution import Explained, Grid, Number, Patch, Response
from cnnfilt.core.explain.pooling import Pooled
from cnnfilt.core.levels import Levels
from cnnfilt.operations.inspect.explanation import Explanation, Explanations

MOST_TERMS = 50
"""A sum of more terms than this is cut short; --json has them all."""

FEW_KERNELS = 2
"""Of more kernels (a compass) only the one that counts is written out."""


def print_explanations(name: str, explanations: Explanations, stream: TextIO) -> None:
    """Print the explanations of the file called `name`."""
    for count, explanation in enumerate(explanations.values):
        items = [
            *_heading(printable(name), explanation, first=count == 0, colours=explanations.colours),
            *_body(explanation, explanations),
        ]
        if count:
            items = ["", *items]
        print_items(items, stream)
    if explanations.image is not None:
        print_items(_results(explanations.values), stream)


def as_data(explanations: Explanations) -> list[dict[str, Any]]:
    """Return the explanations as JSON has them, in order; what is not finite is null."""
    return [_data(one) for one in explanations.values]


def _heading(name: str, one: Explanation, *, first: bool, colours: bool) -> Iterator[Item]:
    value, size = one.value, f"{one.size[0]}x{one.size[1]}"
    yield f"{name}, {one.label}: row {value.row}, column {value.column} of {size}"
    if one.maps > 1:
        yield f"{channel_name(value.map, one.maps, colours)} of {one.maps}"
    legend = [*(["from 0"] if first else []), *(["[ ] padding"] if any(map(any, value.padded)) else [])]
    said = f" ({', '.join(legend)})" if legend else ""
    rows, columns = _positions(value.rows), _positions(value.columns)
    where = f"the window: rows {rows}, columns {columns} of the image"
    yield from [where + said] if len(where + said) <= PLAIN_WIDTH else [where, said.strip()]
    yield ""


def channel_name(channel: int, channels: int, colours: bool) -> str:
    """Return `channel 0 (red)`, or `channel 0` where it is no colour."""
    colour = f" ({('red', 'green', 'blue')[channel]})" if colours and channels == 3 else ""
    return f"channel {channel}{colour}"


def _positions(positions: Sequence[int]) -> str:
    """Return `0 to 2` for neighbours, `0, 2, 4` or `0 to 8 by 2` for a dilated window."""
    step = positions[1] - positions[0] if len(positions) > 1 else 1
    if len(positions) == 1:
        return str(positions[0])
    if step == 1:
        return f"{positions[0]} to {positions[-1]}"
    if len(positions) <= 3:
        return ", ".join(map(str, positions))
    return f"{positions[0]} to {positions[-1]} by {step}"


def _body(one: Explanation, explanations: Explanations) -> Iterator[Item]:
    value = one.value
    width = max((len(step.words) for step in getattr(value, "steps", ())), default=5)
    shown = picture(one, explanations)
    if isinstance(value, Pooled):
        yield from shown or [[_window(value.window, value.padded, "window", kept=value.kept)]]
        yield ""
        yield from _kept(value)
    else:
        yield from _sums(value, shown, explanations.colours)
        yield from (f"{step.words.ljust(width)} = {number(step.value)}" for step in value.steps)
    yield f"{'pixel'.ljust(width)} = {number(one.pixel)} ({_mapping(one.levels)})"


def _sums(value: Explained, shown: list[Item], colours: bool) -> Iterator[Item]:
    whole = len(value.responses) <= FEW_KERNELS
    largest = max(value.responses, key=lambda response: response.total)
    for response in value.responses:
        if not whole and response is not largest:
            yield f"{response.name} = {number(response.total)}"
            continue
        name = response.name if len(value.responses) > 1 else ""
        yield from _response(response, value.padded, name, shown, colours)


def _response(
    response: Response, padded: tuple[tuple[bool, ...], ...], name: str, shown: list[Item], colours: bool
) -> Iterator[Item]:
    count = len(response.patches)
    several = count > 1
    if shown:
        yield from shown
        yield ""
    for patch in response.patches:
        channel = channel_name(patch.channel, count, colours) if several else ""
        if not shown:
            yield [
                _window(patch.window, padded, " ".join(("window", channel)).strip()),
                _plain(patch.kernel, f"kernel {response.name}".strip()),
                _window(patch.products, padded, "products"),
            ]
            yield ""
        yield from _sum(patch, padded, f"{name or channel}: " if name or several else "")
        if several:
            yield ""
    if several:
        totals = [number(patch.total, signed=index > 0) for index, patch in enumerate(response.patches)]
        yield from wrapped(["sum: " + totals[0], *(f"+ {total}" for total in totals[1:])], response.total)
    yield ""


def _sum(patch: Patch, padded: tuple[tuple[bool, ...], ...], start: str) -> list[str]:
    """Return the lines of `1*1 + 6*0 + 9*(-1) + ... = -8`."""
    terms = [
        f"{f'[{number(value)}]' if hidden else number(value, signed=True)}*{number(weight, signed=True)}"
        for values, weights, flags in zip(patch.window, patch.kernel, padded, strict=True)
        for value, weight, hidden in zip(values, weights, flags, strict=True)
    ]
    return wrapped([start + terms[0], *(f"+ {term}" for term in _shortened(terms[1:]))], patch.total)


def _shortened(terms: list[str]) -> list[str]:
    if len(terms) < MOST_TERMS:
        return terms
    return [*terms[: MOST_TERMS // 4], f"... ({len(terms) - MOST_TERMS // 4 - 1} terms more) ...", terms[-1]]


def _kept(value: Pooled) -> list[str]:
    average = value.kind == "avg"
    terms = _shortened([number(one, signed=average) for one in value.counted])
    count = len(value.counted)
    if average:
        # The brackets and the division belong to the terms beside them, so that no line ends in between.
        parts = [f"{'+ ' if index else '('}{term}" for index, term in enumerate(terms)]
        return wrapped([*parts[:-1], f"{parts[-1]})", f"/ {count}"], value.value)
    parts = [f"{'' if index else f'{value.kind}('}{term}," for index, term in enumerate(terms)]
    parts[-1] = parts[-1][:-1] + ")"
    assert value.kept is not None, "max and min keep a place"
    where = f"row {value.rows[value.kept[0]]}, column {value.columns[value.kept[1]]}"
    return [*wrapped(parts, value.value), f"found at {where} of the image"]


def _window(
    values: Sequence[Sequence[Number | None]],
    padded: tuple[tuple[bool, ...], ...],
    title: str,
    kept: tuple[int, int] | None = None,
) -> Matrix:
    def cell(i: int, j: int) -> Cell:
        value = values[i][j]
        if (i, j) == kept:
            return Cell(f"*{short(value or 0)}", KEPT)
        text = "-" if value is None else short(value)
        return Cell(f"[{text}]", PADDED) if padded[i][j] else Cell(text)

    return Matrix(title, tuple(tuple(cell(i, j) for j in range(len(row))) for i, row in enumerate(values)))


def _plain(values: Grid, title: str) -> Matrix:
    return Matrix(title, tuple(tuple(Cell(short(value)) for value in row) for row in values))


def _results(values: tuple[Explanation, ...]) -> Iterator[Item]:
    """Yield the results of a walk as matrices, one for each map."""
    maps: dict[tuple[str, int], dict[tuple[int, int], Explanation]] = {}
    for one in values:
        maps.setdefault((one.label, one.value.map), {})[one.value.row, one.value.column] = one
    for (label, map_), found in maps.items():
        height, width = next(iter(found.values())).size
        rows = tuple(tuple(Cell(number(found[y, x].value.value)) for x in range(width)) for y in range(height))
        yield ""
        yield [Matrix(f"the result of {label}" + (f", channel {map_}" if len(maps) > 1 else ""), rows)]


def _mapping(levels: Levels) -> str:
    if levels.values == "raw":
        return "the value as it is"
    top, clipped = levels.top, f"rounded, clipped to 0..{levels.top}"
    if levels.value_range is not None:
        low, high = levels.value_range
        magnitude = "of the magnitude, " if levels.values == "abs" else ""
        return f"{magnitude}{low:g}..{high:g} to 0..{top}, {clipped}"
    return {
        "clip": clipped,
        "abs": f"the magnitude, {clipped}",
        "offset": f"half of it + {(top + 1) // 2}, {clipped}",
        "minmax": f"the image's lowest value to 0, its highest to {top}",
        "symmetric": f"{(top + 1) // 2} + {top // 2} * value / the image's largest magnitude",
    }[levels.values]


def _data(one: Explanation) -> dict[str, Any]:
    value = one.value
    data: dict[str, Any] = {
        "label": one.label,
        "row": value.row,
        "column": value.column,
        "map": value.map,
        "rows": value.rows,
        "columns": value.columns,
        "padded": value.padded,
    }
    if isinstance(value, Pooled):
        place = value.kept and [value.rows[value.kept[0]], value.columns[value.kept[1]]]
        window = [[_finite(cell) for cell in row] for row in value.window]
        data |= {"window": window, "kind": value.kind, "count": len(value.counted), "found_at": place}
    else:
        data["responses"] = [
            {
                "kernel": response.name,
                "channels": [_patch_data(p) for p in response.patches],
                "sum": _finite(response.total),
            }
            for response in value.responses
        ]
        data["steps"] = [{"step": step.words, "value": _finite(step.value)} for step in value.steps]
    return data | {"value": _finite(value.value), "pixel": _finite(one.pixel), "values": one.levels.values}


def _patch_data(patch: Patch) -> dict[str, Any]:
    grids = {"window": patch.window, "kernel": patch.kernel, "products": patch.products}
    data: dict[str, Any] = {name: [[_finite(cell) for cell in row] for row in grid] for name, grid in grids.items()}
    return {"channel": patch.channel, **data, "sum": _finite(patch.total)}


def _finite(value: Number | None) -> Number | None:
    return value if value is not None and math.isfinite(value) else None

"""The steps of a walk: what the window lies on, the kernel it meets, the sum, and the result as far as it is known."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from cnnfilt.cli.inspect.explain import in_lines
from cnnfilt.cli.inspect.explain_sums import FEW_KERNELS, channel_name
from cnnfilt.cli.numbers import in_brackets, short
from cnnfilt.core.explain.convolution import Explained, Number, Patch, Response
from cnnfilt.core.explain.pooling import Pooled
from cnnfilt.errors import ShapeError
from cnnfilt.files.walk import Panel, Scene, Square
from cnnfilt.frozen import Frozen
from cnnfilt.operations.inspect.explanation import Explanation, Explanations
from cnnfilt.terms import Pair

MOST_SIDE = 20
"""Of more rows or columns, padding counted, the numbers are too small for a slide."""

_LONGEST_NAME = 40

_KEPT = {"max": "the largest", "min": "the smallest", "median": "the middle"}


class _Ground(Frozen):
    """What windows lie on: the number at each place (None for what does not count), and the places in the padding."""

    numbers: Mapping[Pair, Number | None]
    padded: frozenset[Pair]

    @property
    def span(self) -> tuple[range, range]:
        """Return the rows and the columns from the first to the last."""
        ys, xs = ([place[axis] for place in self.numbers] for axis in (0, 1))
        return range(min(ys), max(ys) + 1), range(min(xs), max(xs) + 1)


def scenes_of(name: str, explanations: Explanations) -> Iterator[Scene]:
    """Yield the steps over the file called `name` (its folders are left out), one for each value.

    ShapeError where the image or the result is too large to be seen on a slide.
    """
    count, grounds = len(explanations.values), dict[tuple[str, int], _Ground]()
    done: dict[tuple[str, int], dict[Pair, Explanation]] = {}
    for number, one in enumerate(explanations.values, 1):
        of_map = done.setdefault((one.label, one.value.map), {})
        of_map[one.value.row, one.value.column] = one
        panels = (*_seen(one, explanations, grounds), _result(one, of_map, explanations))
        yield Scene(
            heading=_heading(name, one, explanations),
            panels=panels,
            lines=tuple(in_lines(one, explanations)),
            legend=tuple(_legend(one, panels)),
            count=f"step {number} of {count}",
            progress=number / count,
        )


def _heading(name: str, one: Explanation, explanations: Explanations) -> str:
    channel = f", {channel_name(one.value.map, one.maps, explanations.colours)}" if one.maps > 1 else ""
    place = f"row {one.value.row}, column {one.value.column} of {one.size[0]}x{one.size[1]}"
    return f"{os.path.basename(name)[-_LONGEST_NAME:]}, {one.label}{channel}: {place}"


def _seen(one: Explanation, explanations: Explanations, grounds: dict[tuple[str, int], _Ground]) -> Iterator[Panel]:
    """Yield what the window lies on, and the kernels that meet it there; `grounds` are those of other steps, too."""
    shown, patches = _shown(one)
    for index, channel in enumerate([patch.channel for patch in patches] or [one.value.map]):
        key = one.label, channel
        if key not in grounds:
            grounds[key] = _ground(one, explanations, channel)
        _check_sides("image", *map(len, grounds[key].span))
        title = f"{one.value.stage} image" if isinstance(one.value, Pooled) and one.value.stage else "image"
        if len(patches) > 1:
            title += f", {channel_name(channel, len(patches), explanations.colours)}"
        weights = _weights(one.value, patches[index]) if len(shown) == 1 else {}
        yield Panel(title, _image_rows(one, explanations, grounds[key], weights))
        for response in shown:
            kernel = response.patches[index].kernel
            rows = tuple(tuple(Square(short(weight)) for weight in row) for row in kernel)
            yield Panel(f"kernel {response.name}".strip(), rows, joined=True)


def _shown(one: Explanation) -> tuple[Sequence[Response], Sequence[Patch]]:
    """Return the kernels that are written out, and what the first of them meets; nothing of pooling."""
    match one.value:
        case Explained() as value if len(value.responses) > FEW_KERNELS:
            largest = max(value.responses, key=lambda response: response.total)
            return (largest,), largest.patches
        case Explained() as value:
            return value.responses, value.responses[0].patches
        case Pooled():
            return (), ()
        case unknown:
            assert_never(unknown)


def _ground(one: Explanation, explanations: Explanations, channel: int) -> _Ground:
    """Return what the windows of this result read of `channel`, and the rest of a small image where it is of this.

    It is not where windows read something else: its gray, its light, or what a first step made of it.
    """
    read: dict[Pair, Number | None] = {}
    padded: set[Pair] = set()
    for value in (other.value for other in explanations.values if other.label == one.label):
        window = value.window_of(channel)
        for i, y in enumerate(value.rows if window is not None else ()):
            for j, x in enumerate(value.columns):
                number = window[i][j] if window is not None else None
                read[y, x] = read.get((y, x)) if number is None else number
                padded.update([(y, x)] if value.padded[i][j] else [])
    image = explanations.image or ()
    if not image or max(len(image), len(image[0])) > MOST_SIDE:
        return _Ground(read, frozenset(padded))
    whole: dict[Pair, Number | None] = {
        (y, x): cells[channel] if channel < len(cells) else None
        for y, row in enumerate(image)
        for x, cells in enumerate(row)
    }
    if any(number not in (None, whole[place]) for place, number in read.items() if place not in padded):
        whole = dict.fromkeys(whole)
    known = {place: number for place, number in read.items() if place in padded or number is not None}
    return _Ground(whole | known, frozenset(padded))


def _check_sides(what: str, height: int, width: int) -> None:
    if max(height, width) > MOST_SIDE:
        raise ShapeError(
            f"the {what} of {{image}} has {height}x{width} values to show, and a walk has room for "
            f"{MOST_SIDE}x{MOST_SIDE}; take a part, as with --region 0,0,8x8 --crop"
        )


def _weights(value: Explained | Pooled, patch: Patch) -> dict[Pair, str]:
    """Return what each place under the window is multiplied by."""
    return {
        (y, x): f"*{in_brackets(short(weight))}"
        for y, weights in zip(value.rows, patch.kernel, strict=True)
        for x, weight in zip(value.columns, weights, strict=True)
    }


def _image_rows(
    one: Explanation, explanations: Explanations, ground: _Ground, weights: Mapping[Pair, str]
) -> tuple[tuple[Square, ...], ...]:
    """Return what the window lies on, the window in it, and what is kept of it."""
    value, window = one.value, dict[Pair, bool]()
    for i, y in enumerate(value.rows):
        for j, x in enumerate(value.columns):
            # A window of another shape than a rectangle has no taps in its corners.
            if not isinstance(value, Pooled) or value.window[i][j] is not None or value.padded[i][j]:
                window[y, x] = isinstance(value, Pooled) and value.kept == (i, j)

    def square(y: int, x: int) -> Square:
        number, padded = ground.numbers.get((y, x)), (y, x) in ground.padded
        return Square(
            "" if number is None else short(number),
            weights.get((y, x), ""),
            padded=padded,
            lit=(y, x) in window,
            kept=window.get((y, x), False),
            shade=None if padded else _shade(number, one, explanations),
        )

    rows, columns = ground.span
    return tuple(tuple(square(y, x) for x in columns) for y in rows)


def _result(one: Explanation, known: Mapping[Pair, Explanation], explanations: Explanations) -> Panel:
    """Return the result as far as it is `known`, this step's value lit."""
    height, width = one.size
    _check_sides("result", height, width)

    def square(place: Pair) -> Square:
        found = known.get(place)
        if found is None:
            return Square(empty=True)
        shade = _shade(found.pixel, one, explanations)
        return Square(short(found.pixel), lit=found is one, shade=shade)

    rows = tuple(tuple(square((y, x)) for x in range(width)) for y in range(height))
    return Panel(f"result {height}x{width}", rows)


def _shade(number: Number | None, one: Explanation, explanations: Explanations) -> float | None:
    """Return how bright a pixel of this level is; None where the numbers are no levels of an image."""
    if number is None or not explanations.colours or one.curve or one.levels.values == "raw":
        return None
    return min(max(number / one.levels.top, 0), 1)


def _legend(one: Explanation, panels: Sequence[Panel]) -> Iterator[tuple[str, Square]]:
    yield "the window, and what comes of it", Square(lit=True)
    squares = [square for panel in panels for square in panel.squares]
    if isinstance(one.value, Pooled) and one.value.kind in _KEPT:
        yield f"{_KEPT[one.value.kind]} of it", Square(lit=True, kept=True)
    if any(square.padded for square in squares):
        yield "padding", Square(padded=True)

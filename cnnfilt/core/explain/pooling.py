"""One value of a pooled image taken apart: what its window sees, and what is kept of it."""

from collections.abc import Callable, Sequence
from typing import assert_never

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.images import Array, as_image
from cnnfilt.core.explain.convolution import (
    MOST_CELLS,
    Number,
    Step,
    as_number,
    check_inside,
    exact_sum,
    outside,
    taps_of,
)
from cnnfilt.core.pooling import windows_of
from cnnfilt.describe.operations import Pooling
from cnnfilt.describe.window import Window
from cnnfilt.describe.window_shapes import Taps
from cnnfilt.describe.windows import adaptive_bounds
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Pair, PoolKind

Cells = tuple[tuple[Number | None, ...], ...]


class Pooled(Frozen):
    """The value at (`row`, `column`) of one channel.

    `rows` and `columns` are the positions in the image under the window's taps; of those outside it `padded`
    tells, and `window` holds None for what does not count: in the padding, or where the window's shape has no tap.
    `kept` is the place in the window of what max, min or median keeps: the first, row by row. `found` is what comes of
    the window; `steps` are what is done with it. A `stage` says what the image is where it has been changed before.
    """

    row: int
    column: int
    map: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    padded: tuple[tuple[bool, ...], ...]
    window: Cells
    kind: PoolKind
    kept: Pair | None
    found: Number
    stage: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def value(self) -> Number:
        """Return what comes out, before it becomes a pixel."""
        return self.steps[-1].value if self.steps else self.found

    @property
    def counted(self) -> list[Number]:
        """Return the values that count, row by row."""
        return [value for row in self.window for value in row if value is not None]

    def window_of(self, channel: int) -> Cells | None:
        """Return what the window holds of `channel` of the image; None for a channel that it does not read."""
        return self.window if channel == self.map else None


def explain_pooling(image: npt.ArrayLike, place: Pair, asked: Pooling) -> tuple[Pooled, ...]:
    """Return how each channel of a pooled image came to its value at `place` (row, column).

    Raises what `pool` raises, and ShapeError for a place outside the result or a window too large to show.
    """
    pixels = as_image(image)
    if asked.output_size is not None:
        return _adaptive(pixels, place, asked.output_size, asked.kind)
    rows, columns = windows_of(pixels, asked)
    check_inside(place, (rows.output_size, columns.output_size))
    shape = asked.taps
    ys, xs = taps_of(rows, place[0]), taps_of(columns, place[1])

    def counts_as_zero(y: int, x: int) -> bool:
        return asked.count_include_pad and _in_padding(y, rows) and _in_padding(x, columns)

    return _pooled(pixels, place, ys, xs, asked.kind, counts_as_zero, shape)


def _adaptive(pixels: Array, place: Pair, output_size: Pair, kind: PoolKind) -> tuple[Pooled, ...]:
    check_inside(place, output_size)
    ys, xs = (
        tuple(range(*adaptive_bounds(n, out)[index]))
        for n, out, index in zip(pixels.shape[:2], output_size, place, strict=True)
    )
    return _pooled(pixels, place, ys, xs, kind, lambda y, x: False)


def _in_padding(position: int, window: Window) -> bool:
    return -window.before <= position < window.size + window.after


def _pooled(
    pixels: Array,
    place: Pair,
    ys: Sequence[int],
    xs: Sequence[int],
    kind: PoolKind,
    counts_as_zero: Callable[[int, int], bool],
    shape: Taps | None = None,
) -> tuple[Pooled, ...]:
    if len(ys) * len(xs) > MOST_CELLS:
        raise ShapeError(f"a window of {len(ys)}x{len(xs)} is too large to be written out; explain a smaller one")
    padded = outside(ys, xs, pixels.shape[0], pixels.shape[1])

    def cell(y: int, x: int, hidden: bool, channel: int) -> Number | None:
        if not hidden:
            return as_number(pixels[y, x, channel])
        return 0 if counts_as_zero(y, x) else None

    answers = []
    for channel in range(pixels.shape[2]):
        window = tuple(
            tuple(cell(y, x, hidden, channel) for x, hidden in zip(xs, flags, strict=True))
            for y, flags in zip(ys, padded, strict=True)
        )
        if shape is not None:
            window = tuple(
                tuple(value if tap else None for value, tap in zip(*rows, strict=True))
                for rows in zip(window, shape, strict=True)
            )
        kept, value = _kept(window, kind)
        answers.append(Pooled(*place, channel, tuple(ys), tuple(xs), padded, window, kind, kept, value))
    return tuple(answers)


def _kept(window: Cells, kind: PoolKind) -> tuple[Pair | None, Number]:
    """Return where max, min or median finds its value (None for avg and range), and the value."""
    places = [(i, j) for i, row in enumerate(window) for j, value in enumerate(row) if value is not None]
    values = np.array([window[i][j] for i, j in places])
    match kind:
        case "avg":
            return None, exact_sum(values.tolist()) / len(places)
        case "range":
            return None, as_number(values.max()) - as_number(values.min())
        # All find the first, and a NaN before anything else.
        case "max":
            best = places[int(values.argmax())]
        case "min":
            best = places[int(values.argmin())]
        case "median":
            best = places[_median_at(values)]
        case unknown:
            assert_never(unknown)
    value = window[best[0]][best[1]]
    assert value is not None, "only values that count have a place"
    return best, value


def _median_at(values: Array) -> int:
    """Return the first place of the lower middle of `values`, (n,)."""
    if np.isnan(values).any():
        return int(np.isnan(values).argmax())
    return int((values == np.sort(values)[(len(values) - 1) // 2]).argmax())

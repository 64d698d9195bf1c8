"""The normal equations of a filter sought from examples, summed up strip by strip in bounded memory.

Every window of BEFORE is one equation: its pixels times the unknown coefficients, plus the unknown bias, make the
pixel of AFTER. With a window's pixels (and a 1 for the bias) in a column of X, least squares solves X X^T k = X y;
both sides are sums over windows, so no window has to be kept.
"""

from collections.abc import Callable, Iterator
from typing import Any, assert_never

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.core.inverse_levels import InverseLevels
from cnnfilt.errors import ShapeError, counted
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import LearnedChannels, Pair

BLOCK_BYTES = 4 << 20
"""What the windows looked at together may take: about a second-level cache."""

STRIPS_BYTES = 256 << 20
"""What the sums of all strips may take until they are added up."""

MOST_STRIPS = 32

MOST_PRODUCTS = 3 * 10**11
"""Of more products the rows are thinned out: some hundred windows for each coefficient settle it as well as all."""


class Equations(Frozen):
    """Sums over `windows` windows: X X^T (n, n), X y (n, maps) and y y (maps,); the last of the n is the constant 1.

    `left_out` windows of the rows looked at met a pixel that was cut off; `largest` is the largest magnitude in y.
    Equations add up, over strips, channels and pairs.
    """

    gram: Array
    moments: Array
    power: Array
    windows: int
    left_out: int
    largest: float

    def __add__(self, other: "Equations") -> "Equations":
        return Equations(
            self.gram + other.gram,
            self.moments + other.moments,
            self.power + other.power,
            self.windows + other.windows,
            self.left_out + other.left_out,
            max(self.largest, other.largest),
        )

    @property
    def maps(self) -> int:
        """Return how many filters are sought at once."""
        return int(self.moments.shape[1])

    def without_bias(self) -> "Equations":
        """Return the equations of a filter whose bias is 0."""
        return replace(self, gram=self.gram[:-1, :-1], moments=self.moments[:-1])

    def times(self, factor: float) -> "Equations":
        """Return the equations of a filter whose responses are `factor` times as large."""
        return replace(
            self, moments=self.moments * factor, power=self.power * factor**2, largest=self.largest * abs(factor)
        )

    def squared_error(self, unknowns: Array) -> Array:
        """Return the sum over all windows of (k x - y)^2, (maps,), for unknowns (n, maps)."""
        through = np.einsum("nm,nm->m", unknowns, self.gram @ unknowns - 2 * self.moments)
        # An exact fit leaves the rounding of two large sums, which may be below 0.
        errors: Array = np.maximum(self.power + through, 0)
        return errors


def equations_of(
    before: Array, after: Array, kernel_size: Pair, *, channels: LearnedChannels = "each", inverse: InverseLevels
) -> Equations:
    """Return the equations of one pair, (H, W) or (H, W, C) each.

    With "each" one kernel is sought that filters every channel by itself, so all channels add their equations; with
    "sum" a filter over all channels of `before` for each channel of `after`. Raises ShapeError when the sizes or the
    channels cannot belong together.
    """
    sources, targets = _with_channels(before), _with_channels(after)
    rows = overlap(sources.shape[0], targets.shape[0], kernel_size[0], "rows")
    columns = overlap(sources.shape[1], targets.shape[1], kernel_size[1], "columns")
    target = targets[rows.first : rows.last, columns.first : columns.last]
    source = sources[
        rows.first + rows.shift : rows.last + rows.shift + kernel_size[0] - 1,
        columns.first + columns.shift : columns.last + columns.shift + kernel_size[1] - 1,
    ]
    match channels:
        case "sum":
            return _summed(source, target, kernel_size, inverse)
        case "each":
            return _each_channel(source, target, kernel_size, inverse)
        case unknown:
            assert_never(unknown)


class Overlap(Frozen):
    """Along one axis: AFTER's pixels `first` to `last` are those whose windows lie within BEFORE, from y + `shift`."""

    first: int
    last: int
    shift: int


def overlap(before: int, after: int, kernel_size: int, lines: str) -> Overlap:
    """Return how AFTER lies over BEFORE along one axis: centred, as every padding that is even on both sides makes it.

    Of one size they are a "same" convolution, whose odd pixel of padding is the last; a smaller AFTER is a "valid"
    one, a larger one "full" or padded in between. Raises ShapeError when no such window fits.
    """
    smaller = before - after
    if abs(smaller) >= kernel_size:
        how = "smaller" if smaller > 0 else "larger"
        advice = f"-f {abs(smaller) + 1} would fit" if abs(smaller) < min(before, after) // 2 else "was it resized?"
        raise ShapeError(
            f"AFTER is {counted(abs(smaller), lines)} {how} than BEFORE, and a kernel of "
            f"{counted(kernel_size, lines)} removes or adds at most {kernel_size - 1}; {advice}"
        )
    shift = smaller // 2 - (kernel_size - 1) // 2
    first, last = max(0, -shift), min(after, before - kernel_size + 1 - shift)
    if first >= last:
        raise ShapeError(f"no window of {kernel_size} {lines} fits in BEFORE's {before}; use a smaller -f")
    return Overlap(first, last, shift)


def _each_channel(source: Array, target: Array, kernel_size: Pair, inverse: InverseLevels) -> Equations:
    """Return the equations of all channels, each by itself, added up."""
    if source.shape[2] != target.shape[2]:
        raise ShapeError(
            f"BEFORE has {counted(source.shape[2], 'channels')} and AFTER {target.shape[2]}; --gray reads both in "
            "shades of gray, --channels sum looks for a filter over all channels"
        )
    parts = (slice(channel, channel + 1) for channel in range(source.shape[2]))
    each = [_summed(source[:, :, part], target[:, :, part], kernel_size, inverse) for part in parts]
    return sum(each[1:], each[0])


def _summed(source: Array, target: Array, kernel_size: Pair, inverse: InverseLevels) -> Equations:
    """Return the equations of the windows of `source` (H + h - 1, W + w - 1, C) that make `target` (H, W, maps)."""
    unknowns = kernel_size[0] * kernel_size[1] * source.shape[2] + 1
    strips = min(MOST_STRIPS, max(1, STRIPS_BYTES // (8 * unknowns**2)), len(target))
    step = max(1, target.shape[0] * target.shape[1] * unknowns**2 // MOST_PRODUCTS)
    height = -(-len(target) // (strips * step)) * step
    edges = [(first, min(first + height, len(target))) for first in range(0, len(target), height)]
    width = max(1, min(target.shape[1], BLOCK_BYTES // (8 * unknowns)))

    def make_worker() -> Callable[[int, int], Equations]:
        return _Blocks(source, target, kernel_size, inverse, max(width, min(2048, target.shape[1])), step).sum

    strips_of = run_strips(edges, make_worker)
    return sum(strips_of[1:], strips_of[0])


class _Blocks:
    """One thread's scratch: the windows of a few rows, or of a part of one, as the columns of a matrix."""

    def __init__(
        self, source: Array, target: Array, kernel_size: Pair, inverse: InverseLevels, width: int, step: int
    ) -> None:
        self._source, self._target, self._kernel_size, self._inverse = source, target, kernel_size, inverse
        self._unknowns = kernel_size[0] * kernel_size[1] * source.shape[2] + 1
        self._width, self._step = width, step
        self._height = max(1, BLOCK_BYTES // (8 * self._unknowns * width))
        self._memory = np.empty(self._unknowns * self._height * width)

    def sum(self, first: int, last: int) -> Equations:
        """Return the equations of every `step`-th row from `first` to `last`."""
        n, maps = self._unknowns, self._target.shape[2]
        gram, moments, power = np.zeros((n, n)), np.zeros((n, maps)), np.zeros(maps)
        windows, left_out, largest = 0, 0, 0.0
        for rows, columns in self._places(first, last):
            pixels = self._target[rows, columns]
            x, y = self._windows(rows, columns), self._inverse.responses(pixels).reshape(-1, maps)
            kept = self._inverse.kept(pixels)
            count = len(y)
            if kept is not None and not kept.all():
                mask = kept.all(axis=2).reshape(-1)
                count = int(np.count_nonzero(mask))
                x *= mask
                y *= mask[:, np.newaxis]
            gram += x @ x.T
            moments += x @ y
            power += np.einsum("nm,nm->m", y, y)
            windows, left_out = windows + count, left_out + len(y) - count
            largest = max(largest, float(y.max()), -float(y.min()))
        return Equations(gram, moments, power, windows, left_out, largest)

    def _places(self, first: int, last: int) -> Iterator[tuple[slice, slice]]:
        for top in range(first, last, self._height * self._step):
            for left in range(0, self._target.shape[1], self._width):
                right = min(left + self._width, self._target.shape[1])
                yield slice(top, min(top + self._height * self._step, last), self._step), slice(left, right)

    def _windows(self, rows: slice, columns: slice) -> Array:
        """Return the windows of a block, (unknowns, height * width), the constant 1 last; valid until the next."""
        height, width = len(range(rows.start, rows.stop, self._step)), columns.stop - columns.start
        x = self._memory[: self._unknowns * height * width].reshape(-1, height, width)
        number = 0
        for i in range(self._kernel_size[0]):
            for j in range(self._kernel_size[1]):
                for channel in range(self._source.shape[2]):
                    down = slice(rows.start + i, rows.stop + i, self._step)
                    across = slice(columns.start + j, columns.stop + j)
                    x[number] = self._source[down, across, channel]
                    number += 1
        x[number] = 1
        return x.reshape(self._unknowns, -1)


def _with_channels(image: Array) -> np.ndarray[Any, Any]:
    return image[:, :, np.newaxis] if image.ndim == 2 else image

"""What a page shows of one operation on one image: its steps, each a window over an array and what came of it.

All arrays are (H, W, C): a source is read by windows, and what is made of them has a value for each window and map.
"""

from collections.abc import Iterable

import numpy as np

from cnnfilt.core.engine.borders import border_positions
from cnnfilt.core.explain.transposed import stamps_on
from cnnfilt.describe.transposed import TransposedAxis
from cnnfilt.describe.window import Window
from cnnfilt.describe.window_shapes import Taps
from cnnfilt.describe.windows import Windows
from cnnfilt.files.image import Array
from cnnfilt.frozen import Frozen
from cnnfilt.terms import PaddingMode


class Axis(Frozen, eq=False):
    """Where windows lie along the rows or the columns of a source of `size`.

    Window i has taps at starts[i], starts[i] + dilation, ...: counts[i] of them. `positions` tell for each of before +
    size + after padded positions which one of the source is seen there; -1 is the padding value. Where the windows are
    stamps, each result has `stamps`: the position of each, and the tap of the kernel that falls there.
    """

    size: int
    before: int
    after: int
    dilation: int
    starts: tuple[int, ...]
    counts: tuple[int, ...]
    positions: tuple[int, ...]
    stamps: tuple[tuple[tuple[int, int], ...], ...] | None = None

    def covered(self, first: int, last: int) -> tuple[int, int]:
        """Return the longest run (first, last) of windows that see nothing but `first` to `last` of the source."""
        best, begin = (0, 0), 0
        for index in range(len(self.starts) + 1):
            if index < len(self.starts) and self._is_within(index, first, last):
                continue
            best = max(best, (begin, index), key=lambda run: run[1] - run[0])
            begin = index + 1
        return best

    def _is_within(self, index: int, first: int, last: int) -> bool:
        if self.stamps is not None:
            return all(first <= at < last for at, _ in self.stamps[index])
        taps = range(self.starts[index], self.starts[index] + self.dilation * self.counts[index], self.dilation)
        seen = (self.positions[tap + self.before] for tap in taps if -self.before <= tap < self.size + self.after)
        return all(first <= at < last for at in seen if at >= 0)


class Kernel(Frozen, eq=False):
    """Coefficients, (h, w, C or 1, maps or 1), and what they answer in each window, (H', W', maps)."""

    name: str
    weights: Array
    answers: Array


class Stage(Frozen, eq=False):
    """What comes next of each value: in `words`, of which {0} stands for the value of the first in `uses`.

    Where there are several words, `chosen` (H', W', maps) tells which. `clipped` is -1 where the value was raised to
    the lowest level, and 1 where it was cut to the highest. A stage that `is_level` is what was written. `name` is what
    its values are called as a whole, where the words would not say it.
    """

    words: tuple[str, ...]
    values: Array
    uses: tuple[Array, ...] = ()
    chosen: Array | None = None
    clipped: Array | None = None
    is_level: bool = False
    name: str = ""


class Step(Frozen, eq=False, kw_only=True):
    """A window slid over a source: which value it gives by `kind`, and what is done with that.

    sum                           products with each of `kernels` added up, over one channel or over all of them (`all`)
    max, min, avg, median, range  of what counts: the `taps` of the window, without the padding unless that is counted
    copy                          the one value under it
    """

    title: str
    kind: str
    source: Array
    source_name: str
    rows: Axis
    columns: Axis
    stages: tuple[Stage, ...]
    found: Array | None = None
    kernels: tuple[Kernel, ...] = ()
    over_all: bool = False
    fill: tuple[float, ...] = (0,)
    taps: Taps | None = None
    counts_padding: bool = False


def axes(windows: Windows, mode: PaddingMode = "zeros") -> tuple[Axis, Axis]:
    """Return where these windows lie along the rows, and along the columns."""
    return _axis(windows.rows, mode), _axis(windows.columns, mode)


def _axis(window: Window, mode: PaddingMode) -> Axis:
    count = window.output_size
    positions = border_positions(window.size, window.before, window.after, mode, window.lines)
    starts = tuple(window.start(index) for index in range(count))
    taps = (window.kernel_size,) * count
    return Axis(window.size, window.before, window.after, window.dilation, starts, taps, tuple(positions.tolist()))


def stamped_axis(axis: TransposedAxis) -> Axis:
    """Return the axis of a transposed convolution: which inputs stamp each output, and with which tap."""
    met = (zip(*stamps_on(axis, place), strict=True) for place in range(axis.output_size))
    stamps = tuple(tuple(pairs) for pairs in met)
    starts, counts = (pairs[0][0] if pairs else 0 for pairs in stamps), map(len, stamps)
    return Axis(axis.size, 0, 0, 1, tuple(starts), tuple(counts), tuple(range(axis.size)), stamps)


def axis_of_parts(size: int, bounds: Iterable[tuple[int, int]]) -> Axis:
    """Return the axis whose windows are the parts (first, last) of a source of `size`."""
    bounds = list(bounds)
    starts, counts = (first for first, _ in bounds), (last - first for first, last in bounds)
    return Axis(size, 0, 0, 1, tuple(starts), tuple(counts), tuple(range(size)))


def volume(array: Array) -> Array:
    """Return an array (H, W) or (H, W, C) as (H, W, C)."""
    return array if array.ndim == 3 else array[:, :, np.newaxis]

"""The kernel in parts whose cells lie evenly in a strip, so that one view shows all that they meet."""

from collections.abc import Iterator
from math import gcd

from numpy.lib.stride_tricks import as_strided

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.strips import Strip
from cnnfilt.describe.window import Window
from cnnfilt.frozen import Frozen


class Cells(Frozen):
    """Some rows, columns and channels of a kernel."""

    rows: slice
    columns: slice
    channels: slice

    def of(self, weights: Array) -> Array:
        """Return the part of `weights` (h, w, C, ...) in these cells."""
        return weights[self.rows, self.columns, self.channels]

    @property
    def part(self) -> tuple[int, ...]:
        """Return the first row, column and channel, and how many of each there are."""
        parts = self.rows, self.columns, self.channels
        return (*(part.start for part in parts), *map(_length, parts))

    def met_in(self, strip: Strip) -> Array:
        """Return a view of what they meet in every window: (rows, columns, height, W', channels)."""
        rows, columns = strip.layout.rows, strip.layout.columns
        first = strip.values(self.rows.start, self.columns.start)[..., self.channels]
        down = rows.dilation * strip.padded.strides[0]
        along = self.columns.step * columns.dilation // columns.stride * first.strides[1]
        shape = (_length(self.rows), _length(self.columns), *first.shape)
        return as_strided(first, shape, (down, along, *first.strides), writeable=False)


def even_cells(shape: tuple[int, ...], most: int, step: int = 1) -> Iterator[Cells]:
    """Yield all of a kernel of `shape` (h, w, C) in parts of at most `most` numbers, whose columns lie `step` apart."""
    height, width, channels = shape
    for lane in _parts(0, channels, most):
        size = lane.stop - lane.start
        for phase in range(min(step, width)):
            for across in _parts(phase, width, max(1, most // size), step):
                for down in _parts(0, height, max(1, most // (size * _length(across)))):
                    yield Cells(down, across, lane)


def step_between(columns: Window) -> int:
    """Return how far apart columns of a kernel are that lie evenly in a strip: side by side, if sorted by remainder."""
    return columns.stride // gcd(columns.stride, columns.dilation)


def _parts(start: int, stop: int, most: int, step: int = 1) -> Iterator[slice]:
    """Yield range(start, stop, step) as slices of at most `most` positions."""
    for first in range(start, stop, step * most):
        yield slice(first, min(first + step * most, stop), step)


def _length(part: slice) -> int:
    return len(range(part.start, part.stop, part.step))

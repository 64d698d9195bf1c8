"""The kernel in parts of a few rows, columns and channels."""

from collections.abc import Iterator

from cnnfilt.core.engine.images import Array
from cnnfilt.frozen import Frozen

LONGEST = 256
"""How many products are summed at once: bounds the rounding error of one long sum. The loops take no more."""


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


def even_cells(shape: tuple[int, ...], most: int) -> Iterator[Cells]:
    """Yield all of a kernel of `shape` (h, w, C) in parts of at most `most` numbers."""
    height, width, channels = shape
    for lane in _parts(channels, most):
        size = _length(lane)
        for across in _parts(width, max(1, most // size)):
            for down in _parts(height, max(1, most // (size * _length(across)))):
                yield Cells(down, across, lane)


def _parts(stop: int, most: int) -> Iterator[slice]:
    """Yield 0 to `stop` as slices of at most `most` positions."""
    for first in range(0, stop, most):
        yield slice(first, min(first + most, stop))


def _length(part: slice) -> int:
    return int(part.stop - part.start)

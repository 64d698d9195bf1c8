"""Sums of windows divided by how many values they hold: as floats, or rounded to levels at once.

Blocks of windows with equally many values (away from the padding that is all of them) are divided by one number.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from cnnfilt.core.engine.fold import Counts
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.passes import Pass, copy

Finish = Callable[[Array, int, Array], Iterator[Pass]]
"""Yields the passes that write sums (rows, values), divided by one count, to an array of their shape.

The sums may be changed by them.
"""


class Averages:
    """Finishes sums over windows of which the i-th, j-th holds tall[i] * wide[j] values."""

    def __init__(self, finish: Finish, tall: Counts, wide: Counts) -> None:
        self._finish = finish
        self._rows, self._columns = runs(tall), runs(wide)

    def finish(self, sums: Array, first: int, last: int, into: Array) -> Iterator[Pass]:
        """Yield the passes that write the averages of `sums` (rows, W', C), of rows `first` to `last`, to `into`.

        Both are contiguous.
        """
        channels = sums.shape[2]
        sums, into = (array.reshape(len(array), -1) for array in (sums, into))
        for top, bottom, tall in self._rows:
            rows = slice(max(top - first, 0), min(bottom, last) - first)
            if rows.start >= rows.stop:
                continue
            for left, right, wide in self._columns:
                columns = slice(left * channels, right * channels)
                yield from self._finish(sums[rows, columns], tall * wide, into[rows, columns])


def runs(counts: Counts) -> list[tuple[int, int, int]]:
    """Return the stretches of equal values: (start, stop, value) of each.

    >>> runs(np.array([1, 2, 2, 2, 1]))
    [(0, 1, 1), (1, 4, 2), (4, 5, 1)]
    """
    seams = (np.flatnonzero(np.diff(counts)) + 1).tolist()
    starts = [0, *seams]
    return list(zip(starts, [*seams, len(counts)], counts[starts].tolist(), strict=True))


def divide(sums: Array, count: int, into: Array) -> Iterator[Pass]:
    """Yield the pass that writes the quotients as floats, rounded once."""
    # Whole numbers of 16 bits, and the few windows they come from, are exact in float32.
    dtype = np.float32 if sums.dtype == np.uint16 and into.dtype == np.float32 else np.float64
    yield partial(np.divide, dtype=dtype, casting="same_kind"), (sums, count), into


class Rounding:
    """Rounds exact quotients of whole sums, half to even, in the sums' own type."""

    def __init__(self, shape: tuple[int, int], dtype: np.dtype) -> None:
        """Make scratch memory for sums of up to `shape`."""
        self._quotients = np.empty(shape, dtype)

    def __call__(self, sums: Array, count: int, into: Array) -> Iterator[Pass]:
        """Yield the passes: no sum may be below zero, and all must have room for count / 2 more."""
        quotients = self._quotients[: sums.shape[0], : sums.shape[1]]
        divide = (np.floor_divide, count) if count & (count - 1) else (np.right_shift, count.bit_length() - 1)
        yield np.add, (sums, count // 2), sums
        if count % 2 == 0:
            # That rounds half up. An odd quotient may have been half: one less only matters where it was.
            yield divide[0], (sums, divide[1]), quotients
            yield np.bitwise_and, (quotients, 1), quotients
            yield np.subtract, (sums, quotients), sums
        yield divide[0], (sums, divide[1]), quotients
        yield copy, (quotients,), into

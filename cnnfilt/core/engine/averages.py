"""Sums of windows divided by how many values they hold: as floats, or rounded to levels at once.

Blocks of windows with equally many values (away from the padding that is all of them) are divided by one number.
"""

from collections.abc import Callable, Iterator

import numpy as np

from cnnfilt.core.engine.fold import Counts
from cnnfilt.core.engine.images import Array

Finish = Callable[[Array, int, Array], None]
"""Writes sums (rows, columns, C), divided by one count, to an array of their shape; may change the sums."""


def finish_averages(finish: Finish, sums: Array, counts: tuple[Counts, Counts], into: Array) -> None:
    """Write `sums` (H', W', C), each over the values in its window, to `into`.

    A window holds its entry in the first of `counts` times its entry in the second.
    """
    tall, wide = counts
    for rows in runs(tall):
        for columns in runs(wide):
            count = int(tall[rows.start] * wide[columns.start])
            finish(sums[rows, columns], count, into[rows, columns])


def runs(counts: Counts) -> Iterator[slice]:
    """Yield the stretches of equal values.

    >>> [(run.start, run.stop) for run in runs(np.array([1, 2, 2, 2, 1]))]
    [(0, 1), (1, 4), (4, 5)]
    """
    seams = (np.flatnonzero(np.diff(counts)) + 1).tolist()
    yield from map(slice, [0, *seams], [*seams, len(counts)])


def divide(sums: Array, count: int, into: Array) -> None:
    """Write the quotients as floats, rounded once."""
    # Whole numbers of 16 bits, and the few windows they come from, are exact in float32.
    dtype = np.float32 if sums.dtype == np.uint16 else np.float64
    np.divide(sums, count, out=into, dtype=dtype, casting="same_kind")


class Rounding:
    """Rounds exact quotients of whole sums, half to even, in the sums' own type."""

    def __init__(self, shape: tuple[int, int, int], dtype: np.dtype) -> None:
        """Make scratch memory for sums of up to `shape`."""
        self._quotients = np.empty(shape, dtype)

    def __call__(self, sums: Array, count: int, into: Array) -> None:
        """Write the rounded quotients of `sums` (none below zero, all with room for count / 2 more)."""
        quotients = self._quotients[: sums.shape[0], : sums.shape[1]]
        np.add(sums, count // 2, out=sums)
        if count % 2 == 0:
            # That rounds half up. An odd quotient may have been half: one less only matters where it was.
            _quotients(sums, count, quotients)
            np.bitwise_and(quotients, 1, out=quotients)
            np.subtract(sums, quotients, out=sums)
        _quotients(sums, count, quotients)
        np.copyto(into, quotients, casting="unsafe")


def _quotients(sums: Array, count: int, into: Array) -> None:
    if count & (count - 1):
        np.floor_divide(sums, count, out=into)
    else:
        np.right_shift(sums, count.bit_length() - 1, out=into)

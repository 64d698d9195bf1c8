"""Percentiles of responses that come strip by strip."""

from collections.abc import Callable, Sequence
from math import floor

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.scale import Range
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.describe.percentiles import Percentiles

Worker = Callable[[], Callable[[int, int], Array]]
"""Makes, for each thread, what gives the responses of rows first to last."""

MOST_BINS = 1 << 20
"""Whole numbers of no more different values are counted; others are kept, and sorted as far as needed."""


def percentile_range(
    edges: Sequence[tuple[int, int]], worker: Worker, asked: Percentiles, found: Range, *, magnitude: bool
) -> Range:
    """Return the percentiles of all finite responses, or of their magnitudes, which lie in the range `found`.

    Between two values they lie in proportion, as those of NumPy do: the p-th of n values in order is the one at place
    (n - 1) * p / 100, counted from 0.
    """
    low, high = found
    if low > high:
        return found
    if magnitude:
        low, high = 0, max(abs(low), abs(high))
    if isinstance(low, int) and isinstance(high, int) and high - low < MOST_BINS:
        return _of_counts(_counts(edges, worker, low, high, magnitude=magnitude), low, asked)

    def make_worker() -> Callable[[int, int], Array]:
        respond = worker()

        def kept(first: int, last: int) -> Array:
            values = respond(first, last).reshape(-1)
            values = np.abs(values) if magnitude else values.copy()
            return values[np.isfinite(values)] if values.dtype.kind == "f" else values

        return kept

    values = np.concatenate(run_strips(edges, make_worker))
    ends = []
    for percent in (asked.low, asked.high):
        place = (len(values) - 1) * percent / 100
        below, above = floor(place), min(floor(place) + 1, len(values) - 1)
        values.partition((below, above))
        ends.append(_between(float(values[below]), float(values[above]), place - below))
    return ends[0], ends[1]


def _counts(edges: Sequence[tuple[int, int]], worker: Worker, low: int, high: int, *, magnitude: bool) -> Array:
    def make_worker() -> Callable[[int, int], Array]:
        respond = worker()

        def counted(first: int, last: int) -> Array:
            values = respond(first, last).reshape(-1).astype(np.int64)
            return np.bincount((np.abs(values) if magnitude else values) - low, minlength=high - low + 1)

        return counted

    total = np.zeros(high - low + 1, np.int64)
    for counts in run_strips(edges, make_worker):
        total += counts
    return total


def _of_counts(counts: Array, low: int, asked: Percentiles) -> Range:
    """Return the percentiles of whole numbers, of which `low` and its followers are there so often."""
    upto = np.cumsum(counts)
    ends = []
    for percent in (asked.low, asked.high):
        place = (int(upto[-1]) - 1) * percent / 100
        below, above = (int(np.searchsorted(upto, floor(place) + more, side="right")) for more in (0, 1))
        ends.append(_between(low + below, low + min(above, len(counts) - 1), place - floor(place)))
    return ends[0], ends[1]


def _between(below: float, above: float, part: float) -> float:
    # Of two that are the same the product could round.
    return below if below == above or not part else below + (above - below) * part

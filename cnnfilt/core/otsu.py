"""Otsu's threshold: where values fall into two classes that differ the most from each other.

Otsu 1979, "A threshold selection method from gray-level histograms": the level that makes the variance between the
classes largest, w0 w1 (m1 - m0)^2, for classes of w0 and w1 values with the means m0 and m1.
"""

from math import inf

import numpy as np
import numpy.typing as npt

BINS = 256
"""How many levels values without levels of their own are sorted into, between the lowest and the highest."""

_NEAR = 1e-9
"""Variances as near to each other as this part may be equal: then whole numbers decide."""


def otsu_level(counts: npt.NDArray[np.int64]) -> int | None:
    """Return the first level of the upper class, where `counts` tells how many values have each level.

    Of levels that part equally well it is the lowest. None where all values have one level.
    """
    levels = np.arange(len(counts), dtype=np.float64)
    below, sums = np.cumsum(counts)[:-1].astype(np.float64), np.cumsum(counts * levels)[:-1]
    total, whole = float(counts.sum()), float((counts * levels).sum())
    parts = (below > 0) & (below < total)
    if not parts.any():
        return None
    # Of w0 w1 (m1 - m0)^2 = (w0 S - n s0)^2 / (w0 w1), with the sums S of all and s0 below.
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(parts, (below * whole - total * sums) ** 2 / (below * (total - below)), -inf)
    near = np.flatnonzero(variance >= variance.max() * (1 - _NEAR))
    return 1 + _best(counts, near.tolist())


def _best(counts: npt.NDArray[np.int64], places: list[int]) -> int:
    """Return the first of `places` whose variance between the classes is the largest, in whole numbers."""
    exact = counts.astype(object)
    below, sums = np.cumsum(exact), np.cumsum(exact * np.arange(len(counts)).astype(object))
    total, whole = below[-1], sums[-1]

    def variance(place: int) -> tuple[int, int]:
        return (below[place] * whole - total * sums[place]) ** 2, below[place] * (total - below[place])

    best = places[0]
    for place in places[1:]:
        (one, over), (other, under) = variance(place), variance(best)
        if one * under > other * over:
            best = place
    return best

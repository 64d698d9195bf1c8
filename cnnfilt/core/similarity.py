"""How alike two images look: the structural similarity (SSIM) of Wang et al."""

from math import exp, fsum, nan

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.errors import ShapeError
from cnnfilt.spelling import spelled_size

__all__ = ["WINDOW", "has_windows", "structural_similarity"]

WINDOW, SIGMA = 11, 1.5
"""The side of the window and its Gaussian's standard deviation, in pixels."""

K1, K2 = 0.01, 0.03
"""What keeps the quotients steady where there is next to no light, or no contrast; fractions of the peak."""

TILE_ROWS, TILE_VALUES = 64, 256
"""How many windows are looked at at once, down and across (all channels counted): the ten arrays that are made of them
on the way stay in the cache, and what the windows of two tiles have in common is little beside them."""


def has_windows(shape: tuple[int, ...]) -> bool:
    """Return whether an image of this shape is as large as a window."""
    return min(shape[:2]) >= WINDOW


def structural_similarity(a: Array, b: Array, *, peak: float) -> float:
    """Return the mean SSIM of `a` and `b`, (H, W) or (H, W, C) of any real types: 1 where they are the same.

    It is the mean over all channels and all windows of 11x11, weighted by a Gaussian of 1.5 pixels, that lie in the
    image whole, of (2 m_a m_b + C1) (2 c_ab + C2) / ((m_a^2 + m_b^2 + C1) (v_a + v_b + C2)): the windows' means m,
    variances v and covariance c, C1 = (0.01 peak)^2, C2 = (0.03 peak)^2, and `peak` the range of the values. Wang,
    Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural similarity", IEEE
    Transactions on Image Processing 13 (2004), equation 13, with the constants of section III.C.

    NaN and infinities that both have are left out with the windows that hold them; NaN where only one has them, or no
    window is left. ShapeError where the images differ in size, or are smaller than a window.
    """
    if a.shape != b.shape:
        raise ShapeError(f"{spelled_size(a.shape)} and {spelled_size(b.shape)} differ in size")
    if not has_windows(a.shape):
        raise ShapeError(f"SSIM looks at windows of {WINDOW}x{WINDOW}, which {spelled_size(a.shape[:2])} does not hold")
    odd = _odd_places(a, b)
    if odd is None:
        return nan
    if not peak:
        return 1.0  # There are only zeros, in both.
    step = 1 if a.ndim == 2 else a.shape[2]
    windows = len(a) - WINDOW + 1
    edges = [(top, min(top + TILE_ROWS, windows)) for top in range(0, windows, TILE_ROWS)]
    first, second, odd = (values.reshape(len(values), -1) if values.size else values for values in (a, b, odd))

    def add_up(top: int, bottom: int) -> tuple[float, int]:
        tiles = [_tile(top, bottom, left, step) for left in range(0, first.shape[1] - (WINDOW - 1) * step, TILE_VALUES)]
        with np.errstate(invalid="ignore"):
            found = [_similarity(_fractions(first[tile], peak), _fractions(second[tile], peak), step) for tile in tiles]
        if odd.size:
            found = [each[_blurred(1.0 * odd[tile], step) == 0] for each, tile in zip(found, tiles, strict=True)]
        return fsum(float(each.sum()) for each in found), sum(each.size for each in found)

    sums = run_strips(edges, lambda: add_up)
    count = sum(size for _, size in sums)
    return fsum(total for total, _ in sums) / count if count else nan


def _fractions(values: Array, peak: float) -> Array:
    """Return `values` as fractions of the peak: squares of the largest numbers there are would be infinite."""
    return np.divide(values, peak, dtype=np.float64)


def _tile(top: int, bottom: int, left: int, step: int) -> tuple[slice, slice]:
    """Return the place of what some windows hold: those of rows `top` to `bottom`, and of a tile's columns."""
    reach = WINDOW - 1
    return slice(top, bottom + reach), slice(left, left + TILE_VALUES + reach * step)


def _odd_places(a: Array, b: Array) -> Array | None:
    """Return where both are NaN or infinite, an empty array if nowhere; None where one is, and the other is not."""
    if a.dtype.kind != "f" and b.dtype.kind != "f":
        return np.empty(0, bool)
    odd = ~np.isfinite(a)
    alike = (a[odd] == b[odd]) | (np.isnan(a[odd]) & np.isnan(b[odd]))
    if not alike.all() or not np.array_equal(odd, ~np.isfinite(b)):
        return None
    return odd if odd.any() else np.empty(0, bool)


def _similarity(a: Array, b: Array, step: int) -> Array:
    """Return the SSIM of each window of some rows of fractions, whose columns are `step` values apart."""
    mean_a, mean_b = _blurred(a, step), _blurred(b, step)
    means, squares = mean_a * mean_b, mean_a * mean_a + mean_b * mean_b
    # In this order equal images give equal products above and below the line, and so exactly 1.
    covariance = _blurred(a * b, step) - means
    variances = _blurred(a * a + b * b, step) - squares
    above = (2 * means + K1**2) * (2 * covariance + K2**2)
    return np.asarray(above / ((squares + K1**2) * (variances + K2**2)))


_HALF = WINDOW // 2
_BELL = [exp(-(place**2) / (2 * SIGMA**2)) for place in range(_HALF + 1)]
_WEIGHTS = [value / (2 * sum(_BELL) - _BELL[0]) for value in _BELL]
"""Of the place in the middle, and of those so far from it."""


def _blurred(rows: Array, step: int) -> Array:
    """Return the weighted sum of each window: fewer rows, and fewer columns, which are `step` values apart."""
    height, width = len(rows) - 2 * _HALF, rows.shape[1] - 2 * _HALF * step
    down = _summed([rows[place : place + height] for place in range(WINDOW)])
    return _summed([down[:, place * step : place * step + width] for place in range(WINDOW)])


def _summed(neighbours: list[Array]) -> Array:
    """Return the weighted sum of 11 arrays, the one in the middle the heaviest."""
    total = neighbours[_HALF] * _WEIGHTS[0]
    both = np.empty_like(total)
    for distance in range(1, _HALF + 1):
        np.add(neighbours[_HALF - distance], neighbours[_HALF + distance], out=both)
        both *= _WEIGHTS[distance]
        total += both
    return total

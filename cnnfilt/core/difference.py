"""How two images differ: by how much at most and where, on average, and at how many places."""

from collections.abc import Callable
from functools import reduce
from math import inf, log10, sqrt

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import Frozen
from cnnfilt.spelling import spelled_size

__all__ = ["Difference", "compare", "difference_picture", "magnitudes"]

STRIP_VALUES = 1 << 18
"""How many values are compared at once: what is made of them on the way stays in the cache."""


class Difference(Frozen):
    """What |A - B| is over `total` values.

    `largest` is met first at `place`, the index into the arrays, where they hold `values`; both None without any
    difference. `differing` values differ, `odd` of them by no number: one is NaN, or infinite, and the other is not.
    Of the `pixels` (all channels in one) `pixels_over` have a value that differs by more than the tolerance.
    """

    largest: float
    place: tuple[int, ...] | None
    values: tuple[float, float] | None
    total_magnitude: float
    total_square: float
    differing: int
    odd: int
    total: int
    pixels_over: int
    pixels: int

    @property
    def fraction_over(self) -> float:
        """Return the share of pixels that differ by more than the tolerance."""
        return self.pixels_over / self.pixels

    @property
    def mean(self) -> float:
        """Return the mean of |A - B|."""
        return self.total_magnitude / self.total

    @property
    def rms(self) -> float:
        """Return the root of the mean of (A - B)^2."""
        return sqrt(self.total_square / self.total)

    def psnr(self, peak: float) -> float:
        """Return 20 log10(peak / rms), the ratio of peak signal to noise in decibels; infinite without a difference."""
        if not self.rms:
            return inf
        return -inf if self.rms == inf or not peak else 20 * log10(peak / self.rms)


def compare(a: Array, b: Array, *, tolerance: float = 0) -> Difference:
    """Return how `a` and `b`, (H, W) or (H, W, C) of any real types, differ; ShapeError if their shapes do.

    Whole numbers are compared exactly, also of 64 bits; with a float, both as float64. NaN equals NaN. Pixels are
    counted that differ by more than `tolerance`.
    """
    if a.shape != b.shape:
        raise ShapeError(f"{spelled_size(a.shape)} and {spelled_size(b.shape)} differ in size")

    def make_worker() -> Callable[[int, int], Difference]:
        return lambda first, last: _compared(a[first:last], b[first:last], first, tolerance)

    strips = run_strips(_edges(a), make_worker)
    # The first strip with the largest: within it, too, the first place counts.
    most = max(strips, key=lambda strip: strip.largest)
    return Difference(
        most.largest,
        most.place,
        most.values,
        sum(strip.total_magnitude for strip in strips),
        sum(strip.total_square for strip in strips),
        sum(strip.differing for strip in strips),
        sum(strip.odd for strip in strips),
        a.size,
        sum(strip.pixels_over for strip in strips),
        a.shape[0] * a.shape[1],
    )


def magnitudes(a: Array, b: Array) -> Array:
    """Return |a - b| in a type that holds it: whole for whole numbers, else float64, infinite for a NaN on one side.

    Python's own integers where no type of NumPy's holds it.
    """
    if a.dtype.kind in "biu" and b.dtype.kind in "biu":
        if max(a.dtype.itemsize, b.dtype.itemsize) < 8:
            wide = np.int16 if a.dtype == b.dtype == np.uint8 else np.int64
            return np.asarray(np.abs(a.astype(wide) - b.astype(wide)))
        if a.dtype.kind != b.dtype.kind and min(a.min(), b.min()) < 0:
            # From a negative number to the largest without a sign it can be more than 64 bits hold.
            return np.asarray(np.abs(a.astype(object) - b.astype(object)))
        # The distance of two 64-bit numbers fits 64 bits without a sign, in whose arithmetic it comes out right.
        first, second = a.astype(np.uint64), b.astype(np.uint64)
        return np.where(a > b, first - second, second - first)
    first, second = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        apart: Array = np.abs(first - second)
        apart[first == second] = 0  # Infinities, too.
    apart[np.isnan(first) & np.isnan(second)] = 0
    apart[np.isnan(apart)] = inf
    return apart


def difference_picture(a: Array, b: Array, *, largest: float, gain: float | None = None) -> Array:
    """Return uint8 (H, W): the largest |a - b| of each pixel times `gain`; without one `largest` becomes white."""
    factor = gain if gain is not None else (255 / largest if 0 < largest < inf else 1)
    picture = np.empty(a.shape[:2], np.uint8)

    def draw(first: int, last: int) -> None:
        apart = magnitudes(a[first:last], b[first:last])
        picture[first:last] = np.rint(np.minimum(_most(apart).astype(np.float64) * factor, 255))

    run_strips(_edges(a), lambda: draw)
    return picture


def _edges(array: Array) -> list[tuple[int, int]]:
    """Return the first and last row of each strip."""
    height = max(1, STRIP_VALUES * len(array) // max(1, array.size))
    return [(first, min(first + height, len(array))) for first in range(0, len(array), height)]


def _compared(a: Array, b: Array, first_row: int, tolerance: float) -> Difference:
    pixels = a.shape[0] * a.shape[1]
    same = Difference(0, None, None, 0.0, 0.0, 0, 0, a.size, 0, pixels)
    if a.dtype.kind != "f" and np.array_equal(a, b):
        return same
    apart = magnitudes(a, b)
    place = int(apart.argmax())
    largest = apart.item(place)
    if not largest:
        return same
    row, *rest = np.unravel_index(place, a.shape)
    flat = apart.reshape(-1).astype(np.float64)
    return Difference(
        largest,
        (first_row + int(row), *map(int, rest)),
        (a.item(place), b.item(place)),
        float(flat.sum()),
        float(flat @ flat),
        int(np.count_nonzero(flat)),
        int(np.count_nonzero(flat == inf)),
        a.size,
        int(np.count_nonzero(_most(apart) > tolerance)) if largest > tolerance else 0,
        pixels,
    )


def _most(apart: Array) -> Array:
    """Return the largest of each pixel's channels."""
    # A maximum over the last axis, of three, takes five times as long.
    return reduce(np.maximum, np.moveaxis(apart, 2, 0)) if apart.ndim == 3 else apart

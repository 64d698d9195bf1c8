"""Two images as one, by the share that each pixel has of the second; and shares that fade in instead of beginning.

A fade of N pixels lies inside: at the first pixel the share is 1 / (N + 1), at the next 2 / (N + 1), and beyond N it
is whole. Nothing outside changes. Where a side is the border of the image nothing fades, for nothing lies behind it.
"""

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.images import Array
from cnnfilt.core.pooling import pool
from cnnfilt.terms import Pair

Shares = npt.NDArray[np.float64]
"""The share (H, W) of a change that shows at each pixel, from 0 to 1."""


def blended(before: Array, after: Array, shares: Shares) -> Array:
    """Return before + (after - before) * share, in the type of `after`; whole numbers are rounded half to even.

    `before` and `after` are (n,) or (n, C), `shares` (n,). Where a share is 0 or 1 the value is that of one of them,
    bit for bit, also beside a NaN or an infinity in the other.
    """
    share = shares if after.ndim == 1 else shares[:, np.newaxis]
    with np.errstate(invalid="ignore", over="ignore"):
        mixed = before.astype(np.float64)
        mixed += (after.astype(np.float64) - mixed) * share
    if after.dtype.kind in "iu":
        # What lies between two whole numbers of a type does not leave it.
        np.rint(mixed, out=mixed)
    parted = np.where(share == 1, after, mixed.astype(after.dtype))
    return np.asarray(np.where(share == 0, before, parted).astype(after.dtype, copy=False))


def faded_rectangle(size: Pair, width: int, outside: tuple[Pair, Pair]) -> Shares:
    """Return the shares in a rectangle of `size` whose change fades in over `width` pixels.

    `outside` tells how many rows of the image lie (above, below) it, and columns (left, right); no side fades where
    there are none.
    """
    down, along = (_ramp(n, width, sides) for n, sides in zip(size, outside, strict=True))
    return down[:, np.newaxis] * along


def faded(shares: Shares, width: int) -> Shares:
    """Return `shares` (H, W), whose changes fade in over `width` pixels inside whatever shape they have.

    That is the average over windows of width + 1 of the lowest share in such windows: on a straight edge the ramp of
    `faded_rectangle`. A shape that nowhere is wider than `width` vanishes.
    """
    if not width:
        return shares
    # Beyond the border of the image the mask goes on as it is there.
    lowest = pool(np.pad(shares, width, mode="edge"), width + 1, kind="min", stride=1)
    # Every pixel is in as many windows as a window has pixels: what was lost on one side comes back on the other.
    means = pool(lowest, width + 1, kind="avg", stride=1)
    return np.asarray(np.clip(means, 0, 1), np.float64)


def _ramp(n: int, width: int, sides: Pair) -> Shares:
    inward = np.arange(1, n + 1) / (width + 1)
    before, after = (np.minimum(inward, 1) if outside else np.ones(n) for outside in sides)
    return np.minimum(before, after[::-1]) if min(sides) == 0 else before * after[::-1]

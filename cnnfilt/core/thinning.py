"""Edges one pixel wide: kept where they are stronger than on both sides of their own direction.

Canny 1986, "A computational approach to edge detection", calls it non-maximum suppression.
"""

import numpy as np
import numpy.typing as npt

from cnnfilt.core.edge_responses import EdgeResponses
from cnnfilt.core.engine.images import Array, float_dtype
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.frozen import replace

Mask = npt.NDArray[np.bool_]

SLACK = 1e-5
"""Differences of gradients that only rounding may have made: a full step measures 1, but for these."""

_STRIP_ROWS = 64


def crest_mask(pixels: Array, asked: EdgeDetection) -> Mask:
    """Return where the edges of an image (H, W, C) have their crests, (H', W', C), every channel on its own.

    Of one direction only the differences along it count. Beyond the result there is nothing that could be stronger.
    """
    responses = EdgeResponses(pixels, replace(asked, direction=None), gain=1, noise_free=True)
    shape = (responses.shape[0] + 2, responses.shape[1] + 2, responses.shape[2])
    # Beside the field a border of zeros.
    across, down = (np.zeros(shape, float_dtype(pixels.dtype)) for _ in range(2))
    inner = np.s_[1:-1, 1:-1]
    for rows, first, second in responses.fields():
        if asked.method == "roberts":  # Its diagonals fall towards the lower right and the lower left.
            first, second = second.astype(np.float64) - first, -(first.astype(np.float64) + second)
        across[inner][rows], down[inner][rows] = first, second
    if asked.direction in ("vertical", "horizontal"):
        (down if asked.direction == "vertical" else across)[...] = 0
    mask = np.empty(responses.shape, np.bool_)
    for top in range(0, len(mask), _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        some = slice(top, min(top + _STRIP_ROWS, len(mask)) + 2)
        with np.errstate(over="ignore", invalid="ignore"):
            strength = np.hypot(across[some], down[some])
            mask[rows] = crests(strength, shifted(across[some], 0, 0), shifted(down[some], 0, 0), slack=0)
            # Beside a pixel that is no number there is no telling.
            mask[rows] |= np.isnan(shifted(strength, 0, 0))
    return mask


def crests(strength: Array, across: Array, down: Array, *, slack: float = SLACK) -> Mask:
    """Return where the gradient is stronger than on both sides of its own direction, to the nearest 45 degrees.

    `strength` is one pixel wider on every side than the gradient (across, down). See `is_peak` for the `slack`.
    """
    level, upright, falling = directions(across, down)

    def beside(values: Array, side: int) -> Array:
        horizontally, vertically = shifted(values, 0, side), shifted(values, side, 0)
        diagonally = np.where(falling, shifted(values, side, side), shifted(values, side, -side))
        return np.where(level, horizontally, np.where(upright, vertically, diagonally))

    return is_peak(shifted(strength, 0, 0), beside(strength, -1), beside(strength, 1), slack=slack)


def is_peak(strength: Array, before: Array, after: Array, *, slack: float = SLACK) -> Mask:
    """Return where an edge is stronger than the pixels before and after it.

    One between two pixels, or on a steady slope, is as strong on both sides but for rounding. So a peak clearly beats
    the pixel before it, and is not clearly beaten by the one after it: that is one of them. Strengths that differ by
    less than `slack` are as strong, too.
    """
    clear = 1 + SLACK
    return np.asarray((strength > before * clear + slack) & (strength * clear + slack >= after))


def shifted(values: Array, y: int, x: int) -> Array:
    """Return a view of `values` without its border of one pixel, moved by (y, x)."""
    height, width = values.shape[:2]
    return values[1 + y : height - 1 + y, 1 + x : width - 1 + x]


def directions(across: Array, down: Array) -> tuple[Mask, Mask, Mask]:
    """Return where a gradient points along the rows, where along the columns, and which of the others falls.

    To the nearest 45 degrees; one falls that points down to the right, or up to the left.
    """
    narrow = np.tan(np.pi / 8)
    level = np.abs(down) <= narrow * np.abs(across)
    upright = np.abs(across) <= narrow * np.abs(down)
    return level, upright, (across > 0) == (down > 0)

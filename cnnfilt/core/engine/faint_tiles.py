"""Where Winograd's tiles of floats are not precise enough, by the values under each and by the filters.

A transform mixes all values under a tile: what rounding leaves of a bright one reaches windows that do not meet it.
The error that is promised for images of floats is beside what each window itself adds up, |k * x|. So a tile with a
window that adds up to little, beside what lies under the whole tile, has to be summed otherwise.

How little is little was measured with drawn images and filters (tests/core/test_winograd.py draws such): the noise is
beside the root of the squares under the tile, and where all products of a sum have one sign beside their sum.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnfilt.core.engine.images import Array
from cnnfilt.frozen import Frozen

TILE, PATCH = 4, 6
"""A tile of results is TILE values wide and high, the patch of the image under it PATCH."""

LONGEST = 256
"""How many products are summed at once, as in im2col: the error of one long sum grows with the channels."""

PART_OF_ROOT = 1.5
"""A window is faint below this part of the root of its patch's squares, for filters of even weight (normal: 9)."""

PART_OF_SUM = 1 / 48
"""A window is faint below this part of the sum of its patch, for filters of one sign and one channel; of more it grows
with the root of their number."""

MOST_OF_SUM = 0.2
"""For filters that ask for more than this part no window is bright enough: where all is alike it has 1 / 4."""

LEAST_EVENNESS = 1 / 6
"""For filters less even than this no window is bright enough."""


_LEAST_SQUARE = 1e-30
"""Squares below are no normal numbers in single precision, or few of them."""


class Weight(Frozen):
    """How the weight of some filters (3, 3, C, N) lies.

    `evenness` is (sum |k|)^2 / (taps * sum k^2) of the least even filter: 1 for taps of one size, 0.64 for normal ones,
    1 / taps for a single one. `coherence` is the part of its weight that is left, at most, of a filter whose taps at
    each place are summed over the channels: 1 if they have one sign there, about 1 / sqrt(C) if they are drawn.
    """

    evenness: float
    coherence: float
    channels: int

    @property
    def is_even(self) -> bool:
        """Tell whether there may be windows that are bright enough."""
        return not (self.evenness < LEAST_EVENNESS or self.part_of_sum > MOST_OF_SUM)

    @property
    def part_of_sum(self) -> float:
        """Return below which part of the sum of its patch a window is faint."""
        return PART_OF_SUM * self.coherence * math.sqrt(min(self.channels, LONGEST))


def weight_of(weights: Array) -> Weight:
    """Return how the weight of the filters lies."""
    weights = weights if weights.dtype.kind == "f" else weights.astype(np.float64)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        flat = weights.reshape(-1, weights.shape[3])
        squares = np.einsum("ij,ij->j", flat, flat)
        sums, left = np.zeros((2, len(squares)))
        # Tap by tap, for memory as large as all the weights would be fresh, and slow.
        magnitudes = np.empty(weights.shape[2:], weights.dtype)
        for tap in weights.reshape(-1, *weights.shape[2:]):
            sums += np.abs(tap, out=magnitudes).sum(axis=0)
            left += np.abs(tap.sum(axis=0))
        used = sums > 0
        if not used.any():
            return Weight(1, 0, weights.shape[2])
        evenness = np.square(sums[used] / len(flat)) / (squares[used] / len(flat))
        coherence = float((left[used] / sums[used]).max())
        return Weight(float(np.nan_to_num(evenness).min()), coherence, weights.shape[2])


def faint_tiles(block: Array, size: tuple[int, int], weight: Weight, magnitudes: Array) -> Array:
    """Return for each tile of `block` (h + 2, w + 2, C), row by row, whether a window is faint, or not finite.

    Only the first `size` windows, in rows and columns, are wanted. `magnitudes` is scratch memory like `block`.
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        amounts = np.einsum("ijk->ij", np.abs(block, out=magnitudes))
        squares = np.einsum("ijk,ijk->ij", magnitudes, magnitudes)
        height, width = amounts.shape[0] - 2, amounts.shape[1] - 2
        rows = amounts[:height] + amounts[1:-1] + amounts[2:]
        windows = rows[:, :width] + rows[:, 1:-1] + rows[:, 2:]
        windows[size[0] :] = windows[:, size[1] :] = np.inf
        faintest = windows.reshape(height // TILE, TILE, width // TILE, TILE).min(axis=(1, 3))
        beneath, power = _patches(amounts).sum(axis=(0, 1)), _patches(squares).sum(axis=(0, 1))
        bright = faintest >= PART_OF_ROOT * np.sqrt(power / weight.evenness)
        bright &= faintest >= weight.part_of_sum * beneath
        bright &= (power > _LEAST_SQUARE) | (beneath == 0)
    return np.asarray(~bright.reshape(-1))


def _patches(values: Array) -> Array:
    """Return a view of `values` (h + 2, w + 2) as patches (PATCH, PATCH, h / TILE, w / TILE), each TILE further on."""
    row, column = values.strides
    shape = PATCH, PATCH, (values.shape[0] - 2) // TILE, (values.shape[1] - 2) // TILE
    return as_strided(values, shape, (row, column, TILE * row, TILE * column), writeable=False)

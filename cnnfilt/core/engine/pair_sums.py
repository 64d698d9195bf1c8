"""Sums of gray u8 windows two columns wide and two apart, two pixels at a time in 16-bit lanes.

A row seen as 16-bit numbers is left + 256 * right (or the reverse: it does not matter). With R the sum down a
window of the right pixels alone and S that of the lanes, which may wrap, S - 255 * R is the sum of all pixels:
it fits 16 bits, so what wrapped on the way does not count. Only the right pixels need a pass of their own over
the image; converting it to 16 bits and adding costs 1.4 times as much (2x2 windows of 24 megapixels).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.passes import Pass
from cnnfilt.core.engine.sliding import fold_rows, scratch_rows

if TYPE_CHECKING:
    from cnnfilt.core.engine.pooled import PoolingJob


class PairSums:
    """Sums strips of a pooling that suits; one thread's, with its scratch memory."""

    def __init__(self, pooling: "PoolingJob") -> None:
        """Make the scratch memory for strips as tall as the tallest."""
        self._rows, self._lanes = pooling.rows, pooling.pixels[:, :, 0].view(np.uint16)
        rows, height, width = self._rows, pooling.height, self._lanes.shape[1]
        self._right = np.empty(((height - 1) * rows.stride + rows.span, width), np.uint16)
        self._scratch = np.empty((scratch_rows(rows, height), width), np.uint16)
        self._right_sums = np.empty((height, width), np.uint16)

    @staticmethod
    def row_bytes(pooling: "PoolingJob") -> int:
        """Return what is held for each row of windows: right pixels, their sums, all sums and, later, quotients.

        There are a dozen passes over that, so it should stay near the processor.
        """
        return (pooling.rows.stride + 3) * pooling.columns.size

    def fold(self, first: int, last: int, into: Array) -> Iterator[Pass]:
        """Yield the passes that write the sums of rows `first` to `last` to `into` (rows, W', 1)."""
        top = self._rows.start(first)
        lanes = self._lanes[top : self._rows.start(last - 1) + self._rows.span]
        right, right_sums, sums = self._right[: len(lanes)], self._right_sums[: last - first], into[:, :, 0]
        yield np.right_shift, (lanes, 8), right
        yield from fold_rows(np.add, right, right_sums, self._rows, self._scratch)
        yield from fold_rows(np.add, lanes, sums, self._rows, self._scratch)
        yield np.multiply, (right_sums, 255), right_sums
        yield np.subtract, (sums, right_sums), sums


def pair_sums_suit(pooling: "PoolingJob") -> bool:
    """Tell whether windows are pairs of columns without padding, and the image's rows whole, aligned lanes."""
    fold, pixels, rows, columns = pooling.fold, pooling.pixels, pooling.rows, pooling.columns
    pairs = (columns.kernel_size, columns.stride, columns.dilation, columns.before) == (2, 2, 1, 0)
    inside = rows.before == 0 and rows.start(rows.output_size - 1) + rows.span <= rows.size
    return (
        pairs
        and inside
        and 2 * columns.output_size == columns.size
        and fold.averages
        and pixels.dtype == np.uint8
        and fold.dtype == np.uint16
        and pixels.shape[2] == 1
        and pixels.strides[1] == 1
        and pixels[:, :, 0].view(np.uint16).flags.aligned
    )

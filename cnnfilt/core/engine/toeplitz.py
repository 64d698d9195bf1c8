"""Sums of taps as products with Toeplitz matrices, for NumPy alone: its products take far less time than its sums.

Each column of such a matrix holds the taps of a row of the kernel, further down from one to the next by the stride:

    along a row:       out (rows, block) = source (rows, block + reach) @ matrix
    down the columns:  out (block, columns) = matrix.T @ source (block + reach, columns)

Most of what is multiplied are zeros, so blocks are short (Gray, "Toeplitz and circulant matrices", 2006).
"""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnfilt.core.engine.correlate import LONGEST
from cnnfilt.core.engine.finite import FiniteTechnique
from cnnfilt.core.engine.images import Array, is_small
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.loop_types import sums_of
from cnnfilt.core.engine.strips import Strip
from cnnfilt.describe.window import Window

FEWEST_TAPS = 9
"""Fewer are sooner added up one by one."""

LONGEST_REACH = 256
"""How far the taps of a row may lie apart, in values: what lies between them is multiplied by zeros."""

LONGEST_STRIDE = 4
"""Between windows further apart lie too many zeros."""

BLOCK, ROWS = 24, 32
"""How many values of a row, and how many rows, are made in one product, about."""

EXACT = {"f": 2**24, "d": 2**53}
"""Up to which magnitude all whole numbers are exact in floats, by the letter of their type."""


class Toeplitz(FiniteTechnique):
    """Adds up one product for each row of the kernel; for what has no compiled loop."""

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed, None unless it is one dense kernel for all channels that has no loop."""
        height, width = job.weights.shape[:2]
        if not job.shares_filter or floats_for(job, dtype) is None or sums_of(job.image.dtype, dtype) is not None:
            return None
        few = job.tap_count < FEWEST_TAPS or 2 * job.tap_count < height * width
        if few or max(height, width) > LONGEST or not is_near(job.columns, job.maps):
            return None
        return f"{job.tap_count} taps, a product for each row: {dtype} sums"

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        super().__init__(job, dtype)
        floats = floats_for(job, dtype)
        assert floats is not None, "it suits nothing else"
        self.reads, self._floats, columns = floats, floats, job.columns
        kernel, steps = job.weights[:, :, 0, 0].astype(floats), (columns.stride, columns.dilation)
        self._along = [
            (row, Along(taps, columns.output_size, job.maps, *steps)) for row, taps in enumerate(kernel) if taps.any()
        ]
        self._width = columns.output_size * job.maps
        self.row_bytes = 2 * self._width * self.reads.itemsize

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""
        self._sums, self._product = np.empty((2, height, self._width), self._floats)

    def _write(self, strip: Strip, out: Array) -> None:
        sums, product = self._sums[: strip.height], self._product[: strip.height]
        down = strip.rows
        for number, (row, along) in enumerate(self._along):
            first = row * down.dilation
            met = strip.padded[first : first + (strip.height - 1) * down.stride + 1 : down.stride]
            along.write(met, product if number else sums)
            if number:
                np.add(sums, product, out=sums)
        np.copyto(out, sums, casting="unsafe")


class Along:
    """Taps along rows (n, W * channels), for `pixels` outputs each."""

    def __init__(self, taps: Array, pixels: int, channels: int, stride: int, dilation: int) -> None:
        block = min(pixels, max(1, BLOCK // channels))
        self._blocks, self._rest = divmod(pixels, block)
        self._channels, self._step = channels, block * stride * channels
        self._matrix = np.kron(toeplitz(taps, block, stride, dilation), np.eye(channels, dtype=taps.dtype))
        self._rest_reach = ((self._rest - 1) * stride + (len(taps) - 1) * dilation + 1) * channels

    def write(self, rows: Array, out: Array) -> None:
        """Write the sums along `rows` to `out` (n, pixels * channels)."""
        (met, made), (row, value), item = self._matrix.shape, rows.strides, rows.itemsize
        blocks = as_strided(rows, (self._blocks, len(rows), met), (self._step * item, row, value), writeable=False)
        whole = as_strided(out, (self._blocks, len(out), made), (made * item, out.strides[0], item))
        np.matmul(blocks, self._matrix, out=whole)
        if self._rest:
            first, rest = self._blocks * self._step, self._rest * self._channels
            matrix = self._matrix[: self._rest_reach, :rest]
            np.matmul(rows[:, first : first + self._rest_reach], matrix, out=out[:, self._blocks * made :])


class Down:
    """Taps down the columns of rows."""

    def __init__(self, taps: Array, stride: int, dilation: int) -> None:
        self._matrix = np.ascontiguousarray(toeplitz(taps, ROWS, stride, dilation).T)
        self._stride, self._reach = stride, (len(taps) - 1) * dilation + 1

    def write(self, rows: Array, out: Array) -> None:
        """Write the sums down the columns of `rows` to `out`, (n, the same width)."""
        for first in range(0, len(out), ROWS):
            made = out[first : first + ROWS]
            met = rows[first * self._stride :][: (len(made) - 1) * self._stride + self._reach]
            np.matmul(self._matrix[: len(made), : len(met)], met, out=made)


def floats_for(job: Job, dtype: np.dtype) -> np.dtype | None:
    """Return the floats in which all sums of `dtype` are what they should be; None for whole numbers that have none."""
    if dtype.kind == "f":
        return dtype
    if not is_small(job.image.dtype):
        return None
    padding = np.abs(job.padding_value).max() if job.pads_with_value else 0
    largest = float(np.abs(job.weights).sum()) * max(256**job.image.itemsize, padding)
    return next((np.dtype(letter) for letter, exact in EXACT.items() if largest <= exact), None)


def is_near(window: Window, channels: int) -> bool:
    """Tell whether windows lie, and reach, so near that a product with their taps is not mostly of zeros."""
    return window.stride <= LONGEST_STRIDE and (window.span - 1) * channels <= LONGEST_REACH


def as_products(job: Job, factors: Sequence[tuple[Array, Array]]) -> list[tuple[Down, Along]]:
    """Return how a column times a row is summed, for each of `factors`; of whole numbers and far windows nothing."""
    rows, columns = job.rows, job.columns
    if factors[0][0].dtype.kind != "f" or not (is_near(rows, 1) and is_near(columns, job.maps)):
        return []
    steps = columns.output_size, job.maps, columns.stride, columns.dilation
    return [(Down(down, rows.stride, rows.dilation), Along(along, *steps)) for down, along in factors]


def toeplitz(taps: Array, count: int, stride: int, dilation: int) -> Array:
    """Return the matrix (values met, `count` sums) of taps so many values apart, whose windows lie a stride apart."""
    matrix = np.zeros(((count - 1) * stride + (len(taps) - 1) * dilation + 1, count), taps.dtype)
    places = np.arange(count)
    for place, tap in enumerate(taps):
        matrix[places * stride + place * dilation, places] = tap
    return matrix

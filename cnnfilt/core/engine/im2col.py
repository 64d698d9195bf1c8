"""Many filters as one matrix product: what every window meets becomes a row of a matrix.

    result (pixels, filters) = matrix (pixels, taps) @ weights (taps, filters)

`native/gather.c` fills the matrix, or `_in_numpy` with the same. What windows of 1x1 meet is that matrix.
"""

from collections.abc import Callable
from math import prod

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.cells import even_cells
from cnnfilt.core.engine.correlate import outside_of
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.products import multiply
from cnnfilt.core.engine.strips import Strip
from cnnfilt.core.engine.taps import SpareTaps, all_finite
from cnnfilt.core.engine.technique import Technique

FEW_FILTERS = 4
"""Below this many filters, filling the matrix costs more than the multiplication saves."""

LONGEST = 256
"""How many products are summed at once: bounds the matrix, and the rounding error of one long sum."""

BLOCK_BYTES = 1 << 21
"""What the matrix may take, about: it is written and then read, and should stay near the processor."""


Fill = Callable[[int, int, int], Array]
"""Gives the matrix (pixels, taps) of what cells, by their number, meet in rows first to last of a strip."""


class Im2col(Technique):
    """Multiplies matrices; for floats only, and for strips in which every value is finite."""

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed, None unless it has several float filters over all channels."""
        if job.each or dtype.kind != "f" or job.maps < FEW_FILTERS:
            return None
        return f"{job.maps} filters as one matrix product: {dtype} sums"

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self.sides_apart = native.loops is not None and dtype == np.float32
        self._cells = list(even_cells(job.weights.shape[:3], LONGEST))
        self._weights = [cells.of(job.weights).reshape(-1, job.maps).astype(dtype) for cells in self._cells]
        self._bias = job.bias.astype(dtype)
        self._has_bias = bool(self._bias.any())
        self._is_plain = job.weights.shape[:2] == (1, 1) and job.rows.stride == job.columns.stride == 1
        self._job, self._dtype = job, dtype
        self._width = job.columns.output_size
        self._most_taps = max(len(weights) for weights in self._weights)
        self._rows = max(1, BLOCK_BYTES // (self._most_taps * self._width * dtype.itemsize))
        # Where few channels become many, their rows count more than what is read: enough strips for every thread.
        self.row_bytes = self._width * job.maps * dtype.itemsize

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""
        pixels = min(height, self._rows) * self._width
        self._matrix = np.empty(self._most_taps * pixels, self._dtype)
        self._products = np.empty((pixels, self._job.maps), self._dtype)
        self._taps = SpareTaps(self._job, self._dtype)

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * filters)."""
        # A product would spread an infinity through zero taps.
        if not all_finite(strip.padded):
            self._taps.write(strip, out)
            return
        fill = self._by_loop(strip) if self.sides_apart else self._in_numpy(strip)
        for first in range(0, strip.height, self._rows):
            last = min(first + self._rows, strip.height)
            sums = out[first:last].reshape(-1, self._job.maps)
            self._write_block(fill, first, last, sums)

    def _write_block(self, fill: Fill, first: int, last: int, sums: Array) -> None:
        product = self._products[: len(sums)]
        for number, weights in enumerate(self._weights):
            multiply(fill(number, first, last), weights, out=product if number else sums)
            if number:
                np.add(sums, product, out=sums)
        if self._has_bias:
            np.add(sums, self._bias, out=sums)

    def _by_loop(self, strip: Strip) -> Fill:
        """Return what fills the matrix in a loop."""
        assert native.loops is not None, "the sides are apart only with loops"
        gather, job, sides = native.loops.gather, self._job, strip.sides
        channels = job.image.shape[2]
        size, stride = job.weights.shape[:2], job.rows.stride
        places = channels, *native.steps_of(job.rows, job.columns), sides.padding, size
        outside = outside_of(strip, channels, np.dtype(np.float32))

        def fill(number: int, first: int, last: int) -> Array:
            cells = self._cells[number]
            rows = strip.padded[first * stride : (last - 1) * stride + job.rows.span]
            if self._is_plain and not any(sides.padding):
                return rows.reshape(-1, channels)[:, cells.channels]
            taps = prod(cells.part[3:])
            matrix = self._matrix[: (last - first) * self._width * taps].reshape(last - first, self._width, taps)
            gather(rows, sides.places, outside, matrix, *places, cells.part)
            return matrix.reshape(-1, taps)

        return fill

    def _in_numpy(self, strip: Strip) -> Fill:
        """Return what fills it in NumPy."""

        def fill(number: int, first: int, last: int) -> Array:
            cells = self._cells[number]
            met = strip.windows[cells.rows, cells.columns, first:last, :, cells.channels]
            by_pixel = met.transpose(2, 3, 0, 1, 4)
            matrix = self._matrix[: met.size]
            np.copyto(matrix.reshape(by_pixel.shape), by_pixel)
            return matrix.reshape((last - first) * self._width, -1)

        return fill

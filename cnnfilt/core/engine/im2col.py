"""Many filters as one matrix product: every tap's view of a strip becomes a row of a matrix.

(filters, taps) @ (taps, pixels) = (filters, pixels), a block of taps at a time.
"""

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.strips import Strip
from cnnfilt.core.engine.taps import Taps

BLOCK = 64
"""How many taps are multiplied at once: bounds the matrix, and the rounding error of one product's long sums."""


class Im2col:
    """Multiplies matrices; for floats only, and for strips in which every value is finite."""

    planar = True
    spends_strip = False

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self._places = np.argwhere(job.weights.any(axis=3))
        kept = tuple(self._places.T)
        self._weights = np.ascontiguousarray(job.weights[kept].T, dtype)
        self._bias = job.bias.astype(dtype)
        self._job, self._dtype = job, dtype
        self._width = job.columns.output_size
        self.row_bytes = (BLOCK + 2 * job.maps) * self._width * dtype.itemsize
        self._taps_alone: Taps | None = None

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""
        self._height, pixels = height, height * self._width
        self._matrix = np.empty(BLOCK * pixels, self._dtype)
        self._products = np.empty((2, self._weights.shape[0] * pixels), self._dtype)

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * filters)."""
        if not np.isfinite(strip.padded).all():
            self._write_taps(strip, out)
            return
        filters, pixels = self._weights.shape[0], strip.height * self._width
        total, product = (buffer[: filters * pixels].reshape(filters, pixels) for buffer in self._products)
        total.fill(0)
        for first in range(0, len(self._places), BLOCK):
            places = self._places[first : first + BLOCK]
            matrix = self._matrix[: len(places) * pixels].reshape(len(places), pixels)
            for row, (i, j, channel) in zip(matrix, places.tolist(), strict=True):
                row.reshape(strip.height, self._width)[...] = strip.tap(i, j, channel)
            np.matmul(self._weights[:, first : first + BLOCK], matrix, out=product)
            np.add(total, product, out=total)
        np.add(total.T, self._bias, out=out.reshape(pixels, filters))

    def _write_taps(self, strip: Strip, out: Array) -> None:
        # A product would spread an infinity through zero taps, so a strip that holds one is left to the taps.
        if self._taps_alone is None:
            self._taps_alone = Taps(self._job, self._dtype)
            self._taps_alone.prepare(self._height)
        self._taps_alone.write(strip, out)

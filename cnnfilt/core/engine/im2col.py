"""Many filters as one matrix product: what every window meets becomes a row of a matrix.

    result (pixels, filters) = matrix (pixels, taps) @ weights (taps, filters)

For what `direct` has no loops for: doubles, and NumPy alone.
"""

import numpy as np

from cnnfilt.core.engine.cells import LONGEST, even_cells
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.products import multiply
from cnnfilt.core.engine.strips import Strip
from cnnfilt.core.engine.taps import SpareTaps, all_finite
from cnnfilt.core.engine.technique import Technique

FEW_FILTERS = 4
"""Below this many filters, filling the matrix costs more than the multiplication saves."""

BLOCK_BYTES = 1 << 21
"""What the matrix may take, about: it is written and then read, and should stay near the processor."""


class Im2col(Technique):
    """Multiplies matrices; for floats only, and for strips in which every value is finite."""

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed, None unless it has several float filters over all channels."""
        if job.each or dtype.kind != "f" or job.maps < FEW_FILTERS:
            return None
        return f"{job.maps} filters as one matrix product: {dtype} sums"

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self._cells = list(even_cells(job.weights.shape[:3], LONGEST))
        self._weights = [cells.of(job.weights).reshape(-1, job.maps).astype(dtype) for cells in self._cells]
        self._bias = job.bias.astype(dtype)
        self._has_bias = bool(self._bias.any())
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
        for first in range(0, strip.height, self._rows):
            last = min(first + self._rows, strip.height)
            self._write_block(strip, first, last, out[first:last].reshape(-1, self._job.maps))

    def _write_block(self, strip: Strip, first: int, last: int, sums: Array) -> None:
        product = self._products[: len(sums)]
        for number, (cells, weights) in enumerate(zip(self._cells, self._weights, strict=True)):
            met = strip.windows[cells.rows, cells.columns, first:last, :, cells.channels].transpose(2, 3, 0, 1, 4)
            matrix = self._matrix[: met.size]
            np.copyto(matrix.reshape(met.shape), met)
            multiply(matrix.reshape(len(sums), -1), weights, out=product if number else sums)
            if number:
                np.add(sums, product, out=sums)
        if self._has_bias:
            np.add(sums, self._bias, out=sums)

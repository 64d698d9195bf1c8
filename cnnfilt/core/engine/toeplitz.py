"""Dense float kernels up to about 8x8, and small images with any: a strip times a banded matrix.

The rows of a strip are laid out once for each kernel column, every copy one column further on. What a window
meets, row by row, then lies in one column of memory, and a few rows of results are one matrix product (see
`banded`). The copies lie in panels of some hundred columns, so that what BLAS multiplies at a time is close together
and small enough for one thread (see `products`); all panels of a strip are multiplied in one call.

Two threads, 24 megapixels, 8-bit gray to float, against cv2.filter2D: 3x3 1.2 to 1.3 of its time, 7x7 0.75; without
panels 7x7 takes 1.5 times as long, and taps added up one by one take three times as long.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnfilt.core.engine.banded import banded
from cnnfilt.core.engine.factors import TERMS
from cnnfilt.core.engine.finite import FiniteTechnique, is_dense
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.products import MOST_PRODUCTS
from cnnfilt.core.engine.scratch import scratch
from cnnfilt.core.engine.strips import Strip

FEW_ROWS, MOST_ROWS = 4, 8
"""How many rows of results are multiplied at a time: few for a kernel that is not higher than that.

More would multiply more zeros, fewer would keep BLAS waiting for memory.
"""

LANES = 16
"""Of how many columns a panel is a multiple, as BLAS's inner loops want."""


class Toeplitz(FiniteTechnique):
    """Multiplies strips by the kernel as a banded matrix; stride 1 only."""

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed, None for a kernel so large that one product would be too long a sum."""
        if job.weights[:, :, 0, 0].size > TERMS or not is_dense(job, dtype):
            return None
        return f"as a banded matrix: {dtype} sums"

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        super().__init__(job, dtype)
        height, self._copies = self._kernel.shape
        self._matrix = banded(self._kernel, FEW_ROWS if height <= FEW_ROWS else MOST_ROWS, job.rows.dilation)
        # Rows that are left over would be a product of their own.
        self.strip_rows = len(self._matrix)
        self._width = job.columns.output_size * job.maps
        self._panel = panel_width(self._width, self._matrix.shape[1])
        self._step = job.columns.dilation * job.maps
        self._halo = job.rows.span - 1
        # Half of what the copies take: taller strips, with fewer calls and less halo, are worth more than the cache.
        self.row_bytes = self._copies * self._width * dtype.itemsize // 2

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""
        self._memory = scratch((height + self._halo) * self._copies * self._width, self._dtype)

    def _write(self, strip: Strip, out: Array) -> None:
        whole = self._width - self._width % self._panel
        if whole:
            self._write_panels(strip.natural, out[:, :whole], self._panel)
        if whole < self._width:
            self._write_panels(strip.natural[:, whole:], out[:, whole:], self._width - whole)

    def _write_panels(self, rows: Array, out: Array, width: int) -> None:
        """Write to `out` the sums over `rows`, in panels of `width` columns."""
        shape = out.shape[1] // width, len(rows), self._copies, width
        shifted = self._memory[: np.prod(shape)].reshape(shape)
        row, value = rows.strides
        np.copyto(shifted, as_strided(rows, shape, (width * value, row, self._step * value, value)))
        whole = len(out) - len(out) % self.strip_rows
        if whole:
            self._multiply(shifted, out[:whole], self.strip_rows)
        if whole < len(out):
            self._multiply(shifted[:, whole:], out[whole:], len(out) - whole)

    def _multiply(self, shifted: Array, out: Array, count: int) -> None:
        """Write to `out` the sums over `shifted` (panels, rows, copies, width), `count` rows by each product."""
        panels, _, copies, width = shifted.shape
        blocks, reach = len(out) // count, (count + self._halo) * copies
        panel, row, copy, value = shifted.strides
        met = as_strided(shifted, (blocks, panels, reach, width), (count * row, panel, copy, value))
        np.matmul(self._matrix[:count, :reach], met, out=out.reshape(blocks, count, panels, width).swapaxes(1, 2))


def panel_width(columns: int, reach: int) -> int:
    """Return how wide panels of `columns` columns are, the last apart, if a product takes `reach` rows.

    That is so wide that OpenBLAS just stays in one thread, or less to make them nearly equal.
    """
    most = max(1, MOST_PRODUCTS // (MOST_ROWS * reach))
    if most < LANES:
        return most
    width = -(-columns // -(-columns // most))
    return min(-(-width // LANES), most // LANES) * LANES

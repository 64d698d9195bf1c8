"""Float kernels that are a column times a row, or a sum of two such: one pass down, one pass along.

Both passes are products with banded matrices: down, of rows of the strip; along, of tiles of columns. The
channels are taken apart in between, so that a step along is one value.

Two threads, 24 megapixels, Gaussian of sigma 3 (19x19), 8-bit to 8-bit: 2.2 of cv2.GaussianBlur's time in gray and
2.9 in colour. That one computes in 16-bit fixed point, not to 1e-5; the matrix products alone take longer.
"""

from collections.abc import Iterator

import numpy as np

from cnnfilt.core.engine.banded import along, banded, down
from cnnfilt.core.engine.factors import float_factors
from cnnfilt.core.engine.finite import FiniteTechnique, is_dense
from cnnfilt.core.engine.images import Array, is_small
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.passes import Pass, copy
from cnnfilt.core.engine.scratch import scratch
from cnnfilt.core.engine.strips import Strip

SEPARABLE_AREA = 36
"""From this size of kernel on, a pass down and a pass along take less time than a dense technique."""

SUM_AREA = 81
"""From this size of kernel on, the passes for a sum of products of a column and a row do so, too."""

FACTORED_AREA = 1 << 16
"""Up to this size a kernel is looked at for factors, which for larger ones would itself take long."""

MOST_TERMS = 2
"""The most products of a column and a row worth while: three take longer than a Fourier transform."""

DOWN, ALONG = 12, 32
"""How many rows, and columns, of results are one product: more would multiply more zeros."""


class Separable(FiniteTechnique):
    """Multiplies strips by banded matrices, down and then along; stride 1 only."""

    planar = True

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed, None unless its kernel is large and has few factors."""
        kernel = job.weights[:, :, 0, 0]
        if not SEPARABLE_AREA <= kernel.size <= FACTORED_AREA or not is_dense(job, dtype):
            return None
        factors = float_factors(kernel, MOST_TERMS if kernel.size >= SUM_AREA else 1)
        # Of several factors the sums cancel where the kernel is 0, but for rounding: a value that dwarfs others shows.
        if not factors or (len(factors) > 1 and not (is_small(job.image.dtype) or _is_double(job, dtype))):
            return None
        return f"rank {len(factors)}, down and along: {dtype} sums"

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        super().__init__(job, dtype)
        factors = float_factors(job.weights[:, :, 0, 0], MOST_TERMS)
        assert factors is not None, "it suits kernels that have factors"
        self._matrices = [
            (
                banded(column.astype(dtype), DOWN, job.rows.dilation),
                np.ascontiguousarray(banded(row.astype(dtype), ALONG, job.columns.dilation).T),
            )
            for column, row in factors
        ]
        # The pass along writes when the pass down has read everything, if that is all there is.
        self.spends_strip = job.maps == 1 and len(factors) == 1
        self._padded_columns, self._columns = job.columns.padded_size, job.columns.output_size
        # A strip has no fewer rows of its own than it shares with the next.
        self.strip_rows = -(-job.rows.span // DOWN) * DOWN
        self.row_bytes = self._padded_columns * dtype.itemsize

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""
        self._down = scratch((height, self._padded_columns), self._dtype)
        self._along = scratch((0 if self.spends_strip else height, self._columns), self._dtype)
        self._known: dict[int, tuple[Array, Array, list[Pass]]] = {}

    def _write(self, strip: Strip, out: Array) -> None:
        rows, known_out, passes = self._known.get(strip.height, (None, None, []))
        if rows is not strip.natural or known_out is not out:
            passes = list(self._passes(strip.natural, out))
            self._known[strip.height] = strip.natural, out, passes
        for function, inputs, result in passes:
            function(*inputs, out=result)

    def _passes(self, rows: Array, out: Array) -> Iterator[Pass]:
        """Yield what writes to `out` the sums of a strip with such rows."""
        channels = self._job.maps
        for channel, part in enumerate(np.split(rows, channels, axis=1)):
            yield from self._channel_passes(part, out[:, channel::channels])

    def _channel_passes(self, rows: Array, out: Array) -> Iterator[Pass]:
        summed, result = self._down[: len(out)], self._along[: len(out)]
        for term, (column, row) in enumerate(self._matrices):
            yield from down(column, rows, summed)
            if self._job.maps == 1 and term == 0:
                yield from along(row, summed, out)
                continue
            yield from along(row, summed, result)
            yield (np.add, (out, result), out) if term else (copy, (result,), out)


def _is_double(job: Job, dtype: np.dtype) -> bool:
    return dtype == np.float64 and job.has_even_range

"""What the techniques share that multiply by zeros, or mix a whole tile: they are right where all is finite.

An infinity or NaN in the image spreads in a matrix product (0 * inf is NaN) and through a whole Fourier
transform, which may also pass the float range where no sum does. Every such thing shows in what comes out, so
that is looked at, and a strip that is not finite is left to the taps: they give what IEEE 754 says.
"""

from abc import ABC, abstractmethod

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.strips import Strip, StripReader
from cnnfilt.core.engine.taps import Taps

LARGE_KERNEL = 1e25
"""What the magnitudes of a kernel for 16-bit images may add up to before a transform could pass the float range."""


class FiniteTechnique(ABC):
    """A technique for one float filter that meets every channel on its own, stride 1; `_write` is its own part."""

    spends_strip = False
    strip_rows = 0
    reads: np.dtype | None = None

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self._job, self._dtype = job, dtype
        self._kernel = job.weights[:, :, 0, 0].astype(dtype)
        self._bias = job.bias.astype(dtype)[0]
        # Whole numbers of at most 16 bits are finite, and too small for a sum to pass the float range.
        is_small = job.image.dtype.kind in "biu" and job.image.dtype.itemsize <= 2
        self._is_safe = is_small and float(np.abs(job.weights).sum()) < LARGE_KERNEL

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * maps)."""
        self._write(strip, out)
        if self._bias:
            np.add(out, self._bias, out=out)
        if not (self._is_safe or np.isfinite(out).all()):
            self._write_taps(strip.start, strip.stop, out)

    @abstractmethod
    def _write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums without the bias."""

    def _write_taps(self, start: int, stop: int, out: Array) -> None:
        job, taps = self._job, Taps(self._job, self._dtype)
        taps.prepare(stop - start)
        # The taps may want a strip laid out in another way.
        reader = StripReader(
            job.image,
            job.rows,
            job.columns,
            padding_mode=job.padding_mode,
            padding_value=job.padding_value,
            dtype=self._dtype,
            planar=taps.planar,
            height=stop - start,
        )
        taps.write(reader.read(start, stop), out)

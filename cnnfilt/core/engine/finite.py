"""What the techniques share that multiply by zeros, or mix a whole tile: they are right where all is finite.

An infinity or NaN in the image spreads in a matrix product (0 * inf is NaN) and through a whole Fourier
transform, which may also pass the float range where no sum does. Every such thing shows in what comes out, so
that is looked at, and a strip that is not finite is left to the taps: they give what IEEE 754 says.
"""

from abc import ABC, abstractmethod

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.strips import Strip
from cnnfilt.core.engine.taps import SpareTaps, all_finite

LARGE_KERNEL = 1e25
"""What the magnitudes of a kernel for 16-bit images may add up to before a transform could pass the float range."""


class FiniteTechnique(ABC):
    """A technique for one float filter that meets every channel on its own, stride 1; `_write` is its own part."""

    spends_strip = False
    strip_rows = 1
    reads: np.dtype | None = None

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self._job, self._dtype = job, dtype
        self._taps = SpareTaps(job, dtype)
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
        if not (self._is_safe or all_finite(out)):
            self._taps.write(strip, out)

    @abstractmethod
    def _write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums without the bias."""

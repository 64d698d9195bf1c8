"""What the techniques share that multiply by zeros, or mix a whole tile: they are right where all is finite.

An infinity or NaN in the image spreads in a matrix product (0 * inf is NaN) and through a whole Fourier
transform, which may also pass the float range where no sum does. Every such thing shows in what comes out, so
that is looked at, and a strip that is not finite is left to the taps: they give what IEEE 754 says.
"""

from abc import abstractmethod

import numpy as np

from cnnfilt.core.engine.images import Array, is_small
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.strips import Strip
from cnnfilt.core.engine.taps import SpareTaps, all_finite
from cnnfilt.core.engine.technique import Technique

LARGE_KERNEL = 1e25
"""What the magnitudes of a kernel for 16-bit images may add up to before a transform could pass the float range."""


class FiniteTechnique(Technique):
    """A technique for one filter that meets every channel on its own; `_write` is its own part."""

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self._job, self._dtype = job, dtype
        self._taps = SpareTaps(job, dtype)
        self._bias = job.bias.astype(dtype)[0]
        # Whole numbers of at most 16 bits are finite, and too small for a sum to pass the float range.
        small = is_small(job.image.dtype) and float(np.abs(job.weights).sum()) < LARGE_KERNEL
        self._is_safe = small or dtype.kind == "i"

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

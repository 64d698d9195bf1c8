"""Weighted sums in compiled loops: one kernel for all channels, or a kernel for each; any stride and dilation.

`native/sums.h` says how; `taps` says the same in NumPy, and computes what the loops cannot.
"""

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.loop_types import sums_of
from cnnfilt.core.engine.scale import Found, Loss, Scale, loss_of
from cnnfilt.core.engine.strips import Strip
from cnnfilt.core.engine.taps import SpareTaps, all_finite, in_words
from cnnfilt.core.engine.technique import Technique

LONGEST = 64
"""Of so many float taps a row, and rows, the rounding stays within 1e-5: (64 + 64) * 2**-24."""


class Correlate(Technique):
    """Adds up taps in loops over blocks of a row."""

    sides_apart = streams = True

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed; None for filters over several channels, and without a loop."""
        height, width = job.weights.shape[:2]
        if not job.each or not job.tap_count or read_by_loops(job, dtype) is None:
            return None
        if (dtype.kind == "f" and max(height, width) > LONGEST) or (job.is_depthwise and job.maps > native.BLOCK):
            return None
        return in_words(job, dtype)

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self.reads = read_by_loops(job, dtype)
        self._channels, self._places = job.maps, native.steps_of(job.rows, job.columns)
        self.row_bytes = job.columns.output_size * job.maps * dtype.itemsize
        weights, bias = job.weights[:, :, 0].astype(dtype), job.bias.astype(dtype)
        self._each = job.is_depthwise
        if self._each:
            pattern = np.arange(native.BLOCK) % job.maps
            self._kernel, self._bias = np.ascontiguousarray(weights[:, :, pattern]), np.ascontiguousarray(bias[pattern])
        else:
            self._kernel, self._bias = np.ascontiguousarray(weights[:, :, 0]), bias
        # What is 0 for one channel only is multiplied all the same, and 0 * infinity is no number.
        self._spreads = self._each and self.reads == np.float32 and not weights.all()
        self._taps = SpareTaps(job, dtype)
        self._is_activated = job.activation != "none"

    def prepare(self, height: int) -> None:
        """Do nothing: the loops need no memory."""

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * C)."""
        self._loop(strip, out, None)
        if self._spreads and not all_finite(out):
            self._taps.write(strip, out)

    def write_levels(self, strip: Strip, pixels: Array, scale: Scale) -> Loss | None:
        """Write the strip's responses as levels in the same pass."""
        if self._spreads or self._is_activated or not scale.fits(pixels.dtype):
            return None
        found = self._loop(strip, pixels, scale)
        return loss_of(found, pixels.size, self._kernel.dtype) if found else None

    def _loop(self, strip: Strip, out: Array, scale: Scale | None) -> Found | None:
        assert native.loops is not None, "it suits nothing without them"
        loop = native.loops.correlate_each if self._each else native.loops.correlate
        mapping = scale.mapping if scale else None
        sides, outside = strip.sides, outside_of(strip, self._channels, self._kernel.dtype)
        found: Found | None = loop(
            strip.padded,
            sides.places,
            self._kernel,
            self._bias,
            outside,
            out,
            self._channels,
            *self._places,
            sides.padding,
            mapping,
        )
        return found


def read_by_loops(job: Job, dtype: np.dtype) -> np.dtype | None:
    """Return the type in which the loops read what windows meet, for sums of `dtype`; None where none can."""
    reads = sums_of(job.image.dtype, dtype)
    if reads is None or not job.reads(reads):
        return None
    columns = job.columns
    return reads if native.reaches(columns.kernel_size, columns.dilation, columns.stride, job.maps) else None


def outside_of(strip: Strip, channels: int, dtype: np.dtype) -> Array:
    """Return what stands beside the strip's rows where no value of theirs is seen: one of `dtype` for each channel."""
    return np.broadcast_to(strip.sides.outside, channels).astype(dtype)

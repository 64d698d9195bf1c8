"""Kernels of equal coefficients: the sums of whole windows, exactly, and one multiplication at the end.

`native/box.h` lets the sums of the columns run along with the rows, so that a window of any size costs the same; `box`
says in NumPy what comes out.
"""

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.borders import finite_values
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.loop_types import read_as
from cnnfilt.core.engine.means import means
from cnnfilt.core.engine.scale import Range
from cnnfilt.core.engine.strips import Strip
from cnnfilt.core.engine.technique import Technique


class Box(Technique):
    """Adds windows up in whole numbers; for one kernel of equal coefficients on unsigned whole images, stride 1."""

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed, None if it is no box."""
        return f"equal coefficients: whole sums, {dtype} results" if is_box(job) else None

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self._size = job.weights.shape[:2]
        self._dilation = job.rows.dilation, job.columns.dilation
        self._weight = job.weights[0, 0, 0, 0].astype(dtype)
        self._bias = job.bias.astype(dtype)[0]
        self._channels, self._sum_dtype = job.maps, box_dtype(job)
        self.rounds = is_mean(job)
        self._padded_width, self._width = job.columns.padded_size * job.maps, job.columns.output_size * job.maps
        has_loop = native.loops and self._dilation == (1, 1) and native.reaches(self._size[1], 1, 1, job.maps)
        self.reads = read_as(job.image.dtype) if has_loop else self._sum_dtype
        self._has_loop = bool(has_loop)
        # A strip has no fewer rows of its own than it shares with the next.
        self.strip_rows = job.rows.span
        self.row_bytes = self._width * self._sum_dtype.itemsize

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""
        self._sums = np.empty((height, self._width), self._sum_dtype)
        self._columns = np.empty(self._padded_width, self._sum_dtype)

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * maps)."""
        np.copyto(out, self._sums_of(strip), casting="unsafe")
        if self._weight != 1:
            np.multiply(out, self._weight, out=out)
        if self._bias:
            np.add(out, self._bias, out=out)

    def write_rounded(self, strip: Strip, pixels: Array) -> Range:
        """Write the strip's means as whole levels, none of which can be out of range; return the lowest and highest."""
        sums, (height, width) = self._sums_of(strip), self._size
        means(sums, np.full(len(sums), height), np.full(self._width, width), pixels.reshape(len(sums), -1))
        low, high = sums.min() * self._weight, sums.max() * self._weight
        return low.item(), high.item()

    def _sums_of(self, strip: Strip) -> Array:
        """Return the sums of a strip's windows (strip.height, W' * maps)."""
        sums = self._sums[: strip.height]
        if self._has_loop and native.loops:
            native.loops.box(strip.natural, self._columns, sums, self._size, self._channels)
        else:
            box(strip.natural, sums, self._size, self._channels, self._dilation)
        return sums


def box(source: Array, out: Array, size: tuple[int, int], channels: int, dilation: tuple[int, int]) -> None:
    """Write to `out` (rows, W' * channels) the sums of windows of `source` (rows, W * channels)."""
    column = np.zeros((len(out), source.shape[1]), out.dtype)
    for first in range(0, size[0] * dilation[0], dilation[0]):
        column += source[first : first + len(out)]
    out.fill(0)
    for first in range(0, size[1] * dilation[1] * channels, dilation[1] * channels):
        out += column[:, first : first + out.shape[1]]


def is_box(job: Job) -> bool:
    """Tell whether one kernel of equal coefficients, stride 1, meets unsigned whole numbers, 32 bits hold its sums."""
    kernel = job.weights[:, :, 0, 0]
    if not job.shares_filter or (job.rows.stride, job.columns.stride) != (1, 1):
        return False
    if kernel.size == 1 or kernel[0, 0] == 0 or (kernel != kernel[0, 0]).any():
        return False
    if job.image.dtype.kind not in "bu" or job.image.dtype.itemsize > 2 or _largest_sum(job) > np.iinfo(np.uint32).max:
        return False
    return not job.pads_with_value or _fits(job)


def box_dtype(job: Job) -> np.dtype:
    """Return the type of the windows' sums."""
    return np.dtype(np.uint16 if _largest_sum(job) <= np.iinfo(np.uint16).max else np.uint32)


def is_mean(job: Job) -> bool:
    """Tell whether the sums are means of an odd number of pixels, and nothing more."""
    cells = job.weights[:, :, 0, 0].size
    is_average = cells % 2 == 1 and job.weights[0, 0, 0, 0] == 1 / cells
    return is_average and not job.bias.any() and job.activation in ("none", "relu")


def _fits(job: Job) -> bool:
    """Tell whether the padding value is a whole number that the image could hold."""
    values = finite_values(job.padding_value, job.image.shape[2])
    return bool(((values == np.rint(values)) & (values >= 0) & (values <= _top(job))).all())


def _largest_sum(job: Job) -> int:
    """Return what a window may add up to."""
    return int(job.weights[:, :, 0, 0].size * _top(job))


def _top(job: Job) -> int:
    return 1 if job.image.dtype.kind == "b" else int(np.iinfo(job.image.dtype).max)

"""Kernels of equal coefficients: the sums of whole windows, exactly, and one multiplication at the end.

`native/box.h` lets the sums of the columns run along with the rows, so that a window of any size costs the same; `box`
says in NumPy what comes out.
"""

from typing import Any

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.borders import finite_values
from cnnfilt.core.engine.correlate import outside_of
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.loop_types import read_as
from cnnfilt.core.engine.means import divided
from cnnfilt.core.engine.scale import Loss, Scale
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
        self._is_mean, self._values = is_mean(job), job.image.dtype
        self._padded_width, self._width = job.columns.padded_size * job.maps, job.columns.output_size * job.maps
        has_loop = native.loops and self._dilation == (1, 1) and native.reaches(self._size[1], 1, 1, job.maps)
        self.reads = read_as(job.image.dtype) if has_loop else self._sum_dtype
        self._has_loop = self.sides_apart = bool(has_loop)
        self.streams = self._has_loop and self._is_mean
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

    def write_levels(self, strip: Strip, pixels: Array, scale: Scale) -> Loss | None:
        """Write the strip's means as levels, none of which can be out of range."""
        if not (self._is_mean and scale.keeps(self._values)):
            return None
        if self._has_loop and native.loops:
            lowest, highest, *_ = self._add_up(strip, pixels)
        else:
            sums = self._sums_of(strip)
            divided(sums, *self._counts(strip), pixels)
            lowest, highest = sums.min(), sums.max()
        low, high = lowest * self._weight, highest * self._weight
        return Loss(low.item(), high.item(), 0, pixels.size)

    def _sums_of(self, strip: Strip) -> Array:
        """Return the sums of a strip's windows (strip.height, W' * maps)."""
        sums = self._sums[: strip.height]
        if self._has_loop:
            self._add_up(strip, sums)
        else:
            box(strip.padded, sums, self._size, self._channels, self._dilation)
        return sums

    def _add_up(self, strip: Strip, out: Array) -> Any:
        """Write sums, or in `out` of another type means, of which the lowest and highest sum are returned."""
        assert native.loops is not None, "it has a loop"
        sides, outside = strip.sides, outside_of(strip, self._channels, self._sum_dtype)
        return native.loops.box(
            strip.padded,
            sides.places,
            self._columns,
            *self._counts(strip),
            outside,
            out,
            self._size,
            self._channels,
            sides.padding,
        )

    def _counts(self, strip: Strip) -> tuple[Array, Array]:
        return np.full(strip.height, self._size[0], np.int32), np.full(self._width, self._size[1], np.int32)


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
    """Return the type of the windows' sums: 16 bits for those of bytes that fit."""
    narrow = job.image.dtype.itemsize == 1 and _largest_sum(job) <= np.iinfo(np.uint16).max
    return np.dtype(np.uint16 if narrow else np.uint32)


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

"""Kernels that are a column times a row: sums down the columns, then along what they make; h + w taps for h * w.

Whole numbers have whole factors, exactly; floats one or two products, as far as rounding lets one see.
"""

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.correlate import outside_of, read_by_loops
from cnnfilt.core.engine.factors import float_factors, integer_factors
from cnnfilt.core.engine.finite import FiniteTechnique
from cnnfilt.core.engine.images import Array, is_small
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.scale import Found, Loss, Scale, loss_of
from cnnfilt.core.engine.strips import Strip
from cnnfilt.core.engine.technique import Technique
from cnnfilt.core.engine.toeplitz import as_products

SEPARABLE_AREA = 36
"""From this size of kernel on, float factors are looked for: those of small ones round what needs no rounding."""

SUM_AREA = 81
"""From this size of kernel on, a sum of two products of a column and a row is fewer taps."""

FACTORED_AREA = 1 << 16
"""Up to this size a kernel is looked at for factors, which for larger ones would itself take long."""

MOST_TERMS = 2
"""The most products of a column and a row worth while: three take longer than a Fourier transform."""


class Separable(FiniteTechnique):
    """Adds up down the columns and then along the rows, once for each product."""

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed, None unless its kernel has few factors."""
        kernel = job.weights[:, :, 0, 0]
        if not job.shares_filter or not kernel.any():
            return None
        if dtype.kind == "i":
            return f"rank 1: {dtype} sums" if integer_factors(kernel) is not None else None
        if not SEPARABLE_AREA <= kernel.size <= FACTORED_AREA or job.tap_count <= sum(kernel.shape):
            return None
        factors = float_factors(kernel, MOST_TERMS if kernel.size >= SUM_AREA else 1)
        # Of several factors the sums cancel where the kernel is 0, but for rounding: a value that dwarfs others shows.
        if not factors or (len(factors) > 1 and not (is_small(job.image.dtype) or _is_double(job, dtype))):
            return None
        return f"rank {len(factors)}, down and along: {dtype} sums"

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        super().__init__(job, dtype)
        kernel = job.weights[:, :, 0, 0]
        pairs = float_factors(kernel, MOST_TERMS) if dtype.kind == "f" else integer_factors(kernel)
        assert pairs is not None, "it suits kernels that have factors"
        self.factors = [(down.astype(dtype), along.astype(dtype)) for down, along in pairs]
        self.channels = job.maps
        self.places = native.steps_of(job.rows, job.columns)
        self.reads = read_by_loops(job, dtype)
        self.has_loop = self.sides_apart = self.reads is not None
        self.streams = self.has_loop and len(self.factors) == 1
        self._width = job.columns.output_size * job.maps
        self._met = job.columns.padded_size * job.maps
        self._products = [] if self.has_loop else as_products(job, self.factors)
        self.row_bytes = (len(self.factors) * self._width + bool(self._products) * self._met) * dtype.itemsize

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""
        self._sums = np.empty((height if len(self.factors) > 1 else 0, self._width), self._dtype)
        self._columns = np.empty((height if self._products else 0, self._met), self._dtype)

    def write_levels(self, strip: Strip, pixels: Array, scale: Scale) -> Loss | None:
        """Write the strip's responses as levels in the same pass: those of one factor, which are finite."""
        if len(self.factors) > 1 or not self.has_loop or not self._is_safe or self._job.activation != "none":
            return None
        if not (native.loops and scale.fits(pixels.dtype)):
            return None
        found = self._loop(strip, *self.factors[0], np.full(1, self._bias, self._dtype), pixels, scale)
        return loss_of(found, pixels.size, self._dtype) if found else None

    def _write(self, strip: Strip, out: Array) -> None:
        zero = np.zeros(1, self._dtype)
        for number, (column, row) in enumerate(self.factors):
            sums = self._sums[: strip.height] if number else out
            if self.has_loop:
                self._loop(strip, column, row, zero, sums, None)
            elif self._products:
                down, along = self._products[number]
                down.write(strip.padded, self._columns[: strip.height])
                along.write(self._columns[: strip.height], sums)
            else:
                separable(strip.padded, column, row, zero, sums, self.channels, *self.places)
            if number:
                np.add(out, sums, out=out)

    def _loop(
        self, strip: Strip, down: Array, along: Array, bias: Array, out: Array, scale: Scale | None
    ) -> Found | None:
        assert native.loops is not None, "it has a loop"
        sides, outside = strip.sides, outside_of(strip, self.channels, self._dtype)
        found: Found | None = native.loops.separable(
            strip.padded,
            sides.places,
            down,
            along,
            bias,
            outside,
            out,
            self.channels,
            *self.places,
            sides.padding,
            scale.mapping if scale else None,
        )
        return found


class Gradient:
    """Two kernels of whole numbers, each a column times a row, and the length of what they answer in one pass."""

    def __init__(self, across: Separable, down: Separable) -> None:
        factors = across.factors + down.factors
        self._columns, self._rows = (np.array([factor[axis] for factor in factors]) for axis in (0, 1))
        self._channels, self._places = across.channels, across.places

    @staticmethod
    def of(techniques: list[Technique]) -> "Gradient | None":
        """Return the gradient of two techniques, or None where there is no loop for them."""
        separable = [one for one in techniques if isinstance(one, Separable) and one.has_loop and len(one.factors) == 1]
        if len(techniques) != 2 or len(separable) != 2:
            return None
        shapes = {(down.shape, along.shape, down.dtype) for one in separable for down, along in one.factors}
        return Gradient(*separable) if len(shapes) == 1 and shapes.pop()[2].kind == "i" else None

    def write(self, strip: Strip, out: Array, gain: float, scale: Scale | None = None) -> Found | None:
        """Write gain * sqrt(across^2 + down^2) to `out` (rows, W' * C), as floats, or by `scale` as levels.

        Returns what was found for levels.
        """
        assert native.loops is not None, "`of` gives none without them"
        sides, outside = strip.sides, outside_of(strip, self._channels, self._columns.dtype)
        found: Found | None = native.loops.gradient(
            strip.padded,
            sides.places,
            self._columns,
            self._rows,
            outside,
            out,
            self._channels,
            *self._places,
            sides.padding,
            scale.mapping if scale else None,
            gain,
        )
        return found


def separable(
    source: Array,
    down: Array,
    along: Array,
    bias: Array,
    out: Array,
    channels: int,
    stride: tuple[int, int],
    dilation: tuple[int, int],
) -> None:
    """Write to `out` (rows, W' * channels) the sums over `source` (rows, W * channels) of a column times a row.

    All of one type but the source, whose values are cast to it.
    """
    rows, pixels = len(out), out.shape[1] // channels
    column = np.zeros((rows, source.shape[1]), out.dtype)
    reach = (rows - 1) * stride[0] + 1
    for place, weight in enumerate(down):
        if weight:
            first = place * dilation[0]
            column += weight * source[first : first + reach : stride[0]].astype(out.dtype, copy=False)
    sums = column.reshape(rows, -1, channels)
    result = out.reshape(rows, pixels, channels)
    result[...] = bias
    reach = (pixels - 1) * stride[1] + 1
    for place, weight in enumerate(along):
        if weight:
            first = place * dilation[1]
            result += weight * sums[:, first : first + reach : stride[1]]


def _is_double(job: Job, dtype: np.dtype) -> bool:
    return dtype == np.float64 and job.has_even_range

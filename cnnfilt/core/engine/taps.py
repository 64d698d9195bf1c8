"""Tap accumulation in NumPy: each coefficient times all that it meets, added up. The definition of every convolution.

Works for every job. Zero taps are left out: 0 times infinity would be no number.
"""

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.strips import Strip, StripReader
from cnnfilt.core.engine.technique import Technique
from cnnfilt.errors import counted
from cnnfilt.frozen import Frozen

BLOCK = 32
"""How many floats are added one after the other before their sum joins the others'.

The rounding error of n numbers added in a row grows with n; added in blocks of blocks it grows with BLOCK times
the depth, which keeps 63x63 kernels of equal weights well under 1e-5 (Higham, "The accuracy of floating point
summation", 1993).
"""


class Tap(Frozen):
    """One coefficient, or one for each channel; `channel` is 0 where it meets every channel on its own."""

    row: int
    column: int
    channel: int
    weight: Array


class Taps(Technique):
    """Adds up taps, whatever the kernel, the stride and the type."""

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed; there is none that it does not suit."""
        return in_words(job, dtype)

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self._each = job.each
        weights = job.weights.astype(dtype)
        pixels = job.columns.output_size
        if job.is_depthwise:
            self._filters = [_taps_of_each(weights[:, :, 0], pixels)]
            self._bias = np.tile(job.bias.astype(dtype), pixels)[np.newaxis]
        else:
            self._filters = [_taps(weights[..., index], job.each) for index in range(weights.shape[3])]
            self._bias = job.bias.astype(dtype)
        self._dtype = dtype
        self._width = pixels * (job.maps if job.each else 1)
        most = max(len(taps) for taps in self._filters)
        # One buffer for products, one for a filter's map, and for floats one partial sum per level of blocks.
        self._buffers = 2 + (_depth(most) if dtype.kind == "f" else 0)
        self.row_bytes = self._buffers * self._width * dtype.itemsize

    def prepare(self, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows."""
        self._product, self._map, *self._partial = np.empty((self._buffers, height, self._width), self._dtype)

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * maps)."""
        # Of filters over all channels, each channel is met on its own: as a strip whose values lie side by side.
        met = [strip] if self._each else [strip.of_channel(channel) for channel in range(strip.channels)]
        if len(self._filters) == 1:
            self._write_filter(0, met, out)
            return
        maps = out.reshape(strip.height, -1, len(self._filters))
        for index in range(len(self._filters)):
            one = self._map[: strip.height]
            self._write_filter(index, met, one)
            maps[:, :, index] = one

    def _write_filter(self, index: int, met: list[Strip], out: Array) -> None:
        taps = self._filters[index]
        if not taps:
            out.fill(0)
        elif self._dtype.kind == "f":
            self._add_blocks(taps, met, out, 0)
        else:
            self._add(taps, met, out)
        if np.any(self._bias[index]):
            np.add(out, self._bias[index], out=out)

    def _add_blocks(self, taps: list[Tap], met: list[Strip], out: Array, level: int) -> None:
        """Write the sum of `taps` to `out`, no more than BLOCK terms in a row."""
        if len(taps) <= BLOCK:
            self._add(taps, met, out)
            return
        size = BLOCK ** _depth(len(taps))
        self._add_blocks(taps[:size], met, out, level + 1)
        partial = self._partial[level][: len(out)]
        for first in range(size, len(taps), size):
            self._add_blocks(taps[first : first + size], met, partial, level + 1)
            np.add(out, partial, out=out)

    def _add(self, taps: list[Tap], met: list[Strip], out: Array) -> None:
        # Whole numbers may wrap on the way: modulo 2**16 (or 32, 64) the sum is right at the end, since it fits.
        product = self._product[: len(out)]
        out.fill(0)
        for tap in taps:
            values = met[tap.channel].windows[tap.row, tap.column].reshape(out.shape)
            if np.all(tap.weight):
                np.multiply(values, tap.weight, out=product)
            else:
                product.fill(0)
                np.multiply(values, tap.weight, out=product, where=tap.weight != 0)
            np.add(out, product, out=out)


class SpareTaps:
    """Taps for a technique that is right only where all is finite; they cost nothing until they are called upon."""

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        self._job, self._dtype = job, dtype

    def write(self, strip: Strip, out: Array) -> None:
        """Write the strip's sums, bias included, to `out` (strip.height, W' * maps)."""
        job, taps = self._job, Taps(self._job, self._dtype)
        taps.prepare(strip.height)
        # The strip is read once more: the technique may want it laid out in another way.
        reader = StripReader(
            job.image,
            job.rows,
            job.columns,
            padding_mode=job.padding_mode,
            padding_value=job.padding_value,
            dtype=self._dtype,
            height=strip.height,
        )
        taps.write(reader.read(strip.start, strip.stop), out)


def in_words(job: Job, dtype: np.dtype) -> str:
    """Return in words how `job` is summed: its taps, or its channels where each has a filter of its own."""
    if job.is_depthwise:
        return f"one for each of {job.maps} channels: {dtype} sums"
    return f"{counted(job.tap_count, 'taps')}: {dtype} sums"


def all_finite(values: Array) -> bool:
    """Tell whether `values` (rows, columns) hold no infinity or NaN: either would spread to their sum.

    A sum past the float range is reported as one too, which costs time but no precision. No memory is needed, and
    einsum adds twice as fast as np.sum.
    """
    return bool(np.isfinite(np.einsum("ij->", values)))


def _taps(weights: Array, each: bool) -> list[Tap]:
    return [
        Tap(int(row), int(column), 0 if each else int(channel), weights[row, column, channel])
        for row, column, channel in np.argwhere(weights)
    ]


def _taps_of_each(weights: Array, pixels: int) -> list[Tap]:
    """Return the taps of `weights` (h, w, C), repeated for so many pixels of a row."""
    return [
        Tap(int(row), int(column), 0, np.tile(weights[row, column], pixels))
        for row, column in np.argwhere(weights.any(axis=2))
    ]


def _depth(count: int) -> int:
    """Return how many levels of blocks lie above `count` taps: 0 up to BLOCK, 1 up to BLOCK**2, and so on."""
    depth = 0
    while BLOCK ** (depth + 1) < count:
        depth += 1
    return depth

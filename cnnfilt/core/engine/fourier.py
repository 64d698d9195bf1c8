"""Large float kernels: overlapping tiles multiplied by the kernel in the frequency domain (overlap-save).

A tile is transformed, multiplied by the kernel's transform, and transformed back. Of a tile of N x N its first
N - span + 1 rows and columns are sums; in the rest the image's end has met its beginning, and it is thrown away:
by so much neighbouring tiles overlap. The cost hardly depends on the kernel's size.

Two threads, 24 megapixels, 8-bit gray to float, against cv2.filter2D: 15x15 0.7 of its time, 31x31 0.8, 63x63
0.6.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnfilt.core.engine.finite import FiniteTechnique
from cnnfilt.core.engine.images import Array, is_small
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.strips import Strip
from cnnfilt.describe.window import Window

FOURIER_AREA = 225
"""From this size of kernel on, transforms take less time than adding up taps."""

SPARSE_TAPS = 24
"""So few taps in a kernel of four times as many cells or more are best just added up."""

FOURIER_WORK = 1 << 28
"""How many products there must be in all for transforms: below, importing them takes longer than they save."""

TILE = 256
"""How long tiles are, unless a kernel is so large that too much of them would be thrown away."""

SPANS, FEWER_SPANS = 6, 3
"""How many times as long as the kernel a tile is at least; the fewer where it would be longer than LONG otherwise."""

LONG = 1024
"""How long tiles are at most for any but the largest kernels: their memory grows with the square of it."""

TILES, VALUES = 4, 1 << 20
"""How many tiles one call transforms, and how many values: enough to be worth the call, few enough for the cache."""


class Fourier(FiniteTechnique):
    """Multiplies the transforms of tiles; stride 1 only."""

    @staticmethod
    def suits(job: Job, dtype: np.dtype) -> str | None:
        """Return in words how `job` is summed, None unless kernel and image are large."""
        area = job.weights[:, :, 0, 0].size
        work = job.rows.output_size * job.columns.output_size * job.maps * area
        if dtype.kind != "f" or not job.shares_filter or (job.rows.stride, job.columns.stride) != (1, 1):
            return None
        few = job.tap_count <= min(area // 4, SPARSE_TAPS)
        if area < FOURIER_AREA or work < FOURIER_WORK or few or not job.has_even_range:
            return None
        return f"by Fourier transforms of tiles: {dtype} sums"

    def __init__(self, job: Job, dtype: np.dtype) -> None:
        super().__init__(job, dtype)
        # A transform spreads the rounding of a tile's largest values over all of it. What nothing bounds, as it does 8
        # and 16 bits, is transformed in double precision: then that is too little to show.
        precise = dtype if is_small(job.image.dtype) else np.dtype(np.float64)
        self.reads = precise
        self._height, self._length = tile_length(job.rows), tile_length(job.columns)
        # So tall that one tile down is a strip, unless the image is narrow.
        self.strip_rows = self._height - job.rows.span + 1
        self._kept = self._length - job.columns.span + 1
        spread = np.zeros((1, job.rows.span, job.columns.span), precise)
        spread[0, :: job.rows.dilation, :: job.columns.dilation] = job.weights[:, :, 0, 0]
        # The conjugate, since the kernel is not turned around.
        self._factor = self._transform(spread).conj()

    def prepare(self, height: int) -> None:
        """Do nothing: SciPy's transforms make their own memory."""

    def _write(self, strip: Strip, out: Array) -> None:
        channels = self._job.maps
        for channel in range(channels):
            rows = strip.padded[:, channel::channels]
            for top in range(0, strip.height, self.strip_rows):
                part = slice(top, top + self.strip_rows)
                self._write_channel(rows[top : top + self._height], out[part, channel::channels])

    def _write_channel(self, rows: Array, out: Array) -> None:
        whole = max((rows.shape[1] - self._length) // self._kept + 1, 0)
        row, value = rows.strides
        tiles = as_strided(rows, (whole, len(rows), self._length), (self._kept * value, row, value))
        count = max(1, min(TILES, VALUES // (self._height * self._length)))
        for first in range(0, whole, count):
            self._write_tiles(tiles[first : first + count], out[:, first * self._kept :])
        if whole * self._kept < out.shape[1]:
            last = whole * self._kept
            self._write_tiles(rows[np.newaxis, :, last:], out[:, last:])

    def _write_tiles(self, tiles: Array, out: Array) -> None:
        import scipy.fft

        spectra = self._transform(tiles)
        np.multiply(spectra, self._factor, out=spectra)
        # Only the rows that are kept are transformed back along.
        rows = scipy.fft.ifft(spectra, axis=1, overwrite_x=True)[:, : len(out)]
        sums = scipy.fft.irfft(rows, n=self._length)
        for index, tile in enumerate(sums):
            part = out[:, index * self._kept : (index + 1) * self._kept]
            np.copyto(part, tile[:, : part.shape[1]])

    def _transform(self, tiles: Array) -> Array:
        """Return the transforms of `tiles` (n, height, length), zeros added where they are smaller."""
        import scipy.fft

        transforms: Array = scipy.fft.rfft2(tiles, s=(self._height, self._length))
        return transforms


def tile_length(window: Window) -> int:
    """Return how long tiles are along one axis: a length that is quick to transform, no longer than there is need."""
    import scipy.fft

    wanted, enough = (1 << (spans * window.span - 1).bit_length() for spans in (SPANS, FEWER_SPANS))
    longest = max(TILE, min(wanted, max(LONG, enough)))
    return int(scipy.fft.next_fast_len(min(longest, window.padded_size), real=True))

"""Rows of pixels as PNG deflates them: each byte less what its neighbours predict (PNG 3, section 9).

A prediction looks at unfiltered bytes only, so whole strips are predicted at once, in bytes that wrap as they should.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnfilt.files.image import Array

Bytes = NDArray[np.uint8]
Filter = Literal["none", "up", "paeth", "adaptive"]

NONE, SUB, UP, AVERAGE, PAETH = range(5)
"""The filter types as PNG numbers them."""


class Rows:
    """The rows of an image, as raw bytes and filtered."""

    def __init__(self, pixels: Array, alpha: Array | None) -> None:
        """Take (H, W) or (H, W, 3) of 8 or 16 bits, and (H, W) alpha of the same type."""
        self._pixels, self._alpha = pixels, alpha
        self.channels = (1 if pixels.ndim == 2 else 3) + (alpha is not None)
        self.pixel_bytes = self.channels * pixels.dtype.itemsize
        self.height, self.width = pixels.shape[:2]
        self.row_bytes = self.width * self.pixel_bytes

    def filtered(self, first: int, last: int, filter: Filter) -> Bytes:
        """Return rows `first` to `last`, each led by its filter's type: (rows, 1 + row_bytes)."""
        raw = self._with_neighbours(first, last)
        out = np.empty((last - first, 1 + self.row_bytes), np.uint8)
        if filter == "adaptive":
            self._filter_each(raw, out)
        else:
            kind = {"none": NONE, "up": UP, "paeth": PAETH}[filter]
            out[:, 0] = kind
            self._filter(raw, kind, out[:, 1:])
        return out

    def _with_neighbours(self, first: int, last: int) -> Bytes:
        """Return the raw rows with the one above them and, to their left, one pixel more; 0 outside the image."""
        left = self.pixel_bytes
        raw = np.empty((last - first + 1, left + self.row_bytes), np.uint8)
        raw[:, :left] = 0
        above = max(first - 1, 0)
        if first == 0:
            raw[0] = 0
        self._copy(slice(above, last), raw[above - first + 1 :, left:])
        return raw

    def _copy(self, rows: slice, into: Bytes) -> None:
        """Write raw rows: samples side by side, the high byte first."""
        stored = self._pixels.dtype.newbyteorder(">")
        if self._alpha is None and stored.itemsize == 1:
            into[...] = self._pixels[rows].reshape(into.shape)
            return
        samples = np.empty((len(into), self.width, self.channels), stored)
        colours = self.channels if self._alpha is None else self.channels - 1
        samples[..., :colours] = self._pixels[rows].reshape(len(into), self.width, colours)
        if self._alpha is not None:
            samples[..., -1] = self._alpha[rows]
        into[...] = samples.view(np.uint8).reshape(into.shape)

    def _filter(self, raw: Bytes, kind: int, out: Bytes) -> None:
        left, rows = self.pixel_bytes, raw[1:, self.pixel_bytes :]
        if kind == NONE:
            np.copyto(out, rows)
        elif kind == SUB:
            np.subtract(rows, raw[1:, :-left], out=out)
        elif kind == UP:
            np.subtract(rows, raw[:-1, left:], out=out)
        elif kind == AVERAGE:
            np.subtract(rows, average(raw[1:, :-left], raw[:-1, left:]), out=out)
        else:
            np.subtract(rows, paeth(raw[1:, :-left], raw[:-1, left:], raw[:-1, :-left]), out=out)

    def _filter_each(self, raw: Bytes, out: Bytes) -> None:
        """Give each row the filter that leaves the least sum of magnitudes (PNG 3, 12.8), as libpng and Pillow do."""
        candidate = np.empty((len(out), self.row_bytes), np.uint8)
        least = np.full(len(out), np.iinfo(np.int64).max)
        for kind in (NONE, UP, SUB, AVERAGE, PAETH):
            self._filter(raw, kind, candidate)
            sums = np.abs(candidate.view(np.int8)).view(np.uint8).sum(axis=1, dtype=np.int64)
            better = sums < least
            least[better] = sums[better]
            out[better, 0] = kind
            out[better, 1:] = candidate[better]


def average(left: Bytes, above: Bytes) -> Bytes:
    """Return floor((left + above) / 2), without the ninth bit of the sum."""
    return (left & above) + ((left ^ above) >> 1)


def paeth(left: Bytes, above: Bytes, corner: Bytes) -> Bytes:
    """Return whichever of the three is nearest to left + above - corner; left before above before corner (PNG 3, 9.4).

    The distances of left and above are |above - corner| and |left - corner|. That of the corner is their sum if
    both differences have one sign, when it never wins, else their difference: so all of it fits in bytes.
    """
    to_left = np.maximum(above, corner) - np.minimum(above, corner)
    to_above = np.maximum(left, corner) - np.minimum(left, corner)
    to_corner = np.maximum(to_left, to_above) - np.minimum(to_left, to_above)
    to_corner |= _mask((above > corner) == (left > corner))
    nearest = _either(to_above <= to_corner, above, corner)
    return _either((to_left <= to_above) & (to_left <= to_corner), left, nearest)


def _either(condition: NDArray[np.bool_], first: Bytes, second: Bytes) -> Bytes:
    """Return `first` where the condition holds, else `second`: a third of the time of np.where."""
    chosen = first ^ second
    chosen &= _mask(condition)
    chosen ^= second
    return chosen


def _mask(condition: NDArray[np.bool_]) -> Bytes:
    """Return 255 for true and 0 for false."""
    return np.negative(condition.view(np.uint8))

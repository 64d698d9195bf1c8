"""An image pooled in strips: rows of windows folded down the columns, then along the rows, in reused scratch."""

import numpy as np

from cnnfilt.core.engine.fold import Fold
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.sliding import fold_columns, fold_rows, scratch_rows
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.geometry import Window


class PooledStrips:
    """What one thread needs to fold strips of `pixels` (H, W, C) over windows `rows` by `columns`."""

    def __init__(self, fold: Fold, pixels: Array, rows: Window, columns: Window, height: int) -> None:
        """Make the scratch memory for strips of up to `height` rows of windows."""
        self._fold, self._rows, self._columns = fold, rows, columns
        self._pixels = pixels
        width, channels = pixels.shape[1:]
        needed = (height - 1) * rows.stride + rows.span
        self._source = None if is_foldable(pixels, fold.dtype) else np.empty((needed, width * channels), fold.dtype)
        self._scratch = np.empty((scratch_rows(rows, height), width * channels), fold.dtype)
        # Padding never wins: it holds what any value replaces.
        shape = (height, padded_width(columns) * channels)
        self._down, *self._spare = (np.full(shape, fold.start, fold.dtype) for _ in range(3))

    def fold(self, first: int, last: int, into: Array) -> None:
        """Write the folded windows of rows `first` to `last` to `into` (rows, W', C), which is contiguous."""
        count, channels = last - first, self._pixels.shape[2]
        left = self._columns.before * channels
        down = self._down[:count]
        # Infinities of both signs sum to NaN, as they should: no reason for a warning.
        with np.errstate(invalid="ignore", over="ignore"):
            self._fold_down(first, last, down[:, left : left + self._pixels.shape[1] * channels])
            spare = self._spare[0][:count], self._spare[1][:count]
            fold_columns(self._fold.combine, down, into, self._columns, spare)

    def _fold_down(self, first: int, last: int, into: Array) -> None:
        rows, height = self._rows, self._pixels.shape[0]
        top, bottom = max(rows.start(first), 0), min(rows.start(last - 1) + rows.span, height)
        source = self._read(top, bottom)
        start = min(max(first, -(-rows.before // rows.stride)), last)
        stop = max(start, min(last, (height - rows.span + rows.before) // rows.stride + 1))
        for index in (*range(first, start), *range(stop, last)):
            # A window across the upper or lower edge of the image: only its taps on the image take part.
            begin = rows.start(index)
            tap = begin + max(0, -(begin // rows.dilation)) * rows.dilation - top
            self._fold.reduce(source[tap : begin + rows.span - top : rows.dilation], into=into[index - first])
        if start < stop:
            inner = source[rows.start(start) - top :]
            fold_rows(self._fold.combine, inner, into[start - first : stop - first], rows, self._scratch)

    def _read(self, top: int, bottom: int) -> Array:
        """Return rows `top` to `bottom` as (rows, W * C): a view of the image, or a copy in the type of the fold."""
        part = self._pixels[top:bottom]
        if self._source is None:
            return part.reshape(len(part), -1)
        rows = self._source[: len(part)]
        np.copyto(rows.reshape(part.shape), part, casting="unsafe")
        return rows


def is_foldable(pixels: Array, dtype: np.dtype) -> bool:
    """Tell whether the rows of `pixels` can be folded where they lie: contiguous, and in the type of the fold."""
    return pixels.dtype == dtype and pixels.flags.aligned and pixels[0].flags.c_contiguous


def padded_width(columns: Window) -> int:
    """Return how many columns a row of scratch has: the image, all that windows reach, and whole strides."""
    reach = max((columns.output_size - 1) * columns.stride + columns.span, columns.before + columns.size)
    return -(-reach // columns.stride) * columns.stride


def pool_edges(fold: Fold, pixels: Array, rows: Window, columns: Window) -> tuple[tuple[int, int], ...]:
    """Return (first, last) of each strip of rows of windows."""
    channels, size = pixels.shape[2], fold.dtype.itemsize
    row = padded_width(columns) * channels * size
    copied = 0 if is_foldable(pixels, fold.dtype) else row
    return strip_edges(rows, copied, 2 * row)

"""An image pooled in strips, on all processors: windows folded, and finished, while a strip is in the cache.

pooling = Pooling(fold, pixels, rows, columns)
pooling.write(out)          # (H', W', C) of the fold's result type; averages also into whole levels, rounded
Responses(pooling)          # strip by strip, for what maps values to levels in another way
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnfilt.core.engine.averages import Finish, Rounding, divide, finish_averages
from cnnfilt.core.engine.fold import Fold, taps_counted
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.pair_sums import PairSums, pair_sums_suit
from cnnfilt.core.engine.sliding import fold_columns, fold_rows, is_shared, scratch_rows, spare_rows
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.geometry import Window

LARGER = 3
"""How much more scratch than others' strips have: passes this short lose more by handing over the interpreter."""


@dataclass(frozen=True)
class Pooling:
    """`pixels` (H, W, C) and the windows to pool, whose averages count the padding if `include_pad`."""

    fold: Fold
    pixels: Array
    rows: Window
    columns: Window
    include_pad: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the shape of the result, (H', W', C)."""
        return self.rows.output_size, self.columns.output_size, self.pixels.shape[2]

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Return (first, last) of the rows of windows in each strip."""
        return strip_edges(self.rows, 0, self._technique.row_bytes(self) // LARGER)

    def write(self, out: Array) -> None:
        """Write what is pooled to `out` (H', W', C)."""

        def make_worker() -> Callable[[int, int], None]:
            work = self.worker(out.dtype)
            return lambda first, last: work(first, last, out[first:last])

        run_strips(self.edges, make_worker)

    @property
    def height(self) -> int:
        """Return the number of rows of the tallest strip."""
        return max(last - first for first, last in self.edges)

    def worker(self, dtype: np.dtype) -> Callable[[int, int, Array], None]:
        """Return what pools the windows of rows `first` to `last` into a contiguous array of `dtype`.

        For one thread: every thread makes its own.
        """
        folder = self._technique(self)
        if self.fold.dtype == dtype and not self.fold.averages:
            return folder.fold
        folded = np.empty((self.height, *self.shape[1:]), self.fold.dtype)
        finish = self._finish(dtype)

        def work(first: int, last: int, into: Array) -> None:
            strip = folded[: last - first]
            folder.fold(first, last, strip)
            finish(strip, first, last, into)

        return work

    @property
    def _technique(self) -> "type[SlidingFolder | PairSums]":
        return PairSums if pair_sums_suit(self) else SlidingFolder

    def _finish(self, dtype: np.dtype) -> Callable[[Array, int, int, Array], None]:
        if not self.fold.averages:
            return lambda folded, first, last, into: np.copyto(into, folded)
        tall, wide = (taps_counted(window, include_pad=self.include_pad) for window in (self.rows, self.columns))
        shape = (self.height, *self.shape[1:])
        finish: Finish = divide if dtype.kind == "f" else Rounding(shape, self.fold.dtype)
        return lambda sums, first, last, into: finish_averages(finish, sums, (tall[first:last], wide), into)


class SlidingFolder:
    """Folds strips of any pooling, down the columns and then along the rows; one thread's, with its scratch."""

    def __init__(self, pooling: "Pooling") -> None:
        """Make the scratch memory for strips as tall as the tallest."""
        fold, pixels, rows, columns = pooling.fold, pooling.pixels, pooling.rows, pooling.columns
        self._fold, self._rows, self._columns, self._pixels = fold, rows, columns, pixels
        row, height = pixels.shape[1] * pixels.shape[2], pooling.height
        needed = 0 if is_foldable(pixels, fold.dtype) else (height - 1) * rows.stride + rows.span
        self._source = np.empty((needed, row), fold.dtype)
        self._scratch = np.empty((scratch_rows(rows, height), row), fold.dtype)
        shape = (height, padded_width(columns) * pixels.shape[2])
        self._down, *self._spare = (np.empty(shape, fold.dtype) for _ in range(1 + spare_rows(columns, fold.combine)))
        # Padding never wins: it holds what any value replaces.
        left = columns.before * pixels.shape[2]
        self._down[:, :left] = self._down[:, left + row :] = fold.start

    @staticmethod
    def row_bytes(pooling: "Pooling") -> int:
        """Return what the scratch memory takes for each row of windows, but for what neighbouring strips share."""
        fold, rows, columns = pooling.fold, pooling.rows, pooling.columns
        copied = 0 if is_foldable(pooling.pixels, fold.dtype) else rows.stride
        shared = (rows.stride + 1 if rows.stride > 1 else 2) if is_shared(rows) else 0
        scratch = copied + shared + 1 + spare_rows(columns, fold.combine)
        return int(scratch * padded_width(columns) * pooling.pixels.shape[2] * fold.dtype.itemsize)

    def fold(self, first: int, last: int, into: Array) -> None:
        """Write the folded windows of rows `first` to `last` to `into` (rows, W', C), which is contiguous."""
        count, channels = last - first, self._pixels.shape[2]
        left = self._columns.before * channels
        down = self._down[:count]
        # Infinities of both signs sum to NaN, as they should: no reason for a warning.
        with np.errstate(invalid="ignore", over="ignore"):
            self._fold_down(first, last, down[:, left : left + self._pixels.shape[1] * channels])
            fold_columns(self._fold.combine, down, into, self._columns, [spare[:count] for spare in self._spare])

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
        if not len(self._source):
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


@dataclass(frozen=True)
class Responses:
    """What is pooled, strip by strip, for `levels.write_levels`."""

    pooling: Pooling

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Return the (first, last) rows of each strip."""
        return self.pooling.edges

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the values (rows, W', C) of rows first to last; each overwrites the one before."""
        values = np.empty((self.pooling.height, *self.pooling.shape[1:]), self.pooling.fold.result)
        work = self.pooling.worker(values.dtype)

        def respond(first: int, last: int) -> Array:
            work(first, last, values[: last - first])
            return values[: last - first]

        return respond

"""An image pooled in strips, on all processors: windows folded, and finished, while a strip is in the cache.

pooling = PoolingJob(fold, pixels, rows, columns)
pooling.write(out)          # (H', W', C) of the fold's result type; averages also into whole levels, rounded
pooling.edges, .worker()    # the values strip by strip, for `levels.write_levels`
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import numpy as np

from cnnfilt.core.engine.averages import Averages, Finish, Rounding, divide
from cnnfilt.core.engine.fold import Fold, taps_counted
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.pair_sums import PairSums, pair_sums_suit
from cnnfilt.core.engine.passes import Pass, copy, run_passes
from cnnfilt.core.engine.scratch import scratch
from cnnfilt.core.engine.sliding import fold_columns, fold_rows, scratch_rows, spare_rows
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.describe.window import Window
from cnnfilt.frozen import Frozen


class PoolingJob(Frozen):
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
        """Return (first, last) of the rows of windows in each strip: an even number of them, almost equally high.

        What one pass reads and writes, not all of a strip's scratch, takes what strips' scratch is allowed to: passes
        are so short that in smaller strips they wait longer for the interpreter than the cache saves, and in larger
        ones for memory. Half as high takes 1.3 times as long for 3x3 maxima, twice as high 1.2 times.
        """
        count = len(strip_edges(self.rows, 0, self._technique.row_bytes(self)))
        total = self.rows.output_size
        count = min(count + count % 2 if count > 1 else 1, total)
        return tuple((index * total // count, (index + 1) * total // count) for index in range(count))

    def write(self, out: Array) -> None:
        """Write what is pooled to `out` (H', W', C)."""

        def make_worker() -> Callable[[int, int], None]:
            write = self.writer(out.dtype)
            return lambda first, last: write(first, last, out[first:last])

        run_strips(self.edges, make_worker)

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the values (rows, W', C) of rows first to last; each overwrites the one before.

        Every thread makes its own.
        """
        values = np.empty((self.height, *self.shape[1:]), self.fold.result)
        write = self.writer(values.dtype)

        def work(first: int, last: int) -> Array:
            write(first, last, values[: last - first])
            return values[: last - first]

        return work

    @property
    def height(self) -> int:
        """Return the number of rows of the tallest strip."""
        return max(last - first for first, last in self.edges)

    def writer(self, dtype: np.dtype) -> Callable[[int, int, Array], None]:
        """Return what pools the windows of rows `first` to `last` into a contiguous array of `dtype`.

        For one thread: every thread makes its own.
        """
        folder = self._technique(self)
        if self.fold.dtype == dtype and not self.fold.averages:
            return lambda first, last, into: run_passes(folder.fold(first, last, into))
        folded = np.empty((self.height, *self.shape[1:]), self.fold.dtype)
        finish = self._finish(dtype)

        def work(first: int, last: int, into: Array) -> None:
            strip = folded[: last - first]
            run_passes(chain(folder.fold(first, last, strip), finish(strip, first, last, into)))

        return work

    @property
    def _technique(self) -> "type[SlidingFolder | PairSums]":
        return PairSums if pair_sums_suit(self) else SlidingFolder

    def _finish(self, dtype: np.dtype) -> Callable[[Array, int, int, Array], Iterable[Pass]]:
        if not self.fold.averages:
            return lambda folded, first, last, into: [(copy, (folded,), into)]
        tall, wide = (taps_counted(window, include_pad=self.include_pad) for window in (self.rows, self.columns))
        shape = self.height, self.shape[1] * self.shape[2]
        finish: Finish = divide if dtype.kind == "f" else Rounding(shape, self.fold.dtype)
        return Averages(finish, tall, wide).finish


class SlidingFolder:
    """Folds strips of any pooling, down the columns and then along the rows; one thread's, with its scratch."""

    def __init__(self, pooling: PoolingJob) -> None:
        """Make the scratch memory for strips as tall as the tallest."""
        fold, pixels, rows, columns = pooling.fold, pooling.pixels, pooling.rows, pooling.columns
        self._fold, self._rows, self._columns, self._pixels = fold, rows, columns, pixels
        row, height = pixels.shape[1] * pixels.shape[2], pooling.height
        self._is_foldable = is_foldable(pixels, fold.dtype)
        # A strip of one row of windows may be one of very tall windows: its rows are not worth copying.
        self._shares_rows = self._is_foldable or height > 1
        needed = 0 if self._is_foldable or not self._shares_rows else (height - 1) * rows.stride + rows.span
        self._source = scratch((needed, row), fold.dtype)
        self._scratch = scratch((scratch_rows(rows, height), row), fold.dtype)
        shape = (height, padded_width(columns) * pixels.shape[2])
        self._down, *self._spare = (scratch(shape, fold.dtype) for _ in range(1 + spare_rows(columns, fold.combine)))
        # Padding never wins: it holds what any value replaces.
        left = columns.before * pixels.shape[2]
        self._down[:, :left] = self._down[:, left + row :] = fold.start

    @staticmethod
    def row_bytes(pooling: PoolingJob) -> int:
        """Return what one pass reads and writes for each row of windows."""
        return int(2 * padded_width(pooling.columns) * pooling.pixels.shape[2] * pooling.fold.dtype.itemsize)

    def fold(self, first: int, last: int, into: Array) -> Iterator[Pass]:
        """Yield the passes that write the folded rows `first` to `last` to `into` (rows, W', C), contiguous."""
        count, channels = last - first, self._pixels.shape[2]
        left = self._columns.before * channels
        down = self._down[:count]
        yield from self._fold_down(first, last, down[:, left : left + self._pixels.shape[1] * channels])
        spare = [array[:count] for array in self._spare]
        yield from fold_columns(self._fold.combine, down, into, self._columns, spare)

    def _fold_down(self, first: int, last: int, into: Array) -> Iterator[Pass]:
        rows, height = self._rows, self._pixels.shape[0]
        top, bottom = max(rows.start(first), 0), min(rows.start(last - 1) + rows.span, height)
        part = self._pixels[top:bottom]
        start = min(max(first, -(-rows.before // rows.stride)), last) if self._shares_rows else last
        stop = max(start, min(last, (height - rows.span + rows.before) // rows.stride + 1))
        for index in (*range(first, start), *range(stop, last)):
            # A window across the upper or lower edge of the image: only its taps on the image take part.
            begin = rows.start(index)
            tap = begin + max(0, -(begin // rows.dilation)) * rows.dilation - top
            taps = part[tap : begin + rows.span - top : rows.dilation]
            yield self._fold.reduce, (taps,), into[index - first].reshape(taps.shape[1:])
        if start < stop:
            source = part[rows.start(start) - top :]
            if not self._is_foldable:
                copied = self._source[: len(source)]
                yield copy, (source,), copied.reshape(source.shape)
                source = copied
            source, target = source.reshape(len(source), -1), into[start - first : stop - first]
            yield from fold_rows(self._fold.combine, source, target, rows, self._scratch)


def is_foldable(pixels: Array, dtype: np.dtype) -> bool:
    """Tell whether the rows of `pixels` can be folded where they lie: contiguous, and in the type of the fold."""
    return pixels.dtype == dtype and pixels.flags.aligned and pixels[0].flags.c_contiguous


def padded_width(columns: Window) -> int:
    """Return how many columns a row of scratch has: the image, all that windows reach, and whole strides."""
    reach = max((columns.output_size - 1) * columns.stride + columns.span, columns.before + columns.size)
    return -(-reach // columns.stride) * columns.stride

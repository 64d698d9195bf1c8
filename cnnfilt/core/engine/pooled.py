"""An image pooled in strips, on all processors: windows folded, and finished, while a strip is in the cache.

pooling = PoolingJob(fold, pixels, rows, columns)
pooling.write(out)                  # (H', W', C) of the fold's result type
pooling.worker(), .writer(scale)    # the same strip by strip, as values or as levels, for `levels.write_levels`

`native/extreme.h`, `runs.h` and `total.h` fold in compiled loops; `fold.fold_windows` does the same in NumPy, and
`divided` makes the averages.
"""

from collections.abc import Callable
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from cnnfilt.core.engine import native
from cnnfilt.core.engine.fold import Fold, fold_windows, taps_counted
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.means import divided, quotients
from cnnfilt.core.engine.scale import Found, Loss, Responses, Scale, loss_of, range_of
from cnnfilt.core.engine.shapes import Shape, fold_shape, runs_by_length, taps_of_windows
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.describe.window import Window
from cnnfilt.terms import Pair

PICKED = "BHhf?"
"""The types for whose largest and smallest values there are loops."""

AVERAGED = {"BH", "Bi", "Hi", "hi", "?H", "?i"}
"""The types of values and of sums for which there are loops, whose averages are levels or floats."""

Pooler = Callable[[int, int, Array], Found | None]
"""Pools windows of rows first to last into an array; returns the lowest and highest of averages that are levels."""

Places = tuple[Pair, int, Pair, Pair, Pair]
"""What a loop is told of windows: their size, the channels, strides, dilations, and where the first begins."""

Loop = Callable[[int, int, Array, Array, Places], Found | None]
"""A loop for rows first to last, told the rows that they meet, the results, and the places of windows."""


class PoolingJob(Responses):
    """`pixels` (H, W, C) and the windows to pool, whose averages count the padding if `include_pad`.

    `window` says which taps a window has, where it has not all of them.
    """

    def __init__(
        self,
        fold: Fold,
        pixels: Array,
        rows: Window,
        columns: Window,
        *,
        include_pad: bool = False,
        window: Shape | None = None,
    ) -> None:
        self.fold, self.pixels, self.rows, self.columns = fold, pixels, rows, columns
        self.include_pad, self.window = include_pad, window
        self.shape = rows.output_size, columns.output_size, pixels.shape[2]
        row = pixels.shape[1] * pixels.shape[2]
        self._row_bytes = row * pixels.itemsize, row * fold.dtype.itemsize
        self.edges = strip_edges(rows, *self._row_bytes)
        if window is not None:
            self._widen_strips()
        tall, wide = (taps_counted(window, include_pad=include_pad) for window in (rows, columns))
        self._tall, self._wide = tall.astype(np.int32), np.repeat(wide, pixels.shape[2]).astype(np.int32)

    def _widen_strips(self) -> None:
        """Let strips be several windows high: what is made of rows once, for many windows, is made again for each."""
        tall = 4 * self.rows.span // self.rows.stride
        if self.edges[0][1] < tall:
            self.edges = strip_edges(self.rows, 0, height=tall)

    def write(self, out: Array) -> None:
        """Write the pooled windows to `out` (H', W', C), contiguous."""
        self._stream(out.dtype)

        def make_worker() -> Callable[[int, int], object]:
            pool = self._pooler()
            return lambda first, last: pool(first, last, out[first:last])

        run_strips(self.edges, make_worker)

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the values (rows, W', C) of rows first to last; each overwrites the one before."""
        values = np.empty((self._height, *self.shape[1:]), self.fold.result)
        pool = self._pooler()

        def work(first: int, last: int) -> Array:
            pool(first, last, values[: last - first])
            return values[: last - first]

        return work

    def prepare(self, scale: Scale) -> None:
        """Settle the strips for writing levels."""
        if scale.keeps(self.pixels.dtype):
            self._stream(self.pixels.dtype)

    def _stream(self, dtype: np.dtype) -> None:
        """Have larger strips from now on, if a loop writes values of `dtype` where they are."""
        if self.window is None and self._loop(dtype):
            self.edges = strip_edges(self.rows, *self._row_bytes, streams=True)

    def writer(self, scale: Scale) -> Callable[[int, int, Array], Loss]:
        """Return what writes rows first to last as pixels by `scale`.

        Where the levels hold whatever the image does, averages are rounded at once from their exact quotients; the
        lowest and highest value are then rounded, too.
        """
        if not scale.keeps(self.pixels.dtype):
            return super().writer(scale)
        pool = self._pooler()

        def write(first: int, last: int, pixels: Array) -> Loss:
            found = pool(first, last, pixels)
            return loss_of(found, pixels.size, pixels.dtype) if found else Loss(*range_of(pixels), 0, pixels.size)

        return write

    @property
    def _height(self) -> int:
        """Return the number of rows of the tallest strip."""
        return max(last - first for first, last in self.edges)

    def _pooler(self) -> Pooler:
        """Return what pools the windows of rows first to last into a contiguous array (rows, W', C).

        For one thread: every thread makes its own.
        """
        folded: Array | None = None
        loop_for = cache(self._loop)

        def pool(first: int, last: int, into: Array) -> Found | None:
            nonlocal folded
            if loop := loop_for(into.dtype):
                return loop(first, last, into)
            if not self.fold.averages and into.dtype == self.fold.dtype:
                self._fold(first, last, into)
                return None
            if folded is None:
                folded = np.empty((self._height, *self.shape[1:]), self.fold.dtype)
            strip = folded[: last - first]
            self._fold(first, last, strip)
            if self.fold.averages:
                self._divide(first, last, strip, into)
            else:
                np.copyto(into, strip, casting="unsafe")
            return None

        return pool

    def _divide(self, first: int, last: int, sums: Array, into: Array) -> None:
        """Write the sums of rows first to last, divided by how many values they are of, to `into`."""
        if self.window is None:
            flat, result = (values.reshape(last - first, -1) for values in (sums, into))
            divided(flat, self._tall[first:last], self._wide, result)
        else:
            quotients(sums, self._counts[first:last, :, np.newaxis], into)

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        """Return how many taps of each window count, where it has not all of them."""
        assert self.window is not None, "a window of all taps has as many as its rows times its columns"
        return taps_of_windows(self.rows, self.columns, self.window, include_pad=self.include_pad)

    def _fold(self, first: int, last: int, into: Array) -> None:
        top, bottom = self._rows_met(first, last)
        source, windows = self.pixels[top:bottom], (self.rows, self.columns)
        if self.window is None:
            fold_windows(self.fold, source, into, windows, first, top)
        else:
            fold_shape(self.fold, source, into, windows, self.window, first, top)

    def _rows_met(self, first: int, last: int) -> tuple[int, int]:
        """Return the first of the image's rows that the windows of rows `first` to `last` meet, and where they end."""
        return max(self.rows.start(first), 0), min(self.rows.start(last - 1) + self.rows.span, self.pixels.shape[0])

    def _loop(self, dtype: np.dtype) -> Pooler | None:
        """Return what pools rows first to last into an array of `dtype`, if there is a loop for that.

        It returns the lowest and highest average, where these are levels.
        """
        rows, columns, values, channels = self.rows, self.columns, self.pixels.dtype, self.shape[2]
        reaches = native.reaches(columns.kernel_size, columns.dilation, columns.stride, channels)
        if not (native.loops and reaches and values.isnative):
            return None
        run = self._average(dtype) if self.fold.averages else self._pick(dtype)
        if run is None:
            return None
        size, steps = (rows.kernel_size, columns.kernel_size), native.steps_of(rows, columns)

        def loop(first: int, last: int, into: Array) -> Found | None:
            top, bottom = self._rows_met(first, last)
            source = np.require(self.pixels[top:bottom], requirements=["C", "A"]).reshape(bottom - top, -1)
            start = rows.start(first) - top, -columns.before
            return run(first, last, source, into.reshape(last - first, -1), (size, channels, *steps, start))

        return loop

    def _average(self, dtype: np.dtype) -> Loop | None:
        """Return the loop whose averages of rows first to last are of `dtype`."""
        assert native.loops is not None, "the loops are there"
        average, sums = native.loops.average, self.fold.dtype.char
        is_mean = dtype.char in "Bf" or (dtype.char, sums) == ("H", "i")
        if self.window is not None or self.pixels.dtype.char + sums not in AVERAGED or not is_mean:
            return None

        def run(first: int, last: int, source: Array, out: Array, places: Places) -> Found | None:
            found: Found = average(source, self._tall[first:last], self._wide, out, *places, sums)
            return found if dtype.char != "f" else None

        return run

    def _pick(self, dtype: np.dtype) -> Loop | None:
        """Return the loop whose largest or smallest values are of `dtype`."""
        if self.pixels.dtype.char not in PICKED or dtype != self.pixels.dtype:
            return None
        kind = "maximum" if self.fold.combine is np.maximum else "minimum"
        if self.window is None:
            extreme = getattr(native.loops, kind)
            return lambda first, last, source, out, places: extreme(source, out, *places)
        runs, lengths = runs_by_length(self.window)
        reach = (self.columns.kernel_size - 1) * self.columns.dilation * self.shape[2]
        kept = np.empty(self.rows.span * len(lengths) * (native.BLOCK + reach), dtype)
        of_runs = getattr(native.loops, f"{kind}_of_runs")
        return lambda first, last, source, out, places: of_runs(source, runs, lengths, kept, out, *places)

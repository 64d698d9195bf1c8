"""An image pooled in strips, on all processors: windows folded, and finished, while a strip is in the cache.

pooling = PoolingJob(fold, pixels, rows, columns)
pooling.write(out)          # (H', W', C) of the fold's result type; averages also into whole levels, rounded
pooling.edges, .worker()    # the values strip by strip, for `levels.write_levels`

`native/reduce.h` folds in compiled loops; `fold_windows` does the same in NumPy.
"""

from collections.abc import Callable

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.fold import Fold, taps_counted, taps_on_image
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.means import means
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.describe.window import Window
from cnnfilt.frozen import Frozen

KINDS: dict[np.ufunc, str] = {np.maximum: "max", np.minimum: "min", np.add: "sum"}

HAS_LOOP = {
    *((kind, values, values) for kind in ("max", "min") for values in "BHhf?"),
    *(("sum", values, sums) for values, sums in ("BH", "Bi", "Hi", "hi", "?H", "?i")),
}
"""For which values and results there are loops."""


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
        """Return (first, last) of the rows of windows in each strip."""
        row = self.pixels.shape[1] * self.pixels.shape[2]
        return strip_edges(self.rows, row * self.pixels.itemsize, row * self.fold.dtype.itemsize)

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
        if self.fold.dtype == dtype and not self.fold.averages:
            return self._fold
        folded = np.empty((self.height, *self.shape[1:]), self.fold.dtype)
        tall, wide = (taps_counted(window, include_pad=self.include_pad) for window in (self.rows, self.columns))
        wide = np.repeat(wide, self.shape[2])

        def work(first: int, last: int, into: Array) -> None:
            strip = folded[: last - first]
            self._fold(first, last, strip)
            if self.fold.averages:
                flat, result = (values.reshape(last - first, -1) for values in (strip, into))
                means(flat, tall[first:last], wide, result)
            else:
                np.copyto(into, strip, casting="unsafe")

        return work

    def _fold(self, first: int, last: int, into: Array) -> None:
        """Write the windows of rows `first` to `last`, folded, to `into` (rows, W', C)."""
        rows, columns, (height, _, channels) = self.rows, self.columns, self.pixels.shape
        top, bottom = max(rows.start(first), 0), min(rows.start(last - 1) + rows.span, height)
        source, kind = self.pixels[top:bottom], KINDS[self.fold.combine]
        has_loop = (kind, source.dtype.char, into.dtype.char) in HAS_LOOP and source.dtype.isnative
        reaches = native.reaches(columns.kernel_size, columns.dilation, columns.stride, channels)
        if not (native.loops and has_loop and reaches):
            fold_windows(self.fold, source, into, (rows, columns), first, top)
            return
        native.loops.reduce(
            kind,
            np.require(source, requirements=["C", "A"]).reshape(bottom - top, -1),
            into.reshape(last - first, -1),
            (rows.kernel_size, columns.kernel_size),
            channels,
            (rows.stride, columns.stride),
            (rows.dilation, columns.dilation),
            (rows.start(first) - top, -columns.before),
        )


def fold_windows(
    fold: Fold, source: Array, into: Array, windows: tuple[Window, Window], first: int = 0, top: int = 0
) -> None:
    """Write to `into` (rows, W', C) the windows of rows `first` on, folded; `source` begins at image row `top`.

    Down the columns and then along the rows, tap by tap. A tap beside the image takes no part.
    """
    rows, columns = windows
    down = np.full((len(into), *source.shape[1:]), fold.start, fold.dtype)
    into.fill(fold.start)
    with np.errstate(invalid="ignore", over="ignore"):
        for outs, ins in taps_on_image(rows, first, first + len(into), top):
            fold.combine(down[outs], source[ins].astype(fold.dtype, copy=False), out=down[outs])
        for outs, ins in taps_on_image(columns, 0, into.shape[1]):
            fold.combine(into[:, outs], down[:, ins], out=into[:, outs])

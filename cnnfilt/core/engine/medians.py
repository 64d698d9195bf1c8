"""The median of each window: the lower of the two in the middle where a window holds an even number of values.

medians = MedianJob(pixels, rows, columns, window=shape)        # used as any PoolingJob

Which way suits: 3x3 and 5x5 are sorted by exchanges (`native/network.h`); larger windows of 8 bits have a histogram
that costs the same for any radius (`native/median.h`); other shapes, strides and 16 bits one that slides along rows
(`native/huang.h`). Floats and wide integers become the ranks they have in a tile of at most 65,536 values, and these
are 16 bits. `median_windows` says in NumPy what comes out.
"""

from collections.abc import Iterator
from functools import cached_property
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from cnnfilt.core.engine import native
from cnnfilt.core.engine.fold import fold_of
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.pooled import Pooler, PoolingJob
from cnnfilt.core.engine.shapes import Shape, runs_of
from cnnfilt.describe.window import Window

NETWORKS = (3, 5)
"""The sizes of windows that are sorted by exchanges."""

TILE, LEVELS, COUNTS = 256, 272, {1: 0x110, 2: 0x11110}
"""The columns that have a histogram at once, the counts of each; the counts of a sliding one, by bytes of a value."""

RANKS = 1 << 16
GATHERED = 1 << 22
"""How many values are gathered at once where NumPy sorts them."""

SMALLEST_TILE = 8
"""Windows that leave a tile of ranks fewer rows of results than this are left to NumPy."""

Part = tuple[int, int, int, int]
"""The windows of rows first to last, columns first to last."""


class MedianJob(PoolingJob):
    """`pixels` (H, W, C), and the windows whose medians are wanted."""

    def __init__(self, pixels: Array, rows: Window, columns: Window, *, window: Shape | None = None) -> None:
        super().__init__(fold_of("median", pixels, 1), pixels, rows, columns, window=window)
        self._widen_strips()  # A histogram is filled for each.

    def _loop(self, dtype: np.dtype) -> Pooler | None:
        return None

    def _fold(self, first: int, last: int, into: Array) -> None:
        """Write the medians of the windows of rows `first` to `last` to `into` (rows, W', C)."""
        for part in self._outside(first, last):
            self._any(part, _part_of(into, part, first))
        inside = self._inside(first, last)
        if inside is not None:
            self._by_exchanges(inside, _part_of(into, inside, first))
        if self._not_numbers is not None:
            found = np.empty(into.shape, bool)
            self._not_numbers._pooler()(first, last, found)
            into[found] = np.nan

    @cached_property
    def _letter(self) -> str:
        """Return the letter of the type of values that a loop sees; "" for one that it does not know."""
        letter = self.pixels.dtype.char if self.pixels.dtype.isnative else ""
        return "B" if letter == "?" else letter if letter in ("B", "H", "h", "f") else ""

    @cached_property
    def _has_network(self) -> bool:
        rows, columns = self.rows, self.columns
        square = rows.kernel_size == columns.kernel_size and rows.kernel_size in NETWORKS
        plain = self.window is None and (rows.stride, columns.stride) == (1, 1)
        return bool(native.loops and self._letter and square and plain and self._reaches)

    @cached_property
    def _reaches(self) -> bool:
        columns = self.columns
        return native.reaches(columns.kernel_size, columns.dilation, columns.stride, self.pixels.shape[2])

    def _inside(self, first: int, last: int) -> Part | None:
        """Return the windows that lie wholly on the image and are sorted by exchanges; None if there are none."""
        if not self._has_network:
            return None
        (top, bottom), (left, right) = _whole(self.rows), _whole(self.columns)
        top, bottom = max(top, first), min(bottom, last)
        return (top, bottom, left, right) if top < bottom and left < right else None

    def _outside(self, first: int, last: int) -> Iterator[Part]:
        """Yield the windows of a strip that are not inside."""
        width, inside = self.columns.output_size, self._inside(first, last)
        if inside is None:
            yield first, last, 0, width
            return
        top, bottom, left, right = inside
        for part in (
            (first, top, 0, width),
            (bottom, last, 0, width),
            (top, bottom, 0, left),
            (top, bottom, right, width),
        ):
            if part[0] < part[1] and part[2] < part[3]:
                yield part

    def _by_exchanges(self, part: Part, into: Array) -> None:
        assert native.loops is not None, "networks are compiled"
        source, _, _ = self._source(part)
        _, dilation = native.steps_of(self.rows, self.columns)
        native.loops.network(_flat(source), _lines(into), self.rows.kernel_size, self.pixels.shape[2], dilation)

    def _any(self, part: Part, into: Array) -> None:
        """Write the medians of any windows."""
        rows, columns = self.rows, self.columns
        is_plain = self.window is None and (rows.stride, columns.stride) == (rows.dilation, columns.dilation) == (1, 1)
        if not (native.loops and self._reaches and columns.dilation == 1):
            median_windows(self.pixels, into, rows, columns, self.window, part)
        elif self._letter == "B" and is_plain:
            self._by_columns(part, into)
        elif self._letter in ("B", "H"):
            source, top, left = self._source(part)
            self._by_sliding(source, into, part, top, left)
        else:
            self._by_ranks(part, into)

    def _by_columns(self, part: Part, into: Array) -> None:
        assert native.loops is not None, "histograms are compiled"
        size = self.rows.kernel_size, self.columns.kernel_size
        count = np.uint16 if size[0] * size[1] <= np.iinfo(np.uint16).max else np.uint32
        counts = np.empty((TILE + size[1] - 1) * LEVELS, count)
        source, top, left = self._source(part)
        start = self.rows.start(part[0]) - top, self.columns.start(part[2]) - left
        native.loops.median(_flat(source), counts, _lines(into), size, self.pixels.shape[2], (1, 1), (1, 1), start)

    def _by_sliding(self, source: Array, into: Array, part: Part, top: int, left: int) -> None:
        assert native.loops is not None, "histograms are compiled"
        rows, columns = self.rows, self.columns
        counts = np.empty(COUNTS[source.itemsize], np.int32)
        start = rows.start(part[0]) - top, columns.start(part[2]) - left
        size, (strides, dilations) = (rows.kernel_size, columns.kernel_size), native.steps_of(rows, columns)
        native.loops.huang(
            _flat(source),
            self._runs,
            counts,
            _lines(into),
            size,
            self.pixels.shape[2],
            strides,
            dilations,
            start,
        )

    @cached_property
    def _runs(self) -> NDArray[np.int32]:
        size = self.rows.kernel_size, self.columns.kernel_size
        return runs_of(np.ones(size, bool) if self.window is None else self.window)

    def _by_ranks(self, part: Part, into: Array) -> None:
        """Write medians tile by tile: of the ranks of its values, and then the values that have these."""
        side = isqrt(RANKS // self.pixels.shape[2])
        tall, wide = ((side - window.span) // window.stride + 1 for window in (self.rows, self.columns))
        if min(tall, wide) < SMALLEST_TILE:
            median_windows(self.pixels, into, self.rows, self.columns, self.window, part)
            return
        for first, last in _pieces(part[0], part[1], tall):
            for left, right in _pieces(part[2], part[3], wide):
                tile = first, last, left, right
                source, top, before = self._source(tile)
                values, ranks = np.unique(source, return_inverse=True)
                medians = np.empty((last - first, right - left, source.shape[2]), np.uint16)
                self._by_sliding(ranks.reshape(source.shape).astype(np.uint16), medians, tile, top, before)
                _part_of(into, tile, part[0], part[2])[...] = values[medians]

    def _source(self, part: Part) -> tuple[Array, int, int]:
        """Return what of the image the windows of a part see, and the row and column of the image it begins at."""
        (top, bottom), (left, right) = _seen(self.rows, part[:2]), _seen(self.columns, part[2:])
        source = self.pixels[top:bottom, left:right]
        if source.dtype == bool:
            source = source.view(np.uint8)
        return source, top, left

    @cached_property
    def _not_numbers(self) -> PoolingJob | None:
        """Return what tells which windows hold a NaN; None where there is none."""
        found = np.isnan(self.pixels) if self.pixels.dtype.kind == "f" else None
        if found is None or not found.any():
            return None
        return PoolingJob(fold_of("max", found, 1), found, self.rows, self.columns, window=self.window)


def median_windows(pixels: Array, into: Array, rows: Window, columns: Window, shape: Shape | None, part: Part) -> None:
    """Write the medians of the windows of `part` to `into`: all values of a window, sorted, and the lower middle.

    Taps beside the image are given the greatest value and so stand last; where they are as many as matters, only what
    stands before them counts.
    """
    shape = np.ones((rows.kernel_size, columns.kernel_size), bool) if shape is None else shape
    taps = np.argwhere(shape)
    ys, xs = (
        np.arange(first, last)[:, np.newaxis] * window.stride - window.before + taps[:, axis] * window.dilation
        for axis, (window, first, last) in enumerate([(rows, *part[:2]), (columns, *part[2:])])
    )
    highest = np.inf if pixels.dtype.kind == "f" else True if pixels.dtype.kind == "b" else np.iinfo(pixels.dtype).max
    each = max(1, GATHERED // (len(taps) * pixels.shape[2]))
    for left, right in _pieces(0, len(xs), each):
        for top, bottom in _pieces(0, len(ys), max(1, each // (right - left))):
            y, x = ys[top:bottom, np.newaxis], xs[np.newaxis, left:right]
            met = (y >= 0) & (y < rows.size) & (x >= 0) & (x < columns.size)
            values = pixels[y.clip(0, rows.size - 1), x.clip(0, columns.size - 1)]
            values[~met] = highest
            values.sort(axis=2)
            middle = (met.sum(axis=2) - 1) // 2
            into[top:bottom, left:right] = np.take_along_axis(values, middle[:, :, np.newaxis, np.newaxis], axis=2)[
                :, :, 0
            ]


def _flat(values: Array) -> Array:
    """Return `values` (rows, columns, C) as rows, as they are or copied."""
    if values.strides[1:] != (values.shape[2] * values.itemsize, values.itemsize) or not values.flags.aligned:
        values = np.ascontiguousarray(values)
    return _lines(values)


def _lines(out: Array) -> Array:
    """Return a view of (rows, columns, C), whose pixels are side by side, as rows."""
    out = out.view(np.uint8) if out.dtype == bool else out
    shape = out.shape[0], out.shape[1] * out.shape[2]
    return np.lib.stride_tricks.as_strided(out, shape, (out.strides[0], out.itemsize))


def _whole(window: Window) -> tuple[int, int]:
    """Return (first, last) of the windows that lie wholly on the image, along one axis."""
    first = -(-window.before // window.stride)
    last = (window.size - window.span + window.before) // window.stride + 1
    return first, max(first, min(last, window.output_size))


def _seen(window: Window, part: tuple[int, int]) -> tuple[int, int]:
    """Return (first, last) of the positions of the image that these windows lie over."""
    return max(window.start(part[0]), 0), min(window.start(part[1] - 1) + window.span, window.size)


def _pieces(first: int, last: int, size: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + size, last)) for start in range(first, last, size))


def _part_of(into: Array, part: Part, first: int, left: int = 0) -> Array:
    return into[part[0] - first : part[1] - first, part[2] - left : part[3] - left]

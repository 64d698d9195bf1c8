"""What pooling does with the values of a window: which operation, in which type, and which taps take part.

A tap that falls beside the image takes no part, which is what padding with -infinity (max), +infinity (min) or 0
(sums) means.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from cnnfilt.core.engine.images import Array, float_dtype
from cnnfilt.describe.window import Window
from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import nearest
from cnnfilt.terms import Pair, PoolKind

Counts = NDArray[np.int64]


class Fold(Frozen):
    """How the values of a window become one: combined two at a time in `dtype`, beginning with `start`."""

    combine: np.ufunc
    start: float
    dtype: np.dtype[Any]
    result: np.dtype[Any]
    averages: bool = False

    def reduce(self, rows: Array, out: Array) -> None:
        """Fold all of `rows` (n, ...) into one."""
        with _infinities_allowed():
            self.combine.reduce(rows, axis=0, dtype=self.dtype, out=out)

    def reduce_spans(self, rows: Array, spans: Sequence[Pair]) -> Array:
        """Return each row of `rows` (n, W + 1, C) folded from `start` to `stop` of every span: (n, spans, C).

        The last column is not the image's: reduceat takes no end of a span that is also the array's.
        """
        with _infinities_allowed():
            # Every second result runs from one span's end to the next one's start, and is of no use.
            return np.asarray(self.combine.reduceat(rows, np.ravel(spans), axis=1)[:, ::2])

    def finish(self, folded: Array, counts: tuple[Counts, Counts], into: Array) -> None:
        """Write the folded values (H', W', C) to `into`.

        For averages they are divided by the cells in each window: its height times its width, from `counts`.
        """
        if self.averages:
            np.divide(folded, np.multiply.outer(*counts)[..., np.newaxis], out=into, casting="same_kind")
        else:
            into[...] = folded


def fold_of(kind: PoolKind, pixels: Array, cells: int) -> Fold:
    """Return how windows of at most `cells` values of `pixels` are pooled.

    Averages are of `float_dtype`; integer sums are exact, in the smallest dtype that holds them all.
    Raises ParameterError for an unknown kind, ShapeError for integers whose sums pass int64.
    """
    # Scratch is in the machine's own byte order, whatever the image's.
    dtype = pixels.dtype.newbyteorder("=")
    if kind == "avg":
        result = float_dtype(dtype)
        return Fold(np.add, 0, _sum_dtype(pixels, cells), result, averages=True)
    if kind not in get_args(PoolKind):
        known = nearest(str(kind), get_args(PoolKind))
        raise ParameterError(f"pooling kind {kind!r} is unknown; {known}", parameter="kind")
    lowest, highest = _limits(dtype)
    combine, start = (np.minimum, highest) if kind == "min" else (np.maximum, lowest)
    return Fold(combine, start, dtype, pixels.dtype)


def lanes(window: Window, channels: int) -> list[slice]:
    """Return which channels to take together along the rows: all of them, or one by one."""
    # NumPy walks strided pixels three values at a time: taking each channel on its own is five times as fast.
    apart = window.stride > 1 and channels <= 8
    return [slice(channel, channel + 1) for channel in range(channels)] if apart else [slice(None)]


def taps_on_image(window: Window, first: int, last: int, top: int = 0) -> Iterator[tuple[slice, slice]]:
    """Yield, tap by tap, which of the windows `first` to `last` have it on the image, and where it falls.

    The first slice counts from window `first`, the second from position `top`.
    """
    for tap in range(window.kernel_size):
        if (place := tap_on_image(window, tap, first, last, top)) is not None:
            yield place


def tap_on_image(window: Window, tap: int, first: int, last: int, top: int = 0) -> tuple[slice, slice] | None:
    """Return what `taps_on_image` yields for one tap; None where none of the windows has it on the image."""
    offset = tap * window.dilation - window.before
    start = max(first, -(offset // window.stride))
    stop = min(last, -((offset - window.size) // window.stride))
    if start >= stop:
        return None
    position = start * window.stride + offset - top
    reach = (stop - 1 - start) * window.stride + 1
    return slice(start - first, stop - first), slice(position, position + reach, window.stride)


def fold_windows(
    fold: Fold, source: Array, into: Array, windows: tuple[Window, Window], first: int = 0, top: int = 0
) -> None:
    """Write to `into` (rows, W', C) the windows of rows `first` on, folded; `source` begins at image row `top`.

    Down the columns and then along the rows, tap by tap. A tap beside the image takes no part.
    """
    rows, columns = windows
    down = np.empty((len(into), *source.shape[1:]), fold.dtype)
    with _infinities_allowed():
        _fold_taps(fold, taps_on_image(rows, first, first + len(into), top), source, down)
        # Views in which the columns come first.
        _fold_taps(fold, taps_on_image(columns, 0, into.shape[1]), down.swapaxes(0, 1), into.swapaxes(0, 1))


def _fold_taps(fold: Fold, taps: Iterable[tuple[slice, slice]], source: Array, into: Array) -> None:
    """Write what taps meet along the first axis of `source`, folded, to `into`; where that is nothing, the start."""
    met = [*taps]
    if met and met[0][0] == slice(0, len(into)):
        into[...] = source[met.pop(0)[1]]
    else:
        into.fill(fold.start)
    for outs, ins in met:
        fold.combine(into[outs], source[ins].astype(fold.dtype, copy=False), out=into[outs])


def taps_counted(window: Window, *, include_pad: bool = False) -> Counts:
    """Return how many taps of each window fall on the image, or else on the image and its padding."""
    low, high = (-window.before, window.size + window.after) if include_pad else (0, window.size)
    if low <= window.start(0) and window.start(window.output_size - 1) + window.span <= high:
        return np.full(window.output_size, window.kernel_size, np.int64)
    starts = np.arange(window.output_size) * window.stride - window.before
    # The first tap at or after an edge is ceil((edge - start) / dilation).
    first, stop = (np.clip(-((starts - edge) // window.dilation), 0, window.kernel_size) for edge in (low, high))
    return np.asarray(stop - first, np.int64)


def _infinities_allowed() -> np.errstate:
    # Infinities of both signs sum to NaN, as they should: no reason for a warning.
    return np.errstate(invalid="ignore", over="ignore")


def _limits(dtype: np.dtype[Any]) -> tuple[float, float]:
    if dtype.kind == "f":
        return -np.inf, np.inf
    if dtype.kind == "b":
        return False, True
    limits = np.iinfo(dtype)
    return int(limits.min), int(limits.max)


def _sum_dtype(pixels: Array, cells: int) -> np.dtype[Any]:
    if pixels.dtype.kind == "f":
        return np.dtype(np.float64)
    # Of 8 and 16 bits every value is thought possible; of wider ones that would promise too little.
    # Rounding a quotient adds up to half a value for each cell first; half is counted as one.
    narrow = pixels.dtype.itemsize <= 2
    lowest, highest = _limits(pixels.dtype) if narrow else (int(pixels.min()), int(pixels.max()))
    for candidate in (np.uint16, np.int32, np.int64):
        limits = np.iinfo(candidate)
        if limits.min <= lowest * cells and (highest + narrow) * cells <= limits.max:
            return np.dtype(candidate)
    raise ShapeError(
        f"{{image}} holds {lowest} to {highest}: the sum of {cells} such values may pass 64 bits; "
        "convert it to float64, or use a smaller window",
        parameter="kernel_size",
    )

"""Windows that are no rectangles: the runs of their rows, how many of their taps count, and their fold in NumPy.

A shape is (height, width) booleans, True where the window has a tap. `native/runs.h` folds the runs of its rows; what
comes out is said by `fold_shape`.
"""

import numpy as np
from numpy.typing import NDArray

from cnnfilt.core.engine.fold import Fold, tap_on_image
from cnnfilt.core.engine.images import Array
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import ShapeError

Shape = NDArray[np.bool_]
Counts = NDArray[np.int64]


def runs_of(shape: Shape) -> NDArray[np.int32]:
    """Return (row, first tap, taps) of each run of taps side by side, row by row: (n, 3)."""
    height, width = shape.shape
    framed = np.zeros((height, width + 2), np.int8)
    framed[:, 1:-1] = shape
    steps = np.diff(framed, axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, stops = np.nonzero(steps == -1)
    return np.stack([rows, starts, stops - starts], axis=1).astype(np.int32)


def runs_by_length(shape: Shape) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return (row, first tap, which length) of each run, (n, 3), and the lengths, which grow."""
    runs = runs_of(shape)
    lengths, which = np.unique(runs[:, 2], return_inverse=True)
    runs[:, 2] = which.reshape(-1)
    return runs, lengths.astype(np.int32)


def taps_of_windows(rows: Window, columns: Window, shape: Shape, *, include_pad: bool = False) -> Counts:
    """Return how many taps of each window fall on the image, or else on the image and its padding: (H', W')."""
    (tall, of_row), (wide, of_column) = (_places(window, include_pad=include_pad) for window in (rows, columns))
    return _counts(tall, shape, wide)[np.ix_(of_row, of_column)]


def check_shape_meets(windows: Windows, shape: Shape) -> None:
    """Refuse windows none of whose taps falls on the image: they have no value. Raises ShapeError."""
    (tall, _), (wide, _) = (_places(window) for window in windows)
    if not _counts(tall, shape, wide).all():
        raise ShapeError(
            "a window has no tap on {image}: its shape meets nothing but padding there; "
            "use a shape that holds its own middle, or less padding",
            parameter="window",
        )


def fold_shape(
    fold: Fold, source: Array, into: Array, windows: tuple[Window, Window], shape: Shape, first: int = 0, top: int = 0
) -> None:
    """Write to `into` (rows, W', C) the windows of rows `first` on, folded; `source` begins at image row `top`."""
    rows, columns = windows
    into.fill(fold.start)
    with np.errstate(invalid="ignore", over="ignore"):
        for row, column in np.argwhere(shape).tolist():
            down = tap_on_image(rows, row, first, first + len(into), top)
            along = tap_on_image(columns, column, 0, into.shape[1])
            if down is not None and along is not None:
                values = source[down[1], along[1]].astype(fold.dtype, copy=False)
                fold.combine(into[down[0], along[0]], values, out=into[down[0], along[0]])


def _counts(tall: Shape, shape: Shape, wide: Shape) -> Counts:
    # As floats, which are multiplied many times as fast, and hold such numbers exactly.
    return np.rint(tall.astype(np.float64) @ shape.astype(np.float64) @ wide.T.astype(np.float64)).astype(np.int64)


def _places(window: Window, *, include_pad: bool = False) -> tuple[Shape, NDArray[np.intp]]:
    """Return what windows see, each way once, (n, taps), and which of these it is for each window."""
    low, high = (-window.before, window.size + window.after) if include_pad else (0, window.size)
    taps = np.arange(window.kernel_size) * window.dilation
    starts = np.arange(window.output_size) * window.stride - window.before
    # Those that lie within see all; the others are few, and are looked at one by one.
    within = (starts >= low) & (starts + taps[-1] < high)
    beside = np.flatnonzero(~within)
    seen = np.concatenate([np.ones((1, len(taps)), bool), _between(starts[beside, np.newaxis] + taps, low, high)])
    which = np.zeros(len(starts), np.intp)
    which[beside] = 1 + np.arange(len(beside))
    return seen[0 if within.any() else 1 :], which - (not within.any())


def _between(positions: NDArray[np.int64], low: int, high: int) -> Shape:
    return (positions >= low) & (positions < high)

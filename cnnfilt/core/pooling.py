"""Pooling: the largest, smallest, average or middle value of each window, or its range; every channel on its own."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.fold import Fold, fold_of, lanes, taps_on_image
from cnnfilt.core.engine.images import Array, as_image, like_image
from cnnfilt.core.engine.medians import MedianJob
from cnnfilt.core.engine.memory import room
from cnnfilt.core.engine.pooled import PoolingJob
from cnnfilt.core.engine.ranges import RangeJob, difference_dtype, subtract
from cnnfilt.core.engine.scale import Range
from cnnfilt.core.engine.shapes import Shape, check_shape_meets
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.core.levels import Levels, Mapped, apply_levels, write_levels
from cnnfilt.core.noise import nearly_equal
from cnnfilt.describe.operations import Pooling, Windowed
from cnnfilt.describe.window import Window, as_pair
from cnnfilt.describe.window_shapes import typed_window
from cnnfilt.describe.windows import Windows, adaptive_bounds
from cnnfilt.errors import ParameterError
from cnnfilt.terms import Padding, Pair, PoolKind


def pool(
    image: npt.ArrayLike,
    kernel_size: int | Pair | None = None,
    *,
    kind: PoolKind = "max",
    stride: int | Pair | None = None,
    padding: Padding = 0,
    dilation: int | Pair = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = False,
    window: str | None = None,
) -> Array:
    """Return the largest, smallest, average or middle value of each window, or its range: (H', W') or (H', W', C).

    Max, min and median keep the image's dtype and propagate NaN; padding never wins. The median of an even number of
    values is the lower of the two in the middle, as in PyTorch. The range is the largest minus the smallest, of a type
    that holds it: the image's, for signed integers one twice as wide. Averages are float32 (float64 for float64
    and for integers of more than 16 bits), of exact sums where the image holds integers; padding does not count, unless
    `count_include_pad`, which counts the padding as zeros, but not what a window of `ceil_mode` reaches beyond it (as
    PyTorch has it).
    `window` is its shape where it is no rectangle: "disk:R" (x^2 + y^2 <= R^2), "cross" or "diamond" of the kernel
    size. That is 2 unless given, for a cross or diamond 3; `stride` is the kernel size unless given. Raises
    ParameterError when the padding is over half the span, ShapeError when no window fits, or one lies wholly in the
    padding.

    >>> pool([[1, 5, 2], [3, 4, 9]], kind="avg", stride=1).tolist()
    [[3.25, 5.0]]
    """
    asked = Pooling(
        kernel_size=None if kernel_size is None else as_pair(kernel_size, "kernel_size"),
        stride=None if stride is None else as_pair(stride, "stride"),
        padding=padding,
        dilation=as_pair(dilation, "dilation"),
        kind=kind,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        window=None if window is None else typed_window(window),
    )
    return pool_as_asked(image, asked)


def pool_as_asked(image: npt.ArrayLike, asked: Pooling) -> Array:
    """Return what `pool` returns, or `global_pool` or `adaptive_pool`, for a whole description."""
    if asked.output_size is not None:
        return adaptive_pool(image, asked.output_size, kind=asked.kind)
    job = _job(image, asked)
    result = room(job.shape, np.dtype(job.fold.result))
    job.write(result)
    return like_image(result, image)


def pool_to_levels(image: npt.ArrayLike, asked: Pooling, levels: Levels) -> Mapped:
    """Return what `pool_as_asked` returns as pixels, and what the mapping could not show.

    Averages of 8 or 16 bits are rounded from their exact quotients, half to even, without ever being floats;
    nothing is lost then, and the loss's lowest and highest value are rounded like the pixels.
    """
    if asked.output_size is not None:
        pooled = pool_as_asked(image, asked)
        return Mapped(*apply_levels(pooled, levels, are_alike=_are_alike(asked, pooled.dtype)))
    job = _job(image, asked)
    pixels = room(job.shape, levels.pixel_dtype(job.fold.result))
    loss = write_levels(job, pixels, levels, are_alike=_are_alike(asked, np.dtype(job.fold.result)))
    return Mapped(like_image(pixels, image), loss)


def _are_alike(asked: Pooling, dtype: np.dtype) -> Callable[[Range], bool] | None:
    """Return what tells averages that are the same but for rounding; what is picked is not rounded."""
    return partial(nearly_equal, dtype=dtype) if asked.kind == "avg" else None


def pool_with_indices(
    image: npt.ArrayLike,
    kernel_size: int | Pair = 2,
    *,
    kind: PoolKind = "max",
    stride: int | Pair | None = None,
    padding: Padding = 0,
    dilation: int | Pair = 1,
    ceil_mode: bool = False,
) -> tuple[Array, npt.NDArray[np.int64]]:
    """Return what `pool` returns, and where each value was found: its flat h * W + w in its own channel.

    The indices are into the unpadded image; of equal values the first in row-major order counts, of NaNs too.
    Raises as `pool` does, and ParameterError for averages, which lie nowhere.

    >>> pool_with_indices([[1, 5, 2], [3, 4, 9]], stride=1)[1].tolist()
    [[1, 5]]
    """
    asked = Pooling(
        kernel_size=as_pair(kernel_size, "kernel_size"),
        stride=None if stride is None else as_pair(stride, "stride"),
        padding=padding,
        dilation=as_pair(dilation, "dilation"),
        kind=kind,
        ceil_mode=ceil_mode,
    )
    return pool_and_locate(image, asked)


def pool_and_locate(image: npt.ArrayLike, asked: Pooling) -> tuple[Array, npt.NDArray[np.int64]]:
    """Return what `pool_with_indices` returns, for a whole description."""
    pixels = as_image(image)
    rows, columns = windows_of(pixels, asked)
    if asked.kind not in ("max", "min"):
        raise ParameterError(f"indices are for kind 'max' or 'min', not {asked.kind!r}", parameter="kind")
    fold = fold_of(asked.kind, pixels, 1)
    height, width, channels = pixels.shape
    values = np.empty((rows.output_size, columns.output_size, channels), pixels.dtype)
    indices = np.empty(values.shape, np.int64)
    for first, last in strip_edges(rows, width * channels * indices.itemsize):
        top, bottom = max(rows.start(first), 0), min(rows.start(last - 1) + rows.span, height)
        strip = pixels[top:bottom]
        places = np.broadcast_to(np.arange(top * width, bottom * width).reshape(-1, width, 1), strip.shape)
        best = np.empty((bottom - top, *values.shape[1:]), fold.dtype)
        found = np.empty(best.shape, np.int64)
        # Along the rows first, then down them: in the first row with the value its first column wins.
        for lane in lanes(columns, channels):
            source, where, into, at = (array[..., lane].swapaxes(0, 1) for array in (strip, places, best, found))
            _lead(fold, source, where, into, at, columns)
        _lead(fold, best, found, values[first:last], indices[first:last], rows, first, top)
    return like_image(values, image), like_image(indices, image)


def global_pool(image: npt.ArrayLike, *, kind: PoolKind = "max") -> Array:
    """Return each channel's largest, smallest or average value: (1, 1) or (1, 1, C), with the dtypes of `pool`."""
    return adaptive_pool(image, 1, kind=kind)


def adaptive_pool(image: npt.ArrayLike, output_size: int | Pair, *, kind: PoolKind = "max") -> Array:
    """Return `output_size` values over windows that cover the image: (H', W') or (H', W', C), dtypes as in `pool`.

    Window i of o over n positions is [floor(i * n / o), ceil((i + 1) * n / o)), as in PyTorch: neighbours may
    share a row or a column, and there may be more windows than positions.

    >>> adaptive_pool([[1, 2, 3, 4, 5]], (1, 2)).tolist()
    [[3, 5]]
    """
    pixels = as_image(image)
    height, width, channels = pixels.shape
    sizes = as_pair(output_size, "output_size")
    rows, columns = adaptive_bounds(height, sizes[0]), adaptive_bounds(width, sizes[1])
    if kind == "range":
        high, low = (adaptive_pool(pixels, sizes, kind=one) for one in ("max", "min"))
        return like_image(subtract(high, low, np.empty(high.shape, difference_dtype(pixels))), image)
    if kind == "median":
        return like_image(_adaptive_medians(pixels, rows, columns), image)
    tall, wide = (np.array([stop - start for start, stop in bounds]) for bounds in (rows, columns))
    fold = fold_of(kind, pixels, int(tall.max() * wide.max()))
    result = np.empty((*sizes, channels), fold.result)
    edges = strip_edges(Window(sizes[0], 1), 0, (width + 1) * channels * fold.dtype.itemsize)
    down = np.full((edges[0][1], width + 1, channels), fold.start, fold.dtype)
    for first, last in edges:
        for target, (start, stop) in zip(down, rows[first:last], strict=False):
            fold.reduce(pixels[start:stop], target[:width])
        across = fold.reduce_spans(down[: last - first], columns)
        fold.finish(across, (tall[first:last], wide), result[first:last])
    return like_image(result, image)


def _adaptive_medians(pixels: Array, rows: list[Pair], columns: list[Pair]) -> Array:
    result = np.empty((len(rows), len(columns), pixels.shape[2]), pixels.dtype)
    for y, (top, bottom) in enumerate(rows):
        for x, (left, right) in enumerate(columns):
            values = pixels[top:bottom, left:right].reshape(-1, pixels.shape[2])
            middle = (len(values) - 1) // 2
            result[y, x] = np.partition(values, middle, axis=0)[middle]
            if pixels.dtype.kind == "f":
                result[y, x, np.isnan(values).any(axis=0)] = np.nan
    return result


def windows_of(pixels: Array, asked: Pooling) -> Windows:
    """Return the windows over `pixels` (H, W, C), once each of them is known to meet the image."""
    windows = asked.slide.over((pixels.shape[0], pixels.shape[1])).check_pool_padding()
    shape = shape_of(asked)
    if shape is not None:
        check_shape_meets(windows, shape)
    return windows


def _job(image: npt.ArrayLike, asked: Pooling) -> PoolingJob:
    pixels = as_image(image)
    rows, columns = windows_of(pixels, asked)
    window = shape_of(asked)
    if asked.kind == "median":
        return MedianJob(pixels, rows, columns, window=window)
    if asked.kind == "range":
        return RangeJob(pixels, rows, columns, window=window)
    fold = fold_of(asked.kind, pixels, rows.kernel_size * columns.kernel_size)
    return PoolingJob(fold, pixels, rows, columns, include_pad=asked.count_include_pad, window=window)


def shape_of(asked: Windowed) -> Shape | None:
    """Return which taps the window has, (height, width) booleans; None for all of them."""
    return None if asked.taps is None else np.array(asked.taps, bool)


def _lead(
    fold: Fold, source: Array, places: Array, best: Array, found: Array, window: Window, first: int = 0, top: int = 0
) -> None:
    """Write the first largest (smallest) value of each window of `source` to `best`, its entry in `places` to `found`.

    The windows run along the first axis, from `first` on, one for each row of `best`; `source` and `places`
    begin at position `top`. A NaN beats everything but an earlier NaN.
    """
    beats = np.greater if fold.combine is np.maximum else np.less
    best[...], found[...] = fold.start, -1
    for outs, ins in taps_on_image(window, first, first + len(best), top):
        leader, where, rival = best[outs], found[outs], source[ins]
        wins = beats(rival, leader) | (where < 0)
        if rival.dtype.kind == "f":
            wins |= np.isnan(rival) & ~np.isnan(leader)
        fold.combine(leader, rival, out=leader)
        # A copy under a mask is six times as slow: it mispredicts a branch for every other value.
        where += (places[ins] - where) * wins

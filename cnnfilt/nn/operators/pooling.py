"""Pooling: the largest or the mean of each window, or of all there is, along any number of axes."""

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from cnnfilt.describe.graphs.sliding import sliding
from cnnfilt.describe.window import Window
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.borders import with_border
from cnnfilt.nn.operators.layout import first, in_rows
from cnnfilt.nn.operators.reductions import means
from cnnfilt.nn.operators.task import Arrays, Make, Task, plain


def largest(task: Task, x: Array) -> Array | Arrays:
    """MaxPool: padding counts as the lowest number there is; the second output says where each largest was."""
    windows, images = _windows(task), in_rows(x)
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    padded = with_border(images, windows, lowest)
    taps = _taps(padded, windows)
    highest = next(taps).copy()
    if len(task.node.outputs) > 1:
        return _largest_and_where(task, x, padded, windows)
    for values in taps:
        np.maximum(highest, values, out=highest)
    return first(highest)


def _largest_and_where(task: Task, x: Array, padded: Array, windows: Sequence[Window]) -> Arrays:
    """Return the largest of each window, and its place among all numbers of the file's (N, C, ...)."""
    sides = x.shape[2:]
    # Counted in rows or, where that is asked for, in columns.
    numbers = np.arange(prod(sides))
    at = numbers.reshape(sides[::-1]).T if task.whole("storage_order", 0) else numbers.reshape(sides)
    places = _taps(with_border(at.reshape(1, *sides, 1), windows, 0), windows)
    taps = _taps(padded, windows)
    highest = next(taps).copy()
    where = np.broadcast_to(next(places), highest.shape).copy()
    for values, place in zip(taps, places, strict=True):
        higher = values > highest
        np.copyto(where, np.broadcast_to(place, where.shape), where=higher)
        np.maximum(highest, values, out=highest)
    images, channels = x.shape[:2]
    start = np.arange(images * channels).reshape(images, channels, *(1,) * len(sides)) * prod(sides)
    return first(highest), np.asarray(first(where) + start, np.int64)


def averages(task: Task, x: Array) -> Array:
    """AveragePool: the mean of each window; padding counts where that is asked for, what lies beyond it never."""
    windows, images = _windows(task), in_rows(x)
    taps = _taps(with_border(images, windows, 0), windows)
    total = next(taps).copy()
    for values in taps:
        total += values
    total /= _counts(windows, padding=bool(task.whole("count_include_pad", 0))).astype(x.dtype)
    return first(total)


def _counts(windows: Sequence[Window], *, padding: bool) -> Array:
    """Return how many numbers each window counts, (sizes out..., 1)."""
    counts = np.ones(1)
    for one in windows:
        at = np.arange(one.output_size)[:, None] * one.stride + np.arange(one.kernel_size) * one.dilation - one.before
        low, high = (-one.before, one.size + one.after) if padding else (0, one.size)
        counts = counts[..., None] * ((at >= low) & (at < high)).sum(axis=1)
    return counts.reshape(*(one.output_size for one in windows), 1)


def _windows(task: Task) -> list[Window]:
    return sliding(task, task.value(0), (), ceil=bool(task.whole("ceil_mode", 0)))


def _taps(padded: Array, windows: Sequence[Window]) -> Iterator[Array]:
    """Yield what each tap of every window meets, as views (N, sizes out..., C)."""
    for tap in np.ndindex(*(one.kernel_size for one in windows)):
        parts = (
            slice(place * one.dilation, place * one.dilation + (one.output_size - 1) * one.stride + 1, one.stride)
            for place, one in zip(tap, windows, strict=True)
        )
        yield padded[(slice(None), *parts)]


def whole_mean(task: Task, x: Array) -> Array:
    """GlobalAveragePool: one mean for each channel."""
    return means(x, tuple(range(2, x.ndim)))


def whole_largest(task: Task, x: Array) -> Array:
    """GlobalMaxPool: one number for each channel."""
    return np.asarray(x.max(axis=tuple(range(2, x.ndim)), keepdims=True))


OPERATORS: dict[str, Make] = {
    "MaxPool": plain(largest),
    "AveragePool": plain(averages),
    "GlobalAveragePool": plain(whole_mean),
    "GlobalMaxPool": plain(whole_largest),
}

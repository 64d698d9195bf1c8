"""The pooling layers of the notes. They have no parameters, so nothing is trained here."""

from math import prod

import numpy as np

from cnnfilt.core.morphology import morph_as_asked
from cnnfilt.core.pooling import pool_as_asked
from cnnfilt.describe.layers import Effect, MorphLayer, PoolLayer
from cnnfilt.describe.windows import Slide, Windows, adaptive_bounds
from cnnfilt.errors import ParameterError
from cnnfilt.nn.layer import Array, Layer, Weights
from cnnfilt.nn.window_views import WindowViews, views_of
from cnnfilt.terms import Pair, PoolKind


class _Pool2D(Layer):
    def __init__(self, slide: Slide) -> None:
        """Take how the window slides."""
        super().__init__()
        self.slide = slide

    def _views_of(self, x: Array) -> WindowViews:
        views = views_of(self.slide, x.shape[1:3])
        views.windows.check_pool_padding()
        return views


class MaxPool2D(_Pool2D):
    """P = the maximum of each window; dP goes to where the maximum stood (of equal ones, to the first)."""

    def forward(self, x: Array) -> Array:
        """Return P, (N, H', W', C); padding is minus infinity and never wins."""
        self._views = self._views_of(x)
        padded = self._views.padded(x, -np.inf)
        taps = self._views.windows.taps
        highest = self._views.at(padded, next(taps)).copy()
        narrow = prod(self._views.windows.kernel_size) <= 128
        self._where = np.zeros(highest.shape, np.int8 if narrow else np.int64)
        for number, tap in enumerate(taps, 1):
            values = self._views.at(padded, tap)
            # Later numbers are higher, so a maximum puts them in place; a mask would take four times as long.
            np.maximum(self._where, (values > highest) * self._where.dtype.type(number), out=self._where)
            np.maximum(highest, values, out=highest)
        return highest

    def backward(self, d_output: Array) -> Array:
        """Return dC: dP where C was the maximum, 0 elsewhere."""
        return self._views.sent_back(d_output, lambda number: d_output * (self._where == number))


class MinPool2D(MaxPool2D):
    """P = the minimum of each window, which is the maximum with all signs turned; dP goes to where it stood."""

    def forward(self, x: Array) -> Array:
        """Return P, (N, H', W', C); padding is infinity and never wins."""
        return -super().forward(-x)


class AveragePool2D(_Pool2D):
    """P = the mean of each window, padding not counted; dP is shared evenly: 1/4 each for 2x2."""

    def forward(self, x: Array) -> Array:
        """Return P, (N, H', W', C)."""
        self._views, self._shape = self._views_of(x), x.shape
        windows = self._views.windows
        if _is_whole(windows) and x.shape[3] > 1:
            # One sum for each channel, position by position as below: there may be too many for a view of each.
            self._counts = x.dtype.type(prod(windows.size))
            return np.asarray(x.sum(axis=(1, 2), keepdims=True) / self._counts)
        padded = self._views.padded(x)
        inside = self._views.padded(np.ones((1, *x.shape[1:3], 1), x.dtype))
        self._counts = sum(self._views.at(inside, tap) for tap in windows.taps)
        total = sum(self._views.at(padded, tap) for tap in windows.taps)
        return np.asarray(total / self._counts)

    def backward(self, d_output: Array) -> Array:
        """Return dC: every cell of a window gets dP over the number of cells."""
        share = d_output / self._counts
        if _is_whole(self._views.windows):
            return np.broadcast_to(share, self._shape)
        return self._views.sent_back(d_output, lambda number: share)


def _is_whole(windows: Windows) -> bool:
    """Return whether there is one window, which covers all of the input and nothing else."""
    return all(
        window.span == window.size == window.kernel_size and not (window.before or window.after or window.overhang)
        for window in windows
    )


class MedianPool2D(_Pool2D):
    """P = the value in the middle of each window, of an even number the lower one; dP goes to where it stood.

    Padding does not count.
    """

    def forward(self, x: Array) -> Array:
        """Return P, (N, H', W', C)."""
        self._views = self._views_of(x)
        inside = self._views.padded(np.ones((1, *x.shape[1:3], 1), np.int64))
        counts = sum(self._views.at(inside, tap) for tap in self._views.windows.taps)
        met = self._views.unfolded(self._views.padded(x, np.inf)).reshape(
            len(x), *self._views.windows.output_size, -1, x.shape[3]
        )
        middle = np.asarray((counts - 1) // 2)[..., None, :]
        self._where = np.take_along_axis(met.argsort(axis=3, kind="stable"), middle, axis=3)
        return np.take_along_axis(met, self._where, axis=3)[:, :, :, 0]

    def backward(self, d_output: Array) -> Array:
        """Return dC: dP where C was in the middle, 0 elsewhere."""
        where = self._where[:, :, :, 0]
        return self._views.sent_back(d_output, lambda number: d_output * (where == number))


class RangePool2D(_Pool2D):
    """P = the largest value of each window less the smallest; dP goes to where that stood, and -dP to where this."""

    def __init__(self, slide: Slide) -> None:
        """Take how the window slides."""
        super().__init__(slide)
        self._largest, self._smallest = MaxPool2D(slide), MinPool2D(slide)

    def forward(self, x: Array) -> Array:
        """Return P, (N, H', W', C)."""
        return self._largest.forward(x) - self._smallest.forward(x)

    def backward(self, d_output: Array) -> Array:
        """Return dC."""
        return self._largest.backward(d_output) - self._smallest.backward(d_output)


class AdaptivePool2D(Layer):
    """As many windows as are wanted, each pooled by itself: window i of o covers floor(i n / o) to ceil((i + 1) n / o).

    Neighbours may share a row or a column, which then gets a part of both their dP.
    """

    def __init__(self, kind: type[_Pool2D], wanted: Pair) -> None:
        """Take what is kept of each window, and how many rows and columns of them there are."""
        super().__init__()
        self._kind, self._wanted = kind, wanted

    def forward(self, x: Array) -> Array:
        """Return P, (N, rows, columns, C)."""
        self._shape = x.shape
        rows, columns = (adaptive_bounds(n, out) for n, out in zip(x.shape[1:3], self._wanted, strict=True))
        places = [[(slice(*row), slice(*column)) for column in columns] for row in rows]
        self._pools = [[(at, self._kind(Slide(_size_of(at)))) for at in line] for line in places]
        lines = [[pool.forward(x[:, at[0], at[1]]) for at, pool in line] for line in self._pools]
        return np.concatenate([np.concatenate(line, axis=2) for line in lines], axis=1)

    def backward(self, d_output: Array) -> Array:
        """Return dC: each window sends back its own part, to its own place."""
        d_x = np.zeros(self._shape, d_output.dtype)
        for row, line in enumerate(self._pools):
            for column, (at, pool) in enumerate(line):
                d_x[:, at[0], at[1]] += pool.backward(d_output[:, row : row + 1, column : column + 1])
        return d_x


def _size_of(at: tuple[slice, slice]) -> Pair:
    return at[0].stop - at[0].start, at[1].stop - at[1].start


POOLS: dict[PoolKind, type[_Pool2D]] = {
    "max": MaxPool2D,
    "avg": AveragePool2D,
    "min": MinPool2D,
    "median": MedianPool2D,
    "range": RangePool2D,
}


def pool_layer(layer: PoolLayer, effect: Effect, weights: Weights) -> Layer:
    """Return the layer as it is trained."""
    if layer.pooling.adaptive is not None:
        return AdaptivePool2D(POOLS[layer.pooling.kind], layer.pooling.adaptive)
    assert effect.windows is not None, "other pooling has windows"
    return POOLS[layer.pooling.kind](layer.slide(effect.windows.size))


def morph_layer(layer: MorphLayer, effect: Effect, weights: Weights) -> Layer:
    """Raise ParameterError: no gradient is said here."""
    raise ParameterError(f"layer {layer.word} cannot be trained; leave it to cnnfilt apply")


def morph_output(layer: MorphLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return one image (H, W, C) after the operation, by the core."""
    return morph_as_asked(x, layer.asked)


def pool_output(layer: PoolLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return one image (H, W, C) pooled, by the core."""
    return pool_as_asked(x, layer.pooling)

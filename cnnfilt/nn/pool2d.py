"""The pooling layers of the notes. They have no parameters, so nothing is trained here."""

from math import prod

import numpy as np

from cnnfilt.core.morphology import morph_as_asked
from cnnfilt.core.pooling import pool_as_asked
from cnnfilt.describe.layers import Effect, MorphLayer, PoolLayer
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ParameterError
from cnnfilt.nn.layer import Array, Layer, Weights
from cnnfilt.nn.window_views import WindowViews
from cnnfilt.terms import PoolKind


class _Pool2D(Layer):
    def __init__(self, slide: Slide) -> None:
        """Take how the window slides."""
        super().__init__()
        self.slide = slide

    def _views_of(self, x: Array) -> WindowViews:
        return WindowViews(self.slide.over(x.shape[1:3]).check_pool_padding())


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
        self._views = self._views_of(x)
        padded = self._views.padded(x)
        inside = self._views.padded(np.ones((1, *x.shape[1:3], 1), x.dtype))
        self._counts = sum(self._views.at(inside, tap) for tap in self._views.windows.taps)
        total = sum(self._views.at(padded, tap) for tap in self._views.windows.taps)
        return np.asarray(total / self._counts)

    def backward(self, d_output: Array) -> Array:
        """Return dC: every cell of a window gets dP over the number of cells."""
        share = d_output / self._counts
        return self._views.sent_back(d_output, lambda number: share)


POOLS: dict[PoolKind, type[_Pool2D]] = {"max": MaxPool2D, "avg": AveragePool2D, "min": MinPool2D}


def pool_layer(layer: PoolLayer, effect: Effect, weights: Weights) -> Layer:
    """Return the layer as it is trained. ParameterError for a kind whose gradient is not said here."""
    assert effect.windows is not None, "pooling has windows"
    if layer.pooling.kind not in POOLS:
        raise ParameterError(f"layer {layer.word} cannot be trained; of pooling that is max, avg and min")
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

"""More rows and columns: each value repeated, or values between them."""

import numpy as np

from cnnfilt.describe.layers import Effect, UpLayer
from cnnfilt.nn.layer import Array, Layer, Weights, float_type
from cnnfilt.terms import Pair


class Repeat(Layer):
    """Every value stands in so many rows and columns of Y; dX is the sum of what each of them gets."""

    def __init__(self, factor: Pair) -> None:
        """Take how many rows, and how many columns."""
        super().__init__()
        self.factor = factor

    def forward(self, x: Array) -> Array:
        """Return Y, (N, rows H, columns W, C)."""
        return x.repeat(self.factor[0], axis=1).repeat(self.factor[1], axis=2)

    def backward(self, d_output: Array) -> Array:
        """Return dX."""
        images, height, width, channels = d_output.shape
        rows, columns = self.factor
        apart = d_output.reshape(images, height // rows, rows, width // columns, columns, channels)
        return np.asarray(apart.sum(axis=(2, 4)))


class Interpolate(Layer):
    """Values between those of X, in a straight line, along the rows and then along the columns.

    Value o of Y lies at place (o + 1/2) / factor - 1/2 of X (half-pixel centres, the borders continued):

        Y[o] = (1 - w) X[i] + w X[i + 1],  where o lies w behind i
        dX[i] = the sum of (1 - w) dY[o] over all o behind i, and of w dY[o] over all o before it
    """

    def __init__(self, factor: Pair) -> None:
        """Take how many rows come of one, and how many columns."""
        super().__init__()
        self.factor = factor

    def forward(self, x: Array) -> Array:
        """Return Y, (N, rows H, columns W, C)."""
        for axis, factor in enumerate(self.factor, 1):
            x = np.moveaxis(_between(np.moveaxis(x, axis, 0), factor), 0, axis)
        return x

    def backward(self, d_output: Array) -> Array:
        """Return dX."""
        for axis, factor in enumerate(self.factor, 1):
            d_output = np.moveaxis(_sent_back(np.moveaxis(d_output, axis, 0), factor), 0, axis)
        return d_output


def _between(x: Array, factor: int) -> Array:
    """Return `factor` values for each of the first axis."""
    if factor == 1:
        return x
    bordered = np.concatenate([x[:1], x, x[-1:]])
    y = np.empty((len(x) * factor, *x.shape[1:]), x.dtype)
    for phase in range(factor):
        first, weight = place_between(phase, factor)
        low, high = bordered[first : first + len(x)], bordered[first + 1 : first + 1 + len(x)]
        y[phase::factor] = low + (high - low) * x.dtype.type(weight)
    return y


def _sent_back(d_output: Array, factor: int) -> Array:
    """Return what `_between` sends back."""
    if factor == 1:
        return d_output
    count = len(d_output) // factor
    d_bordered = np.zeros((count + 2, *d_output.shape[1:]), d_output.dtype)
    for phase in range(factor):
        first, weight = place_between(phase, factor)
        part, behind = d_output[phase::factor], d_output.dtype.type(weight)
        d_bordered[first : first + count] += part * (1 - behind)
        d_bordered[first + 1 : first + 1 + count] += part * behind
    # Beyond the borders stood the outermost values.
    d_bordered[1] += d_bordered[0]
    d_bordered[-2] += d_bordered[-1]
    return d_bordered[1:-1]


def place_between(phase: int, factor: int) -> tuple[int, float]:
    """Return behind which value, with one more before the first, output number `phase` lies, and how far."""
    below, rest = divmod(2 * phase + 1 - factor, 2 * factor)
    return below + 1, rest / (2 * factor)


def up_layer(layer: UpLayer, effect: Effect, weights: Weights) -> Layer:
    """Return the layer as it is trained; it has nothing that learns."""
    return Repeat(layer.factor) if layer.mode == "nearest" else Interpolate(layer.factor)


def up_output(layer: UpLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return one image (H, W, C) with more rows and columns; values that are repeated keep their type."""
    made = up_layer(layer, effect, weights)
    if layer.mode == "nearest":
        return np.asarray(made.forward(x[None])[0])
    return np.asarray(made.forward(x[None].astype(float_type(x.dtype), copy=False))[0])

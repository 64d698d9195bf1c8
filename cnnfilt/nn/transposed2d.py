"""The transposed convolution as a layer: each input value stamps the kernel, and its three gradients."""

import math

import numpy as np

from cnnfilt.core.transposed import transpose_batch
from cnnfilt.describe.layers import Effect, TransposedLayer
from cnnfilt.describe.transposed import TransposedSlide
from cnnfilt.errors import ShapeError, counted
from cnnfilt.nn.layer import Array, Layer, Weights

_BLOCK = 4 << 20
"""So many bytes of stamps are written out at once: enough for a fast product, and little memory."""


class TransposedConv2D(Layer):
    """Z = conv_t(X, K) + B for a batch (N, H, W, C): every input value stamps its kernel onto the output.

    Tap by tap, with p rows and columns taken off before the first:

        Z[y s + i d - p] += X[y] K[i]^T                                     stamped
        dL/dX[y]    = sum over taps  dL/dZ[y s + i d - p] K[i]              conv(dL/dZ, K)
        dL/dK[i]    = sum over y     dL/dZ[y s + i d - p]^T X[y]            conv(dL/dZ, X)
        dL/dB       = sum over all   dL/dZ                                  sum(dL/dZ)

    What falls outside Z takes no part. All that the stamp of each X[y] covers is one row of a matrix, a tap after the
    other, so that each is a product: stamps = X K^T, dL/dX = covered K, dL/dK = covered^T X.
    """

    def __init__(
        self, kernel: Array, bias: Array | None = None, *, slide: TransposedSlide | None = None, groups: int = 1
    ) -> None:
        """Take `kernel` (height, width, out_channels / groups, in_channels) and `bias` (out_channels,), or none.

        A `slide` of None is the kernel's own size, a stride of 1, and no padding.
        """
        super().__init__()
        self.parameters["kernel"] = kernel
        if bias is not None:
            self.parameters["bias"] = bias
        self.slide = slide or TransposedSlide((kernel.shape[0], kernel.shape[1]))
        self.groups = groups

    def forward(self, x: Array) -> Array:
        """Return Z, (N, H', W', out_channels)."""
        kernel = self.parameters["kernel"]
        if x.ndim != 4 or x.shape[3] != kernel.shape[3]:
            raise ShapeError(f"a transposed convolution of {counted(kernel.shape[3], 'channels')} got {x.shape}")
        self._x, self._stamps = x, Stamps(self.slide, x.shape[1:3])
        maps = kernel.shape[2] * self.groups
        z = np.zeros((len(x), *self._stamps.windows.output_size, maps), np.result_type(x, kernel))
        for images in self._blocks():
            for inputs, outputs, matrix in self._parts():
                self._stamps.add(x[images, :, :, inputs] @ matrix.T, z[images, :, :, outputs])
        return np.add(z, self.parameters["bias"], out=z) if "bias" in self.parameters else z

    def fill_gradients(self, d_output: Array) -> None:
        """Put dL/dK and dL/dB into the gradients."""
        kernel = self.parameters["kernel"]
        d_kernel = np.zeros((kernel[..., 0].size, kernel.shape[3]), np.result_type(d_output, self._x))
        for images in self._blocks():
            for inputs, outputs, _ in self._parts():
                x = self._x[images, :, :, inputs]
                covered = self._stamps.covered(d_output[images, :, :, outputs])
                d_kernel[:, inputs] += covered.reshape(-1, len(d_kernel)).T @ x.reshape(-1, x.shape[3])
        self.gradients["kernel"] = d_kernel.reshape(kernel.shape)
        if "bias" in self.parameters:
            self.gradients["bias"] = d_output.sum(axis=(0, 1, 2))

    def backward(self, d_output: Array) -> Array:
        """Return dL/dX; dL/dK and dL/dB go to the gradients."""
        self.fill_gradients(d_output)
        d_x = np.empty(self._x.shape, np.result_type(d_output, self.parameters["kernel"]))
        for images in self._blocks():
            for inputs, outputs, matrix in self._parts():
                d_x[images, :, :, inputs] = self._stamps.covered(d_output[images, :, :, outputs]) @ matrix
        return d_x

    def _parts(self) -> list[tuple[slice, slice, Array]]:
        """Return (input channels, output channels, K (taps * out_channels, in_channels)) of each group."""
        kernel = self.parameters["kernel"]
        size, maps = kernel.shape[3] // self.groups, kernel.shape[2]
        matrix = kernel.reshape(-1, kernel.shape[3])
        inputs = [slice(group * size, (group + 1) * size) for group in range(self.groups)]
        return [(part, slice(g * maps, (g + 1) * maps), matrix[:, part]) for g, part in enumerate(inputs)]

    def _blocks(self) -> list[slice]:
        """Return the images whose stamps are written out together."""
        kernel = self.parameters["kernel"]
        each = self._x[0, :, :, 0].size * kernel[..., 0].size * kernel.itemsize
        step = max(1, _BLOCK // each)
        return [slice(first, first + step) for first in range(0, len(self._x), step)]


class Stamps:
    """Where the stamps of inputs of one size fall."""

    def __init__(self, slide: TransposedSlide, size: tuple[int, ...]) -> None:
        self.windows = slide.over((size[0], size[1]))
        rows, columns = ([axis.met_by(tap) for tap in range(axis.kernel_size)] for axis in self.windows)
        # Of each tap: the inputs whose stamp lays it on the output, and where it falls.
        self._taps = [(_places(down[0], across[0]), _places(down[1], across[1])) for down in rows for across in columns]

    def add(self, stamps: Array, z: Array) -> None:
        """Add each of `stamps` (N, H, W, taps * C) to what it covers of `z` (N, H', W', C)."""
        apart = stamps.reshape(*stamps.shape[:3], len(self._taps), -1)
        for tap, (stamping, covered) in enumerate(self._taps):
            z[covered] += apart[stamping][..., tap, :]

    def covered(self, d_z: Array) -> Array:
        """Return what each stamp covers of `d_z` (N, H', W', C), (N, H, W, taps * C); outside it there is 0."""
        found = np.zeros((len(d_z), *self.windows.size, len(self._taps), d_z.shape[3]), d_z.dtype)
        for tap, (stamping, covered) in enumerate(self._taps):
            found[stamping][..., tap, :] = d_z[covered]
        return found.reshape(*found.shape[:3], -1)


def _places(rows: range, columns: range) -> tuple[slice, slice, slice]:
    down, across = (slice(one.start, one.stop, one.step) for one in (rows, columns))
    return slice(None), down, across


def transposed_layer(layer: TransposedLayer, effect: Effect, weights: Weights) -> TransposedConv2D:
    """Return a transposed convolution as it is trained."""
    return TransposedConv2D(weights["kernel"], weights.get("bias"), slide=layer.slide, groups=layer.groups)


def transposed_output(layer: TransposedLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return the maps of a transposed convolution for one image (H, W, C)."""
    batch = transpose_batch(x[np.newaxis], weights["kernel"], weights.get("bias"), layer.slide, groups=layer.groups)
    return np.asarray(batch[0])


def transposed_fans(layer: TransposedLayer, effect: Effect) -> tuple[float, float]:
    """Return how many inputs a value sums over, on average, and how many sums an input takes part in."""
    taps, steps = math.prod(layer.slide.kernel_size), math.prod(layer.slide.stride)
    return taps / steps * effect.weights[3] / layer.groups, taps * effect.weights[2]

"""The depthwise convolution: every channel by itself, with filters of its own."""

import numpy as np

from cnnfilt.core.convolution import convolve_batch
from cnnfilt.describe.layers import DepthwiseLayer, Effect
from cnnfilt.describe.windows import Slide
from cnnfilt.nn.layer import Array, Layer, Weights
from cnnfilt.nn.window_views import views_of


class Depthwise(Layer):
    """Z = X K + B, tap by tap: every channel c of X meets its own filters K[i, c], and no other channel.

        Z[y, c, f]     = sum over taps  X[y s + i d, c] K[i, c, f] + B
        dL/dK[i, c, f] = sum over y     X[y s + i d, c] dL/dZ[y, c, f]
        dL/dB          = sum over y     dL/dZ[y]
        dL/dX          = every tap adds the sum over f of dL/dZ[y, c, f] K[i, c, f] to the X it met

    The maps of a channel follow one another.
    """

    def __init__(self, kernel: Array, bias: Array | None, slide: Slide) -> None:
        """Take `kernel` (height, width, channels, filters for each) and `bias` (channels * filters,), or none."""
        super().__init__()
        self.parameters["kernel"] = kernel
        if bias is not None:
            self.parameters["bias"] = bias
        self.slide = slide

    def forward(self, x: Array) -> Array:
        """Return Z, (N, H', W', channels * filters)."""
        kernel = self.parameters["kernel"]
        self._views = views_of(self.slide, (x.shape[1], x.shape[2]))
        self._padded = self._views.padded(x)
        shape = len(x), *self._views.windows.output_size, *kernel.shape[2:]
        z = np.zeros(shape, np.result_type(x, kernel))
        for tap in self._views.windows.taps:
            z += self._views.at(self._padded, tap)[..., None] * kernel[tap]
        z = z.reshape(*shape[:3], -1)
        return np.add(z, self.parameters["bias"], out=z) if "bias" in self.parameters else z

    def backward(self, d_output: Array) -> Array:
        """Return dL/dX; dL/dK and dL/dB go to the gradients."""
        self.fill_gradients(d_output)
        kernel, d_z = self.parameters["kernel"], self._apart(d_output)
        taps = kernel.reshape(-1, *kernel.shape[2:])
        like = np.broadcast_to(d_z[:1, :1, :1, :, 0], (len(d_z), 1, 1, kernel.shape[2]))
        return self._views.sent_back(like, lambda tap: (d_z * taps[tap]).sum(axis=-1))

    def fill_gradients(self, d_output: Array) -> None:
        """Put dL/dK and dL/dB into the gradients."""
        kernel, d_z = self.parameters["kernel"], self._apart(d_output)
        self.gradients["kernel"] = np.empty_like(kernel)
        for tap in self._views.windows.taps:
            met = self._views.at(self._padded, tap)[..., None] * d_z
            self.gradients["kernel"][tap] = met.reshape(-1, *kernel.shape[2:]).sum(axis=0)
        if "bias" in self.parameters:
            self.gradients["bias"] = d_output.reshape(-1, d_output.shape[3]).sum(axis=0)

    def _apart(self, d_output: Array) -> Array:
        return d_output.reshape(*d_output.shape[:3], *self.parameters["kernel"].shape[2:])


def depthwise_layer(layer: DepthwiseLayer, effect: Effect, weights: Weights) -> Depthwise:
    """Return the layer as it is trained."""
    return Depthwise(weights["kernel"], weights.get("bias"), layer.slide)


def depthwise_output(layer: DepthwiseLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return the maps for one image (H, W, C), by the core: a convolution of as many groups as there are channels."""
    kernel = weights["kernel"]
    one_each = kernel.reshape(*kernel.shape[:2], 1, -1)
    batch = convolve_batch(x[None], one_each, weights.get("bias"), layer.slide, groups=kernel.shape[2])
    return np.asarray(batch[0])


def depthwise_fans(layer: DepthwiseLayer, effect: Effect) -> tuple[float, float]:
    """Return how many inputs a value sums over, and how many sums an input takes part in."""
    taps = layer.slide.kernel_size[0] * layer.slide.kernel_size[1]
    return taps, taps * layer.multiplier

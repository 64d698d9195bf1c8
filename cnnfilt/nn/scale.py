"""A factor for each channel, which is learned."""

import numpy as np

from cnnfilt.describe.layers import Effect, ScaleLayer
from cnnfilt.nn.layer import Array, Layer, Weights


class Scale(Layer):
    """Y = gamma X, each channel by itself; dX = gamma dY and dgamma = sum(dY X)."""

    def __init__(self, gamma: Array) -> None:
        """Take gamma, (channels,)."""
        super().__init__()
        self.parameters["kernel"] = gamma

    def forward(self, x: Array) -> Array:
        """Return gamma X."""
        self._x = x
        return np.asarray(x * self.parameters["kernel"])

    def backward(self, d_output: Array) -> Array:
        """Return dX = gamma dY; dgamma goes to the gradients."""
        self.fill_gradients(d_output)
        return np.asarray(d_output * self.parameters["kernel"])

    def fill_gradients(self, d_output: Array) -> None:
        """Put dgamma = sum(dY X) into the gradients."""
        self.gradients["kernel"] = (d_output * self._x).reshape(-1, d_output.shape[-1]).sum(axis=0)


def scale_layer(layer: ScaleLayer, effect: Effect, weights: Weights) -> Scale:
    """Return the layer as it is trained."""
    return Scale(weights["kernel"])

"""Dropout: while a network learns, some values are left out, so that no layer relies on single ones."""

import numpy as np

from cnnfilt.describe.layers import DropoutLayer, Effect
from cnnfilt.nn.layer import Array, Layer, Weights


class Dropout(Layer):
    """Y = X M, with M drawn for each value: 0 with probability p, else 1 / (1 - p), so that the mean of Y is X.

    dX = dY M. Once the network is used, Y = X (Srivastava et al. 2014; scaled while it learns, as it is done today).
    """

    def __init__(self, probability: float) -> None:
        """Take p, from 0 to below 1."""
        super().__init__()
        self.probability = probability

    def forward(self, x: Array) -> Array:
        """Return Y."""
        if self.generator is None:
            self._kept = None
            return x
        kept = self.generator.random(x.shape, "float32") >= self.probability
        self._kept = kept * x.dtype.type(1 / (1 - self.probability))
        return np.asarray(x * self._kept)

    def backward(self, d_output: Array) -> Array:
        """Return dX."""
        return d_output if self._kept is None else d_output * self._kept


def dropout_layer(layer: DropoutLayer, effect: Effect, weights: Weights) -> Dropout:
    """Return the layer as it is trained."""
    return Dropout(layer.probability)


def dropout_output(layer: DropoutLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return what goes in: the network is used."""
    return x

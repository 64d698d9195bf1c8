"""The activations: functions of each value by itself, and softmax."""

import numpy as np

from cnnfilt.describe.layers import ActivationLayer, Effect, Function
from cnnfilt.nn.layer import Array, Layer, Weights


class ReLU(Layer):
    """C = max(Z, 0); dC/dZ is 1 where Z > 0 and 0 elsewhere, also at 0 itself."""

    def forward(self, x: Array) -> Array:
        """Return max(Z, 0)."""
        self._positive = x > 0
        return np.maximum(x, 0)

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC where Z > 0, else 0."""
        return d_output * self._positive


class Tanh(Layer):
    """C = tanh(Z); dC/dZ = 1 - C^2."""

    def forward(self, x: Array) -> Array:
        """Return tanh(Z)."""
        self._y = np.tanh(x)
        return self._y

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC (1 - C^2)."""
        return np.asarray(d_output * (1 - self._y**2))


class Sigmoid(Layer):
    """C = 1 / (1 + exp(-Z)); dC/dZ = C (1 - C)."""

    def forward(self, x: Array) -> Array:
        """Return the sigmoid, computed as (1 + tanh(Z / 2)) / 2, which cannot overflow."""
        self._y = (1 + np.tanh(x / 2)) / 2
        return self._y

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC C (1 - C)."""
        return d_output * self._y * (1 - self._y)


class Softmax(Layer):
    """C_i = exp(Z_i) / sum_j exp(Z_j) over the last axis; dZ = C (dC - sum_j dC_j C_j)."""

    def forward(self, x: Array) -> Array:
        """Return probabilities that sum to 1."""
        self._y = softmax(x)
        return self._y

    def backward(self, d_output: Array) -> Array:
        """Return dZ = C (dC - sum(dC C))."""
        weighted = d_output * self._y
        return np.asarray(weighted - self._y * weighted.sum(axis=-1, keepdims=True))


def softmax(logits: Array) -> Array:
    """Return exp(Z) over its sum along the last axis; the largest logit is taken off first, so nothing overflows."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


ACTIVATIONS: dict[Function, type[Layer]] = {"relu": ReLU, "tanh": Tanh, "sigmoid": Sigmoid, "softmax": Softmax}
"""Those that are run; `layer_table.check_runs` refuses the others."""


def activation_layer(layer: ActivationLayer, effect: Effect, weights: Weights) -> Layer:
    """Return the layer as it is trained."""
    return ACTIVATIONS[layer.function]()


def activation_output(layer: ActivationLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return the outputs for the values of one image; relu keeps their type, all else is float32 (float64 stays)."""
    if layer.function == "relu":
        return np.maximum(x, 0)
    # Whole numbers of 64 bits come from images that single precision does not hold.
    values = x.astype(np.float64 if x.dtype.itemsize == 8 else np.float32, copy=False)
    return ACTIVATIONS[layer.function]().forward(values)

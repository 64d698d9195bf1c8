"""The activations: functions of each value by itself, and softmax."""

from collections.abc import Callable

import numpy as np

from cnnfilt.core import normal
from cnnfilt.core.engine.memory import room
from cnnfilt.describe.layers import ActivationLayer, Effect, Function, SlopesLayer
from cnnfilt.nn.layer import Array, Layer, Weights, float_type


class ReLU(Layer):
    """C = max(Z, 0); dC/dZ is 1 where Z > 0 and 0 elsewhere, also at 0 itself."""

    def forward(self, x: Array) -> Array:
        """Return max(Z, 0)."""
        self._positive = x > 0
        return np.maximum(x, 0, out=room(x.shape, x.dtype))

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC where Z > 0, else 0."""
        return np.multiply(d_output, self._positive, out=room(d_output.shape, d_output.dtype))


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


class ReLU6(Layer):
    """C = min(max(Z, 0), 6); dC/dZ is 1 where 0 < Z < 6 and 0 elsewhere."""

    def forward(self, x: Array) -> Array:
        """Return Z kept within 0 and 6."""
        self._x = x
        return np.clip(x, 0, 6)

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC where 0 < Z < 6, else 0."""
        return d_output * ((self._x > 0) & (self._x < 6))


class LeakyReLU(Layer):
    """C = Z above 0 and a Z below; dC/dZ is 1 there and a here, and a at 0."""

    def __init__(self, slope: float = 0.01) -> None:
        """Take a."""
        super().__init__()
        self.slope = slope

    def forward(self, x: Array) -> Array:
        """Return Z or a Z."""
        self._slopes = np.where(x > 0, x.dtype.type(1), x.dtype.type(self.slope))
        return np.asarray(x * self._slopes)

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC or a dC."""
        return np.asarray(d_output * self._slopes)


class PReLU(Layer):
    """C = max(Z, 0) + a min(Z, 0) with an a for each channel; da = sum(dC min(Z, 0)) (He et al. 2015)."""

    def __init__(self, slopes: Array) -> None:
        """Take a, (channels,)."""
        super().__init__()
        self.parameters["kernel"] = slopes

    def forward(self, x: Array) -> Array:
        """Return Z or a Z."""
        self._x = x
        return np.asarray(np.where(x > 0, x, x * self.parameters["kernel"]))

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC or a dC; da goes to the gradients."""
        self.fill_gradients(d_output)
        return np.asarray(np.where(self._x > 0, d_output, d_output * self.parameters["kernel"]))

    def fill_gradients(self, d_output: Array) -> None:
        """Put da into the gradients."""
        met = d_output * np.minimum(self._x, 0)
        self.gradients["kernel"] = met.reshape(-1, met.shape[-1]).sum(axis=0)


class ELU(Layer):
    """C = Z above 0 and exp(Z) - 1 below; dC/dZ is 1 there and exp(Z) = C + 1 here (Clevert et al. 2016)."""

    def forward(self, x: Array) -> Array:
        """Return Z or exp(Z) - 1."""
        self._y = np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
        return self._y

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC or dC (C + 1)."""
        return np.asarray(d_output * np.minimum(self._y + 1, 1))


class GELU(Layer):
    """C = Z P(X < Z) with X normally distributed; dC/dZ = P(X < Z) + Z p(Z) (Hendrycks & Gimpel 2016)."""

    def forward(self, x: Array) -> Array:
        """Return Z P(X < Z)."""
        self._x, self._below = x, normal.below(x)
        return np.asarray(x * self._below)

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC (P(X < Z) + Z p(Z))."""
        return np.asarray(d_output * (self._below + self._x * normal.density(self._x)))


class HardSigmoid(Layer):
    """C = min(max(Z + 3, 0), 6) / 6; dC/dZ is 1/6 where -3 < Z < 3 and 0 elsewhere."""

    def forward(self, x: Array) -> Array:
        """Return C."""
        self._x = x
        return np.asarray(np.clip(x + 3, 0, 6) / 6)

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC / 6 between, else 0."""
        return np.asarray(d_output * (np.abs(self._x) < 3) / 6)


class _TimesGate(Layer):
    """C = Z g(Z); dC/dZ = g(Z) + Z g'(Z)."""

    def __init__(self, gate: Layer) -> None:
        super().__init__()
        self._gate = gate

    def forward(self, x: Array) -> Array:
        """Return Z g(Z)."""
        self._x, self._open = x, self._gate.forward(x)
        return np.asarray(x * self._open)

    def backward(self, d_output: Array) -> Array:
        """Return dZ = dC g(Z) + dC Z g'(Z)."""
        return np.asarray(d_output * self._open + self._gate.backward(d_output * self._x))


class SiLU(_TimesGate):
    """C = Z sigmoid(Z), also called swish (Ramachandran et al. 2017)."""

    def __init__(self) -> None:
        super().__init__(Sigmoid())


class HardSwish(_TimesGate):
    """C = Z hardsigmoid(Z) (Howard et al. 2019)."""

    def __init__(self) -> None:
        super().__init__(HardSigmoid())


def softmax(logits: Array) -> Array:
    """Return exp(Z) over its sum along the last axis; the largest logit is taken off first, so nothing overflows."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


ACTIVATIONS: dict[Function, Callable[[], Layer]] = {
    "relu": ReLU,
    "relu6": ReLU6,
    "leaky": LeakyReLU,
    "elu": ELU,
    "gelu": GELU,
    "silu": SiLU,
    "hardsigmoid": HardSigmoid,
    "hardswish": HardSwish,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
    "softmax": Softmax,
}


def activation_layer(layer: ActivationLayer, effect: Effect, weights: Weights) -> Layer:
    """Return the layer as it is trained."""
    return LeakyReLU(layer.slope) if layer.function == "leaky" else ACTIVATIONS[layer.function]()


def activation_output(layer: ActivationLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return the outputs for the values of one image; relu keeps their type, all else is float32 (float64 stays)."""
    if layer.function == "relu":
        return np.maximum(x, 0)
    return activation_layer(layer, effect, weights).forward(x.astype(float_type(x.dtype), copy=False))


def slopes_layer(layer: SlopesLayer, effect: Effect, weights: Weights) -> PReLU:
    """Return the layer as it is trained."""
    return PReLU(weights["kernel"])

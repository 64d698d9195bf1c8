"""What a layer is, and the layers without windows: Dense, Flatten and the activations.

`forward` keeps what `backward` needs; `backward` takes d(output), fills `gradients` and returns d(input).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cnnfilt.errors import ShapeError

Array = npt.NDArray[Any]
Shape = tuple[int, ...]


class Layer:
    """One step of a network. `parameters` and `gradients` are arrays by name ("kernel", "bias"), the same in both."""

    def __init__(self) -> None:
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}

    def forward(self, x: Array) -> Array:
        """Return the output for a batch `x`."""
        raise NotImplementedError(type(self).__name__)

    def backward(self, d_output: Array) -> Array:
        """Return d(input) for d(output) of the last `forward`, and put d(parameter) into `gradients`."""
        raise NotImplementedError(type(self).__name__)


class Dense(Layer):
    """Every output is a weighted sum of all inputs: Z = f W + B, (N, inputs) to (N, outputs).

    dW = f^T dZ, dB = sum(dZ), df = dZ W^T. (The notes write W f for one column f, so there dW = dZ f^T.)
    """

    def __init__(self, kernel: Array, bias: Array | None = None) -> None:
        """Take `kernel` (inputs, outputs) and `bias` (outputs,), or none."""
        super().__init__()
        self.parameters["kernel"] = kernel
        if bias is not None:
            self.parameters["bias"] = bias

    def forward(self, x: Array) -> Array:
        """Return f W + B."""
        kernel = self.parameters["kernel"]
        if x.ndim != 2 or x.shape[1] != kernel.shape[0]:
            raise ShapeError(f"a dense layer for {kernel.shape[0]} features got {x.shape}; put Flatten before it")
        self._x = x
        z = x @ kernel
        return z + self.parameters["bias"] if "bias" in self.parameters else z

    def backward(self, d_output: Array) -> Array:
        """Return df = dZ W^T; dW = f^T dZ and dB = sum(dZ) go to the gradients."""
        self.gradients["kernel"] = self._x.T @ d_output
        if "bias" in self.parameters:
            self.gradients["bias"] = d_output.sum(axis=0)
        return d_output @ self.parameters["kernel"].T


class Flatten(Layer):
    """(N, H, W, C) written as (N, H * W * C); backward is the same numbers in the old shape."""

    def forward(self, x: Array) -> Array:
        """Return each image as one row."""
        self._shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, d_output: Array) -> Array:
        """Return d(output) reshaped, which is all that df.reshape(P.shape) in the notes says."""
        return d_output.reshape(self._shape)


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

"""The fully connected layer of the notes, and the list of values that it takes."""

import numpy as np

from cnnfilt.describe.layers import Effect, FlattenLayer, FullyConnectedLayer
from cnnfilt.errors import ShapeError
from cnnfilt.nn.layer import Array, Layer, Weights


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
        self.fill_gradients(d_output)
        return d_output @ self.parameters["kernel"].T

    def fill_gradients(self, d_output: Array) -> None:
        """Put dW = f^T dZ and dB = sum(dZ) into the gradients."""
        self.gradients["kernel"] = self._x.T @ d_output
        if "bias" in self.parameters:
            self.gradients["bias"] = d_output.sum(axis=0)


class Flatten(Layer):
    """(N, H, W, C) written as (N, H * W * C); backward is the same numbers in the old shape."""

    def forward(self, x: Array) -> Array:
        """Return each image as one row."""
        self._shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, d_output: Array) -> Array:
        """Return d(output) reshaped, which is all that df.reshape(P.shape) in the notes says."""
        return d_output.reshape(self._shape)


def dense_layer(layer: FullyConnectedLayer, effect: Effect, weights: Weights) -> Dense:
    """Return the layer as it is trained."""
    return Dense(weights["kernel"], weights.get("bias"))


def dense_output(layer: FullyConnectedLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return the outputs (outputs,) for one list of values (inputs,)."""
    return np.asarray(dense_layer(layer, effect, weights).forward(x[None])[0])


def flatten_layer(layer: FlattenLayer, effect: Effect, weights: Weights) -> Flatten:
    """Return the layer as it is trained."""
    return Flatten()


def flatten_output(layer: FlattenLayer, effect: Effect, weights: Weights, x: Array) -> Array:
    """Return one image (H, W, C) as a list of values."""
    return x.reshape(-1)

"""One layer forward and backward on matrices: its results under the names that the notes have, and their sums."""

from typing import assert_never

import numpy as np

from cnnfilt.cli.net.backward_formulas import BackwardPass
from cnnfilt.cli.net.backward_norms import batch_norm_pass, batch_norm_results
from cnnfilt.cli.net.backward_sums import convolution_sums, pooling_sums, transposed_sums
from cnnfilt.cli.net.backward_values import activation_sums, dense_sums, flatten_sums, softmax_sums
from cnnfilt.describe.layers import ActivationLayer, FlattenLayer, PoolLayer
from cnnfilt.errors import ShapeError, counted
from cnnfilt.nn.activations import Softmax
from cnnfilt.nn.conv2d import Conv2D
from cnnfilt.nn.dense import Dense
from cnnfilt.nn.layer import Array, Layer
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.norms import BatchNorm
from cnnfilt.nn.transposed2d import TransposedConv2D
from cnnfilt.spelling import spelled_size

Weightless = PoolLayer | ActivationLayer | FlattenLayer


def filter_pass(layer: Conv2D | TransposedConv2D, x: Array, d_z: Array) -> BackwardPass:
    """Return Z, dL/dK, dL/dB and dL/dX of one filter, which slides over X or is stamped by it."""
    z, d_x = _through(layer, x, d_z)
    results = {
        "Z": z,
        "dL/dK": layer.gradients["kernel"][:, :, 0, 0],
        "dL/dB": layer.gradients["bias"].reshape(()),
        "dL/dX": d_x,
    }
    if isinstance(layer, TransposedConv2D):
        return BackwardPass(results, lambda: transposed_sums(layer, x, d_z, results))
    return BackwardPass(results, lambda: convolution_sums(layer, x, d_z, results))


def normal_pass(layer: BatchNorm, x: Array, d_y: Array) -> BackwardPass:
    """Return mean, variance, Xhat and Y of batch normalisation, dL/dgamma, dL/dbeta and dL/dX."""
    y, d_x = _through(layer, x, d_y)
    return batch_norm_pass(layer, x, d_y, batch_norm_results(layer, x, y, d_x))


def word_pass(word: Weightless, x: Array, gradient: Array) -> BackwardPass:
    """Return the output and dL/dX of a layer without weights."""
    match word:
        case PoolLayer():
            p, d_x = _through(_layer_of(word, x), x, gradient)
            pooled = {"P": p, "dL/dX": d_x}
            return BackwardPass(pooled, lambda: pooling_sums(word, x, gradient, pooled))
        case ActivationLayer(function="softmax"):
            return _softmax_pass(x, gradient)
        case ActivationLayer():
            layer = _layer_of(word, x)
            c, d_x = _through(layer, x, gradient)
            slopes = layer.backward(np.ones((1, *x.shape, 1)))[0, :, :, 0]
            activated = {"C": c, "dL/dX": d_x}
            return BackwardPass(activated, lambda: activation_sums(word.function, x, slopes, gradient, activated))
        case FlattenLayer():
            f = x.reshape(1, -1)
            d_f = _as_list(gradient, f)
            flattened = {"f": f, "dL/dX": d_f.reshape(x.shape)}
            return BackwardPass(flattened, lambda: flatten_sums(x, d_f, flattened))
        case unknown:
            assert_never(unknown)


def dense_pass(weights: Array, bias: Array, f: Array, gradient: Array) -> BackwardPass:
    """Return Z = W f + B, dL/dW, dL/dB and dL/df of a fully connected layer, whose `weights` have a row an output.

    What comes out is a row where `f` is one, else a column, as in the notes. ShapeError where the sizes differ.
    """
    outputs, inputs = weights.shape
    if inputs != f.size:
        turned = "; they are a row for each output, a column for each input" if outputs == f.size else ""
        raise ShapeError(
            f"the weights {spelled_size(weights.shape)} take {counted(inputs, 'values')}, but X has {f.size}{turned}"
        )
    if bias.size not in (1, outputs):
        raise ShapeError(
            f"there are {bias.size} biases for {counted(outputs, 'outputs')}; give one number, or one for each output"
        )
    bias = np.broadcast_to(bias, (outputs,))
    layer = Dense(np.ascontiguousarray(weights.T), bias)
    z = layer.forward(f.reshape(1, -1)).reshape((1, -1) if len(f) == 1 else (-1, 1))
    d_z = _as_list(gradient, z)
    d_f = layer.backward(d_z.reshape(1, -1)).reshape(f.shape)
    results = {"Z": z, "dL/dW": layer.gradients["kernel"].T, "dL/dB": d_z, "dL/df": d_f}
    return BackwardPass(results, lambda: dense_sums(f, weights, bias, d_z, results))


def _softmax_pass(x: Array, gradient: Array) -> BackwardPass:
    if 1 not in x.shape:
        raise ShapeError(f"softmax takes one list of values, a row or a column, but X is {spelled_size(x.shape)}")
    d_c, layer = _as_list(gradient, x), Softmax()
    c = layer.forward(x.reshape(1, -1)).reshape(x.shape)
    results = {"C": c, "dL/dX": layer.backward(d_c.reshape(1, -1)).reshape(x.shape)}
    return BackwardPass(results, lambda: softmax_sums(x, d_c, results))


def _layer_of(word: Weightless, x: Array) -> Layer:
    layer = Sequential(word.word, (*x.shape, 1), {}).layers[0]
    assert isinstance(layer, Layer), "these take one value"
    return layer


def _through(layer: Layer, x: Array, gradient: Array) -> tuple[Array, Array]:
    """Return the output of a layer of one channel, and dL/dX."""
    output = layer.forward(x[None, :, :, None])[0, :, :, 0]
    _check_gradient(gradient, output)
    return output, layer.backward(gradient[None, :, :, None])[0, :, :, 0]


def _as_list(gradient: Array, output: Array) -> Array:
    """Return the gradient in the shape of an output that is a list: a row may stand for a column."""
    if gradient.size != output.size or 1 not in gradient.shape:
        _check_gradient(gradient, output)
    return gradient.reshape(output.shape)


def _check_gradient(gradient: Array, output: Array) -> None:
    if gradient.shape != output.shape:
        given, needed = (spelled_size(array.shape) for array in (gradient, output))
        raise ShapeError(
            f"{{image}} is {given}, but the output is {needed}; there is one gradient for each value",
            parameter="gradient",
        )

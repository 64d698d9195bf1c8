"""What `net backward` does: one layer forward and backward on matrices, and all that comes out of it printed."""

import json
import os
from typing import assert_never

import numpy as np

from cnnfilt.cli.net.backward_sums import Sums, activation_sums, convolution_sums, pooling_sums
from cnnfilt.describe.chain import parse_chain
from cnnfilt.describe.kernels import parse_kernel
from cnnfilt.describe.layers import ActivationLayer, PoolLayer
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import InputError, ParameterError, ShapeError
from cnnfilt.files.formats import format_of
from cnnfilt.files.matrix.matrices import read_matrix_file, write_matrix
from cnnfilt.frozen import Frozen
from cnnfilt.nn.conv2d import Conv2D
from cnnfilt.nn.layer import Array, Layer
from cnnfilt.nn.model import Sequential
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Padding, Pair

_STARTS = tuple("0123456789+-.[")
"""What numbers that are typed out start with."""


class BackwardPass(Frozen, eq=False):
    """A layer, its word unless it is a filter, what came in, and the results by the names the notes have for them."""

    layer: Layer
    word: PoolLayer | ActivationLayer | None
    x: Array
    d_output: Array
    results: dict[str, Array]


def run_backward(source: str, layer: Conv2D | str, gradient: str, *, explain: bool, as_json: bool) -> str:
    """Return what to print for the matrix `source` and the gradient dL/dZ in `gradient`: files, or typed out.

    `layer` is a convolution, or the word of a layer without parameters. InputError and ShapeError name the file.
    """
    found = _backward(_matrix(source), source, layer, _matrix(gradient), gradient)
    if as_json:
        return json.dumps({name: _plain(array) for name, array in found.results.items()})
    sums = _sums(found) if explain else {}
    blocks = []
    for name, array in found.results.items():
        rows = write_matrix(np.atleast_2d(array), "csv").decode()
        explained = (f"  {line}" for line in sums.get(name, []))
        blocks.append("\n".join([name, rows.rstrip("\n"), *explained]))
    return "\n\n".join(blocks)


def filter_layer(kernel: str, bias: float, stride: Pair, padding: Padding, dilation: Pair) -> Conv2D:
    """Return the layer of one filter: a file's name, with an @ or without, or a kernel as `convolve` reads it."""
    is_name = kernel[:1].isalpha() and not os.path.exists(kernel) and format_of(kernel) is None
    rows = np.array(parse_kernel(kernel).rows, np.float64) if is_name else _matrix(kernel)
    slide = Slide((rows.shape[0], rows.shape[1]), stride, padding, dilation)
    return Conv2D(rows[..., None, None], np.array([float(bias)]), slide=slide)


def _backward(x: Array, source: str, layer: Conv2D | str, d_output: Array, gradient: str) -> BackwardPass:
    word = None if isinstance(layer, Conv2D) else _word(layer)
    one = layer if isinstance(layer, Conv2D) else Sequential(layer, (*x.shape, 1), {}).layers[0]
    try:
        output = one.forward(x[None, :, :, None])[0, :, :, 0]
    except ShapeError as error:
        raise ShapeError(error.about(source), parameter=error.parameter) from None
    if d_output.shape != output.shape:
        given, needed = (spelled_size(array.shape) for array in (d_output, output))
        raise ShapeError(f"{gradient} is {given}, but the output is {needed}; there is one gradient for each value")
    d_x = one.backward(d_output[None, :, :, None])[0, :, :, 0]
    results = {_letter(word): output}
    if isinstance(one, Conv2D):
        results |= {"dL/dK": one.gradients["kernel"][:, :, 0, 0], "dL/dB": one.gradients["bias"].reshape(())}
    results["dL/dX"] = d_x
    # Minus zero is right, but a riddle to read.
    return BackwardPass(one, word, x, d_output, {name: np.asarray(array + 0.0) for name, array in results.items()})


def _letter(word: PoolLayer | ActivationLayer | None) -> str:
    """Return what the notes call the output of such a layer."""
    match word:
        case None:
            return "Z"
        case PoolLayer():
            return "P"
        case ActivationLayer():
            return "C"
        case unknown:
            assert_never(unknown)


def _word(text: str) -> PoolLayer | ActivationLayer:
    chain = parse_chain([text])
    layer = chain[0] if len(chain) == 1 else None
    if not isinstance(layer, PoolLayer | ActivationLayer) or text == "softmax":
        raise ParameterError(
            f"--layer {text!r} is no single layer without parameters; give pool:max, pool:avg, pool:min, relu, tanh "
            "or sigmoid, or a filter with -k",
            parameter="layer",
        )
    return layer


def _matrix(text: str) -> Array:
    """Return the matrix in a file, or typed out: "1,2; 3,4"."""
    path = text.removeprefix("@")
    if path == text and text.strip()[:1] in _STARTS and format_of(text) is None and not os.path.exists(text):
        return np.array(parse_kernel(text).rows, np.float64)
    array = read_matrix_file(path)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim != 2:
        raise InputError(f"{path}: has {array.shape[2]} channels; give rows and columns")
    if not np.isfinite(array).all():
        raise InputError(f"{path}: holds values that are not finite")
    return array.astype(np.float64)


def _sums(found: BackwardPass) -> Sums:
    if isinstance(found.layer, Conv2D):
        return convolution_sums(found.layer, found.x, found.d_output, found.results)
    if isinstance(found.word, PoolLayer):
        return pooling_sums(found.word, found.x, found.d_output, found.results)
    slopes = found.layer.backward(np.ones((1, *found.x.shape, 1)))[0, :, :, 0]
    return activation_sums(slopes, found.d_output, found.results)


def _plain(array: Array) -> object:
    """Return nested lists, with whole numbers as such."""
    if array.ndim:
        return [_plain(np.asarray(part)) for part in array]
    value = float(array)
    return int(value) if value.is_integer() else value

"""What `net backward` does: one layer forward and backward on matrices, and all that comes out of it printed."""

import os
from typing import assert_never

import numpy as np

from cnnfilt.batch.clashes import check_output
from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.messages import print_line
from cnnfilt.cli.net.backward_formulas import BackwardPass
from cnnfilt.cli.net.backward_layers import Weightless, dense_pass, filter_pass, normal_pass, word_pass
from cnnfilt.cli.net.backward_losses import loss_pass
from cnnfilt.cli.net.backward_norms import batch_norm
from cnnfilt.describe.chain import parse_chain
from cnnfilt.describe.kernels import parse_kernel
from cnnfilt.describe.layers import (
    ActivationLayer,
    BatchNormLayer,
    FlattenLayer,
    FullyConnectedLayer,
    PoolLayer,
    TransposedLayer,
)
from cnnfilt.describe.number_text import is_typed
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import InputError, ParameterError, ShapeError, counted
from cnnfilt.files.formats import format_of
from cnnfilt.files.matrix.matrices import read_noted_matrix_file, write_matrix
from cnnfilt.frozen import Frozen
from cnnfilt.nn.conv2d import Conv2D
from cnnfilt.nn.layer import Array
from cnnfilt.nn.transposed2d import TransposedConv2D
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import CrossEntropy, Padding, Pair

DENSE = "fc"
"""The layer word whose weights -k gives."""


TRANSPOSED = "tconv"
"""The layer word whose filter -k gives."""


def is_transposed(layer: str | None) -> bool:
    """Return whether this is the word of a transposed convolution."""
    return layer is not None and layer.partition(":")[0] == TRANSPOSED


class BackwardRequest(Frozen, kw_only=True):
    """What `net backward` was asked: matrices are files or typed out.

    Without `layer` and `loss` the kernel is a filter; `gradient` is dL/d(output) of a layer, `labels` are for a loss.
    """

    source: str
    kernel: str | None
    layer: str | None
    loss: CrossEntropy | None
    gradient: str
    labels: str
    bias: tuple[float, ...]
    stride: Pair
    padding: Padding
    dilation: Pair
    page: str | None = None

    @property
    def files(self) -> list[str]:
        """Return the matrices that are files, by their names."""
        named = (text.removeprefix("@") for text in (self.source, self.kernel, self.gradient, self.labels) if text)
        return [name for name in named if os.path.isfile(name)]


Matrices = dict[str, Array]
"""What a layer was given, by the names that the notes have for it."""


def run_backward(asked: BackwardRequest, *, explain: bool, as_json: bool, overwrite: bool = False) -> str:
    """Return what to print for what was asked; its page is written, which may `overwrite` another.

    InputError and ShapeError name the file.
    """
    if asked.page is not None:
        check_output(asked.page, asked.files, overwrite=overwrite)
    try:
        given, found = _backward(asked)
    except ShapeError as error:
        at_fault = asked.gradient if error.parameter == "gradient" else asked.source
        raise ShapeError(error.about(at_fault), parameter=error.parameter) from None
    if asked.page is not None:
        _write_page(asked, given, found, overwrite=overwrite)
    # Minus zero is right, but a riddle to read.
    results = {name: np.asarray(array + 0.0) for name, array in found.results.items()}
    if as_json:
        return json_text({name: _plain(array) for name, array in results.items()})
    sums = found.sums() if explain else {}
    blocks = []
    for name, array in results.items():
        rows = write_matrix(np.atleast_2d(array), "csv", for_people=True).decode()
        explained = (f"  {line}" for line in sums.get(name, []))
        blocks.append("\n".join([name, rows.rstrip("\n"), *explained]))
    return "\n\n".join(blocks)


def _backward(asked: BackwardRequest) -> tuple[Matrices, BackwardPass]:
    if is_transposed(asked.layer):
        return _through_filter(_stamped_layer(asked), _matrix(asked.source), _matrix(asked.gradient))
    word = None if asked.layer is None else _word(asked.layer)
    x = _matrix(asked.source)
    if asked.loss is not None:
        labels = _matrix(asked.labels)
        return {"Z": x, "y": labels}, loss_pass(asked.loss, x, labels)
    if isinstance(word, FullyConnectedLayer):
        weights, bias = _weights(asked.kernel, word), np.array(asked.bias, np.float64)
        gradient = _matrix(asked.gradient)
        found = dense_pass(weights, bias, x, gradient)
        return {"f": x, "W": weights, "B": np.broadcast_to(bias, len(weights)), "dL/dZ": gradient}, found
    gradient = _matrix(asked.gradient)
    if isinstance(word, BatchNormLayer):
        gamma, beta = _factors(asked)
        given = {"X": x, "gamma": np.array(gamma), "beta": np.array(beta), "dL/dY": gradient}
        return given, normal_pass(batch_norm(gamma, beta), x, gradient)
    if word is not None:
        return {"X": x, f"dL/d{_output(word)}": gradient}, word_pass(word, x, gradient)
    return _through_filter(_filter_layer(asked), x, gradient)


def _through_filter(layer: Conv2D | TransposedConv2D, x: Array, gradient: Array) -> tuple[Matrices, BackwardPass]:
    kernel, bias = layer.parameters["kernel"][:, :, 0, 0], layer.parameters["bias"]
    return {"X": x, "K": kernel, "B": bias, "dL/dZ": gradient}, filter_pass(layer, x, gradient)


def _output(word: Weightless) -> str:
    """Return the letter of what comes out."""
    match word:
        case PoolLayer():
            return "P"
        case ActivationLayer():
            return "C"
        case FlattenLayer():
            return "f"
        case unknown:
            assert_never(unknown)


def _write_page(asked: BackwardRequest, given: Matrices, found: BackwardPass, *, overwrite: bool) -> None:
    # Most runs have none.
    from cnnfilt.cli.inspect.page import write_page
    from cnnfilt.cli.net.backward_page import backward_page

    words = asked.layer or f"cross-entropy, {asked.loss}"
    if asked.layer is asked.loss is None:
        steps, dilation = spelled_size(asked.stride), spelled_size(asked.dilation)
        words = f"a filter, stride {steps}, padding {asked.padding}, dilation {dilation}"
    page = backward_page(words, given, found, stamped=is_transposed(asked.layer))
    write_page(asked.page or "", f"net backward: {asked.layer or asked.loss or 'a filter'}", page, overwrite=overwrite)


def _filter_layer(asked: BackwardRequest) -> Conv2D:
    """Return the layer of one filter."""
    rows, bias = _filter(asked)
    slide = Slide((rows.shape[0], rows.shape[1]), asked.stride, asked.padding, asked.dilation)
    return Conv2D(rows[..., None, None], bias, slide=slide)


def _stamped_layer(asked: BackwardRequest) -> TransposedConv2D:
    """Return the transposed convolution of one filter, from a word such as tconv:s=2, its filters and k left out."""
    rows, bias = _filter(asked)
    word = asked.layer or ""
    given = [item for item in word.partition(":")[2].split(",") if item]
    filters = [] if any("=" not in item for item in given) else ["1"]
    size = [] if any(item.startswith("k=") for item in given) else [f"k={spelled_size(rows.shape)}"]
    (layer,) = parse_chain([f"{TRANSPOSED}:{','.join([*filters, *given, *size])}"])
    assert isinstance(layer, TransposedLayer)
    if (layer.filters, layer.groups) != (1, 1):
        raise ParameterError(f"--layer {word} has several filters or groups; net backward shows one, as in tconv:1,s=2")
    if layer.kernel_size != rows.shape:
        raise ParameterError(
            f"-k is {spelled_size(rows.shape)}, but {word} has k={spelled_size(layer.kernel_size)}; leave k out of it",
            parameter="kernel",
        )
    return TransposedConv2D(rows[..., None, None], bias, slide=layer.slide)


def _filter(asked: BackwardRequest) -> tuple[Array, Array]:
    """Return K and B: a file's name, with an @ or without, or a kernel as `convolve` reads it."""
    kernel = asked.kernel or ""
    if len(asked.bias) > 1:
        raise ParameterError(f"--bias has {len(asked.bias)} numbers; one filter takes one", parameter="bias")
    is_name = kernel[:1].isalpha() and not os.path.exists(kernel) and format_of(kernel) is None
    rows = np.array(parse_kernel(kernel).rows, np.float64) if is_name else _matrix(kernel)
    return rows, np.array(asked.bias, np.float64)


def _weights(kernel: str | None, word: FullyConnectedLayer) -> Array:
    weights = _matrix(kernel or "")
    if word.outputs and word.outputs != len(weights):
        raise ParameterError(
            f"-k has {counted(len(weights), 'rows')}, but {word.word} has {counted(word.outputs, 'outputs')}; "
            "W has a row for each output",
            parameter="kernel",
        )
    return weights


def _factors(asked: BackwardRequest) -> tuple[float, float]:
    """Return gamma and beta of one channel: -k, or 1, and --bias."""
    gamma = np.ones((1, 1)) if asked.kernel is None else _matrix(asked.kernel)
    for option, count in (("-k", gamma.size), ("--bias", len(asked.bias))):
        if count != 1:
            raise ParameterError(f"{option} has {count} numbers; bn shows one channel, with one gamma and one beta")
    return float(gamma[0, 0]), asked.bias[0]


def _word(text: str) -> Weightless | FullyConnectedLayer | BatchNormLayer:
    if text == DENSE:
        return FullyConnectedLayer(text, 0)  # As many outputs as the weights have rows.
    chain = parse_chain([text])
    layer = chain[0] if len(chain) == 1 else None
    if isinstance(layer, BatchNormLayer):
        return layer
    if isinstance(layer, PoolLayer | ActivationLayer | FlattenLayer | FullyConnectedLayer) and _is_shown(layer):
        return layer
    raise ParameterError(
        f"--layer {text!r} is not a layer that net backward shows; give one of pool:max, pool:avg, pool:min, relu, "
        "tanh, sigmoid, softmax, flatten, fc, tconv or bn; for a filter give -k alone",
        parameter="layer",
    )


def _is_shown(layer: Weightless | FullyConnectedLayer) -> bool:
    match layer:
        case PoolLayer():
            return layer.pooling.kind in ("max", "avg", "min") and layer.pooling.adaptive is None
        case ActivationLayer():
            return layer.function in ("relu", "tanh", "sigmoid", "softmax")
    return True


def _matrix(text: str) -> Array:
    """Return the matrix in a file, or typed out: "1,2; 3,4"."""
    path = text.removeprefix("@")
    if path == text and is_typed(text) and format_of(text) is None and not os.path.exists(text):
        typed = parse_kernel(text)
        _tell(typed.notes)
        return np.array(typed.rows, np.float64)
    array, notes = read_noted_matrix_file(path)
    _tell(notes)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim != 2:
        raise InputError(f"{path}: has {array.shape[2]} channels; give rows and columns")
    if not np.isfinite(array).all():
        raise InputError(f"{path}: holds values that are not finite")
    return array.astype(np.float64)


def _tell(notes: tuple[str, ...]) -> None:
    for note in notes:
        print_line(note)


def _plain(array: Array) -> object:
    """Return nested lists, with whole numbers as such."""
    if array.ndim:
        return [_plain(np.asarray(part)) for part in array]
    value = float(array)
    return int(value) if value.is_integer() else value

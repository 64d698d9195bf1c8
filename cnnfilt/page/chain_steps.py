"""How a value of each layer comes about, as chain.js writes it out: what it reads of its input, and its weights."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import (
    ActivationLayer,
    BatchNormLayer,
    ConvLayer,
    CropLayer,
    DepthwiseLayer,
    DropoutLayer,
    FilterLayer,
    FlattenLayer,
    FullyConnectedLayer,
    JoinLayer,
    LayerWord,
    PadLayer,
    PoolLayer,
    ScaleLayer,
    ShuffleLayer,
    SlopesLayer,
    TakeLayer,
    TransposedLayer,
    UpLayer,
    Volume,
)
from cnnfilt.describe.reach import Taps
from cnnfilt.files.image import Array
from cnnfilt.nn.conv2d import kernel_of
from cnnfilt.nn.norms import EPSILON
from cnnfilt.page.arrays import number, packed

Step = dict[str, Any]
Weights = Mapping[str, Array]


def step_of(report: Report, weights: Weights, filters: list[int] | None = None) -> Step:
    """Return what chain.js needs to write out a value of this layer's output; `filters` are those kept, None all.

    `op` says what is done: "sum" of products, "pool", "each" value by itself, "softmax", "normalised", "scaled", values
    "moved" or "joined"; or no more than which "window" a value depends on.
    """
    make = _STEPS.get(type(report.layer), _window)
    return {"word": report.layer.word, "axes": _axes(report), **make(report, weights, filters)}


def weights_kept(report: Report) -> tuple[int, int] | None:
    """Return how many weights one filter of the layer has, and how many filters there are; None where none is shown."""
    match report.layer:
        case ConvLayer() | FullyConnectedLayer() | DepthwiseLayer() | TransposedLayer():
            filters = report.output.channels if isinstance(report.output, Volume) else report.output.values
            return report.effect.params // filters, filters
    return None


def taps_data(taps: Taps) -> dict[str, Any]:
    """Return what outputs read along one axis."""
    return {"outputs": taps.outputs, "inputs": taps.inputs, "reads": [taps.read(i) for i in range(taps.outputs)]}


def summed(kernel: Array, bias: Array | None, filters: list[int] | None, **more: Any) -> Step:
    """Return a sum of products: a row of `kernel` for each value that is read, a column for each filter."""
    matrix = kernel.reshape(-1, kernel.shape[-1])
    step: Step = {"op": "sum", "kernel": packed(matrix if filters is None else matrix[:, filters]), **more}
    step["bias"] = None if bias is None else packed(bias)
    step["filters"] = filters
    return step


def _axes(report: Report) -> list[dict[str, Any]] | None:
    if not isinstance(report.input, Volume) or not isinstance(report.output, Volume):
        return None
    return [taps_data(one) for one in report.effect.axes]


def _convolution(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    layer: ConvLayer = report.layer  # type: ignore[assignment]  # By the table.
    kernel = kernel_of(layer, report.effect, weights)
    outs = kernel.shape[3] // layer.groups
    size = {"size": kernel.shape[:2], "per": kernel.shape[2], "outs": outs}
    return summed(kernel, weights.get("bias"), filters, **size)


def _filter(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    kernel = np.array(report.layer.kernels[0].rows)
    return summed(kernel[..., None], None, None, size=kernel.shape, per=1, outs=1, shared=True)


def _depthwise(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    kernel = weights["kernel"]
    flat = kernel.reshape(*kernel.shape[:2], 1, -1)
    return summed(flat, weights.get("bias"), filters, size=kernel.shape[:2], per=1, outs=kernel.shape[3])


def _dense(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    kernel = weights["kernel"]
    return summed(kernel, weights.get("bias"), filters, size=[1, 1], per=kernel.shape[0], outs=kernel.shape[1])


def _transposed(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    """Return the sum of a transposed convolution; `stamps` tell which tap of the kernel lies on an output."""
    layer: TransposedLayer = report.layer  # type: ignore[assignment]
    assert isinstance(report.input, Volume), "it has rows and columns"
    kernel, groups = weights["kernel"], layer.groups
    # (height, width, outputs of a group, inputs) becomes (height, width, inputs of a group, outputs).
    kernel = np.concatenate(np.split(kernel, groups, axis=3), axis=2).transpose(0, 1, 3, 2)
    stamps = [[axis.stride, axis.dilation, axis.before] for axis in layer.axes(report.input.size)]
    size = {"size": kernel.shape[:2], "per": kernel.shape[2], "outs": kernel.shape[3] // groups}
    return summed(kernel, weights.get("bias"), filters, stamps=stamps, **size)


def _normalised(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    """Return a normalisation by numbers that are kept for each channel."""
    parts = {name: packed(array) for name, array in weights.items()}
    return {"op": "normalised", "epsilon": EPSILON, **parts}


def _scaled(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    return {"op": "scaled", "kernel": packed(weights["kernel"]), "slopes": isinstance(report.layer, SlopesLayer)}


def _shuffled(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    layer: ShuffleLayer = report.layer  # type: ignore[assignment]
    channels = report.input.channels if isinstance(report.input, Volume) else report.input.values
    order = np.arange(channels).reshape(layer.groups, -1).T.reshape(-1)
    return {"op": "moved", "first": 0, "order": order.tolist()}


def _up(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    layer: UpLayer = report.layer  # type: ignore[assignment]
    return {"op": "moved", "first": 0} if layer.mode == "nearest" else {"op": "window"}


def _pool(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    layer: PoolLayer = report.layer  # type: ignore[assignment]
    return {"op": "pool", "kind": layer.pooling.kind}


def _activation(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    layer: ActivationLayer = report.layer  # type: ignore[assignment]
    if layer.function == "softmax":
        return {"op": "softmax"}
    return {"op": "each", "function": layer.function, "slope": number(layer.slope)}


def _flatten(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    return {"op": "flat"}


def _moved(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    return {"op": "moved", "first": report.layer.first if isinstance(report.layer, TakeLayer) else 0}


def _joined(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    layer: JoinLayer = report.layer  # type: ignore[assignment]
    # The value of that name comes before the one that is there.
    return {"op": "joined", "kind": layer.kind, "order": [1, 0]}


def _window(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    return {"op": "window"}


_STEPS: dict[type[LayerWord], Callable[[Report, Weights, list[int] | None], Step]] = {
    ConvLayer: _convolution,
    FilterLayer: _filter,
    DepthwiseLayer: _depthwise,
    FullyConnectedLayer: _dense,
    PoolLayer: _pool,
    ActivationLayer: _activation,
    FlattenLayer: _flatten,
    PadLayer: _moved,
    CropLayer: _moved,
    UpLayer: _up,
    ShuffleLayer: _shuffled,
    TransposedLayer: _transposed,
    BatchNormLayer: _normalised,
    ScaleLayer: _scaled,
    SlopesLayer: _scaled,
    TakeLayer: _moved,
    DropoutLayer: _moved,
    JoinLayer: _joined,
}
"""By the layer; what is not here is told by its window alone."""

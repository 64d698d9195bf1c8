"""How a value of each layer comes about, as chain.js writes it out: what it reads of its input, and its weights."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import (
    ActivationLayer,
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
    TakeLayer,
    Volume,
)
from cnnfilt.describe.reach import Taps
from cnnfilt.files.image import Array
from cnnfilt.nn.conv2d import kernel_of
from cnnfilt.page.arrays import number, packed

Step = dict[str, Any]
Weights = Mapping[str, Array]


def step_of(report: Report, weights: Weights, filters: list[int] | None = None) -> Step:
    """Return what chain.js needs to write out a value of this layer's output; `filters` are those kept, None all.

    `op` says what is done: "sum" of products, "pool", "each" value by itself, "softmax", values "moved", values
    "joined"; or no more than which "window" a value depends on.
    """
    make = _STEPS.get(type(report.layer), _window)
    return {"word": report.layer.word, "axes": _axes(report), **make(report, weights, filters)}


def weights_kept(report: Report, weights: Weights) -> tuple[int, int] | None:
    """Return how many weights one filter of the layer has, and how many filters there are; None where none is shown."""
    match report.layer:
        case ConvLayer() | FullyConnectedLayer() | DepthwiseLayer():
            filters = report.output.channels if isinstance(report.output, Volume) else report.output.values
            return report.effect.params // filters, filters
    return None


def _axes(report: Report) -> list[dict[str, Any]] | None:
    if not isinstance(report.input, Volume) or not isinstance(report.output, Volume):
        return None
    return [_taps(one) for one in report.effect.axes]


def _taps(taps: Taps) -> dict[str, Any]:
    return {"outputs": taps.outputs, "inputs": taps.inputs, "reads": [taps.read(i) for i in range(taps.outputs)]}


def _sum(kernel: Array, bias: Array | None, filters: list[int] | None, **more: Any) -> Step:
    """Return a sum of products: a row of `kernel` for each value that is read, a column for each filter."""
    matrix = kernel.reshape(-1, kernel.shape[-1])
    step: Step = {"op": "sum", "kernel": packed(matrix if filters is None else matrix[:, filters]), **more}
    step["bias"] = None if bias is None else packed(bias)
    step["filters"] = filters
    return step


def _convolution(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    layer: ConvLayer = report.layer  # type: ignore[assignment]  # By the table.
    kernel = kernel_of(layer, report.effect, weights)
    outs = kernel.shape[3] // layer.groups
    size = {"size": kernel.shape[:2], "per": kernel.shape[2], "outs": outs}
    return _sum(kernel, weights.get("bias"), filters, **size)


def _filter(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    kernel = np.array(report.layer.kernels[0].rows)
    return _sum(kernel[..., None], None, None, size=kernel.shape, per=1, outs=1, shared=True)


def _depthwise(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    kernel = weights["kernel"]
    flat = kernel.reshape(*kernel.shape[:2], 1, -1)
    return _sum(flat, weights.get("bias"), filters, size=kernel.shape[:2], per=1, outs=kernel.shape[3])


def _dense(report: Report, weights: Weights, filters: list[int] | None) -> Step:
    kernel = weights["kernel"]
    return _sum(kernel, weights.get("bias"), filters, size=[1, 1], per=kernel.shape[0], outs=kernel.shape[1])


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
    return {"op": "joined", "kind": layer.kind}


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
    TakeLayer: _moved,
    DropoutLayer: _moved,
    JoinLayer: _joined,
}
"""By the layer; what is not here is told by its window alone."""

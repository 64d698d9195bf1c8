"""How a value of each layer comes about, as chain.js writes it out: what it reads of its input, and its weights."""

from collections.abc import Callable
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
    GroupNormLayer,
    JoinLayer,
    LayerNormLayer,
    LayerWord,
    LocalResponseNormLayer,
    MorphLayer,
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
from cnnfilt.nn.resampling import place_between
from cnnfilt.page.arrays import number, packed
from cnnfilt.page.chain_norms import local_response, normalised, standardised
from cnnfilt.page.layer_run import LayerRun, Step


def step_of(run: LayerRun) -> Step:
    """Return what chain.js needs to write out a value of this layer's output.

    `op` says what is done: "sum" of products, "pool", "each" value by itself, "softmax", "normalised" by what is kept
    or by what is "standardised" here, "response", "scaled", "between" others, values "moved" or "joined"; or no more
    than which "window" a value depends on. Arrays that are not packed yet have a number for each position, or one for
    all, (H, W, n) or (1, 1, n): the page holds them as far as it holds the positions.
    """
    make = _STEPS.get(type(run.report.layer), _window)
    return {"word": run.report.layer.word, "axes": _axes(run.report), **make(run)}


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


def _convolution(run: LayerRun) -> Step:
    layer: ConvLayer = run.report.layer  # type: ignore[assignment]  # By the table.
    kernel = kernel_of(layer, run.report.effect, run.weights)
    outs = kernel.shape[3] // layer.groups
    size = {"size": kernel.shape[:2], "per": kernel.shape[2], "outs": outs}
    return summed(kernel, run.weights.get("bias"), run.filters, **size)


def _filter(run: LayerRun) -> Step:
    kernel = np.array(run.report.layer.kernels[0].rows)
    return summed(kernel[..., None], None, None, size=kernel.shape, per=1, outs=1, shared=True)


def _depthwise(run: LayerRun) -> Step:
    kernel = run.weights["kernel"]
    flat = kernel.reshape(*kernel.shape[:2], 1, -1)
    return summed(flat, run.weights.get("bias"), run.filters, size=kernel.shape[:2], per=1, outs=kernel.shape[3])


def _dense(run: LayerRun) -> Step:
    kernel = run.weights["kernel"]
    return summed(kernel, run.weights.get("bias"), run.filters, size=[1, 1], per=kernel.shape[0], outs=kernel.shape[1])


def _transposed(run: LayerRun) -> Step:
    """Return the sum of a transposed convolution; `stamps` tell which tap of the kernel lies on an output."""
    layer: TransposedLayer = run.report.layer  # type: ignore[assignment]
    assert isinstance(run.report.input, Volume), "it has rows and columns"
    kernel, groups = run.weights["kernel"], layer.groups
    # (height, width, outputs of a group, inputs) becomes (height, width, inputs of a group, outputs).
    kernel = np.concatenate(np.split(kernel, groups, axis=3), axis=2).transpose(0, 1, 3, 2)
    stamps = [[axis.stride, axis.dilation, axis.before] for axis in layer.axes(run.report.input.size)]
    size = {"size": kernel.shape[:2], "per": kernel.shape[2], "outs": kernel.shape[3] // groups}
    return summed(kernel, run.weights.get("bias"), run.filters, stamps=stamps, **size)


def _scaled(run: LayerRun) -> Step:
    return {
        "op": "scaled",
        "kernel": packed(run.weights["kernel"]),
        "slopes": isinstance(run.report.layer, SlopesLayer),
    }


def _shuffled(run: LayerRun) -> Step:
    layer: ShuffleLayer = run.report.layer  # type: ignore[assignment]
    order = np.arange(run.taken.shape[-1]).reshape(layer.groups, -1).T.reshape(-1)
    return {"op": "moved", "first": 0, "order": order.tolist()}


def _up(run: LayerRun) -> Step:
    layer: UpLayer = run.report.layer  # type: ignore[assignment]
    if layer.mode == "nearest":
        return {"op": "moved", "first": 0}
    return {"op": "between", "weights": [_weights_between(factor) for factor in layer.factor]}


def _weights_between(factor: int) -> list[list[float]]:
    """Return what the neighbours of an output are multiplied by along one axis, by its place among `factor` outputs."""
    behind = (place_between(phase, factor)[1] for phase in range(factor))
    return [[1 - one, one] if one else [1] for one in behind]


def _pool(run: LayerRun) -> Step:
    layer: PoolLayer = run.report.layer  # type: ignore[assignment]
    return {"op": "pool", "kind": layer.pooling.kind}


def _morphed(run: LayerRun) -> Step:
    """Return how the smallest or the largest value is kept; what takes two steps is told by its window alone."""
    layer: MorphLayer = run.report.layer  # type: ignore[assignment]
    is_range = layer.asked.operation == "gradient" and all(n % 2 for n in layer.asked.size)
    kind = "range" if is_range else {"erode": "min", "dilate": "max"}.get(layer.asked.operation)
    return _window(run) if kind is None else {"op": "pool", "kind": kind}


def _activation(run: LayerRun) -> Step:
    layer: ActivationLayer = run.report.layer  # type: ignore[assignment]
    if layer.function == "softmax":
        return {"op": "softmax"}
    return {"op": "each", "function": layer.function, "slope": number(layer.slope)}


def _flatten(run: LayerRun) -> Step:
    return {"op": "flat"}


def _moved(run: LayerRun) -> Step:
    return {"op": "moved", "first": run.report.layer.first if isinstance(run.report.layer, TakeLayer) else 0}


def _joined(run: LayerRun) -> Step:
    layer: JoinLayer = run.report.layer  # type: ignore[assignment]
    # The value of that name comes before the one that is there.
    return {"op": "joined", "kind": layer.kind, "order": [1, 0]}


def _window(run: LayerRun) -> Step:
    return {"op": "window"}


_STEPS: dict[type[LayerWord], Callable[[LayerRun], Step]] = {
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
    BatchNormLayer: normalised,
    LayerNormLayer: standardised,
    GroupNormLayer: standardised,
    LocalResponseNormLayer: local_response,
    MorphLayer: _morphed,
    ScaleLayer: _scaled,
    SlopesLayer: _scaled,
    TakeLayer: _moved,
    DropoutLayer: _moved,
    JoinLayer: _joined,
}
"""By the layer; what is not here is told by its window alone."""

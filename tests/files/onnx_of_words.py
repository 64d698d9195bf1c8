"""Networks in our own words as ONNX files, their weights zeros: known networks with which to try what reads files."""

import struct
from collections.abc import Sequence

import numpy as np

from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import (
    ActivationLayer,
    AsLayer,
    BatchNormLayer,
    ConvLayer,
    CropLayer,
    DepthwiseLayer,
    DropoutLayer,
    FlattenLayer,
    FromLayer,
    FullyConnectedLayer,
    JoinLayer,
    LayerNormLayer,
    LocalResponseNormLayer,
    PadLayer,
    PoolLayer,
    ScaleLayer,
    ShuffleLayer,
    TakeLayer,
    TransposedLayer,
    UpLayer,
    Volume,
)
from tests.files import onnx_files as onnx

FUNCTIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "softmax": "Softmax", "gelu": "Gelu", "elu": "Elu"}


def drawn(rng: np.random.Generator, dims: Sequence[int]) -> np.ndarray:
    if len(dims) == 1 or dims[1:] == (1, 1):
        # Variances and factors; as means and biases they do no harm.
        return rng.uniform(0.5, 1.5, dims)
    return rng.normal(0, np.sqrt(2 / np.prod(dims[1:])), dims)


class Writer:
    """Writes one layer after the other: the node that makes a layer's output is called by its number, `layer7`."""

    def __init__(self, rng: np.random.Generator | None = None) -> None:
        self._rng = rng
        self.nodes: list[bytes] = []
        self.tensors: list[bytes] = []
        self.current = "x"
        self.named: dict[str, str] = {}

    def node(self, operator: str, inputs: Sequence[str], name: str = "", **attributes: object) -> str:
        output = f"value{len(self.nodes)}"
        self.nodes.append(onnx.node(operator, inputs, [output], attributes, name=name))  # type: ignore[arg-type]
        return output

    def weight(self, *dims: int) -> str:
        """Zeros, or random numbers by which values stay about as large as they are."""
        name = f"weight{len(self.tensors)}"
        data = None if self._rng is None else drawn(self._rng, dims).astype("<f4").tobytes()
        self.tensors.append(onnx.tensor(name, dims, data))
        return name

    def sizes(self, *numbers: int) -> str:
        name = f"sizes{len(self.tensors)}"
        self.tensors.append(onnx.int64s(name, *numbers))
        return name

    def numbers(self, *numbers: float) -> str:
        name = f"numbers{len(self.tensors)}"
        dims = [len(numbers)] if len(numbers) > 1 else []
        self.tensors.append(onnx.tensor(name, dims, struct.pack(f"<{len(numbers)}f", *numbers)))
        return name

    def layer(self, report: Report, name: str) -> None:
        """Write the layer of `report`."""
        match report.layer:
            case AsLayer(name=value):
                self.named[value] = self.current
            case FromLayer(name=value):
                self.current = self.named[value]
            case JoinLayer(kind="cat", name=value):
                self.current = self.node("Concat", [self.named[value], self.current], name, axis=1)
            case JoinLayer(kind=kind, name=value):
                self.current = self.node({"add": "Add", "mul": "Mul"}[kind], [self.current, self.named[value]], name)
            case _:
                self.current = self.one(report, name)

    def one(self, report: Report, name: str) -> str:
        """Write a layer of one input, and return the name of what it makes."""
        layer, shape, x = report.layer, report.input, self.current
        depth = shape.channels if isinstance(shape, Volume) else shape.features
        match layer:
            case ConvLayer() | DepthwiseLayer():
                groups = depth if isinstance(layer, DepthwiseLayer) else layer.groups
                maps = depth * layer.multiplier if isinstance(layer, DepthwiseLayer) else layer.filters
                weights = [self.weight(maps, depth // groups, *layer.slide.kernel_size)]
                weights += [self.weight(maps)] * layer.bias
                return self.node("Conv", [x, *weights], name, group=groups, **self.window(report))
            case TransposedLayer():
                weights = [self.weight(depth, layer.filters, *layer.kernel_size)]
                weights += [self.weight(layer.filters)] * layer.bias
                assert layer.padding == 0
                return self.node("ConvTranspose", [x, *weights], name, strides=list(layer.stride))
            case PoolLayer() if layer.pooling.whole:
                return self.node("GlobalAveragePool" if layer.pooling.kind == "avg" else "GlobalMaxPool", [x], name)
            case PoolLayer():
                operator = {"max": "MaxPool", "avg": "AveragePool"}[layer.pooling.kind]
                ceil = {"ceil_mode": 1} if layer.pooling.ceil_mode else {}
                return self.node(operator, [x], name, **self.window(report), **ceil)
            case BatchNormLayer():
                return self.node("BatchNormalization", [x, *(self.weight(depth) for _ in range(4))], name)
            case LayerNormLayer():
                last = self.node("Transpose", [x], perm=[0, 2, 3, 1])
                made = self.node("LayerNormalization", [last, self.weight(depth), self.weight(depth)], name, axis=-1)
                return self.node("Transpose", [made], perm=[0, 3, 1, 2])
            case ScaleLayer():
                return self.node("Mul", [self.weight(depth, 1, 1), x], name)
            case FullyConnectedLayer():
                weights = [self.weight(layer.outputs, depth), *[self.weight(layer.outputs)] * layer.bias]
                return self.node("Gemm", [x, *weights], name, transB=1)
            case ActivationLayer():
                return self.function(layer, x, name)
            case LocalResponseNormLayer():
                return self.node("LRN", [x], name, size=5)
            case DropoutLayer():
                return self.node("Dropout", [x, self.numbers(layer.probability)], name)
            case FlattenLayer():
                return self.node("Flatten", [x], name)
            case _:
                return self.moved(report, name)

    def function(self, layer: ActivationLayer, x: str, name: str) -> str:
        match layer.function:
            case "relu6":
                return self.node("Clip", [x, self.numbers(0), self.numbers(6)], name)
            case "silu":
                return self.node("Mul", [x, self.node("Sigmoid", [x])], name)
            case "hardsigmoid":
                return self.node("HardSigmoid", [x], name, alpha=1 / 6, beta=0.5)
            case "hardswish":
                return self.node("HardSwish", [x], name)
            case "leaky":
                return self.node("LeakyRelu", [x], name, alpha=layer.slope)
            case _:
                return self.node(FUNCTIONS[layer.function], [x], name)

    def moved(self, report: Report, name: str) -> str:
        """Write a layer that takes values from other places."""
        layer, shape, x = report.layer, report.input, self.current
        assert isinstance(shape, Volume)
        match layer:
            case TakeLayer():
                ends = self.sizes(layer.first), self.sizes(layer.last + 1), self.sizes(1)
                return self.node("Slice", [x, *ends], name)
            case CropLayer():
                (top, bottom), (left, right) = layer.sides_of(shape.size)
                ends = self.sizes(top, left), self.sizes(shape.height - bottom, shape.width - right), self.sizes(2, 3)
                return self.node("Slice", [x, *ends], name)
            case PadLayer():
                (top, bottom), (left, right) = layer.sides
                return self.node("Pad", [x, self.sizes(0, 0, top, left, 0, 0, bottom, right)], name)
            case UpLayer():
                mode = {"nearest": "nearest", "bilinear": "linear"}[layer.mode]
                return self.node("Resize", [x, "", self.numbers(1, 1, *layer.factor)], name, mode=mode)
            case ShuffleLayer():
                groups, channels = layer.groups, shape.channels
                parted = self.sizes(1, groups, channels // groups, *shape.size)
                turned = self.node("Transpose", [self.node("Reshape", [x, parted])], perm=[0, 2, 1, 3, 4])
                return self.node("Reshape", [turned, self.sizes(1, channels, *shape.size)], name)
        raise AssertionError(f"{report.layer.word} is not written yet")

    def window(self, report: Report) -> dict[str, object]:
        windows = report.effect.windows
        assert windows is not None
        (top, bottom), (left, right) = windows.pads
        shown = {"kernel_shape": windows.kernel_size, "strides": windows.stride, "dilations": windows.dilation}
        return {name: list(pair) for name, pair in shown.items()} | {"pads": [top, left, bottom, right]}


def onnx_of(reports: Sequence[Report], size: Volume, *, seed: int | None = None) -> bytes:
    """Return the network of `reports`, whose input has this size, as an ONNX file; with a `seed` weights are random."""
    writer = Writer(None if seed is None else np.random.default_rng(seed))
    for number, report in enumerate(reports, 1):
        writer.layer(report, f"layer{number}")
    inputs = [onnx.value_info("x", (1, size.channels, size.height, size.width))]
    outputs = [onnx.value_info(writer.current, ())]
    return onnx.model(writer.nodes, writer.tensors, inputs=inputs, outputs=outputs, version=22)

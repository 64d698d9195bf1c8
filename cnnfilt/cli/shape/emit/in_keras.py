"""What each word is in Keras 3, whose arrays are (N, H, W, C), as here."""

from collections.abc import Callable, Sequence
from typing import Any

from cnnfilt.cli.shape.emit.names import Names
from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import (
    ActivationLayer,
    AsLayer,
    BatchNormLayer,
    ConvLayer,
    CropLayer,
    DepthwiseLayer,
    DropoutLayer,
    FilterLayer,
    Flat,
    FlattenLayer,
    FromLayer,
    FullyConnectedLayer,
    Function,
    GroupNormLayer,
    JoinLayer,
    LayerNormLayer,
    LayerWord,
    LocalResponseNormLayer,
    PadLayer,
    PoolLayer,
    ScaleLayer,
    Shape,
    ShuffleLayer,
    SlopesLayer,
    TakeLayer,
    TransposedLayer,
    UpLayer,
    Volume,
)
from cnnfilt.describe.windows import Slide, Windows
from cnnfilt.errors import ParameterError
from cnnfilt.terms import PaddingMode

Lines = tuple[str, ...]
Emit = Callable[[Any, Report, Names], Lines]

_NUMPY_MODES: dict[PaddingMode, str] = {
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
}


def _conv(layer: ConvLayer, report: Report, names: Names) -> Lines:
    channels = _volume(report.input).channels // layer.groups
    groups = f", groups={layer.groups}" if layer.groups > 1 else ""
    planes = [
        [kernel.channels[c] if kernel.channels else kernel.rows for c in range(channels)] for kernel in layer.kernels
    ]
    return _slid(layer.slide, report, f"Conv2D({layer.filters}, ", f"{groups}{_bias(layer.bias)}", planes, (2, 3, 1, 0))


def _filter(layer: FilterLayer, report: Report, names: Names) -> Lines:
    planes = [[layer.kernel.rows]] * _volume(report.input).channels
    return _slid(layer.slide, report, "DepthwiseConv2D(", _bias(False), planes, (2, 3, 0, 1))


def _depthwise(layer: DepthwiseLayer, report: Report, names: Names) -> Lines:
    multiplier = f", depth_multiplier={layer.multiplier}" if layer.multiplier > 1 else ""
    return _slid(layer.slide, report, "DepthwiseConv2D(", f"{multiplier}{_bias(layer.bias)}")


def _slid(
    slide: Slide,
    report: Report,
    start: str,
    end: str,
    planes: Sequence[Any] = (),
    axes: tuple[int, ...] = (),
) -> Lines:
    """Return the lines of a convolution; `planes` are its coefficients, which `axes` turn to Keras' order."""
    windows = _windows(report)
    # Keras strides both ways alike, and not where it dilates.
    apart = windows.stride != (1, 1) and (windows.dilation != (1, 1) or windows.stride[0] != windows.stride[1])
    same = slide.padding == "same" and not apart
    pads = () if same or windows.pads == ((0, 0), (0, 0)) else (f"x = layers.ZeroPadding2D({windows.pads})(x)",)
    strides = "" if apart or windows.stride == (1, 1) else f", strides={windows.stride}"
    dilation = "" if windows.dilation == (1, 1) else f", dilation_rate={windows.dilation}"
    padding = ', padding="same"' if same else ""
    layer = f"layers.{start}{windows.kernel_size}{strides}{padding}{dilation}{end})"
    kept = (f"x = x[:, ::{windows.stride[0]}, ::{windows.stride[1]}]",) if apart else ()
    if not planes:
        return (*pads, f"x = {layer}(x)", *kept)
    coefficients = f"np.transpose({_lists(planes)}, {axes})"
    return (
        *pads,
        f"layer = {layer}",
        "x = layer(x)",
        f"layer.set_weights([{coefficients}, *layer.get_weights()[1:]])",
        *kept,
    )


def _transposed(layer: TransposedLayer, report: Report, names: Names) -> Lines:
    if layer.groups > 1:
        raise ParameterError(f"Keras has no groups in a transposed convolution, as {layer.word} has them")
    strided, dilated = (pair != (1, 1) for pair in (layer.stride, layer.dilation))
    if strided and dilated:
        raise ParameterError(f"Keras has no transposed convolution with both strides and dilation, as {layer.word} has")
    options = f", strides={layer.stride}" if strided else ""
    options += f", dilation_rate={layer.dilation}" if dilated else ""
    start = f"x = layers.Conv2DTranspose({layer.filters}, {layer.kernel_size}{options}"
    if isinstance(layer.padding, str):
        return (f'{start}, padding="{layer.padding}"{_bias(layer.bias)})(x)',)
    axes, output = layer.axes(_volume(report.input).size), _volume(report.output)
    more = tuple(max(axis.extra - axis.after, 0) for axis in axes)
    if any(extra >= stride for extra, stride in zip(more, layer.stride, strict=True) if extra):
        raise ParameterError(f"Keras has no output padding of the stride or more, as {layer.word} has")
    whole = tuple(
        axis.output_size + axis.before + axis.after - axis.extra + extra for axis, extra in zip(axes, more, strict=True)
    )
    given = f", output_padding={more}" if any(more) else ""
    rows, columns = (f"{axis.before}:{axis.before + size}" for axis, size in zip(axes, output.size, strict=True))
    cut = () if whole == output.size else (f"x = x[:, {rows}, {columns}]",)
    return (f"{start}{given}{_bias(layer.bias)})(x)", *cut)


def _pool(layer: PoolLayer, report: Report, names: Names) -> Lines:
    kind = layer.pooling.kind
    sign = "-" * (kind == "min")
    if layer.pooling.whole:
        return (f"x = ops.{'mean' if kind == 'avg' else kind}(x, axis=(1, 2), keepdims=True)",)
    if layer.pooling.adaptive is not None:
        name = "Average" if kind == "avg" else "Max"
        return (f"x = {sign}layers.Adaptive{name}Pooling2D({layer.pooling.adaptive})({sign}x)",)
    windows = _windows(report)
    if windows.dilation != (1, 1):
        raise ParameterError(f"Keras has no dilated pooling, as {layer.word} is")
    pads = tuple((window.before, window.after + window.overhang) for window in windows)
    options = f"{windows.kernel_size}, strides={windows.stride}"
    if pads == ((0, 0), (0, 0)):
        name = "AveragePooling2D" if kind == "avg" else "MaxPooling2D"
        return (f"x = {sign}layers.{name}({options})({sign}x)",)
    around = f"((0, 0), {pads[0]}, {pads[1]}, (0, 0))"
    if kind == "avg":
        # Padding does not count: sums over how many values there are.
        sums = f"(ops.average_pool(ops.pad(y, {around}), {options}) for y in (x, ops.ones_like(x)))"
        return (f"sums, counts = {sums}", "x = sums / counts")
    padded = f'ops.pad({sign}x, {around}, mode="constant", constant_values=-np.inf)'
    return (f"x = {sign}layers.MaxPooling2D({options})({padded})",)


_FUNCTIONS: dict[Function, str] = {
    "relu": 'layers.Activation("relu")',
    "relu6": 'layers.Activation("relu6")',
    "leaky": "layers.LeakyReLU({})",
    "elu": 'layers.Activation("elu")',
    "gelu": 'layers.Activation("gelu")',
    "silu": 'layers.Activation("silu")',
    "hardsigmoid": 'layers.Activation("hard_sigmoid")',
    "hardswish": 'layers.Activation("hard_silu")',
    "tanh": 'layers.Activation("tanh")',
    "sigmoid": 'layers.Activation("sigmoid")',
    "softmax": 'layers.Activation("softmax")',
}


def _activation(layer: ActivationLayer, report: Report, names: Names) -> Lines:
    return (f"x = {_FUNCTIONS[layer.function].format(layer.slope)}(x)",)


def _prelu(layer: SlopesLayer, report: Report, names: Names) -> Lines:
    shared = "" if isinstance(report.input, Flat) else ", shared_axes=(1, 2)"
    return (f"x = layers.PReLU(keras.initializers.Constant(0.25){shared})(x)",)


def _local_response_norm(layer: LocalResponseNormLayer, report: Report, names: Names) -> Lines:
    axes = 1 if isinstance(report.input, Flat) else 3
    channels = _depth(report.input)
    return (
        f"squares = ops.pad(ops.square(x), ({'(0, 0), ' * axes}(2, 2)))",
        f"x = x / (2 + 1e-4 * sum(squares[..., i : i + {channels}] for i in range(5))) ** 0.75",
    )


def _pad(layer: PadLayer, report: Report, names: Names) -> Lines:
    if layer.mode == "zeros":
        return (f"x = layers.ZeroPadding2D({layer.sides})(x)",)
    mode, size = _NUMPY_MODES[layer.mode], _volume(report.input).size
    return tuple(
        f'x = ops.take(x, np.pad(np.arange({n}), {side}, "{mode}"), axis={axis})'
        for axis, (n, side) in enumerate(zip(size, layer.sides, strict=True), 1)
        if any(side)
    )


def _crop(layer: CropLayer, report: Report, names: Names) -> Lines:
    return (f"x = layers.Cropping2D({layer.sides_of(_volume(report.input).size)})(x)",)


def _shuffle(layer: ShuffleLayer, report: Report, names: Names) -> Lines:
    shape, apart = report.input, (layer.groups, _depth(report.input) // layer.groups)
    size = shape.size if isinstance(shape, Volume) else ()
    first = len(size) + 1
    order = (*range(1, first), first + 1, first)
    turned = f"layers.Permute({order})(layers.Reshape({(*size, *apart)})(x))"
    return (f"x = layers.Reshape({(*size, _depth(shape))})({turned})",)


def _join(layer: JoinLayer, report: Report, names: Names) -> Lines:
    other = names.of_value(layer.name)
    joined = {"add": f"x + {other}", "mul": f"x * {other}", "cat": f"layers.Concatenate()([{other}, x])"}
    return (f"x = {joined[layer.kind]}",)


def _layer(written: Callable[[Any], str]) -> Emit:
    """Return what emits the one layer that `written` returns for a word."""
    return lambda layer, report, names: (f"x = layers.{written(layer)}(x)",)


STEPS: dict[type[LayerWord], Emit] = {
    ConvLayer: _conv,
    FilterLayer: _filter,
    DepthwiseLayer: _depthwise,
    TransposedLayer: _transposed,
    PoolLayer: _pool,
    ActivationLayer: _activation,
    SlopesLayer: _prelu,
    BatchNormLayer: _layer(lambda layer: "BatchNormalization(momentum=0.9, epsilon=1e-5)"),
    LayerNormLayer: _layer(lambda layer: "LayerNormalization(epsilon=1e-6)"),
    GroupNormLayer: _layer(lambda layer: f"GroupNormalization({layer.groups}, epsilon=1e-5)"),
    LocalResponseNormLayer: _local_response_norm,
    ScaleLayer: lambda layer, report, names: ("x = Scale()(x)",),
    DropoutLayer: _layer(lambda layer: f"Dropout({layer.probability})"),
    UpLayer: _layer(lambda layer: f'UpSampling2D({layer.factor}, interpolation="{layer.mode}")'),
    PadLayer: _pad,
    CropLayer: _crop,
    TakeLayer: lambda layer, report, names: (f"x = x[..., {layer.first}:{layer.last + 1}]",),
    ShuffleLayer: _shuffle,
    FlattenLayer: _layer(lambda layer: "Flatten()"),
    FullyConnectedLayer: _layer(lambda layer: f"Dense({layer.outputs}{_bias(layer.bias)})"),
    AsLayer: lambda layer, report, names: (f"{names.of_value(layer.name)} = x",),
    FromLayer: lambda layer, report, names: (f"x = {names.of_value(layer.name)}",),
    JoinLayer: _join,
}
"""How each layer is written."""


def script(size: Volume, reports: Sequence[Report]) -> list[str]:
    """Return the lines of a script that builds the network and prints Keras' summary. ParameterError: see `STEPS`."""
    names = Names()
    body = [line for report in reports for line in STEPS[type(report.layer)](report.layer, report, names)]
    scale = any(isinstance(report.layer, ScaleLayer) for report in reports)
    text = "\n".join(body)
    return [
        "import math",
        "",
        "import keras",
        *(["import numpy as np"] if "np." in text else []),
        f"from keras import layers{', ops' if 'ops.' in text else ''}",
        *(_SCALE.splitlines() if scale else []),
        "",
        f"x = inputs = keras.Input({(size.height, size.width, size.channels)})",
        *body,
        "network = keras.Model(inputs, x)",
        "network.summary()",
        'print(f"output {tuple(x.shape)}")',
        "trained = sum(math.prod(weight.shape) for weight in network.trainable_weights)",
        'print(f"parameters {trained:,}")',
    ]


_SCALE = '''

class Scale(keras.layers.Layer):
    """A factor for each channel."""

    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), initializer="ones")

    def call(self, x):
        return x * self.factor
'''


def _bias(bias: bool) -> str:
    return "" if bias else ", use_bias=False"


def _lists(planes: Any) -> str:
    return str(planes).replace("(", "[").replace(",)", "]").replace(")", "]")


def _windows(report: Report) -> Windows:
    assert report.effect.windows is not None, "it has windows"
    return report.effect.windows


def _volume(shape: Shape) -> Volume:
    assert isinstance(shape, Volume), "it has rows and columns"
    return shape


def _depth(shape: Shape) -> int:
    return shape.channels if isinstance(shape, Volume) else shape.features

"""What each word is in Keras 3, whose arrays are (N, H, W, C), as here."""

from collections.abc import Callable, Sequence
from typing import Any

from cnnfilt.cli.shape.emit.keras_windows import Lines, bias, conv, depthwise, filter_, pool, transposed
from cnnfilt.cli.shape.emit.names import Names
from cnnfilt.cli.shape.emit.reports import none_in, not_written, volume
from cnnfilt.describe import layers as described
from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers.base import depth
from cnnfilt.terms import PaddingMode

Emit = Callable[[Any, Report, Names], Lines]

_NUMPY_MODES: dict[PaddingMode, str] = {
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
}


_FUNCTIONS: dict[described.Function, str] = {
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


def _activation(layer: described.ActivationLayer, report: Report, names: Names) -> Lines:
    if layer.function not in _FUNCTIONS:
        not_written("Keras")(layer)
    return (f"x = {_FUNCTIONS[layer.function].format(layer.slope)}(x)",)


def _prelu(layer: described.SlopesLayer, report: Report, names: Names) -> Lines:
    shared = "" if isinstance(report.input, described.Flat) else ", shared_axes=(1, 2)"
    built = f"PReLU(keras.initializers.Constant(0.25){shared})"
    return (f"x = layers.{names.given_to(built)}(x)",)


def _local_response_norm(layer: described.LocalResponseNormLayer, report: Report, names: Names) -> Lines:
    axes = 1 if isinstance(report.input, described.Flat) else 3
    channels = depth(report.input)
    return (
        f"squares = ops.pad(ops.square(x), ({'(0, 0), ' * axes}(2, 2)))",
        f"x = x / (2 + 1e-4 * sum(squares[..., i : i + {channels}] for i in range(5))) ** 0.75",
    )


def _pad(layer: described.PadLayer, report: Report, names: Names) -> Lines:
    if layer.mode == "zeros":
        return (f"x = layers.ZeroPadding2D({layer.sides})(x)",)
    mode, size = _NUMPY_MODES[layer.mode], volume(report.input).size
    return tuple(
        f'x = ops.take(x, np.pad(np.arange({n}), {side}, "{mode}"), axis={axis})'
        for axis, (n, side) in enumerate(zip(size, layer.sides, strict=True), 1)
        if any(side)
    )


def _crop(layer: described.CropLayer, report: Report, names: Names) -> Lines:
    return (f"x = layers.Cropping2D({layer.sides_of(volume(report.input).size)})(x)",)


def _shuffle(layer: described.ShuffleLayer, report: Report, names: Names) -> Lines:
    shape, apart = report.input, (layer.groups, depth(report.input) // layer.groups)
    size = shape.size if isinstance(shape, described.Volume) else ()
    first = len(size) + 1
    order = (*range(1, first), first + 1, first)
    turned = f"layers.Permute({order})(layers.Reshape({(*size, *apart)})(x))"
    return (f"x = layers.Reshape({(*size, depth(shape))})({turned})",)


def _join(layer: described.JoinLayer, report: Report, names: Names) -> Lines:
    other = names.of_value(layer.name)
    joined = {"add": f"x + {other}", "mul": f"x * {other}", "cat": f"layers.Concatenate()([{other}, x])"}
    return (f"x = {joined[layer.kind]}",)


def _layer(written: Callable[[Any], str]) -> Emit:
    """Return what emits the one layer that `written` returns for a word."""
    return lambda layer, report, names: (f"x = layers.{names.given_to(written(layer))}(x)",)


STEPS: dict[type[described.LayerWord], Emit] = {
    described.ConvLayer: conv,
    described.FilterLayer: filter_,
    described.DepthwiseLayer: depthwise,
    described.TransposedLayer: transposed,
    described.PoolLayer: pool,
    described.MorphLayer: none_in("Keras"),
    described.ActivationLayer: _activation,
    described.SlopesLayer: _prelu,
    described.BatchNormLayer: _layer(lambda layer: "BatchNormalization(momentum=0.9, epsilon=1e-5)"),
    described.LayerNormLayer: _layer(lambda layer: "LayerNormalization(epsilon=1e-6)"),
    described.GroupNormLayer: _layer(lambda layer: f"GroupNormalization({layer.groups}, epsilon=1e-5)"),
    described.LocalResponseNormLayer: _local_response_norm,
    described.ScaleLayer: lambda layer, report, names: (f"x = {names.given_to('Scale()')}(x)",),
    described.DropoutLayer: _layer(lambda layer: f"Dropout({layer.probability})"),
    described.UpLayer: _layer(lambda layer: f'UpSampling2D({layer.factor}, interpolation="{layer.mode}")'),
    described.PadLayer: _pad,
    described.CropLayer: _crop,
    described.TakeLayer: lambda layer, report, names: (f"x = x[..., {layer.first}:{layer.last + 1}]",),
    described.ShuffleLayer: _shuffle,
    described.FlattenLayer: _layer(lambda layer: "Flatten()"),
    described.FullyConnectedLayer: _layer(lambda layer: f"Dense({layer.outputs}{bias(layer.bias)})"),
    described.AsLayer: lambda layer, report, names: (f"{names.of_value(layer.name)} = x",),
    described.FromLayer: lambda layer, report, names: (f"x = {names.of_value(layer.name)}",),
    described.JoinLayer: _join,
}
"""How each layer is written."""


def _emit(layer: described.LayerWord) -> Emit:
    return STEPS.get(type(layer), not_written("Keras"))


def network(size: described.Volume, reports: Sequence[Report], *, named: bool = False) -> list[str]:
    """Return the lines that build `network`. ParameterError: see `STEPS`.

    `named`: layers with weights have the names that a model file has for them.
    """
    names, body = Names(), list[str]()
    for report in reports:
        name = names.of_layer(report.layer.word.partition(":")[0])
        names.option = f'name="{name}"' if named else ""
        body += _emit(report.layer)(report.layer, report, names)
    scale = any(isinstance(report.layer, described.ScaleLayer) for report in reports)
    return [
        *(_SCALE.splitlines() if scale else []),
        "",
        f"x = inputs = keras.Input({(size.height, size.width, size.channels)})",
        *body,
        "network = keras.Model(inputs, x)",
    ]


def script(size: described.Volume, reports: Sequence[Report]) -> list[str]:
    """Return the lines of a script that builds the network and prints Keras' summary."""
    lines = network(size, reports)
    text = "\n".join(lines)
    return [
        "import math",
        "",
        "import keras",
        *(["import numpy as np"] if "np." in text else []),
        f"from keras import layers{', ops' if 'ops.' in text else ''}",
        *lines,
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

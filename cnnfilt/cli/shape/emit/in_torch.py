"""What each word is in PyTorch, whose arrays are (N, C, H, W)."""

from collections.abc import Callable, Sequence
from typing import Any

from cnnfilt.cli.shape.emit.names import Names
from cnnfilt.cli.shape.emit.reports import none_in, not_written, volume
from cnnfilt.cli.shape.emit.torch_windows import Step, conv, depthwise, filter_, pool, sides, transposed
from cnnfilt.describe import layers as described
from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers.base import depth

_FUNCTIONS: dict[described.Function, str] = {
    "relu": "F.relu(x)",
    "relu6": "F.relu6(x)",
    "leaky": "F.leaky_relu(x, {})",
    "elu": "F.elu(x)",
    "gelu": "F.gelu(x)",
    "silu": "F.silu(x)",
    "hardsigmoid": "F.hardsigmoid(x)",
    "hardswish": "F.hardswish(x)",
    "tanh": "torch.tanh(x)",
    "sigmoid": "torch.sigmoid(x)",
    "softmax": "F.softmax(x, dim=1)",
}


def _activation(layer: described.ActivationLayer, report: Report, name: str, names: Names) -> Step:
    if layer.function not in _FUNCTIONS:
        not_written("PyTorch")(layer)
    return Step((f"x = {_FUNCTIONS[layer.function].format(layer.slope)}",))


def _module(build: Callable[[Any, int, bool], str]) -> "Emit":
    """Return what emits a module built from the layer, its channels, and whether its input is flat."""

    def step(layer: described.LayerWord, report: Report, name: str, names: Names) -> Step:
        flat = isinstance(report.input, described.Flat)
        return Step((f"x = self.{name}(x)",), (f"self.{name} = {build(layer, depth(report.input), flat)}",))

    return step


def _layer_norm(layer: described.LayerNormLayer, report: Report, name: str, names: Names) -> Step:
    last = f"x = self.{name}(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)"
    called = f"x = self.{name}(x)" if isinstance(report.input, described.Flat) else last
    return Step((called,), (f"self.{name} = nn.LayerNorm({depth(report.input)}, eps=1e-6)",))


def _scale(layer: described.ScaleLayer, report: Report, name: str, names: Names) -> Step:
    shape = f"{depth(report.input)}{'' if isinstance(report.input, described.Flat) else ', 1, 1'}"
    return Step((f"x = x * self.{name}",), (f"self.{name} = nn.Parameter(torch.ones({shape}))",))


def _up(layer: described.UpLayer, report: Report, name: str, names: Names) -> Step:
    mode = '"nearest"' if layer.mode == "nearest" else '"bilinear", align_corners=False'
    return Step((f"x = F.interpolate(x, scale_factor={layer.factor}, mode={mode})",))


def _pad(layer: described.PadLayer, report: Report, name: str, names: Names) -> Step:
    if layer.mode == "symmetric":
        # PyTorch has no such border: the places that it takes its values from are worked out.
        size = volume(report.input).size
        places = (
            f"[min(i % {2 * n}, {2 * n - 1} - i % {2 * n}) for i in range({-before}, {n + after})]"
            for n, (before, after) in zip(size, layer.sides, strict=True)
        )
        rows, columns = places
        return Step((f"x = x[:, :, {rows}][:, :, :, {columns}]",))
    mode = "" if layer.mode == "zeros" else f', mode="{layer.mode}"'
    return Step((f"x = F.pad(x, {sides(layer.sides)}{mode})",))


def _crop(layer: described.CropLayer, report: Report, name: str, names: Names) -> Step:
    given = volume(report.input)
    sides = layer.sides_of(given.size)
    rows, columns = (f"{before}:{n - after}" for n, (before, after) in zip(given.size, sides, strict=True))
    return Step((f"x = x[:, :, {rows}, {columns}]",))


def _take(layer: described.TakeLayer, report: Report, name: str, names: Names) -> Step:
    return Step((f"x = x[:, {layer.first}:{layer.last + 1}]",))


def _shuffle(layer: described.ShuffleLayer, report: Report, name: str, names: Names) -> Step:
    return Step((f"x = x.unflatten(1, ({layer.groups}, -1)).transpose(1, 2).flatten(1, 2)",))


def _flatten(layer: described.FlattenLayer, report: Report, name: str, names: Names) -> Step:
    return Step(("x = torch.flatten(x, 1)",))


def _flatten_last(layer: described.LayerWord, report: Report, name: str, names: Names) -> Step:
    if isinstance(report.input, described.Flat):
        return Step(())
    return Step(("x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # channels last",))


def _dense(layer: described.FullyConnectedLayer, report: Report, name: str, names: Names) -> Step:
    bias = "" if layer.bias else ", bias=False"
    build = f"nn.Linear({depth(report.input)}, {layer.outputs}{bias})"
    return Step((f"x = self.{name}(x)",), (f"self.{name} = {build}",))


def _as(layer: described.AsLayer, report: Report, name: str, names: Names) -> Step:
    return Step((f"{names.of_value(layer.name)} = x",))


def _from(layer: described.FromLayer, report: Report, name: str, names: Names) -> Step:
    return Step((f"x = {names.of_value(layer.name)}",))


def _join(layer: described.JoinLayer, report: Report, name: str, names: Names) -> Step:
    other = names.of_value(layer.name)
    joined = {"add": f"x + {other}", "mul": f"x * {other}", "cat": f"torch.cat(({other}, x), dim=1)"}
    return Step((f"x = {joined[layer.kind]}",))


Emit = Callable[[Any, Report, str, Names], Step]

STEPS: dict[type[described.LayerWord], Emit] = {
    described.ConvLayer: conv,
    described.FilterLayer: filter_,
    described.DepthwiseLayer: depthwise,
    described.TransposedLayer: transposed,
    described.PoolLayer: pool,
    described.MorphLayer: none_in("PyTorch"),
    described.ActivationLayer: _activation,
    described.SlopesLayer: _module(lambda layer, channels, flat: f"nn.PReLU({channels})"),
    described.BatchNormLayer: _module(lambda layer, channels, flat: f"nn.BatchNorm{1 if flat else 2}d({channels})"),
    described.LayerNormLayer: _layer_norm,
    described.GroupNormLayer: _module(lambda layer, channels, flat: f"nn.GroupNorm({layer.groups}, {channels})"),
    described.LocalResponseNormLayer: _module(
        # PyTorch divides the sum of squares by their number.
        lambda layer, channels, flat: "nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)"
    ),
    described.ScaleLayer: _scale,
    described.DropoutLayer: _module(lambda layer, channels, flat: f"nn.Dropout({layer.probability})"),
    described.UpLayer: _up,
    described.PadLayer: _pad,
    described.CropLayer: _crop,
    described.TakeLayer: _take,
    described.ShuffleLayer: _shuffle,
    described.FlattenLayer: _flatten,
    described.FullyConnectedLayer: _dense,
    described.AsLayer: _as,
    described.FromLayer: _from,
    described.JoinLayer: _join,
}
"""How each layer is written."""


def _emit(layer: described.LayerWord) -> Emit:
    return STEPS.get(type(layer), not_written("PyTorch"))


def network(reports: Sequence[Report], *, channels_last: bool = False) -> list[str]:
    """Return the lines of a class with the layers of `reports`. ParameterError: see `STEPS`.

    With `channels_last` what is flattened is in the order of (height, width, channels), as weights from here have it.
    """
    names, built, forward = Names(), list[str](), list[str]()
    for report in reports:
        name = names.of_layer(report.layer.word.partition(":")[0])
        flattens_last = channels_last and isinstance(report.layer, described.FlattenLayer)
        step = (_flatten_last if flattens_last else _emit(report.layer))(report.layer, report, name, names)
        built += step.built
        forward += step.forward
    return [
        "class Network(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *("        " + line for line in built),
        "",
        "    def forward(self, x):",
        *("        " + line for line in forward),
        "        return x",
    ]


def script(size: described.Volume, reports: Sequence[Report]) -> list[str]:
    """Return the lines of a script that builds the network and prints the shape and parameters of each module."""
    return [
        "import torch",
        "import torch.nn.functional as F",
        "from torch import nn",
        "",
        "",
        *network(reports),
        *_SUMMARY.format(channels=size.channels, height=size.height, width=size.width).splitlines(),
    ]


_SUMMARY = """

def show(name, module, y):
    count = sum(p.numel() for p in module.parameters())
    print(f"{{name:16}} {{type(module).__name__:20}} {{str(tuple(y.shape)):24}} {{count:>14,}}")


network = Network().eval()
for name, module in network.named_children():
    module.register_forward_hook(lambda module, given, y, name=name: show(name, module, y))
with torch.no_grad():
    y = network(torch.zeros(1, {channels}, {height}, {width}))
print(f"output {{tuple(y.shape)}}")
print(f"parameters {{sum(p.numel() for p in network.parameters()):,}}")"""

"""What each word is in PyTorch, whose arrays are (N, C, H, W)."""

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
from cnnfilt.describe.layers.arrangement import Sides
from cnnfilt.describe.windows import Windows
from cnnfilt.frozen import Frozen


class Step(Frozen):
    """The lines of one layer: what builds its module, `self.NAME = ...`, and what carries `x` through it."""

    forward: tuple[str, ...]
    built: tuple[str, ...] = ()


def _conv(layer: ConvLayer, report: Report, name: str, names: Names) -> Step:
    windows, channels = _windows(report), _volume(report.input).channels
    padding, before = _padding(windows)
    build = (
        f"nn.Conv2d({channels}, {layer.filters}, {windows.kernel_size}{_options(windows, padding)}"
        f"{f', groups={layer.groups}' if layer.groups > 1 else ''}{'' if layer.bias else ', bias=False'})"
    )
    planes = [[[list(row) for row in plane] for plane in kernel.channels or [kernel.rows] * (channels // layer.groups)]
              for kernel in layer.kernels]  # fmt: skip
    return Step((*before, f"x = self.{name}(x)"), (f"self.{name} = {build}", *_given(name, planes)))


def _filter(layer: FilterLayer, report: Report, name: str, names: Names) -> Step:
    windows, channels = _windows(report), _volume(report.input).channels
    padding, before = _padding(windows)
    options = f"{_options(windows, padding)}, groups={channels}, bias=False"
    build = f"nn.Conv2d({channels}, {channels}, {windows.kernel_size}{options})"
    planes = [[[list(row) for row in layer.kernel.rows]]]
    return Step((*before, f"x = self.{name}(x)"), (f"self.{name} = {build}", *_given(name, planes)))


def _depthwise(layer: DepthwiseLayer, report: Report, name: str, names: Names) -> Step:
    windows, channels = _windows(report), _volume(report.input).channels
    padding, before = _padding(windows)
    options = f"{_options(windows, padding)}, groups={channels}{'' if layer.bias else ', bias=False'}"
    build = f"nn.Conv2d({channels}, {channels * layer.multiplier}, {windows.kernel_size}{options})"
    return Step((*before, f"x = self.{name}(x)"), (f"self.{name} = {build}",))


def _transposed(layer: TransposedLayer, report: Report, name: str, names: Names) -> Step:
    volume = _volume(report.input)
    rows, columns = layer.axes(volume.size)
    even = all(axis.before == axis.after for axis in (rows, columns))
    options = {
        "stride": (layer.stride, (1, 1)),
        "padding": ((rows.before, columns.before) if even else (0, 0), (0, 0)),
        "output_padding": ((rows.extra, columns.extra), (0, 0)),
        "groups": (layer.groups, 1),
        "bias": (layer.bias, True),
        "dilation": (layer.dilation, (1, 1)),
    }
    written = "".join(f", {option}={value}" for option, (value, default) in options.items() if value != default)
    build = f"nn.ConvTranspose2d({volume.channels}, {layer.filters}, {layer.kernel_size}{written})"
    cut = () if even else (f"x = F.pad(x, {(-columns.before, -columns.after, -rows.before, -rows.after)})",)
    return Step((f"x = self.{name}(x)", *cut), (f"self.{name} = {build}",))


def _pool(layer: PoolLayer, report: Report, name: str, names: Names) -> Step:
    kind, sign = ("avg" if layer.pooling.kind == "avg" else "max"), "-" * (layer.pooling.kind == "min")
    if layer.pooling.adaptive is not None or layer.pooling.whole:
        size = _volume(report.output).size
        return Step((f"x = {sign}F.adaptive_{kind}_pool2d({sign}x, {size})",))
    windows = _windows(report)
    padding, before = _padding(windows, fill="-torch.inf" if kind == "max" else "0", sign=sign)
    # Without a stride PyTorch takes the size of the window.
    options = _options(windows, padding, stride=windows.kernel_size)
    ceil = ", ceil_mode=True" if any(window.overhang for window in windows) else ""
    if kind == "max":
        called = f"F.max_pool2d({sign}x, {windows.kernel_size}{options}{ceil})"
        return Step((*before, f"x = {sign}{called}"))
    if before or windows.dilation != (1, 1):
        return Step(_means(windows))
    return Step((f"x = F.avg_pool2d(x, {windows.kernel_size}{options}{ceil}, count_include_pad=False)",))


def _means(windows: Windows) -> tuple[str, ...]:
    """Return the lines for means of windows that PyTorch's pooling has not: their sums over how many there are."""
    pads = [(window.before, window.after + window.overhang) for window in windows]
    options = _options(windows, (0, 0))
    return (
        f"taps = torch.ones(x.shape[1], 1, {windows.kernel_size[0]}, {windows.kernel_size[1]})",
        f"sums, counts = (F.conv2d(F.pad(y, {(*pads[1], *pads[0])}), taps{options}, groups=x.shape[1])"
        " for y in (x, torch.ones_like(x)))",
        "x = sums / counts",
    )


_FUNCTIONS: dict[Function, str] = {
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


def _activation(layer: ActivationLayer, report: Report, name: str, names: Names) -> Step:
    return Step((f"x = {_FUNCTIONS[layer.function].format(layer.slope)}",))


def _module(build: Callable[[Any, int, bool], str]) -> "Emit":
    """Return what emits a module built from the layer, its channels, and whether its input is flat."""

    def step(layer: LayerWord, report: Report, name: str, names: Names) -> Step:
        flat = isinstance(report.input, Flat)
        return Step((f"x = self.{name}(x)",), (f"self.{name} = {build(layer, _depth(report.input), flat)}",))

    return step


def _layer_norm(layer: LayerNormLayer, report: Report, name: str, names: Names) -> Step:
    last = f"x = self.{name}(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)"
    called = f"x = self.{name}(x)" if isinstance(report.input, Flat) else last
    return Step((called,), (f"self.{name} = nn.LayerNorm({_depth(report.input)}, eps=1e-6)",))


def _scale(layer: ScaleLayer, report: Report, name: str, names: Names) -> Step:
    shape = f"{_depth(report.input)}{'' if isinstance(report.input, Flat) else ', 1, 1'}"
    return Step((f"x = x * self.{name}",), (f"self.{name} = nn.Parameter(torch.ones({shape}))",))


def _up(layer: UpLayer, report: Report, name: str, names: Names) -> Step:
    mode = '"nearest"' if layer.mode == "nearest" else '"bilinear", align_corners=False'
    return Step((f"x = F.interpolate(x, scale_factor={layer.factor}, mode={mode})",))


def _pad(layer: PadLayer, report: Report, name: str, names: Names) -> Step:
    if layer.mode == "symmetric":
        # PyTorch has no such border: the places that it takes its values from are worked out.
        size = _volume(report.input).size
        places = (
            f"[min(i % {2 * n}, {2 * n - 1} - i % {2 * n}) for i in range({-before}, {n + after})]"
            for n, (before, after) in zip(size, layer.sides, strict=True)
        )
        rows, columns = places
        return Step((f"x = x[:, :, {rows}][:, :, :, {columns}]",))
    mode = "" if layer.mode == "zeros" else f', mode="{layer.mode}"'
    return Step((f"x = F.pad(x, {_sides(layer.sides)}{mode})",))


def _crop(layer: CropLayer, report: Report, name: str, names: Names) -> Step:
    volume = _volume(report.input)
    sides = layer.sides_of(volume.size)
    rows, columns = (f"{before}:{n - after}" for n, (before, after) in zip(volume.size, sides, strict=True))
    return Step((f"x = x[:, :, {rows}, {columns}]",))


def _take(layer: TakeLayer, report: Report, name: str, names: Names) -> Step:
    return Step((f"x = x[:, {layer.first}:{layer.last + 1}]",))


def _shuffle(layer: ShuffleLayer, report: Report, name: str, names: Names) -> Step:
    return Step((f"x = x.unflatten(1, ({layer.groups}, -1)).transpose(1, 2).flatten(1, 2)",))


def _flatten(layer: FlattenLayer, report: Report, name: str, names: Names) -> Step:
    return Step(("x = torch.flatten(x, 1)",))


def _dense(layer: FullyConnectedLayer, report: Report, name: str, names: Names) -> Step:
    bias = "" if layer.bias else ", bias=False"
    build = f"nn.Linear({_depth(report.input)}, {layer.outputs}{bias})"
    return Step((f"x = self.{name}(x)",), (f"self.{name} = {build}",))


def _as(layer: AsLayer, report: Report, name: str, names: Names) -> Step:
    return Step((f"{names.of_value(layer.name)} = x",))


def _from(layer: FromLayer, report: Report, name: str, names: Names) -> Step:
    return Step((f"x = {names.of_value(layer.name)}",))


def _join(layer: JoinLayer, report: Report, name: str, names: Names) -> Step:
    other = names.of_value(layer.name)
    joined = {"add": f"x + {other}", "mul": f"x * {other}", "cat": f"torch.cat(({other}, x), dim=1)"}
    return Step((f"x = {joined[layer.kind]}",))


Emit = Callable[[Any, Report, str, Names], Step]

STEPS: dict[type[LayerWord], Emit] = {
    ConvLayer: _conv,
    FilterLayer: _filter,
    DepthwiseLayer: _depthwise,
    TransposedLayer: _transposed,
    PoolLayer: _pool,
    ActivationLayer: _activation,
    SlopesLayer: _module(lambda layer, channels, flat: f"nn.PReLU({channels})"),
    BatchNormLayer: _module(lambda layer, channels, flat: f"nn.BatchNorm{1 if flat else 2}d({channels})"),
    LayerNormLayer: _layer_norm,
    GroupNormLayer: _module(lambda layer, channels, flat: f"nn.GroupNorm({layer.groups}, {channels})"),
    LocalResponseNormLayer: _module(
        # PyTorch divides the sum of squares by their number.
        lambda layer, channels, flat: "nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)"
    ),
    ScaleLayer: _scale,
    DropoutLayer: _module(lambda layer, channels, flat: f"nn.Dropout({layer.probability})"),
    UpLayer: _up,
    PadLayer: _pad,
    CropLayer: _crop,
    TakeLayer: _take,
    ShuffleLayer: _shuffle,
    FlattenLayer: _flatten,
    FullyConnectedLayer: _dense,
    AsLayer: _as,
    FromLayer: _from,
    JoinLayer: _join,
}
"""How each layer is written."""


def script(size: Volume, reports: Sequence[Report]) -> list[str]:
    """Return the lines of a script that builds the network and prints the shape and parameters of each module."""
    names, built, forward = Names(), list[str](), list[str]()
    for report in reports:
        name = names.of_layer(report.layer.word.partition(":")[0])
        step = STEPS[type(report.layer)](report.layer, report, name, names)
        built += step.built
        forward += step.forward
    return [
        "import torch",
        "import torch.nn.functional as F",
        "from torch import nn",
        "",
        "",
        "class Network(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *("        " + line for line in built),
        "",
        "    def forward(self, x):",
        *("        " + line for line in forward),
        "        return x",
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


def _padding(windows: Windows, *, fill: str = "0", sign: str = "") -> tuple[tuple[int, int], tuple[str, ...]]:
    """Return the padding that the layer itself has, and the line before it where that cannot be even on both sides."""
    rows, columns = windows
    if rows.before == rows.after and columns.before == columns.after:
        return (rows.before, columns.before), ()
    value = "" if fill == "0" else f", value={sign}{fill}".replace("--", "")
    return (0, 0), (f"x = F.pad(x, {_sides(windows.pads)}{value})",)


def _options(windows: Windows, padding: tuple[int, int], stride: tuple[int, int] = (1, 1)) -> str:
    """Return the options that are not what they are left out; `stride` is that without one."""
    options = {"stride": windows.stride, "padding": padding, "dilation": windows.dilation}
    plain = {"stride": stride, "padding": (0, 0), "dilation": (1, 1)}
    written = (f", {name}={value}" for name, value in options.items() if value != plain[name])
    return "".join(written)


def _given(name: str, planes: Sequence[Any]) -> tuple[str, ...]:
    """Return the line that gives a convolution the coefficients of its named kernels."""
    # One plane of a filter is that of all channels.
    return (f"self.{name}.weight.data[:] = torch.tensor({planes})",) if planes else ()


def _sides(sides: Sides) -> tuple[int, int, int, int]:
    return (*sides[1], *sides[0])


def _windows(report: Report) -> Windows:
    assert report.effect.windows is not None, "it has windows"
    return report.effect.windows


def _volume(shape: Shape) -> Volume:
    assert isinstance(shape, Volume), "it has rows and columns"
    return shape


def _depth(shape: Shape) -> int:
    return shape.channels if isinstance(shape, Volume) else shape.features

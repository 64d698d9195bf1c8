"""What words with windows are in PyTorch: convolutions and pooling."""

from collections.abc import Sequence
from typing import Any

from cnnfilt.cli.shape.emit.names import Names
from cnnfilt.cli.shape.emit.reports import refuse_other_kinds, volume, windows_of
from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import ConvLayer, DepthwiseLayer, FilterLayer, PoolLayer, TransposedLayer
from cnnfilt.describe.layers.arrangement import Sides
from cnnfilt.describe.windows import Windows
from cnnfilt.frozen import Frozen


class Step(Frozen):
    """The lines of one layer: what builds its module, `self.NAME = ...`, and what carries `x` through it."""

    forward: tuple[str, ...]
    built: tuple[str, ...] = ()


def conv(layer: ConvLayer, report: Report, name: str, names: Names) -> Step:
    """Return the step of a convolution."""
    windows, channels = windows_of(report), volume(report.input).channels
    padding, before = _padding(windows)
    build = (
        f"nn.Conv2d({channels}, {layer.filters}, {windows.kernel_size}{_options(windows, padding)}"
        f"{f', groups={layer.groups}' if layer.groups > 1 else ''}{'' if layer.bias else ', bias=False'})"
    )
    planes = [[[list(row) for row in plane] for plane in kernel.channels or [kernel.rows] * (channels // layer.groups)]
              for kernel in layer.kernels]  # fmt: skip
    return Step((*before, f"x = self.{name}(x)"), (f"self.{name} = {build}", *_given(name, planes)))


def filter_(layer: FilterLayer, report: Report, name: str, names: Names) -> Step:
    """Return the step of a filter."""
    windows, channels = windows_of(report), volume(report.input).channels
    padding, before = _padding(windows)
    options = f"{_options(windows, padding)}, groups={channels}, bias=False"
    build = f"nn.Conv2d({channels}, {channels}, {windows.kernel_size}{options})"
    planes = [[[list(row) for row in layer.kernel.rows]]]
    return Step((*before, f"x = self.{name}(x)"), (f"self.{name} = {build}", *_given(name, planes)))


def depthwise(layer: DepthwiseLayer, report: Report, name: str, names: Names) -> Step:
    """Return the step of a depthwise convolution."""
    windows, channels = windows_of(report), volume(report.input).channels
    padding, before = _padding(windows)
    options = f"{_options(windows, padding)}, groups={channels}{'' if layer.bias else ', bias=False'}"
    build = f"nn.Conv2d({channels}, {channels * layer.multiplier}, {windows.kernel_size}{options})"
    return Step((*before, f"x = self.{name}(x)"), (f"self.{name} = {build}",))


def transposed(layer: TransposedLayer, report: Report, name: str, names: Names) -> Step:
    """Return the step of a transposed convolution."""
    given = volume(report.input)
    rows, columns = layer.axes(given.size)
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
    build = f"nn.ConvTranspose2d({given.channels}, {layer.filters}, {layer.kernel_size}{written})"
    cut = () if even else (f"x = F.pad(x, {(-columns.before, -columns.after, -rows.before, -rows.after)})",)
    return Step((f"x = self.{name}(x)", *cut), (f"self.{name} = {build}",))


def pool(layer: PoolLayer, report: Report, name: str, names: Names) -> Step:
    """Return the step of pooling."""
    refuse_other_kinds(layer, "PyTorch")
    kind, sign = ("avg" if layer.pooling.kind == "avg" else "max"), "-" * (layer.pooling.kind == "min")
    if layer.pooling.adaptive is not None or layer.pooling.whole:
        size = volume(report.output).size
        return Step((f"x = {sign}F.adaptive_{kind}_pool2d({sign}x, {size})",))
    windows = windows_of(report)
    padding, before = _padding(windows, fill="-torch.inf" if kind == "max" else "0", sign=sign)
    # Without a stride PyTorch takes the size of the window.
    options = _options(windows, padding, stride=windows.kernel_size)
    ceil = ", ceil_mode=True" if any(window.overhang for window in windows) and not before else ""
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


def sides(pads: Sides) -> tuple[int, int, int, int]:
    """Return (left, right, top, bottom), as F.pad has them."""
    return (*pads[1], *pads[0])


def _padding(windows: Windows, *, fill: str = "0", sign: str = "") -> tuple[tuple[int, int], tuple[str, ...]]:
    """Return the padding that the layer itself has, and the line before it where that cannot be even on both sides."""
    rows, columns = windows
    if rows.before == rows.after and columns.before == columns.after:
        return (rows.before, columns.before), ()
    value = "" if fill == "0" else f", value={sign}{fill}".replace("--", "")
    # Where ceil mode lets a window hang over, there is as much more of it.
    pads = [(window.before, window.after + window.overhang) for window in windows]
    return (0, 0), (f"x = F.pad(x, {sides((pads[0], pads[1]))}{value})",)


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

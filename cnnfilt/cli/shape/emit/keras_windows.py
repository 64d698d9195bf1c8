"""What words with windows are in Keras 3: convolutions and pooling."""

from collections.abc import Sequence
from typing import Any

from cnnfilt.cli.shape.emit.names import Names
from cnnfilt.cli.shape.emit.reports import refuse_other_kinds, volume, windows_of
from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import ConvLayer, DepthwiseLayer, FilterLayer, PoolLayer, TransposedLayer
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ParameterError

Lines = tuple[str, ...]


def conv(layer: ConvLayer, report: Report, names: Names) -> Lines:
    """Return the lines of a convolution."""
    channels = volume(report.input).channels // layer.groups
    groups = f", groups={layer.groups}" if layer.groups > 1 else ""
    planes = [
        [kernel.channels[c] if kernel.channels else kernel.rows for c in range(channels)] for kernel in layer.kernels
    ]
    end = f"{groups}{bias(layer.bias)}"
    return _slid(layer.slide, report, names, f"Conv2D({layer.filters}, ", end, planes, (2, 3, 1, 0))


def filter_(layer: FilterLayer, report: Report, names: Names) -> Lines:
    """Return the lines of a filter."""
    planes = [[layer.kernel.rows]] * volume(report.input).channels
    return _slid(layer.slide, report, names, "DepthwiseConv2D(", bias(False), planes, (2, 3, 0, 1))


def depthwise(layer: DepthwiseLayer, report: Report, names: Names) -> Lines:
    """Return the lines of a depthwise convolution."""
    multiplier = f", depth_multiplier={layer.multiplier}" if layer.multiplier > 1 else ""
    return _slid(layer.slide, report, names, "DepthwiseConv2D(", f"{multiplier}{bias(layer.bias)}")


def _slid(
    slide: Slide,
    report: Report,
    names: Names,
    start: str,
    end: str,
    planes: Sequence[Any] = (),
    axes: tuple[int, ...] = (),
) -> Lines:
    """Return the lines of a convolution; `planes` are its coefficients, which `axes` turn to Keras' order."""
    windows = windows_of(report)
    # Keras strides both ways alike, and not where it dilates.
    apart = windows.stride != (1, 1) and (windows.dilation != (1, 1) or windows.stride[0] != windows.stride[1])
    same = slide.padding == "same" and not apart
    pads = () if same or windows.pads == ((0, 0), (0, 0)) else (f"x = layers.ZeroPadding2D({windows.pads})(x)",)
    strides = "" if apart or windows.stride == (1, 1) else f", strides={windows.stride}"
    dilation = "" if windows.dilation == (1, 1) else f", dilation_rate={windows.dilation}"
    padding = ', padding="same"' if same else ""
    layer = f"layers.{names.given_to(f'{start}{windows.kernel_size}{strides}{padding}{dilation}{end})')}"
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


def transposed(layer: TransposedLayer, report: Report, names: Names) -> Lines:
    """Return the lines of a transposed convolution. ParameterError for what Keras has not."""
    if layer.groups > 1:
        raise ParameterError(f"Keras has no groups in a transposed convolution, as {layer.word} has them")
    strided, dilated = (pair != (1, 1) for pair in (layer.stride, layer.dilation))
    if strided and dilated:
        raise ParameterError(f"Keras has no transposed convolution with both strides and dilation, as {layer.word} has")
    options = f", strides={layer.stride}" if strided else ""
    options += f", dilation_rate={layer.dilation}" if dilated else ""
    start = f"Conv2DTranspose({layer.filters}, {layer.kernel_size}{options}"
    if isinstance(layer.padding, str):
        built = f'{start}, padding="{layer.padding}"{bias(layer.bias)})'
        return (f"x = layers.{names.given_to(built)}(x)",)
    axes, output = layer.axes(volume(report.input).size), volume(report.output)
    more = tuple(max(axis.extra - axis.after, 0) for axis in axes)
    if any(extra >= stride for extra, stride in zip(more, layer.stride, strict=True) if extra):
        raise ParameterError(f"Keras has no output padding of the stride or more, as {layer.word} has")
    whole = tuple(
        axis.output_size + axis.before + axis.after - axis.extra + extra for axis, extra in zip(axes, more, strict=True)
    )
    given = f", output_padding={more}" if any(more) else ""
    rows, columns = (f"{axis.before}:{axis.before + size}" for axis, size in zip(axes, output.size, strict=True))
    cut = () if whole == output.size else (f"x = x[:, {rows}, {columns}]",)
    built = names.given_to(f"{start}{given}{bias(layer.bias)})")
    return (f"x = layers.{built}(x)", *cut)


def pool(layer: PoolLayer, report: Report, names: Names) -> Lines:
    """Return the lines of pooling. ParameterError for what Keras has not."""
    refuse_other_kinds(layer, "Keras")
    kind = layer.pooling.kind
    sign = "-" * (kind == "min")
    if layer.pooling.whole:
        return (f"x = ops.{'mean' if kind == 'avg' else kind}(x, axis=(1, 2), keepdims=True)",)
    if layer.pooling.adaptive is not None:
        name = "Average" if kind == "avg" else "Max"
        return (f"x = {sign}layers.Adaptive{name}Pooling2D({layer.pooling.adaptive})({sign}x)",)
    windows = windows_of(report)
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


def bias(there: bool) -> str:
    """Return the option of a layer without a bias."""
    return "" if there else ", use_bias=False"


def _lists(planes: Any) -> str:
    return str(planes).replace("(", "[").replace(",)", "]").replace(")", "]")

"""The equivalent layers of Keras 3."""

from cnnfilt.cli.inspect.emit.common import (
    Slide,
    coefficients,
    convolution_slide,
    edge_slide,
    kernel_remark,
    literal,
    literals,
    numpy_pad,
    pad_slide,
    pool_slide,
    strength,
)
from cnnfilt.operations.convolve import Convolve
from cnnfilt.operations.edges import Edges
from cnnfilt.operations.inspect.emitted_run import Described
from cnnfilt.operations.pad import Pad
from cnnfilt.operations.pool import Pool
from cnnfilt.terms import PaddingMode

TITLE = "Keras"
IMPORTS = ("import keras",)

_OUT = "y = keras.ops.convert_to_numpy(y)[0]"
_EVERYWHERE = "# Keras cannot stride so: all windows are computed, and some are kept."


def convolve(run: Described, number: int) -> list[str]:
    """Return the lines around keras.layers.Conv2D or DepthwiseConv2D."""
    operation: Convolve = run.operation
    one = operation.filters[number]
    slide, (kernel, each) = convolution_slide(run, one), coefficients(run, one)
    steps = _steps_apart(slide, each)
    plain = operation.padding_mode == "zeros" and not operation.padding_value
    same = operation.padding == "same" and plain and not steps
    lines = [*kernel_remark(run), *literal("kernel", kernel)]
    lines += ["padded = x"] if same else _padding(slide, operation.padding_mode, operation.padding_value)
    scaled = f"padded * {operation.input_scale!r}" if operation.input_scale != 1 else "padded"
    options = [
        "DepthwiseConv2D(" if each else "Conv2D(1, ",
        f"{slide.kernel_size}, strides={slide.stride if not steps else (1, 1)}, ",
        f'padding="{"same" if same else "valid"}", dilation_rate={slide.dilation}, ',
        f"use_bias={bool(one.bias)}, ",
        f'activation="{operation.activation}", ' if operation.activation != "none" else "",
        'dtype="float64")',
    ]
    weight = "kernel[:, :, None, None]" if kernel.ndim == 2 else "kernel[:, :, :, None]"
    if run.channels > 1 and kernel.ndim == 2:
        weight = f"np.repeat({weight}, {run.channels}, axis=2)"
    bias = f", np.full({run.channels if each else 1}, {float(one.bias)!r})" if one.bias else ""
    return [
        *lines,
        f"batch = ({scaled})[None]  # (1, H, W, C)" if scaled != "padded" else "batch = padded[None]  # (1, H, W, C)",
        f"layer = keras.layers.{''.join(options)}",
        "layer.build(batch.shape)",
        f"layer.set_weights([{weight}{bias}])",
        "y = layer(batch)",
        _OUT,
        *([_EVERYWHERE, f"y = y{steps}"] if steps else []),
    ]


def pool(run: Described) -> list[str]:
    """Return the lines around keras.layers.MaxPooling2D, AveragePooling2D or their fellows."""
    operation: Pool = run.operation
    negative = "-" if operation.kind == "min" else ""
    remark = ["# Keras has no minimum pooling: it is the maximum of the negative."] if negative else []
    name = "Average" if operation.kind == "avg" else "Max"
    if operation.whole:
        layer = f'keras.layers.Global{name}Pooling2D(keepdims=True, dtype="float64")'
        return [*remark, f"y = {negative}{layer}({negative}x[None])", _OUT]
    if operation.adaptive:
        layer = f'keras.layers.Adaptive{name}Pooling2D({operation.adaptive}, dtype="float64")'
        return [*remark, "# (Adaptive layers came with Keras 3.13.)", f"y = {negative}{layer}({negative}x[None])", _OUT]
    slide = pool_slide(run)
    if slide.dilation != (1, 1):
        return _by_taps(run, slide)
    layer = f'layer = keras.layers.{name}Pooling2D({slide.kernel_size}, strides={slide.stride}, dtype="float64")'
    if name == "Average":
        return [layer, *_average(run, slide)]
    padded = _filled(slide, "-np.inf") if slide.is_padded else "x"
    return [
        *remark,
        layer,
        *([f"x = {negative}x"] if negative else []),
        *(["# What is padded never wins."] if slide.is_padded else []),
        f"padded = {padded}",
        f"y = {negative}layer(padded[None])",
        _OUT,
    ]


def edges(run: Described) -> list[str]:
    """Return the lines around keras.layers.Conv2D with all kernels at once; of Canny there are none."""
    operation: Edges = run.operation
    slide, kernels = edge_slide(run)
    lines, names = literals(kernels)
    return [
        *lines,
        *_padding(slide, operation.padding_mode, operation.padding_value),
        "batch = padded.transpose(2, 0, 1)[..., None]  # (C, H, W, 1): every channel on its own",
        f'layer = keras.layers.Conv2D({len(kernels)}, {slide.kernel_size}, use_bias=False, dtype="float64")',
        "layer.build(batch.shape)",
        f"layer.set_weights([np.stack([{names}], axis=2)[:, :, None, :]])",
        "g = list(keras.ops.convert_to_numpy(layer(batch)).transpose(3, 1, 2, 0))  # each (H, W, C)",
        *strength(run, kernels),
    ]


def pad(run: Described) -> list[str]:
    """Return the lines around keras.layers.ZeroPadding2D, or NumPy's padding."""
    operation: Pad = run.operation
    slide, value = pad_slide(run)
    if isinstance(value, tuple):
        (above, below), (left, right) = slide.pads
        return [
            "# ZeroPadding2D pads with zeros only, so the colour is laid under it.",
            f"y = np.empty((x.shape[0] + {above + below}, x.shape[1] + {left + right}, 3))",
            f"y[:] = {value!r}",
            f"y[{above} : {above} + x.shape[0], {left} : {left} + x.shape[1]] = x",
        ]
    return [*_padding(slide, operation.padding_mode, value), "y = padded"]


def _padding(slide: Slide, mode: PaddingMode, value: float) -> list[str]:
    """Return the lines from `x` to `padded`."""
    if not slide.is_padded:
        return ["padded = x"]
    if mode == "zeros" and not value:
        layer = f'keras.layers.ZeroPadding2D({slide.pads}, dtype="float64")'
        return [f"padded = keras.ops.convert_to_numpy({layer}(x[None]))[0]"]
    return [
        "# Keras's layers pad with zeros only (its ops with what the backend knows): NumPy does this.",
        f"padded = {numpy_pad(slide, mode, value)}",
    ]


def _steps_apart(slide: Slide, each: bool) -> str:
    """Return the slices for strides that the layer refuses: beside a dilation, or uneven ones of a depthwise layer."""
    refused = slide.dilation != (1, 1) or (each and slide.stride[0] != slide.stride[1])
    return slide.steps if refused else ""


def _filled(slide: Slide, value: str, name: str = "x") -> str:
    (top, bottom), (left, right) = slide.pads
    return f"np.pad({name}, (({top}, {bottom}), ({left}, {right}), (0, 0)), constant_values={value})"


def _average(run: Described, slide: Slide) -> list[str]:
    operation: Pool = run.operation
    if not slide.is_padded:
        return ["y = layer(x[None])", _OUT]
    ones = _filled(slide, "0", "np.ones_like(x)")
    if operation.count_include_pad:
        rows, columns = slide.rows, slide.columns
        counted = f"(({rows.before}, {rows.after}), ({columns.before}, {columns.after}), (0, 0))"
        ones = (f"np.pad(np.pad(np.ones_like(x), {counted}, constant_values=1), "
                f"((0, {rows.overhang}), (0, {columns.overhang}), (0, 0)))")  # fmt: skip
    return [
        "# Padding does not count: the average of the values is divided by the part of each window that does.",
        f"part = layer({ones}[None])",
        f"y = layer({_filled(slide, '0')}[None]) / part",
        _OUT,
    ]


def _by_taps(run: Described, slide: Slide) -> list[str]:
    operation: Pool = run.operation
    fold = {"max": "nanmax", "min": "nanmin", "avg": "nanmean"}[operation.kind]
    (height, width), (down, along) = slide.output_size, slide.stride
    taps = (f"padded[i : i + {(height - 1) * down + 1} : {down}, j : j + {(width - 1) * along + 1} : {along}]"
            f" for i in range(0, {slide.rows.span}, {slide.dilation[0]})"
            f" for j in range(0, {slide.columns.span}, {slide.dilation[1]})")  # fmt: skip
    padded = _filled(slide, "np.nan") if slide.is_padded else "x"
    if operation.count_include_pad and slide.is_padded:
        rows, columns = slide.rows, slide.columns
        counted = f"(({rows.before}, {rows.after}), ({columns.before}, {columns.after}), (0, 0))"
        padded = (f"np.pad(np.pad(x, {counted}), ((0, {rows.overhang}), (0, {columns.overhang}), (0, 0)), "
                  "constant_values=np.nan)")  # fmt: skip
    return [
        "# Keras has no dilated pooling: NumPy takes the taps; what is nan does not count.",
        f"padded = {padded}",
        f"y = np.{fold}([{taps}], axis=0)",
    ]

"""The equivalent layers of Keras 3."""

from math import prod

from cnnfilt.cli.inspect.emit import transposed
from cnnfilt.cli.inspect.emit.by_taps import by_taps, has_call, refuse_adaptive
from cnnfilt.cli.inspect.emit.common import (
    coefficients,
    fill_of,
    is_noisy,
    is_padded,
    kernel_remark,
    literal,
    literals,
    numpy_pad,
    one_value,
    pads_of,
    silenced,
    steps,
    strength,
)
from cnnfilt.describe.operations import Pooling
from cnnfilt.describe.windows import Windows
from cnnfilt.operations.convolve import ConvolveImage
from cnnfilt.operations.edges import FindEdges
from cnnfilt.operations.inspect.emitted_run import EmittedRun
from cnnfilt.operations.pad import PadImage
from cnnfilt.operations.pool import PoolImage
from cnnfilt.terms import PaddingMode

TITLE = "Keras"
IMPORTS = ("import keras",)

_OUT = "y = keras.ops.convert_to_numpy(y)[0]"
_EVERYWHERE = "# Keras lacks this stride: all windows are computed, and some are kept."


def convolve(run: EmittedRun, operation: ConvolveImage, number: int) -> list[str]:
    """Return the lines around keras.layers.Conv2D or DepthwiseConv2D, or Conv2DTranspose."""
    if operation.asked.transposed:
        return transposed.in_keras(transposed.Stamped(run, operation, number))
    asked, one = operation.asked, operation.kernels[number]
    windows, (kernel, each) = asked.slide(one.size).over(run.size), coefficients(run, one, asked)
    steps = _steps_apart(windows, each)
    plain = asked.padding_mode == "zeros" and not asked.padding_value
    same = asked.padding == "same" and plain and not steps
    lines = [*kernel_remark(asked), *literal("kernel", kernel)]
    lines += ["padded = x"] if same else _padding(windows, asked.padding_mode, one_value(asked))
    scaled = f"padded * {asked.input_scale!r}" if asked.input_scale != 1 else "padded"
    options = [
        "DepthwiseConv2D(" if each else "Conv2D(1, ",
        f"{windows.kernel_size}, strides={windows.stride if not steps else (1, 1)}, ",
        f'padding="{"same" if same else "valid"}", dilation_rate={windows.dilation}, ',
        f"use_bias={bool(one.bias)}, ",
        f'activation="{asked.activation}", ' if asked.activation != "none" else "",
        'dtype="float64")',
    ]
    weight = "kernel[:, :, None, None]" if kernel.ndim == 2 else "kernel[:, :, :, None]"
    if run.channels > 1 and kernel.ndim == 2:
        weight = f"np.repeat({weight}, {run.channels}, axis=2)"
    noisy = is_noisy(run, [kernel], one_value(asked), one.bias, asked.input_scale)
    bias = f", np.full({run.channels if each else 1}, {float(one.bias)!r})" if one.bias else ""
    return [
        *lines,
        f"batch = ({scaled})[None]  # (1, H, W, C)" if scaled != "padded" else "batch = padded[None]  # (1, H, W, C)",
        f"layer = keras.layers.{''.join(options)}",
        "layer.build(batch.shape)",
        f"layer.set_weights([{weight}{bias}])",
        "y = layer(batch)",
        _OUT,
        *(_noise(windows, weight, each, same, steps) if noisy else []),
        *([_EVERYWHERE, f"y = y{steps}"] if steps else []),
    ]


def _noise(windows: Windows, weight: str, each: bool, same: bool, steps: str) -> list[str]:
    """Return the lines that tell rounding noise in `y` from values."""
    call = "depthwise_conv" if each else "conv"
    options = (f'strides={windows.stride if not steps else (1, 1)}, padding="{"same" if same else "valid"}", '
               f"dilation_rate={windows.dilation}")  # fmt: skip
    return [
        f"added = keras.ops.{call}(np.abs(batch), np.abs({weight}), {options})",
        f"y = {silenced('y', 'keras.ops.convert_to_numpy(added)[0]')}  # rounding noise",
    ]


def pool(run: EmittedRun, operation: PoolImage) -> list[str]:
    """Return the lines around keras.layers.MaxPooling2D, AveragePooling2D or their fellows."""
    asked = operation.asked
    refuse_adaptive(asked)
    negative = "-" if asked.kind == "min" else ""
    remark = ["# Keras has no minimum pooling: it is the maximum of the negative."] if negative else []
    name = "Average" if asked.kind == "avg" else "Max"
    if asked.whole:
        layer = f'keras.layers.Global{name}Pooling2D(keepdims=True, dtype="float64")'
        return [*remark, f"y = {negative}{layer}({negative}x[None])", _OUT]
    if asked.adaptive:
        layer = f'keras.layers.Adaptive{name}Pooling2D({asked.adaptive}, dtype="float64")'
        return [*remark, "# (Adaptive layers came with Keras 3.13.)", f"y = {negative}{layer}({negative}x[None])", _OUT]
    windows = asked.slide.over(run.size)
    if windows.dilation != (1, 1) or not has_call(asked):
        return [
            "# Keras has no such pooling: NumPy takes the taps; what is nan does not count.",
            *by_taps(asked, windows, may_hold_nan=run.may_hold_nan),
        ]
    layer = f'layer = keras.layers.{name}Pooling2D({windows.kernel_size}, strides={windows.stride}, dtype="float64")'
    if name == "Average":
        return [layer, *_average(run, asked, windows)]
    padded = _filled(windows, "-np.inf") if is_padded(windows) else "x"
    return [
        *remark,
        layer,
        *([f"x = {negative}x"] if negative else []),
        *(["# What is padded never wins."] if is_padded(windows) else []),
        f"padded = {padded}",
        f"y = {negative}layer(padded[None])",
        _OUT,
    ]


def edges(run: EmittedRun, operation: FindEdges) -> list[str]:
    """Return the lines around keras.layers.Conv2D with all kernels at once; of Canny there are none."""
    asked = operation.asked
    windows, (lines, names) = asked.slide.over(run.size), literals(asked.kernels)
    return [
        *lines,
        *_padding(windows, asked.padding_mode, one_value(asked)),
        "batch = padded.transpose(2, 0, 1)[..., None]  # (C, H, W, 1): every channel on its own",
        f'layer = keras.layers.Conv2D({len(asked.kernels)}, {windows.kernel_size}, use_bias=False, dtype="float64")',
        "layer.build(batch.shape)",
        f"layer.set_weights([np.stack([{names}], axis=2)[:, :, None, :]])",
        "g = list(keras.ops.convert_to_numpy(layer(batch)).transpose(3, 1, 2, 0))  # each (H, W, C)",
        *(_silence if is_noisy(run, asked.kernels, one_value(asked)) else ()),
        *strength(run, asked),
    ]


_silence = (
    "layer.set_weights([np.abs(layer.get_weights()[0])])",
    "added = keras.ops.convert_to_numpy(layer(np.abs(batch))).transpose(3, 1, 2, 0)",
    f"g = [{silenced('a', 'b')} for a, b in zip(g, added)]  # without rounding noise",
)


def pad(run: EmittedRun, operation: PadImage) -> list[str]:
    """Return the lines around keras.layers.ZeroPadding2D, or NumPy's padding."""
    windows, value = operation.asked.windows(run.size), fill_of(run, operation)
    if isinstance(value, tuple):
        (above, below), (left, right) = pads_of(windows)
        return [
            "# ZeroPadding2D pads with zeros only, so the colour is filled in first.",
            f"y = np.empty((x.shape[0] + {above + below}, x.shape[1] + {left + right}, 3))",
            f"y[:] = {value!r}",
            f"y[{above} : {above} + x.shape[0], {left} : {left} + x.shape[1]] = x",
        ]
    return [*_padding(windows, operation.asked.padding_mode, value), "y = padded"]


def _padding(windows: Windows, mode: PaddingMode, value: float) -> list[str]:
    """Return the lines from `x` to `padded`."""
    if not is_padded(windows):
        return ["padded = x"]
    if mode == "zeros" and not value:
        layer = f'keras.layers.ZeroPadding2D({pads_of(windows)}, dtype="float64")'
        return [f"padded = keras.ops.convert_to_numpy({layer}(x[None]))[0]"]
    return [
        "# Keras's layers pad with zeros only (its ops only as the backend can): NumPy does this.",
        f"padded = {numpy_pad(windows, mode, value)}",
    ]


def _steps_apart(windows: Windows, each: bool) -> str:
    """Return the slices for strides that the layer refuses: beside a dilation, or uneven ones of a depthwise layer."""
    refused = windows.dilation != (1, 1) or (each and windows.stride[0] != windows.stride[1])
    return steps(windows) if refused else ""


def _filled(windows: Windows, value: str, name: str = "x") -> str:
    (top, bottom), (left, right) = pads_of(windows)
    return f"np.pad({name}, (({top}, {bottom}), ({left}, {right}), (0, 0)), constant_values={value})"


def _average(run: EmittedRun, asked: Pooling, windows: Windows) -> list[str]:
    if not is_padded(windows):
        return ["y = layer(x[None])", _OUT]
    ones = _filled(windows, "0", "np.ones_like(x)")
    if asked.count_include_pad:
        rows, columns = windows.rows, windows.columns
        counted = f"(({rows.before}, {rows.after}), ({columns.before}, {columns.after}), (0, 0))"
        ones = (f"np.pad(np.pad(np.ones_like(x), {counted}, constant_values=1), "
                f"((0, {rows.overhang}), (0, {columns.overhang}), (0, 0)))")  # fmt: skip
    total = f"{prod(windows.kernel_size)} * layer({_filled(windows, '0')}[None])"
    return [
        "# Each window's sum is divided by the number of places in it that count.",
        f"count = keras.ops.round({prod(windows.kernel_size)} * layer({ones}[None]))",
        # What an average lost of a whole sum decides where the quotient lies between two levels.
        f"total = {total if run.may_hold_nan else f'keras.ops.round({total})'}",
        "y = total / count",
        _OUT,
    ]

"""The equivalent calls of OpenCV."""

import math

import numpy as np

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
    pads_of,
    silenced,
    steps,
    strength,
)
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.describe.operations import Pooling
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import ParameterError
from cnnfilt.operations.convolve import ConvolveImage
from cnnfilt.operations.edges import FindEdges
from cnnfilt.operations.inspect.emitted_run import EmittedRun
from cnnfilt.operations.pad import PadImage
from cnnfilt.operations.pool import PoolImage
from cnnfilt.terms import PaddingMode, PaddingValue

TITLE = "OpenCV"
IMPORTS = ("import cv2",)

_BORDERS = {"zeros": "CONSTANT", "reflect": "REFLECT_101", "symmetric": "REFLECT", "replicate": "REPLICATE",
            "circular": "WRAP"}  # fmt: skip
_ACTIVATIONS = {"relu": "np.maximum(y, 0)", "tanh": "np.tanh(y)", "sigmoid": "1 / (1 + np.exp(-y))"}


def convolve(run: EmittedRun, operation: ConvolveImage, number: int) -> list[str]:
    """Return the lines around cv2.filter2D; of a transposed convolution there are none."""
    if operation.asked.transposed:
        return transposed.in_numpy(transposed.Stamped(run, operation, number))
    asked, one = operation.asked, operation.kernels[number]
    windows, (kernel, each) = asked.slide(one.size).over(run.size), coefficients(run, one, asked)
    lines = [*kernel_remark(asked), *literal("kernel", kernel)]
    lines += _padding(run, windows, asked.padding_mode, asked.padding_value)
    if asked.input_scale != 1:
        lines.append(f"padded = padded * {asked.input_scale!r}")
    spread, name = _spread(windows, "kernel", kernel.ndim == 3, run.channels)
    lines += [*spread, *_stride_remark(windows)]
    if kernel.ndim == 3:
        lines.append("# filter2D has no filters over all channels: each channel is filtered, and they are summed.")
    summed = not each and kernel.ndim == 2
    lines += _filtered(run, windows, "y", "padded", name, deep=kernel.ndim == 3, summed=summed)
    if one.bias:
        lines.append(f"y = y + {one.bias!r}")
    if asked.activation != "none":
        lines.append(f"y = {_ACTIVATIONS[asked.activation]}")
    values = asked.padding_value if isinstance(asked.padding_value, tuple) else (asked.padding_value,)
    if is_noisy(run, [kernel], *values, one.bias, asked.input_scale):
        magnitudes = f"np.abs({name})"
        lines += _filtered(run, windows, "added", "np.abs(padded)", magnitudes, deep=kernel.ndim == 3, summed=summed)
        lines.append(f"y = {silenced('y', 'added')}  # rounding noise")
    return lines


def _filtered(
    run: EmittedRun, windows: Windows, into: str, padded: str, kernel: str, *, deep: bool, summed: bool
) -> list[str]:
    """Return the lines that filter `padded` with `kernel`, (h, w) or `deep` (h, w, C): to (H', W', maps)."""
    if deep:
        lines = [
            f"planes = [cv2.filter2D({padded}[:, :, c], cv2.CV_64F, {kernel}[:, :, c], anchor=(0, 0)) "
            f"for c in range({run.channels})]",
            f"{into} = np.sum(planes, axis=0)",
        ]
    else:
        lines = [f"{into} = cv2.filter2D({padded}, cv2.CV_64F, {kernel}, anchor=(0, 0))"]
    lines.append(_kept(windows, 1 if deep else run.channels, into))
    return [*lines, f"{into} = {into}.sum(axis=2, keepdims=True)"] if summed else lines


def pool(run: EmittedRun, operation: PoolImage) -> list[str]:
    """Return the lines around cv2.dilate, cv2.erode or cv2.filter2D."""
    asked = operation.asked
    refuse_adaptive(asked)
    fold = {"avg": "mean"}.get(asked.kind, asked.kind)
    if asked.whole:
        return [f"y = x.{fold}(axis=(0, 1), keepdims=True)"]
    if asked.adaptive:
        return _adaptive(run, asked.adaptive, fold)
    windows = asked.slide.over(run.size)
    remark = ["# OpenCV has no pooling: it is computed at every pixel, and each window's value is kept."]
    if asked.kind == "avg" and has_call(asked):
        return [*remark, *_average(run, asked, windows)]
    if asked.kind not in ("max", "min"):
        return [
            "# OpenCV has no such filter (its medianBlur repeats the border): NumPy takes the taps.",
            *by_taps(asked, windows, may_hold_nan=run.may_hold_nan),
        ]
    call, outside = ("dilate", -np.inf) if asked.kind == "max" else ("erode", np.inf)
    spread, name = _spread(windows, "window", False, 1)
    return [
        *remark,
        f"window = np.ones({windows.kernel_size}, np.uint8)"
        if asked.taps is None
        else f"window = np.array({[list(row) for row in asked.taps]!r}, np.uint8)",
        *spread,
        *_padding(run, windows, "zeros", outside),
        f"y = cv2.{call}(padded, {name}, anchor=(0, 0))",
        *(_with_nan(name) if run.may_hold_nan else []),
        _kept(windows, run.channels),
    ]


def _with_nan(window: str) -> list[str]:
    """Return the lines that put NaN back where a window met one."""
    return [
        "# OpenCV skips what is not a number.",
        f"y = np.where(cv2.dilate(np.isnan(padded).astype(np.uint8), {window}, anchor=(0, 0)), np.nan, y)",
    ]


def edges(run: EmittedRun, operation: FindEdges) -> list[str]:
    """Return the lines around cv2.filter2D, or cv2.Canny."""
    asked = operation.asked
    if asked.method == "canny":
        return _canny(run, asked)
    windows, (lines, names) = asked.slide.over(run.size), literals(asked.kernels)
    height, width = windows.output_size
    values = asked.padding_value if isinstance(asked.padding_value, tuple) else (asked.padding_value,)
    shaped = f"[one[:{height}, :{width}].reshape({height}, {width}, {run.channels}) for one in"
    silence = [
        f"added = [cv2.filter2D(np.abs(padded), cv2.CV_64F, np.abs(kernel), anchor=(0, 0)) for kernel in [{names}]]",
        f"added = {shaped} added]",
        f"g = [{silenced('a', 'b')} for a, b in zip(g, added)]  # without rounding noise",
    ]
    return [
        *lines,
        *_padding(run, windows, asked.padding_mode, asked.padding_value),
        f"g = [cv2.filter2D(padded, cv2.CV_64F, kernel, anchor=(0, 0)) for kernel in [{names}]]",
        f"g = {shaped} g]",
        *(silence if is_noisy(run, asked.kernels, *values) else []),
        *strength(run, asked),
    ]


def pad(run: EmittedRun, operation: PadImage) -> list[str]:
    """Return the lines around cv2.copyMakeBorder."""
    windows, value = operation.asked.windows(run.size), fill_of(run, operation)
    padding = _padding(run, windows, operation.asked.padding_mode, value)
    return [*padding, f"y = {_shaped('padded', windows, run.channels)}"]


def _padding(run: EmittedRun, windows: Windows, mode: PaddingMode, value: PaddingValue) -> list[str]:
    """Return the lines from `x` to `padded`."""
    if not is_padded(windows):
        return ["padded = x"]
    if run.channels > 4 and mode == "zeros":
        call = numpy_pad(windows, mode, value).replace("-inf", "-np.inf").replace("=inf", "=np.inf")
        return ["# copyMakeBorder fills at most four channels; NumPy pads any number.", f"padded = {call}"]
    (top, bottom), (left, right) = pads_of(windows)
    filled = ""
    if mode == "zeros" and value != 0:
        values = value if isinstance(value, tuple) else (value,) * run.channels
        filled = ", value=(" + "".join(f"{_number(v)}, " for v in values).rstrip() + ")"
    return [f"padded = cv2.copyMakeBorder(x, {top}, {bottom}, {left}, {right}, cv2.BORDER_{_BORDERS[mode]}{filled})"]


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"{'-' if value < 0 else ''}np.inf"


def _spread(windows: Windows, name: str, deep: bool, channels: int) -> tuple[list[str], str]:
    """Return the lines that put a dilation's holes into a kernel, and the name it has then."""
    if windows.dilation == (1, 1):
        return [], name
    down, along = windows.dilation
    shape = f"{windows.rows.span}, {windows.columns.span}" + (f", {channels}" if deep else "")
    return [
        "# OpenCV has no dilation: the kernel is spread out, with zeros between.",
        f"spread = np.zeros(({shape}), {name}.dtype)",
        f"spread[::{down}, ::{along}] = {name}",
    ], "spread"


def _stride_remark(windows: Windows) -> list[str]:
    return ["# OpenCV has no stride: all windows are computed, and some are kept."] if steps(windows) else []


def _kept(windows: Windows, channels: int, name: str = "y") -> str:
    """Return the line that keeps the windows of the run out of those at every pixel."""
    last_row, last_column = ((window.output_size - 1) * window.stride + 1 for window in (windows.rows, windows.columns))
    kept = f"[:{last_row}, :{last_column}]{steps(windows)}"
    return f"{name} = {name}{kept}.reshape({_shape(windows, channels)})"


def _shape(windows: Windows, channels: int) -> str:
    height, width = windows.output_size
    return f"{height}, {width}, {channels}"


def _shaped(name: str, windows: Windows, channels: int) -> str:
    return f"{name}.reshape({_shape(windows, channels)})"


def _average(run: EmittedRun, asked: Pooling, windows: Windows) -> list[str]:
    spread, name = _spread(windows, "window", False, 1)
    lines = [f"window = np.ones({windows.kernel_size})", *spread, *_padding(run, windows, "zeros", 0)]
    lines += [f"y = cv2.filter2D(padded, cv2.CV_64F, {name}, anchor=(0, 0))", _kept(windows, run.channels)]
    cells = windows.kernel_size[0] * windows.kernel_size[1]
    if not is_padded(windows):
        return [*lines, f"y = y / {cells}"]
    (top, bottom), (left, right) = pads_of(windows)
    if asked.count_include_pad:
        counted = [(windows.rows.before, windows.rows.after), (windows.columns.before, windows.columns.after)]
        over = [(0, windows.rows.overhang), (0, windows.columns.overhang)]
        ones = f"np.pad(np.pad(np.ones({run.size}), {counted}, constant_values=1), {over})"
    else:
        ones = f"np.pad(np.ones({run.size}), (({top}, {bottom}), ({left}, {right})))"
    last_row, last_column = ((window.output_size - 1) * window.stride + 1 for window in (windows.rows, windows.columns))
    return [
        *lines,
        "# Each window is divided by the cells in it that count.",
        f"count = cv2.filter2D({ones}, cv2.CV_64F, {name}, anchor=(0, 0))[:{last_row}, :{last_column}]{steps(windows)}",
        "y = y / count[:, :, None]",
    ]


def _adaptive(run: EmittedRun, size: tuple[int, int], fold: str) -> list[str]:
    (height, width), (rows, columns) = run.size, size
    return [
        "# OpenCV has no adaptive pooling: window i of n is floor(i * size / n) to ceil((i + 1) * size / n).",
        f"ys = [(i * {height} // {rows}, -(-(i + 1) * {height} // {rows})) for i in range({rows})]",
        f"xs = [(j * {width} // {columns}, -(-(j + 1) * {width} // {columns})) for j in range({columns})]",
        f"y = np.array([[x[top:bottom, left:right].{fold}(axis=(0, 1)) for left, right in xs] for top, bottom in ys])",
    ]


def _canny(run: EmittedRun, asked: EdgeDetection) -> list[str]:
    if run.dtype != "uint8" or asked.padding != "same":
        raise ParameterError("OpenCV's Canny takes 8-bit images, and pads as -p same does", parameter="emit")
    (bell,) = asked.kernels
    row = np.array(bell).sum(axis=0)
    # A full step's gradient after the smoothing, in the units of Sobel's kernel, which adds up to 4.
    step = float(np.maximum(np.convolve(row, (-1, 0, 1)), 0).sum()) * 4 * 255
    (low, high), sigma, size = asked.thresholds, asked.blur, len(row)
    border = f"cv2.BORDER_{_BORDERS[asked.padding_mode]}"
    return [
        "# OpenCV cannot do exactly this: its Canny rounds the smoothed image to whole levels and thins with other",
        "# ties, so that lines may differ by a pixel here and there.",
        f"smooth = cv2.GaussianBlur(x.astype(np.uint8), ({size}, {size}), {sigma!r}, borderType={border})",
        f"smooth = smooth.reshape({run.size[0]}, {run.size[1]}, {run.channels})",
        f"planes = [cv2.Canny(np.ascontiguousarray(smooth[:, :, c]), {low * step!r}, {high * step!r}, L2gradient=True)",
        f"          for c in range({run.channels})]",
        "y = np.stack(planes, axis=2).astype(np.float64)",
    ]

"""The equivalent calls of OpenCV."""

import math

import numpy as np

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
from cnnfilt.errors import ParameterError
from cnnfilt.operations.convolve import Convolve
from cnnfilt.operations.edges import Edges
from cnnfilt.operations.inspect.emitted_run import Described
from cnnfilt.operations.pad import Pad
from cnnfilt.operations.pool import Pool
from cnnfilt.terms import PaddingMode

TITLE = "OpenCV"
IMPORTS = ("import cv2",)

_BORDERS = {"zeros": "CONSTANT", "reflect": "REFLECT_101", "symmetric": "REFLECT", "replicate": "REPLICATE",
            "circular": "WRAP"}  # fmt: skip
_ACTIVATIONS = {"relu": "np.maximum(y, 0)", "tanh": "np.tanh(y)", "sigmoid": "1 / (1 + np.exp(-y))"}


def convolve(run: Described, number: int) -> list[str]:
    """Return the lines around cv2.filter2D."""
    operation: Convolve = run.operation
    one = operation.filters[number]
    slide, (kernel, each) = convolution_slide(run, one), coefficients(run, one)
    lines = [*kernel_remark(run), *literal("kernel", kernel)]
    lines += _padding(run, slide, operation.padding_mode, operation.padding_value)
    if operation.input_scale != 1:
        lines.append(f"padded = padded * {operation.input_scale!r}")
    spread, name = _spread(slide, "kernel", kernel.ndim == 3, run.channels)
    lines += [*spread, *_stride_remark(slide)]
    if kernel.ndim == 3:
        lines += [
            "# filter2D has no filters over all channels: each channel is filtered, and they are summed.",
            f"planes = [cv2.filter2D(padded[:, :, c], cv2.CV_64F, {name}[:, :, c], anchor=(0, 0)) "
            f"for c in range({run.channels})]",
            "y = np.sum(planes, axis=0)",
        ]
    else:
        lines.append(f"y = cv2.filter2D(padded, cv2.CV_64F, {name}, anchor=(0, 0))")
    lines.append(_kept(slide, 1 if kernel.ndim == 3 else run.channels))
    if not each and kernel.ndim == 2:
        lines.append("y = y.sum(axis=2, keepdims=True)")
    if one.bias:
        lines.append(f"y = y + {one.bias!r}")
    if operation.activation != "none":
        lines.append(f"y = {_ACTIVATIONS[operation.activation]}")
    return lines


def pool(run: Described) -> list[str]:
    """Return the lines around cv2.dilate, cv2.erode or cv2.filter2D."""
    operation: Pool = run.operation
    fold = {"max": "max", "min": "min", "avg": "mean"}[operation.kind]
    if operation.whole:
        return [f"y = x.{fold}(axis=(0, 1), keepdims=True)"]
    if operation.adaptive:
        return _adaptive(run, operation.adaptive, fold)
    slide = pool_slide(run)
    remark = ["# OpenCV has no pooling: it is taken at every pixel, and of that every window's is kept."]
    if operation.kind == "avg":
        return [*remark, *_average(run, slide)]
    call, outside = ("dilate", -np.inf) if operation.kind == "max" else ("erode", np.inf)
    spread, name = _spread(slide, "window", False, 1)
    return [
        *remark,
        f"window = np.ones({slide.kernel_size}, np.uint8)",
        *spread,
        *_padding(run, slide, "zeros", outside),
        f"y = cv2.{call}(padded, {name}, anchor=(0, 0))",
        *(_with_nan(name) if run.may_hold_nan else []),
        _kept(slide, run.channels),
    ]


def _with_nan(window: str) -> list[str]:
    """Return the lines that put NaN back where a window met one."""
    return [
        "# OpenCV passes over what is not a number.",
        f"y = np.where(cv2.dilate(np.isnan(padded).astype(np.uint8), {window}, anchor=(0, 0)), np.nan, y)",
    ]


def edges(run: Described) -> list[str]:
    """Return the lines around cv2.filter2D, or cv2.Canny."""
    operation: Edges = run.operation
    if operation.method == "canny":
        return _canny(run)
    slide, kernels = edge_slide(run)
    lines, names = literals(kernels)
    height, width = slide.output_size
    return [
        *lines,
        *_padding(run, slide, operation.padding_mode, operation.padding_value),
        f"g = [cv2.filter2D(padded, cv2.CV_64F, kernel, anchor=(0, 0)) for kernel in [{names}]]",
        f"g = [one[:{height}, :{width}].reshape({height}, {width}, {run.channels}) for one in g]",
        *strength(run, kernels),
    ]


def pad(run: Described) -> list[str]:
    """Return the lines around cv2.copyMakeBorder."""
    operation: Pad = run.operation
    slide, value = pad_slide(run)
    return [*_padding(run, slide, operation.padding_mode, value), f"y = {_shaped('padded', slide, run.channels)}"]


def _padding(run: Described, slide: Slide, mode: PaddingMode, value: float | tuple[int, ...]) -> list[str]:
    """Return the lines from `x` to `padded`."""
    if not slide.is_padded:
        return ["padded = x"]
    if run.channels > 4 and mode == "zeros":
        call = numpy_pad(slide, mode, value).replace("-inf", "-np.inf").replace("=inf", "=np.inf")
        return ["# copyMakeBorder fills at most four channels; NumPy pads any number.", f"padded = {call}"]
    (top, bottom), (left, right) = slide.pads
    filled = ""
    if mode == "zeros" and value != 0:
        values = value if isinstance(value, tuple) else (value,) * run.channels
        filled = ", value=(" + "".join(f"{_number(v)}, " for v in values).rstrip() + ")"
    return [f"padded = cv2.copyMakeBorder(x, {top}, {bottom}, {left}, {right}, cv2.BORDER_{_BORDERS[mode]}{filled})"]


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"{'-' if value < 0 else ''}np.inf"


def _spread(slide: Slide, name: str, deep: bool, channels: int) -> tuple[list[str], str]:
    """Return the lines that put a dilation's holes into a kernel, and the name it has then."""
    if slide.dilation == (1, 1):
        return [], name
    down, along = slide.dilation
    shape = f"{slide.rows.span}, {slide.columns.span}" + (f", {channels}" if deep else "")
    return [
        "# OpenCV has no dilation: the kernel is spread, with zeros between.",
        f"spread = np.zeros(({shape}), {name}.dtype)",
        f"spread[::{down}, ::{along}] = {name}",
    ], "spread"


def _stride_remark(slide: Slide) -> list[str]:
    return ["# OpenCV has no stride: all windows are computed, and some are kept."] if slide.steps else []


def _kept(slide: Slide, channels: int) -> str:
    """Return the line that keeps the windows of the run out of those at every pixel."""
    last_row, last_column = ((window.output_size - 1) * window.stride + 1 for window in (slide.rows, slide.columns))
    return f"y = y[:{last_row}, :{last_column}]{slide.steps}.reshape({_shape(slide, channels)})"


def _shape(slide: Slide, channels: int) -> str:
    height, width = slide.output_size
    return f"{height}, {width}, {channels}"


def _shaped(name: str, slide: Slide, channels: int) -> str:
    return f"{name}.reshape({_shape(slide, channels)})"


def _average(run: Described, slide: Slide) -> list[str]:
    operation: Pool = run.operation
    spread, name = _spread(slide, "window", False, 1)
    lines = [f"window = np.ones({slide.kernel_size})", *spread, *_padding(run, slide, "zeros", 0)]
    lines += [f"y = cv2.filter2D(padded, cv2.CV_64F, {name}, anchor=(0, 0))", _kept(slide, run.channels)]
    cells = slide.kernel_size[0] * slide.kernel_size[1]
    if not slide.is_padded:
        return [*lines, f"y = y / {cells}"]
    (top, bottom), (left, right) = slide.pads
    if operation.count_include_pad:
        counted = [(slide.rows.before, slide.rows.after), (slide.columns.before, slide.columns.after)]
        over = [(0, slide.rows.overhang), (0, slide.columns.overhang)]
        ones = f"np.pad(np.pad(np.ones({run.size}), {counted}, constant_values=1), {over})"
    else:
        ones = f"np.pad(np.ones({run.size}), (({top}, {bottom}), ({left}, {right})))"
    last_row, last_column = ((window.output_size - 1) * window.stride + 1 for window in (slide.rows, slide.columns))
    return [
        *lines,
        "# Each window is divided by the cells in it that count.",
        f"count = cv2.filter2D({ones}, cv2.CV_64F, {name}, anchor=(0, 0))[:{last_row}, :{last_column}]{slide.steps}",
        "y = y / count[:, :, None]",
    ]


def _adaptive(run: Described, size: tuple[int, int], fold: str) -> list[str]:
    (height, width), (rows, columns) = run.size, size
    return [
        "# OpenCV has no adaptive pooling: window i of n is floor(i * size / n) to ceil((i + 1) * size / n).",
        f"ys = [(i * {height} // {rows}, -(-(i + 1) * {height} // {rows})) for i in range({rows})]",
        f"xs = [(j * {width} // {columns}, -(-(j + 1) * {width} // {columns})) for j in range({columns})]",
        f"y = np.array([[x[top:bottom, left:right].{fold}(axis=(0, 1)) for left, right in xs] for top, bottom in ys])",
    ]


def _canny(run: Described) -> list[str]:
    operation: Edges = run.operation
    if run.dtype != "uint8" or operation.padding != "same":
        raise ParameterError("OpenCV's Canny takes 8-bit images, and pads as -p same does", parameter="emit")
    _, (bell,) = edge_slide(run)
    row = np.array(bell).sum(axis=0)
    # A full step's gradient after the smoothing, in the units of Sobel's kernel, which adds up to 4.
    step = float(np.maximum(np.convolve(row, (-1, 0, 1)), 0).sum()) * 4 * 255
    low, high = (0.1 if operation.low is None else operation.low), (0.2 if operation.high is None else operation.high)
    sigma, size = operation.sigma or 1.0, len(row)
    border = f"cv2.BORDER_{_BORDERS[operation.padding_mode]}"
    return [
        "# OpenCV cannot do quite this: its Canny rounds the smoothed image to whole levels and thins with other",
        "# ties, so that lines may differ by a pixel here and there.",
        f"smooth = cv2.GaussianBlur(x.astype(np.uint8), ({size}, {size}), {sigma!r}, borderType={border})",
        f"smooth = smooth.reshape({run.size[0]}, {run.size[1]}, {run.channels})",
        f"planes = [cv2.Canny(np.ascontiguousarray(smooth[:, :, c]), {low * step!r}, {high * step!r}, L2gradient=True)",
        f"          for c in range({run.channels})]",
        "y = np.stack(planes, axis=2).astype(np.float64)",
    ]

"""Operators of windows: convolutions, transposed ones, and pooling, along any number of axes."""

from collections.abc import Sequence
from math import prod

from cnnfilt.describe.graphs.call import Call, Made
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.reach import Taps, taps_of, transposed
from cnnfilt.describe.transposed import TransposedAxis
from cnnfilt.describe.window import Window, axis_padding
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import ShapeError, counted
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import AxisPadding

SPATIAL = {3: "W", 4: "HW", 5: "DHW"}
"""The letters of the axes that a window moves along, by the number of axes."""

NAMES = {"D": "deep", "H": "high", "W": "wide"}
"""What windows along an axis of that letter are, in messages."""

_WORDS: dict[str, AxisPadding] = {"SAME_UPPER": "same", "SAME_LOWER": "same-lower", "VALID": "valid"}


def convolution(call: Call) -> Made:
    """Conv: weights are (out_channels, in_channels / groups, ...)."""
    return _convolution(call, call.value(1))


def quantized_convolution(call: Call) -> Made:
    """QLinearConv, whose weights come after the scale and the zero of its input."""
    return _convolution(call, call.value(3))


def _convolution(call: Call, weight: Value) -> Made:
    image = images(call)
    groups = call.whole("group", 1)
    filters, depth = _checked_weights(image, weight, groups)
    if depth * groups != image.dims[1] or filters % groups:
        raise ShapeError(
            f"its weights {spelled_size(weight.dims)} are for {counted(depth * groups, 'channels')}, "
            f"but its input has {image.dims[1]:,}"
        )
    windows = sliding(call, image, weight.dims[2:])
    made = slid(image, windows, filters)
    return Made((made,), pair_of(windows), prod(made.dims[2:]) * weight.count)


def transposed_convolution(call: Call) -> Made:
    """ConvTranspose: weights are (in_channels, out_channels / groups, ...)."""
    image, weight = images(call), call.value(1)
    axes = transposed_axes(call)
    taps: dict[str, Taps | None] = {
        letter: transposed(one.kernel_size, one.stride, one.dilation, one.before)
        for letter, one in zip(SPATIAL[image.rank], axes, strict=True)
    }
    sides = [one.output_size for one in axes]
    maps = weight.dims[1] * call.whole("group", 1)
    made = image.with_dims((image.dims[0], maps, *sides)).seen_through(taps, image)
    macs = prod(image.dims[2:]) * weight.count
    lost = (axes[0].unread, axes[1].unread) if len(axes) == 2 else (0, 0)
    return Made((made,), None, macs, lost=lost)


def transposed_axes(call: Call) -> list[TransposedAxis]:
    """Return what a ConvTranspose does along each axis. ShapeError for what does not fit."""
    image, weight = images(call), call.value(1)
    depth, _ = _checked_weights(image, weight, call.whole("group", 1))
    if depth != image.dims[1]:
        raise ShapeError(f"its weights are for {counted(depth, 'channels')}, but its input has {image.dims[1]:,}")
    kernel, rank = _kernel_size(call, weight.dims[2:]), image.rank - 2
    strides = call.wholes("strides", (1,) * rank, count=rank)
    dilations = call.wholes("dilations", (1,) * rank, count=rank)
    extra = call.wholes("output_padding", (0,) * rank, count=rank)
    wanted = call.wholes("output_shape", count=rank) if call.has("output_shape") else None
    pads = _numbers_of_padding(call, rank)
    word = call.text("auto_pad", "NOTSET")
    _check_word(word)
    if min((*strides, *dilations)) < 1 or min(extra) < 0:
        raise ShapeError("its strides, dilations and output padding are not all whole numbers of steps")
    axes = []
    for place in range(rank):
        n, stride, span = image.dims[2 + place], strides[place], (kernel[place] - 1) * dilations[place] + 1
        whole = (n - 1) * stride + extra[place] + span
        before, after = pads[place], pads[rank + place]
        if wanted is not None or word.startswith("SAME"):
            side = wanted[place] if wanted is not None else n * stride
            total = whole - side
            # What is missing to a larger size comes after it.
            before = max(total // 2 if word == "SAME_UPPER" else total - total // 2, 0)
        else:
            side = whole - (0 if word == "VALID" else before + after)
            before = 0 if word == "VALID" else before
        if side < 1:
            raise ShapeError(f"its padding leaves {side:,} of {whole:,} positions")
        after = whole - side - before
        axes.append(TransposedAxis(n, kernel[place], stride, dilations[place], before, after, extra[place]))
    return axes


def pooling(call: Call) -> Made:
    """MaxPool, AveragePool, LpPool; the second value of MaxPool is the place of each maximum.

    A last window that would start in the padding is no window, as version 22 says in words and all compute.
    """
    image = images(call)
    windows = sliding(call, image, (), ceil=bool(call.whole("ceil_mode", 0)))
    made = slid(image, windows, image.dims[1])
    return Made((made, made), pair_of(windows))


def whole_pooling(call: Call) -> Made:
    """GlobalAveragePool and its kin: one window over all that there is."""
    image = images(call)
    windows = [Window(n, n, axis=NAMES[letter]) for letter, n in zip(SPATIAL[image.rank], image.dims[2:], strict=True)]
    return Made((slid(image, windows, image.dims[1]),), pair_of(windows))


def images(call: Call) -> Value:
    """Return the first input as a batch with its channels first. ShapeError where it has too few axes."""
    image = call.value(0)
    if image.rank not in SPATIAL:
        raise ShapeError(f"its input, {spelled_size(image.dims)}, has no rows and columns")
    return as_images(image)


def as_images(value: Value) -> Value:
    """Return `value` with the letters that ONNX's operators on images give its axes."""
    letters = "NC" + SPATIAL[value.rank]
    return value if value.axes == letters else value.with_dims(value.dims, letters)


def sliding(call: Call, image: Value, weights: Sequence[int], *, ceil: bool = False) -> list[Window]:
    """Return a window for each axis, as the node says it slides."""
    kernel, rank = _kernel_size(call, weights), image.rank - 2
    strides = call.wholes("strides", (1,) * rank, count=rank)
    dilations = call.wholes("dilations", (1,) * rank, count=rank)
    pads = _numbers_of_padding(call, rank)
    word = call.text("auto_pad", "NOTSET")
    _check_word(word)
    if len(kernel) != rank:
        raise ShapeError(f"its kernel {spelled_size(kernel)} does not fit an input {spelled_size(image.dims)}")
    windows = []
    for place, letter in enumerate(SPATIAL[image.rank]):
        n, k, s, d = image.dims[2 + place], kernel[place], strides[place], dilations[place]
        if min(n, k, s, d) < 1:
            raise ShapeError(f"its kernel {k}, stride {s} and dilation {d} over {n} are not all at least 1")
        asked = _WORDS.get(word, (pads[place], pads[rank + place]))
        before, after = axis_padding(n, k, s, d, asked)
        windows.append(Window(n, k, s, d, before, after, ceil, NAMES[letter]))
    return windows


def slid(image: Value, windows: Sequence[Window], channels: int) -> Value:
    """Return what `windows` over `image` make."""
    made = image.with_dims((image.dims[0], channels, *(window.output_size for window in windows)))
    taps: dict[str, Taps | None] = {
        letter: taps_of(window) for letter, window in zip(SPATIAL[image.rank], windows, strict=True)
    }
    return made.seen_through(taps, image)


def pair_of(windows: Sequence[Window]) -> Windows | None:
    """Return the windows along rows and columns; None where there are more axes, or fewer."""
    return Windows(*windows) if len(windows) == 2 else None


def _checked_weights(image: Value, weight: Value, groups: int) -> tuple[int, int]:
    if weight.rank != image.rank:
        raise ShapeError(f"its weights {spelled_size(weight.dims)} do not fit an input {spelled_size(image.dims)}")
    if groups < 1:
        raise ShapeError(f"it has {groups} groups")
    return weight.dims[0], weight.dims[1]


def _kernel_size(call: Call, weights: Sequence[int]) -> tuple[int, ...]:
    kernel = call.wholes("kernel_shape", tuple(weights))
    if not kernel:
        raise ShapeError("it does not say how large its kernel is")
    if weights and kernel != tuple(weights):
        raise ShapeError(f"its kernel is {spelled_size(kernel)}, but its weights are {spelled_size(weights)}")
    return kernel


def _numbers_of_padding(call: Call, rank: int) -> tuple[int, ...]:
    pads = call.wholes("pads", (0,) * (2 * rank), count=2 * rank)
    if min(pads) < 0:
        raise ShapeError(f"its padding is {min(pads)}; it must be at least 0")
    return pads


def _check_word(word: str) -> None:
    if word not in (*_WORDS, "NOTSET", ""):
        raise ShapeError(f"its auto_pad {word[:20]!r} is unknown")

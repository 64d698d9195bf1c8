"""Keras layers on rows and columns: convolutions of all kinds, pooling, borders, and other sizes.

Sizes as Keras 3 says them; "same" gives ceil(n / stride), with the odd pixel after the image.
"""

from collections.abc import Sequence
from math import prod

from cnnfilt.describe.graphs.call import Call, Made
from cnnfilt.describe.graphs.sliding import NAMES, SPATIAL, pair_of
from cnnfilt.describe.graphs.value import Value, fewer
from cnnfilt.describe.reach import Taps, adaptive, between, repeated, shifted, taps_of, transposed
from cnnfilt.describe.transposed import TransposedAxis
from cnnfilt.describe.window import Window, axis_padding
from cnnfilt.errors import ShapeError, counted
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import AxisPadding


def convolution(call: Call) -> Made:
    """Conv1D, 2D, 3D."""
    image = images(call)
    groups, filters, channels = call.whole("groups", 1), call.whole("filters", 0), channels_of(image)
    if groups < 1 or channels % groups or filters % groups or filters < 1:
        raise ShapeError(f"its {groups} groups do not divide {counted(channels, 'channels')} into {filters} filters")
    windows = sliding(call, image, "kernel_size")
    weights = prod(window.kernel_size for window in windows) * channels // groups * filters
    made = slid(image, windows, filters)
    return _made(made, windows, positions(made) * weights, weights + filters * call.whole("use_bias", 1))


def depthwise_convolution(call: Call) -> Made:
    """DepthwiseConv1D, 2D: each channel by itself, `depth_multiplier` maps of it."""
    image = images(call)
    maps = channels_of(image) * _multiplier(call)
    windows = sliding(call, image, "kernel_size")
    weights = prod(window.kernel_size for window in windows) * maps
    made = slid(image, windows, maps)
    return _made(made, windows, positions(made) * weights, weights + maps * call.whole("use_bias", 1))


def separable_convolution(call: Call) -> Made:
    """SeparableConv1D, 2D: each channel by itself, then the channels of each position."""
    image, filters = images(call), call.whole("filters", 0)
    maps = channels_of(image) * _multiplier(call)
    windows = sliding(call, image, "kernel_size")
    weights = prod(window.kernel_size for window in windows) * maps + maps * filters
    made = slid(image, windows, filters)
    return _made(made, windows, positions(made) * weights, weights + filters * call.whole("use_bias", 1))


def transposed_convolution(call: Call) -> Made:
    """Conv1DTranspose, 2D, 3D: "same" gives n * s, "valid" n * s + max(span - s, 0), unless output_padding is said."""
    image, filters = images(call), call.whole("filters", 0)
    letters = spatial_of(image)
    kernel, strides, dilations = (
        numbers(call, name, len(letters), 1) for name in ("kernel_size", "strides", "dilation_rate")
    )
    extra = numbers(call, "output_padding", len(letters), 0) if call.has("output_padding") else None
    same = _padding_word(call) == "same"
    sides: dict[str, int] = {}
    taps: dict[str, Taps | None] = {}
    lost: dict[str, int] = {}
    for place, letter in enumerate(letters):
        n, k, s, d = image.side(letter) or 0, kernel[place], strides[place], dilations[place]
        _check_positive(n, k, s, d)
        span = (k - 1) * d + 1
        if extra is None:
            sides[letter] = n * s if same else n * s + max(span - s, 0)
        else:
            sides[letter] = (n - 1) * s + span - 2 * (span // 2 if same else 0) + extra[place]
        cut = (n - 1) * s + span - sides[letter]
        before = max(cut, 0) // 2
        lost[letter] = TransposedAxis(n, k, s, d, before, cut - before).unread if sides[letter] > 0 else 0
        taps[letter] = transposed(k, s, d, before)
    made = with_sides(image, sides, filters).seen_through(taps, image)
    weights = prod(kernel) * channels_of(image) * filters
    params = weights + filters * call.whole("use_bias", 1)
    return Made((made,), None, positions(image) * weights, params, lost=(lost.get("H", 0), lost["W"]))


def pooling(call: Call) -> Made:
    """MaxPooling, AveragePooling."""
    image = images(call)
    windows = sliding(call, image, "pool_size", strided=True)
    return _made(slid(image, windows, channels_of(image)), windows)


def whole_pooling(call: Call) -> Made:
    """GlobalAveragePooling, GlobalMaxPooling: without rows and columns unless keepdims is set."""
    image = images(call)
    windows = [Window(n, n, axis=NAMES[letter]) for letter in spatial_of(image) for n in [image.side(letter) or 1]]
    made = slid(image, windows, channels_of(image))
    if not call.whole("keepdims", 0):
        made = made.with_dims((image.dims[0], channels_of(image)), "NC")
    return _made(made, windows)


def adaptive_pooling(call: Call) -> Made:
    """AdaptiveAveragePooling, AdaptiveMaxPooling: to a size."""
    image = images(call)
    wanted = numbers(call, "output_size", len(spatial_of(image)), 1)
    sides = dict(zip(spatial_of(image), wanted, strict=True))
    _check_positive(*wanted, *(image.side(letter) or 0 for letter in sides))
    taps: dict[str, Taps | None] = {letter: adaptive(image.side(letter) or 1, side) for letter, side in sides.items()}
    return Made((with_sides(image, sides, channels_of(image)).seen_through(taps, image),))


def border(call: Call) -> Made:
    """ZeroPadding: so many rows and columns before and after."""
    return _bordered(call, "padding", 1)


def crop(call: Call) -> Made:
    """Cropping: so many rows and columns off, before and after."""
    return _bordered(call, "cropping", -1)


def _bordered(call: Call, name: str, sign: int) -> Made:
    image = images(call)
    letters = spatial_of(image)
    asked = numbers(call, name, 2 * len(letters), 0)
    sides: dict[str, int] = {}
    taps: dict[str, Taps | None] = {}
    for place, letter in enumerate(letters):
        before, after = asked[2 * place], asked[2 * place + 1]
        sides[letter] = (image.side(letter) or 0) + sign * (before + after)
        taps[letter] = shifted(sign * before)
        if min(before, after) < 0 or sides[letter] < 1:
            raise ShapeError(f"its {name} {spelled_size(asked)} leaves nothing of {spelled_size(image.dims)}")
    made = with_sides(image, sides, channels_of(image)).seen_through(taps, image)
    return Made((made,), lost=fewer(image, made))


def upsampling(call: Call) -> Made:
    """UpSampling: so many times the rows and columns, repeated or interpolated."""
    image = images(call)
    factors = numbers(call, "size", len(spatial_of(image)), 2)
    _check_positive(*factors)
    word = call.text("interpolation", "nearest")
    sides = {}
    taps: dict[str, Taps | None] = {}
    for letter, factor in zip(spatial_of(image), factors, strict=True):
        sides[letter] = (image.side(letter) or 0) * factor
        known = {"nearest": repeated(factor), "bilinear": between(factor)}
        taps[letter] = known.get(word)
    return Made((with_sides(image, sides, channels_of(image)).seen_through(taps, image),))


def resizing(call: Call) -> Made:
    """Resizing, CenterCrop, RandomCrop: to a height and a width."""
    image = images(call)
    sides = {"H": call.whole("height", 0), "W": call.whole("width", 0)}
    _check_positive(*sides.values())
    if "H" not in image.axes:
        raise ShapeError(f"its input {spelled_size(image.dims)} has no rows and columns")
    made = with_sides(image, sides, channels_of(image))
    if call.node.operator == "Resizing":
        return Made((made.seen_through({"H": None, "W": None}, image),))
    taps: dict[str, Taps | None] = {
        letter: shifted((side - (image.side(letter) or 0)) // 2) for letter, side in sides.items()
    }
    return Made((made.seen_through(taps, image),), lost=fewer(image, made))


def images(call: Call) -> Value:
    """Return the first input, its axes named as the layer's data_format has them."""
    value, letters = call.value(0), SPATIAL.get(call.value(0).rank)
    if letters is None:
        raise ShapeError(f"its input {spelled_size(value.dims)} has no rows and columns")
    first = call.text("data_format", "channels_last") == "channels_first"
    axes = f"NC{letters}" if first else f"N{letters}C"
    return value if value.axes == axes else value.with_dims(value.dims, axes)


def spatial_of(image: Value) -> str:
    """Return the letters of the axes that a window moves along."""
    return SPATIAL[image.rank]


def channels_of(image: Value) -> int:
    """Return how many channels there are."""
    return image.side("C") or 0


def positions(image: Value) -> int:
    """Return how many positions one image has."""
    return prod(image.side(letter) or 0 for letter in spatial_of(image))


def with_sides(image: Value, sides: dict[str, int], channels: int) -> Value:
    """Return an image of other sides and channels, its axes in the same order."""
    new = {"N": image.dims[0], "C": channels} | sides
    return image.with_dims([new[letter] for letter in image.axes])


def numbers(call: Call, name: str, count: int, default: int) -> tuple[int, ...]:
    """Return an attribute that has a number for each axis, or one for all; of pairs, one for both."""
    value = call.node.attributes.get(name)
    if value is None or isinstance(value, int):
        return (default if value is None else value,) * count
    found = call.wholes(name)
    if 2 * len(found) == count:
        found = tuple(number for number in found for _ in range(2))
    if len(found) != count:
        raise ShapeError(f"its {name} {spelled_size(found)} does not fit an input with {call.value(0).rank} axes")
    return found


def sliding(call: Call, image: Value, name: str, *, strided: bool = False) -> list[Window]:
    """Return a window for each axis; `strided` ones move by their own size unless it is said otherwise."""
    letters = spatial_of(image)
    kernel = numbers(call, name, len(letters), 2 if strided else 1)
    strides = kernel if strided and not call.has("strides") else numbers(call, "strides", len(letters), 1)
    dilations = numbers(call, "dilation_rate", len(letters), 1)
    word = _padding_word(call)
    windows = []
    for letter, k, s, d in zip(letters, kernel, strides, dilations, strict=True):
        n = image.side(letter) or 0
        _check_positive(n, k, s, d)
        asked: AxisPadding = ((k - 1) * d, 0) if word == "causal" else "same" if word == "same" else "valid"
        before, after = axis_padding(n, k, s, d, asked)
        windows.append(Window(n, k, s, d, before, after, axis=NAMES[letter]))
    return windows


def slid(image: Value, windows: Sequence[Window], channels: int) -> Value:
    """Return what `windows` over `image` make."""
    letters = spatial_of(image)
    if channels < 1:
        raise ShapeError(f"it makes {channels} channels")
    sides = {letter: window.output_size for letter, window in zip(letters, windows, strict=True)}
    taps: dict[str, Taps | None] = {letter: taps_of(window) for letter, window in zip(letters, windows, strict=True)}
    return with_sides(image, sides, channels).seen_through(taps, image)


def _made(made: Value, windows: Sequence[Window], macs: int = 0, params: int = 0) -> Made:
    return Made((made,), pair_of(windows), macs, params)


def _multiplier(call: Call) -> int:
    maps = call.whole("depth_multiplier", 1)
    if maps < 1:
        raise ShapeError(f"its depth_multiplier is {maps}")
    return maps


def _padding_word(call: Call) -> str:
    word = call.text("padding", "valid")
    if word not in ("valid", "same", "causal"):
        raise ShapeError(f"its padding {word[:20]!r} is neither valid nor same")
    return word


def _check_positive(*sizes: int) -> None:
    if min(sizes) < 1:
        raise ShapeError(f"its sizes, strides and dilations {spelled_size(sizes)} are not all at least 1")

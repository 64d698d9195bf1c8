"""One node of a file as a word of a chain, where there is one that means the same: ONNX's operators."""

from collections.abc import Callable, Sequence

from cnnfilt.describe.graphs.graph import Number
from cnnfilt.describe.graphs.shapes import shape_of
from cnnfilt.describe.graphs.value import Value, axis
from cnnfilt.describe.graphs.walk import Step
from cnnfilt.describe.layers import Flat, Volume
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import InputError
from cnnfilt.spelling import spelled_size

Words = Callable[[Step], list[str]]
"""From a step to its words, one after the other; none where nothing is done to an image. InputError without any."""


def unsayable(why: str) -> InputError:
    """Return the error of a node that no word stands for."""
    return InputError(why)


def convolution(step: Step) -> list[str]:
    """Return conv, or dw where each channel is on its own."""
    image, weight = _value(step, 0), _value(step, 1)
    groups = whole(step, "group", 1)
    bias = "" if len(step.inputs) > 2 and step.inputs[2] is not None else ",bias=0"
    slid = sliding(step.windows, same=_text(step, "auto_pad"))
    if groups > 1 and groups == image.dims[1]:
        maps = weight.dims[0] // groups
        return [f"dw:{slid}{f',m={maps}' if maps > 1 else ''}{bias}"]
    return [f"conv:{weight.dims[0]},{slid}{f',g={groups}' if groups > 1 else ''}{bias}"]


def transposed(step: Step) -> list[str]:
    """Return tconv, where its padding is in numbers."""
    weight, attributes = _value(step, 1), step.node.attributes
    if attributes.get("output_shape") or _text(step, "auto_pad") not in ("", "NOTSET", "VALID") or weight.rank != 4:
        raise unsayable("its padding follows from a size")
    groups, rank = whole(step, "group", 1), weight.rank - 2
    top, left, bottom, right = _wholes(step, "pads", (0,) * 2 * rank)
    parts = [f"tconv:{weight.dims[1] * groups},k={pair(weight.dims[2:])}"]
    parts += [f"s={pair(s)}" for s in [_wholes(step, "strides", (1, 1))] if set(s) != {1}]
    parts += [f"p={sides((top, bottom, left, right))}"] * any((top, bottom, left, right))
    parts += [f"op={pair(op)}" for op in [_wholes(step, "output_padding", (0, 0))] if any(op)]
    parts += [f"d={pair(d)}" for d in [_wholes(step, "dilations", (1, 1))] if set(d) != {1}]
    parts += [f"g={groups}"] * (groups > 1)
    parts += ["bias=0"] * (len(step.inputs) < 3 or step.inputs[2] is None)
    return [",".join(parts)]


def pooling(step: Step) -> list[str]:
    """Return pool:max or pool:avg."""
    kind = "max" if step.node.operator == "MaxPool" else "avg"
    if kind == "avg" and whole(step, "count_include_pad", 0) and any(_wholes(step, "pads", (0,))):
        raise unsayable("its average counts the padding")
    ceil = ",ceil=1" if whole(step, "ceil_mode", 0) else ""
    return [f"pool:{kind},{sliding(step.windows, same=_text(step, 'auto_pad'), strided=True)}{ceil}"]


def whole_pooling(step: Step) -> list[str]:
    """Return pooling over the whole input."""
    return [f"pool:{'max' if step.node.operator == 'GlobalMaxPool' else 'avg'},k=global"]


def reduction(step: Step) -> list[str]:
    """Return pooling over the whole input, where rows and columns are reduced."""
    before, after = _value(step, 0), shape_of(step.values[0])
    kind = {"ReduceMean": "avg", "ReduceMax": "max"}[step.node.operator]
    if not isinstance(image := shape_of(before), Volume):
        raise unsayable("it is not over rows and columns")
    if after == Volume(1, 1, image.channels):
        return [f"pool:{kind},k=global"]
    if after == Flat(image.channels):
        return [f"pool:{kind},k=global", "flatten"]
    raise unsayable("it is not over rows and columns")


def reshape(step: Step) -> list[str]:
    """Return flatten, or nothing where what comes out is shown as what goes in."""
    before, after = shape_of(step.inputs[0]), shape_of(step.values[0])
    if str(before) == str(after):
        return []
    if isinstance(before, Volume) and type(after) is Flat:
        return ["flatten"]
    raise unsayable(f"no word makes {after} of {before}")


def fully_connected(step: Step) -> list[str]:
    """Return fc: Gemm, or MatMul without a bias."""
    made = shape_of(step.values[0])
    if type(shape_of(step.inputs[0])) is not Flat or type(made) is not Flat or step.inputs[1] is None:
        raise unsayable("its input is not one list of values")
    if _value(step, 1).weights is None:
        raise unsayable("both its factors are computed")
    bias = step.node.operator == "Gemm" and len(step.inputs) > 2 and step.inputs[2] is not None
    return [f"fc:{made.features}" + ("" if bias else ",bias=0")]


def clip(step: Step) -> list[str]:
    """Return relu6 for 0 to 6, relu for 0 and no end."""
    low, high = (_bound(step, place, name) for place, name in ((1, "min"), (2, "max")))
    if low == 0 and high in (6, None):
        return ["relu6" if high == 6 else "relu"]
    raise unsayable(f"it clips from {low} to {high}")


def hard_sigmoid(step: Step) -> list[str]:
    """Return hardsigmoid, whose slope is a sixth."""
    slope, offset = step.node.attributes.get("alpha"), step.node.attributes.get("beta")
    if not isinstance(slope, float) or abs(slope - 1 / 6) > 1e-4 or offset not in (None, 0.5):
        raise unsayable("its slope is not a sixth")
    return ["hardsigmoid"]


def elu(step: Step) -> list[str]:
    """Return elu, which goes down to -1."""
    if step.node.attributes.get("alpha") not in (None, 1.0):
        raise unsayable("it does not go down to -1")
    return ["elu"]


def leaky(step: Step) -> list[str]:
    """Return leaky with its slope."""
    slope = step.node.attributes.get("alpha")
    return [f"leaky:{slope:g}" if isinstance(slope, float) else "leaky:0.01"]


def dropout(step: Step) -> list[str]:
    """Return dropout with its probability."""
    given = step.node.attributes.get("ratio", step.node.attributes.get("rate"))
    content = step.inputs[1].content if len(step.inputs) > 1 and step.inputs[1] is not None else None
    probability = content[0] if content else given if isinstance(given, int | float) else 0.5
    return [f"dropout:{probability:g}"]


def softmax(step: Step) -> list[str]:
    """Return softmax, over the channels."""
    value = _value(step, 0)
    place = axis(whole(step, "axis", -1), value.rank)
    # Before version 13 it was over all axes from one on, which is the same where only the channels are longer than 1.
    image = shape_of(value)
    if isinstance(image, Volume) and image.size != (1, 1) and value.axes[place] != "C":
        raise unsayable("it is not over the channels")
    return ["softmax"]


def pad(step: Step) -> list[str]:
    """Return pad: rows and columns put around."""
    before, after = _value(step, 0), _value(step, 0) if step.values[0] is None else step.values[0]
    mode = _text(step, "mode") or "constant"
    words = {"constant": "", "reflect": ",mode=reflect", "edge": ",mode=replicate", "wrap": ",mode=circular"}
    found = _content(step, 1) or step.node.attributes.get("pads") or ()
    if not isinstance(found, tuple) or mode not in words or _content(step, 3) is not None or after.rank != 4:
        raise unsayable("no word puts such a border around")
    number = _content(step, 2) or (step.node.attributes.get("value") or 0,)
    starts, ends = dict(zip(before.axes, found[:4], strict=True)), dict(zip(before.axes, found[4:], strict=True))
    if number[0] or any(starts[letter] or ends[letter] for letter in before.axes if letter not in "HW"):
        raise unsayable("no word puts such a border around")
    return [f"pad:{sides((starts['H'], ends['H'], starts['W'], ends['W']))}{words[mode]}"]


def resize(step: Step) -> list[str]:
    """Return up, by a whole factor."""
    before, after = shape_of(step.inputs[0]), shape_of(step.values[0])
    mode, where = _text(step, "mode") or "nearest", _text(step, "coordinate_transformation_mode") or "half_pixel"
    words = {"nearest": "", "linear": ",mode=bilinear"}
    fits = isinstance(before, Volume) and isinstance(after, Volume) and before.channels == after.channels
    if not fits or mode not in words or (mode == "linear" and not where.endswith("half_pixel")):
        raise unsayable("no word makes other sizes so")
    assert isinstance(before, Volume)
    assert isinstance(after, Volume)
    factors = [divmod(a, b) for a, b in zip(after.size, before.size, strict=True)]
    if any(rest for _, rest in factors):
        raise unsayable("its factors are no whole numbers")
    return [f"up:{pair([factor for factor, _ in factors])}{words[mode]}"]


def layer_normalization(step: Step) -> list[str]:
    """Return ln, which is over the channels at each position."""
    value = _value(step, 0)
    image = shape_of(value)
    over_channels = value.axes[-1] == "C" if isinstance(image, Volume) else type(image) is Flat
    if axis(whole(step, "axis", -1), value.rank) != value.rank - 1 or not over_channels:
        raise unsayable("it is not over the channels")
    return ["ln"]


def bare(word: str) -> Words:
    """Return what gives one word, whatever is set."""
    return lambda _: [word]


WORDS: dict[str, Words] = {
    "Conv": convolution,
    "ConvTranspose": transposed,
    **dict.fromkeys(("MaxPool", "AveragePool"), pooling),
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool"), whole_pooling),
    **dict.fromkeys(("ReduceMean", "ReduceMax"), reduction),
    **dict.fromkeys(("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose"), reshape),
    **dict.fromkeys(("Gemm", "MatMul"), fully_connected),
    **dict.fromkeys(("Identity", "Cast"), lambda _: []),
    "BatchNormalization": bare("bn"),
    "LayerNormalization": layer_normalization,
    "LRN": bare("lrn"),
    "Relu": bare("relu"),
    "Sigmoid": bare("sigmoid"),
    "Tanh": bare("tanh"),
    "Gelu": bare("gelu"),
    "HardSwish": bare("hardswish"),
    "PRelu": bare("prelu"),
    "Clip": clip,
    "HardSigmoid": hard_sigmoid,
    "Elu": elu,
    "LeakyRelu": leaky,
    "Dropout": dropout,
    "Softmax": softmax,
    "Pad": pad,
    **dict.fromkeys(("Resize", "Upsample"), resize),
}


def sliding(windows: Windows | None, *, same: str = "", strided: bool = False) -> str:
    """Return k=, s=, p= and d= of windows, without what is so by default."""
    if windows is None:
        raise unsayable("it does not move along rows and columns")
    parts = [f"k={pair(windows.kernel_size)}"]
    if windows.stride != (windows.kernel_size if strided else (1, 1)):
        parts.append(f"s={pair(windows.stride)}")
    (top, bottom), (left, right) = windows.pads
    if same in ("SAME_UPPER", "SAME_LOWER", "same") and windows.kernel_size != (1, 1):
        parts.append("p=same-lower" if same == "SAME_LOWER" else "p=same")
    elif any((top, bottom, left, right)):
        parts.append(f"p={sides((top, bottom, left, right))}")
    if windows.dilation != (1, 1):
        parts.append(f"d={pair(windows.dilation)}")
    return ",".join(parts)


def pair(numbers: Sequence[int]) -> str:
    """Return "3" for (3, 3), "3x5" for (3, 5)."""
    return str(numbers[0]) if numbers[0] == numbers[-1] else spelled_size(numbers)


def sides(numbers: Sequence[Number | str]) -> str:
    """Return top, bottom, left and right as briefly as they can be written."""
    top, bottom, left, right = numbers
    if top == bottom and left == right:
        return str(top) if top == left else f"{top}x{left}"
    return "x".join(map(str, numbers))


def _value(step: Step, place: int) -> Value:
    value = step.inputs[place] if place < len(step.inputs) else None
    if value is None:
        raise unsayable("one of its inputs is unknown")
    return value


def _content(step: Step, place: int) -> tuple[Number, ...] | None:
    value = step.inputs[place] if place < len(step.inputs) else None
    return None if value is None else value.content


def _bound(step: Step, place: int, name: str) -> Number | None:
    content, given = _content(step, place), step.node.attributes.get(name)
    if content:
        return content[0]
    return given if isinstance(given, int | float) else None


def whole(step: Step, name: str, default: int) -> int:
    """Return an attribute that is a whole number."""
    value = step.node.attributes.get(name)
    return value if isinstance(value, int) else default


def _wholes(step: Step, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    value = step.node.attributes.get(name)
    return tuple(one for one in value if isinstance(one, int)) if isinstance(value, tuple) else default


def _text(step: Step, name: str) -> str:
    value = step.node.attributes.get(name)
    return value if isinstance(value, str) else ""

"""One layer of Keras as words of a chain, where there are some that mean the same, its activation after it."""

from cnnfilt.describe.graphs.layer_words import Words, bare, dropout, pair, reshape, sides, sliding, unsayable, whole
from cnnfilt.describe.graphs.shapes import shape_of
from cnnfilt.describe.graphs.walk import Step
from cnnfilt.describe.layers import Flat, Volume

ACTIVATIONS = {
    "linear": [],
    "relu": ["relu"],
    "relu6": ["relu6"],
    "sigmoid": ["sigmoid"],
    "tanh": ["tanh"],
    "softmax": ["softmax"],
    "elu": ["elu"],
    "silu": ["silu"],
    "swish": ["silu"],
    "hard_sigmoid": ["hardsigmoid"],
    "hard_silu": ["hardswish"],
    "hard_swish": ["hardswish"],
}
"""The activations that layers of Keras can have in them. Keras' gelu is exact, too, unless it is said otherwise."""


def activation(step: Step) -> list[str]:
    """Return the word of the activation that a layer has in it."""
    found = step.node.attributes.get("activation", "linear")
    if not isinstance(found, str) or found not in ACTIVATIONS:
        raise unsayable("no word stands for its activation")
    return ACTIVATIONS[found]


def convolution(step: Step) -> list[str]:
    """Return conv with its activation."""
    groups = whole(step, "groups", 1)
    parts = [f"conv:{whole(step, 'filters', 0)},{_slid(step)}", *[f"g={groups}"] * (groups > 1), *_bias(step)]
    return [",".join(parts), *activation(step)]


def depthwise(step: Step) -> list[str]:
    """Return dw with its activation."""
    maps = whole(step, "depth_multiplier", 1)
    return [",".join([f"dw:{_slid(step)}", *[f"m={maps}"] * (maps > 1), *_bias(step)]), *activation(step)]


def separable(step: Step) -> list[str]:
    """Return dw and a conv of 1x1, which are what it does."""
    maps = whole(step, "depth_multiplier", 1)
    first = ",".join([f"dw:{_slid(step)}", *[f"m={maps}"] * (maps > 1), "bias=0"])
    return [first, ",".join([f"conv:{whole(step, 'filters', 0)},k=1", *_bias(step)]), *activation(step)]


def transposed(step: Step) -> list[str]:
    """Return tconv with p=same or p=valid, as Keras means them."""
    kernel, strides, dilations = (_pair(step, name) for name in ("kernel_size", "strides", "dilation_rate"))
    if step.node.attributes.get("output_padding") is not None:
        raise unsayable("its output_padding is Keras' own")
    parts = [f"tconv:{whole(step, 'filters', 0)},k={pair(kernel)}", *[f"s={pair(strides)}"] * (strides != (1, 1))]
    parts += [f"p={step.node.attributes.get('padding', 'valid')}", *[f"d={pair(dilations)}"] * (dilations != (1, 1))]
    return [",".join([*parts, *_bias(step)]), *activation(step)]


def pooling(step: Step) -> list[str]:
    """Return pool:max or pool:avg."""
    kind = "max" if step.node.operator.startswith("Max") else "avg"
    return [f"pool:{kind},{sliding(step.windows, same=str(step.node.attributes.get('padding')), strided=True)}"]


def whole_pooling(step: Step) -> list[str]:
    """Return pooling over the whole input, made a list unless the layer keeps its axes."""
    kind = "max" if "Max" in step.node.operator else "avg"
    return [f"pool:{kind},k=global", *["flatten"] * (type(shape_of(step.values[0])) is Flat)]


def dense(step: Step) -> list[str]:
    """Return fc, or a conv of 1x1 where there are rows and columns."""
    units = whole(step, "units", 0)
    before = shape_of(step.inputs[0])
    if isinstance(before, Volume):
        return [",".join([f"conv:{units},k=1", *_bias(step)]), *activation(step)]
    if type(before) is not Flat:
        raise unsayable("its input is neither an image nor one list of values")
    return [",".join([f"fc:{units}", *_bias(step)]), *activation(step)]


def border(step: Step) -> list[str]:
    """Return pad."""
    return [f"pad:{sides(_sides(step, 'padding'))}"]


def crop(step: Step) -> list[str]:
    """Return crop, of four sides: two numbers are what is left."""
    return [f"crop:{'x'.join(map(str, _sides(step, 'cropping')))}"]


def upsampling(step: Step) -> list[str]:
    """Return up."""
    mode = step.node.attributes.get("interpolation", "nearest")
    if mode not in ("nearest", "bilinear"):
        raise unsayable("no word interpolates so")
    return [f"up:{pair(_pair(step, 'size'))}{',mode=bilinear' * (mode == 'bilinear')}"]


def relu(step: Step) -> list[str]:
    """Return relu, relu6 or leaky, by the layer's settings."""
    attributes = step.node.attributes
    top, slope, floor = (attributes.get(name) for name in ("max_value", "negative_slope", "threshold"))
    if floor or (slope and top is not None) or top not in (None, 6):
        raise unsayable("no word stands for its settings")
    if isinstance(slope, int | float) and slope:
        return [f"leaky:{slope:g}"]
    return ["relu6" if top == 6 else "relu"]


def leaky(step: Step) -> list[str]:
    """Return leaky with its slope, which is 0.3 in Keras."""
    slope = step.node.attributes.get("negative_slope", step.node.attributes.get("alpha"))
    return [f"leaky:{slope:g}" if isinstance(slope, int | float) else "leaky:0.3"]


def normalization(step: Step) -> list[str]:
    """Return bn, where it has both a factor and an addend."""
    if not (whole(step, "center", 1) and whole(step, "scale", 1)):
        raise unsayable("it has no factor or no addend")
    return ["bn"]


KERAS_WORDS: dict[str, Words] = {
    "Conv2D": convolution,
    "DepthwiseConv2D": depthwise,
    "SeparableConv2D": separable,
    "Conv2DTranspose": transposed,
    **dict.fromkeys(("MaxPooling2D", "AveragePooling2D"), pooling),
    **dict.fromkeys(("GlobalAveragePooling2D", "GlobalMaxPooling2D"), whole_pooling),
    "Dense": dense,
    "ZeroPadding2D": border,
    "Cropping2D": crop,
    "UpSampling2D": upsampling,
    "BatchNormalization": normalization,
    "Activation": activation,
    "ReLU": relu,
    "LeakyReLU": leaky,
    "PReLU": bare("prelu"),
    "Softmax": bare("softmax"),
    "Relu": bare("relu"),
    "Relu6": bare("relu6"),
    "Sigmoid": bare("sigmoid"),
    "Tanh": bare("tanh"),
    "Silu": bare("silu"),
    "HardSigmoid": bare("hardsigmoid"),
    "HardSilu": bare("hardswish"),
    **dict.fromkeys(("Dropout", "SpatialDropout2D"), dropout),
    **dict.fromkeys(("Flatten", "Reshape", "Permute"), reshape),
    "Identity": lambda _: [],
}


def _slid(step: Step) -> str:
    return sliding(step.windows, same=str(step.node.attributes.get("padding")))


def _bias(step: Step) -> list[str]:
    return [] if whole(step, "use_bias", 1) else ["bias=0"]


def _pair(step: Step, name: str) -> tuple[int, int]:
    value = step.node.attributes.get(name, 1)
    numbers = value if isinstance(value, tuple) else (value, value)
    if len(numbers) != 2 or not all(isinstance(one, int) for one in numbers):
        raise unsayable(f"its {name} is no pair")
    return int(numbers[0]), int(numbers[1])  # type: ignore[arg-type]


def _sides(step: Step, name: str) -> tuple[int, int, int, int]:
    value = step.node.attributes.get(name, 1)
    numbers = value if isinstance(value, tuple) else (value,) * 4
    four = [one for one in numbers for _ in range(4 // max(len(numbers), 1))]
    if len(four) != 4 or not all(isinstance(one, int) for one in four):
        raise unsayable(f"its {name} is not that of four sides")
    return int(four[0]), int(four[1]), int(four[2]), int(four[3])  # type: ignore[arg-type]

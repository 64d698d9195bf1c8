"""The words of a chain: a row for each says which class it is, how it is written, and what it means."""

import re
from collections.abc import Sequence
from typing import Protocol, get_args

from cnnfilt.describe import layers
from cnnfilt.describe.kernel_words import ReadKernels
from cnnfilt.describe.layers.arrangement import UP_MODES
from cnnfilt.describe.layers.pooling import WHOLE
from cnnfilt.describe.layers.written import Written
from cnnfilt.describe.named_kernels import NAMED
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import nearest
from cnnfilt.terms import MorphOperation, PoolKind


class Described(Protocol):
    """A class of layers: it reads one of them."""

    def parse(self, written: Written) -> layers.Layer:
        """Return the layer that is written; ParameterError."""
        ...


class Word(Frozen, kw_only=True):
    """How a layer is written: its class, the options it takes, and examples of what stands after its colon.

    `usage` are the lines of its help: each says one way to write it, and what that means.
    """

    layer: Described
    takes: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    usage: tuple[tuple[str, str], ...]


def _word(layer: Described, usage: str, meaning: str, takes: str = "", examples: Sequence[str] = ()) -> Word:
    return Word(layer=layer, takes=tuple(takes.split()), examples=tuple(examples), usage=((usage, meaning),))


WORDS: dict[str, Word] = {
    "conv": Word(
        layer=layers.ConvLayer,
        takes=("k", "s", "p", "d", "g", "bias"),
        examples=("64,k=3", "64,k=3,p=1", *NAMED),
        usage=(
            ("conv:N,k=3[,s=1,p=0,d=1,g=1,bias=1]", "N filters of size k"),
            ("conv:KERNEL+KERNEL...[,s=,p=,d=]", "one map of each kernel named"),
        ),
    ),
    "filter": _word(
        layers.FilterLayer, "filter:KERNEL[,s=,p=,d=]", "a kernel on each channel by itself", "s p d", tuple(NAMED)
    ),
    "dw": _word(
        layers.DepthwiseLayer,
        "dw:k=3[,m=1,s=,p=,d=,bias=1]",
        "m filters on each channel",
        "k m s p d bias",
        ("k=3,p=1",),
    ),
    "tconv": _word(
        layers.TransposedLayer,
        "tconv:N,k=[,s=,p=,op=,d=,g=,bias=1]",
        "transposed convolution",
        "k s p op d g bias",
        ("64,k=2,s=2", "64,k=4,s=2,p=1"),
    ),
    "pool": Word(
        layer=layers.PoolLayer,
        takes=("k", "s", "p", "d", "ceil", "adaptive"),
        examples=(*get_args(PoolKind), WHOLE),
        usage=(
            ("pool:max|avg|min|median[,k=2,s=k,p=0]", "k=global: the whole input"),
            ("pool:max|avg|min,adaptive=HxW", "windows that give HxW"),
        ),
    ),
    "morph": _word(
        layers.MorphLayer, "morph:OPERATION[,k=3]", "erode, dilate, open, close, ...", "k", get_args(MorphOperation)
    ),
    "bn": _word(layers.BatchNormLayer, "bn", "batch normalisation"),
    "ln": _word(layers.LayerNormLayer, "ln", "layer normalisation, of the channels"),
    "gn": _word(layers.GroupNormLayer, "gn:G", "normalisation in G groups", examples=("32",)),
    "lrn": _word(layers.LocalResponseNormLayer, "lrn", "local response normalisation"),
    "scale": _word(layers.ScaleLayer, "scale", "a learned factor a channel"),
    "relu": _word(layers.ActivationLayer, "relu", "max(x, 0)"),
    "relu6": _word(layers.ActivationLayer, "relu6", "relu, at most 6"),
    "leaky": _word(layers.ActivationLayer, "leaky:A", "a*x below 0; a is 0.01", examples=("0.1",)),
    "prelu": _word(layers.SlopesLayer, "prelu", "a*x below 0, a learned for a channel"),
    "elu": _word(layers.ActivationLayer, "elu", "exp(x) - 1 below 0"),
    "gelu": _word(layers.ActivationLayer, "gelu", "x * P(X < x), X normally distributed"),
    "silu": _word(layers.ActivationLayer, "silu", "x * sigmoid(x), also called swish"),
    "hardsigmoid": _word(layers.ActivationLayer, "hardsigmoid", "relu6(x + 3) / 6"),
    "hardswish": _word(layers.ActivationLayer, "hardswish", "x * hardsigmoid(x)"),
    "tanh": _word(layers.ActivationLayer, "tanh", "from -1 to 1"),
    "sigmoid": _word(layers.ActivationLayer, "sigmoid", "from 0 to 1"),
    "softmax": _word(layers.ActivationLayer, "softmax", "probabilities, over the channels"),
    "dropout": _word(layers.DropoutLayer, "dropout:P", "nothing, once it is trained", examples=("0.5", "0.2")),
    "up": _word(
        layers.UpLayer,
        "up:2[,mode=nearest|bilinear]",
        "more rows and columns",
        "mode",
        ("2", *(f"2,mode={m}" for m in UP_MODES)),
    ),
    "pad": _word(layers.PadLayer, "pad:N|HxW|TxBxLxR[,mode=]", "rows and columns put around", "mode", ("1", "0x1x0x1")),
    "crop": _word(layers.CropLayer, "crop:HxW|TxBxLxR", "the middle HxW, or so many cut off", "", ("56x56", "4x4x4x4")),
    "take": _word(layers.TakeLayer, "take:A-B", "the channels A to B, from 0", "", ("0-31",)),
    "shuffle": _word(layers.ShuffleLayer, "shuffle:G", "the channels of G groups in turn", "", ("2",)),
    "flatten": _word(layers.FlattenLayer, "flatten", "one list of values"),
    "fc": _word(layers.FullyConnectedLayer, "fc:N[,bias=1]", "N sums over all values", "bias", ("10", "1000")),
    "as": _word(layers.AsLayer, "as:NAME", "remember the value that is there", "", ("in",)),
    "from": _word(layers.FromLayer, "from:NAME", "go on from the value NAME", "", ("in",)),
    "add": _word(layers.JoinLayer, "add:NAME", "the value that is there + NAME", "", ("in",)),
    "cat": _word(layers.JoinLayer, "cat:NAME", "NAME's channels, then those here", "", ("in",)),
    "mul": _word(layers.JoinLayer, "mul:NAME", "times NAME; 1x1xC for all positions", "", ("in",)),
}
"""The words of a chain, each with how it is written."""

WITH_KERNELS = ("conv", "filter")
"""The words that kernels are named in."""


def parse_word(text: str, read_kernels: ReadKernels | None) -> layers.Layer:
    """Return the layer written in `text`. ParameterError naming it."""
    name, head, items = parted(text)
    if name not in WORDS:
        raise ParameterError(_unknown(text, name), parameter="layer")
    word = WORDS[name]
    try:
        return word.layer.parse(Written(text, name, head, _options(items, word.takes), read_kernels))
    except ParameterError as error:
        raise type(error)(f"layer {text}: {error.message}", parameter="layer") from None


def parted(text: str) -> tuple[str, str, list[str]]:
    """Return the name of a layer, what stands before its options, and these."""
    name, _, rest = text.partition(":")
    items = rest.split(",")
    # Commas without a "=" before them belong to the kernel: "gaussian:2,13". A file's name may hold any.
    first = next((i for i, item in enumerate(items) if re.match(r"\w*\s*=", item)), len(items))
    return name, ",".join(items[:first]), items[first:]


def _unknown(text: str, name: str) -> str:
    if name in NAMED:
        return f"layer {text!r} is unknown; it is a kernel: write filter:{text} (or conv:{text})"
    if re.fullmatch(r"[kfspd]=?\d.*|\d+([x,]\d+)*", text):
        return f"layer {text!r} is unknown; sizes belong to a layer, as in pool:max,k=3,s=2"
    if name.lower() in WORDS:
        return f"layer {text!r} is unknown; words are in small letters: write {name.lower() + text[len(name) :]}"
    if re.search(r"\.(txt|net|words)$", text):
        return f"layer {text!r} is unknown; layers in a file are written @{text}"
    return f"layer {text!r} is unknown; {nearest(name.lower(), tuple(WORDS))}"


def _options(items: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise ParameterError(f"{item!r} is not an option; the numbers of one option are joined by x, as in k=3x5")
        if name not in known:
            takes = ", ".join(f"{option}=" for option in known) or "nothing"
            raise ParameterError(f"option {name!r} is unknown; it takes {takes}")
        if name in options:
            raise ParameterError(f"{name} is given twice")
        options[name] = value
    return options

"""A network in words, "conv:64,k=7,s=2 relu pool:max flatten fc:10", and what each of its layers makes of its input."""

import re
from collections.abc import Callable, Sequence
from typing import get_args

from cnnfilt.describe.kernels import Kernel, parse_kernel
from cnnfilt.describe.layers import (
    ActivationLayer,
    ConvLayer,
    Effect,
    FilterLayer,
    Flat,
    FlattenLayer,
    FullyConnectedLayer,
    Function,
    Layer,
    LoneWindow,
    PoolLayer,
    Shape,
    Volume,
)
from cnnfilt.describe.named_kernels import NAMED
from cnnfilt.describe.operations import Convolution, Pooling
from cnnfilt.describe.window import receptive_field
from cnnfilt.describe.windows import Slide, Windows, check_pixels
from cnnfilt.errors import CnnfiltError, ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import nearest, parse_padding, parse_pair, parse_whole
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import DEFAULT_MAX_PIXELS, Padding, Pair, PoolKind


class Report(Frozen):
    """One layer of a chain: its input, its effect, and what a value of its output has to do with the chain's input.

    Receptive field, jump and unread rows and columns are (vertical, horizontal); None once there are no rows.
    """

    layer: Layer | LoneWindow
    input: Shape
    effect: Effect
    receptive_field: Pair | None
    jump: Pair | None
    unread: Pair | None

    @property
    def output(self) -> Shape:
        """Return the shape of the layer's output."""
        return self.effect.output


class Syntax(Frozen):
    """How a layer is written: what reads it, the options it takes, and examples of what stands after its colon."""

    parse: Callable[[str, str, dict[str, str]], Layer]
    takes: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


def parse_chain(words: Sequence[str]) -> list[Layer]:
    """Return the layers written in `words`, each of which may hold several, separated by spaces.

    Raises ParameterError naming the layer at fault.
    """
    # A space after a comma or before a number is inside a layer: "conv:8, k=3", "filter:0 1 0; 1 -4 1; 0 1 0".
    joined = re.sub(r"([,:])\s+", r"\1", " ".join(words).strip())
    _refuse_separators(joined)
    return [_parse(text) for text in re.split(r"\s+(?=[^\W\d])", joined) if text]


def describe(
    chain: Sequence[Layer | LoneWindow], shape: Shape, *, max_pixels: int = DEFAULT_MAX_PIXELS
) -> list[Report]:
    """Return one Report per layer of `chain`, applied to `shape` one after the other.

    Raises ParameterError or ShapeError naming the layer, also for an output of more than `max_pixels`
    (0: no limit).
    """
    reports: list[Report] = []
    slid: list[Windows] = []
    for number, layer in enumerate(chain, 1):
        try:
            effect = layer.effect(shape)
            if isinstance(effect.output, Volume):
                check_pixels(effect.output.size, max_pixels, "its output")
        except CnnfiltError as error:
            raise _named(error, number, layer) from None
        if effect.windows:
            slid.append(effect.windows)
        reports.append(_report(layer, shape, effect, slid))
        shape = effect.output
    return reports


def _report(layer: Layer | LoneWindow, shape: Shape, effect: Effect, slid: list[Windows]) -> Report:
    if isinstance(effect.output, Flat):
        return Report(layer, shape, effect, None, None, None)
    rows = receptive_field([windows.rows for windows in slid])
    columns = receptive_field([windows.columns for windows in slid])
    unread = effect.windows.unread if effect.windows else (0, 0)
    return Report(layer, shape, effect, (rows[0], columns[0]), (rows[1], columns[1]), unread)


def _named(error: CnnfiltError, number: int, layer: Layer | LoneWindow) -> CnnfiltError:
    # A lone window is no layer to the person who asked for it.
    if isinstance(layer, LoneWindow):
        return type(error)(error.message.replace("its output", "the output"), parameter=error.parameter)
    message = error.message.replace("{image}", "its input")
    return type(error)(f"layer {number} ({layer.word}): {message}", parameter=error.parameter)


def _refuse_separators(chain: str) -> None:
    """Refuse what parts layers in other notations: commas, arrows, bars."""
    words = "|".join(WORDS)
    # A semicolon after a number ends the row of a kernel.
    parted = rf"\s*(?:-+>|=+>|[|\u2192\u21d2]|(?:[,+/>]|(?<!\d);)\s*(?=(?:{words})(?![\w.=-])))\s*"
    if re.search(parted, chain):
        raise ParameterError(
            f"layers have only blanks between them, no commas or arrows: write {re.sub(parted, ' ', chain)!r}",
            parameter="layer",
        )


def _parse(text: str) -> Layer:
    name, _, rest = text.partition(":")
    if name in NAMED:
        raise ParameterError(
            f"layer {text!r} is unknown; it is a kernel: write filter:{text} (or conv:{text})", parameter="layer"
        )
    if re.fullmatch(r"[kfspd]=?\d.*|\d+([x,]\d+)*", text):
        raise ParameterError(
            f"layer {text!r} is unknown; sizes belong to a layer, as in pool:max,k=3,s=2", parameter="layer"
        )
    if name not in WORDS:
        raise ParameterError(f"layer {text!r} is unknown; {nearest(name.lower(), tuple(WORDS))}", parameter="layer")
    syntax = WORDS[name]
    items = rest.split(",")
    # Commas without a "=" before them belong to the kernel: "gaussian:2,13".
    first = next((i for i, item in enumerate(items) if "=" in item), len(items))
    try:
        return syntax.parse(text, ",".join(items[:first]), _options(items[first:], syntax.takes))
    except ParameterError as error:
        raise type(error)(f"layer {text}: {error.message}", parameter="layer") from None


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


def _conv(text: str, head: str, options: dict[str, str]) -> Layer:
    kernels = () if not head or head.lstrip("+-").isdecimal() else _kernels(head)
    if kernels and "k" in options:
        raise ParameterError("the named kernels have their own size; leave out k=")
    if not kernels and not (head and "k" in options):
        raise ParameterError("say how many filters of what size, as in conv:64,k=3, or name kernels: conv:vertical")
    return ConvLayer(
        text,
        filters=len(kernels) or parse_whole(head, "the number of filters"),
        slide=Slide(
            kernels[0].size if kernels else parse_pair(options["k"], "k"),
            _stride(options),
            _padding(options),
            _dilation(options),
        ),
        groups=parse_whole(options.get("g", "1"), "g"),
        # Coefficients that were given by name are meant as they are, without anything added.
        bias=_flag(options, "bias", not kernels),
        kernels=kernels,
    )


def _filter(text: str, head: str, options: dict[str, str]) -> Layer:
    kernels = _kernels(head)
    if len(kernels) > 1:
        raise ParameterError(f"a filter has one kernel; conv:{head} makes one map of each")
    asked = Convolution(stride=_stride(options), padding=_padding(options), dilation=_dilation(options))
    return FilterLayer(text, kernels[0], asked)


def _kernels(head: str) -> tuple[Kernel, ...]:
    if not head:
        raise ParameterError("name a kernel, as in filter:sobel-x")
    kernels = tuple(_kernel(name) for name in head.split("+"))
    for kernel in kernels[1:]:
        if kernel.size != kernels[0].size:
            first, other = (spelled_size(k.size) for k in (kernels[0], kernel))
            raise ParameterError(f"its kernels differ in size, {first} and {other}; all need the same")
    return kernels


def _kernel(text: str) -> Kernel:
    # "conv:64,7" is meant as 64 filters of 7x7, not as the kernel (64, 7).
    if not text[:1].isalpha() and ";" not in text and "[" not in text:
        raise ParameterError(f"{text!r} is neither a kernel nor an option; write a size as k=3, a stride as s=2")
    return parse_kernel(text)


def _pool(text: str, head: str, options: dict[str, str]) -> Layer:
    kinds: tuple[PoolKind, ...] = get_args(PoolKind)
    kind = next((kind for kind in kinds if kind == head), None)
    whole = head == _GLOBAL or options.get("k") == _GLOBAL
    if not head:
        raise ParameterError("say which, as in pool:max or pool:avg")
    if kind is None and head != _GLOBAL:
        raise ParameterError(f"kind {head!r} is unknown; {nearest(head, (*kinds, _GLOBAL))}")
    if whole and options.keys() - {"k"}:
        raise ParameterError("pooling over the whole input takes no other option")
    return PoolLayer(
        text,
        Pooling(
            # Networks end in the average of each map; the maximum has to be asked for.
            kind=kind or "avg",
            whole=whole,
            kernel_size=parse_pair("2" if whole else options.get("k", "2"), "k"),
            stride=parse_pair(options["s"], "s") if "s" in options else None,
            padding=_padding(options),
            dilation=_dilation(options),
            ceil_mode=_flag(options, "ceil", False),
        ),
    )


def _activation(text: str, head: str, options: dict[str, str]) -> Layer:
    _refuse(head)
    function = next(function for function in _FUNCTIONS if text.rstrip(":") == function)
    return ActivationLayer(text, function)


def _flatten(text: str, head: str, options: dict[str, str]) -> Layer:
    _refuse(head)
    return FlattenLayer(text)


def _fc(text: str, head: str, options: dict[str, str]) -> Layer:
    if not head:
        raise ParameterError("say how many outputs, as in fc:10")
    return FullyConnectedLayer(text, parse_whole(head, "the number of outputs"), _flag(options, "bias", True))


def _refuse(head: str) -> None:
    if head:
        raise ParameterError("it takes nothing after its name")


def _stride(options: dict[str, str]) -> Pair:
    return parse_pair(options.get("s", "1"), "s")


def _padding(options: dict[str, str]) -> Padding:
    return parse_padding(options.get("p", "0"))


def _dilation(options: dict[str, str]) -> Pair:
    return parse_pair(options.get("d", "1"), "d")


def _flag(options: dict[str, str], name: str, default: bool) -> bool:
    text = options.get(name, str(int(default)))
    if text not in ("0", "1"):
        raise ParameterError(f"{name} {text!r} is neither 0 nor 1")
    return text == "1"


_GLOBAL = "global"
_FUNCTIONS: tuple[Function, ...] = get_args(Function)

WORDS: dict[str, Syntax] = {
    "conv": Syntax(_conv, ("k", "s", "p", "d", "g", "bias"), ("64,k=3", "64,k=3,p=1", *NAMED)),
    "filter": Syntax(_filter, ("s", "p", "d"), tuple(NAMED)),
    "pool": Syntax(_pool, ("k", "s", "p", "d", "ceil"), (*get_args(PoolKind), _GLOBAL)),
    **dict.fromkeys(_FUNCTIONS, Syntax(_activation)),
    "flatten": Syntax(_flatten),
    "fc": Syntax(_fc, ("bias",), ("10", "1000")),
}
"""The words of a chain, each with how it is written."""

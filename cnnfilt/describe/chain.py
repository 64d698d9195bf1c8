"""A network in words, "conv:64,k=7,s=2 relu pool:max flatten fc:10", and what each of its layers makes of its input."""

import re
from collections.abc import Callable, Sequence
from typing import get_args

from cnnfilt.describe.kernel_words import ReadKernels, kernels_in, spelled_out
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
from cnnfilt.errors import CnnfiltError, ParameterError, counted
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import nearest, parse_padding, parse_pair, parse_whole
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

    parse: Callable[[str, str, dict[str, str], ReadKernels | None], Layer]
    takes: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


def parse_chain(words: Sequence[str], read_kernels: ReadKernels | None = None) -> list[Layer]:
    """Return the layers written in `words`, each of which may hold several, separated by spaces.

    `read_kernels` reads the files that kernels are named by, as in filter:@k.csv; without it they are refused.
    Raises ParameterError naming the layer at fault.
    """
    return [_parse(text, read_kernels) for text in _layers_in(words, with_files=read_kernels is not None)]


def in_full(words: Sequence[str], read_kernels: ReadKernels) -> str:
    """Return `words` with the coefficients of each kernel in place of the file it is named by.

    Raises KernelError also for a kernel whose channels differ, which words cannot say.
    """
    texts = _layers_in(words, with_files=True)
    for number, text in enumerate(texts):
        name, head, items = _parted(text)
        if name in WITH_KERNELS and "@" in head:
            texts[number] = f"{name}:{','.join([spelled_out(head, read_kernels), *items])}"
    return " ".join(texts)


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


def _layers_in(words: Sequence[str], *, with_files: bool) -> list[str]:
    """Return the text of each layer; `with_files`, the name of one may go on after a blank until it has a suffix."""
    # A space after a comma or before a number is inside a layer: "conv:8, k=3", "filter:0 1 0; 1 -4 1; 0 1 0".
    joined = re.sub(r"([,:])\s+", r"\1", " ".join(words).strip())
    _refuse_separators(joined)
    first, *pieces = re.split(r"(\s+)(?=[^\W\d])", joined)
    layers = [first]
    for blanks, text in zip(pieces[::2], pieces[1::2], strict=True):
        if with_files and _ends_in_unfinished_name(layers[-1]) and text.partition(":")[0] not in WORDS:
            layers[-1] += blanks + text
        else:
            layers.append(text)
    return [text for text in layers if text]


def _ends_in_unfinished_name(text: str) -> bool:
    _, sign, name = text.rpartition("@")
    return bool(sign) and not set(name) & set(",+") and re.search(r"\.\w{3,4}$", name) is None


def _parted(text: str) -> tuple[str, str, list[str]]:
    """Return the name of a layer, what stands before its options, and these."""
    name, _, rest = text.partition(":")
    items = rest.split(",")
    # Commas without a "=" before them belong to the kernel: "gaussian:2,13". A file's name may hold any.
    first = next((i for i, item in enumerate(items) if re.match(r"\w*\s*=", item)), len(items))
    return name, ",".join(items[:first]), items[first:]


def _refuse_separators(chain: str) -> None:
    """Refuse what parts layers in other notations: commas, arrows, bars."""
    words = "|".join(WORDS)
    if "@" in chain:  # The name of a file may hold anything.
        return
    # A semicolon after a number ends the row of a kernel.
    parted = rf"\s*(?:-+>|=+>|[|\u2192\u21d2]|(?:[,+/>]|(?<!\d);)\s*(?=(?:{words})(?![\w.=-])))\s*"
    if re.search(parted, chain):
        raise ParameterError(
            f"layers have only blanks between them, no commas or arrows: write {re.sub(parted, ' ', chain)!r}",
            parameter="layer",
        )


def _parse(text: str, read_kernels: ReadKernels | None) -> Layer:
    name, head, items = _parted(text)
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
    try:
        return syntax.parse(text, head, _options(items, syntax.takes), read_kernels)
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


def _conv(text: str, head: str, options: dict[str, str], read_kernels: ReadKernels | None) -> Layer:
    if counted_so := re.fullmatch(r"(\d+):(\d+(?:x\d+)?)", head):
        raise ParameterError(f"write the size of its filters as k=, as in conv:{counted_so[1]},k={counted_so[2]}")
    kernels = () if not head or head.lstrip("+-").isdecimal() else kernels_in(head, read_kernels)
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


def _filter(text: str, head: str, options: dict[str, str], read_kernels: ReadKernels | None) -> Layer:
    kernels = kernels_in(head, read_kernels)
    if len(kernels) > 1:
        raise ParameterError(f"a filter has one kernel; conv:{head} makes one map of each")
    if kernels[0].channels:
        channels = counted(len(kernels[0].channels), "channels")
        raise ParameterError(f"its kernel has rows for {channels}; conv:{head} sums over them")
    asked = Convolution(stride=_stride(options), padding=_padding(options), dilation=_dilation(options))
    return FilterLayer(text, kernels[0], asked)


def _pool(text: str, head: str, options: dict[str, str], _: object) -> Layer:
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


def _activation(text: str, head: str, options: dict[str, str], _: object) -> Layer:
    _refuse(head)
    function = next(function for function in _FUNCTIONS if text.rstrip(":") == function)
    return ActivationLayer(text, function)


def _flatten(text: str, head: str, options: dict[str, str], _: object) -> Layer:
    _refuse(head)
    return FlattenLayer(text)


def _fc(text: str, head: str, options: dict[str, str], _: object) -> Layer:
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
WITH_KERNELS = ("conv", "filter")
"""The words that kernels are named in."""

WORDS: dict[str, Syntax] = {
    "conv": Syntax(_conv, ("k", "s", "p", "d", "g", "bias"), ("64,k=3", "64,k=3,p=1", *NAMED)),
    "filter": Syntax(_filter, ("s", "p", "d"), tuple(NAMED)),
    "pool": Syntax(_pool, ("k", "s", "p", "d", "ceil"), (*get_args(PoolKind), _GLOBAL)),
    **dict.fromkeys(_FUNCTIONS, Syntax(_activation)),
    "flatten": Syntax(_flatten),
    "fc": Syntax(_fc, ("bias",), ("10", "1000")),
}
"""The words of a chain, each with how it is written."""

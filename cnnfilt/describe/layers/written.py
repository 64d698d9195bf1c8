"""A layer as it is written: its name, what stands after the colon, and its options, each read as what it has to be."""

from collections.abc import Sequence
from typing import TypeVar, get_args

from cnnfilt.describe.kernel_words import ReadKernels
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import nearest, parse_number, parse_padding, parse_pair, parse_whole
from cnnfilt.terms import Padding, PaddingMode, Pair

Chosen = TypeVar("Chosen", bound=str)


class Written(Frozen):
    """One layer, `name:head,option=value`; `text` is all of it. `read_kernels` reads the files it names."""

    text: str
    name: str
    head: str
    given: dict[str, str]
    read_kernels: ReadKernels | None = None

    @property
    def stride(self) -> Pair:
        """Return s."""
        return self.pair("s", "1")

    @property
    def dilation(self) -> Pair:
        """Return d."""
        return self.pair("d", "1")

    @property
    def padding(self) -> Padding:
        """Return p."""
        return parse_padding(self.given.get("p", "0"))

    @property
    def groups(self) -> int:
        """Return g."""
        return parse_whole(self.given.get("g", "1"), "g")

    def pair(self, option: str, default: str) -> Pair:
        """Return the (rows, columns) of an option."""
        return parse_pair(self.given.get(option, default), option)

    def flag(self, option: str, default: bool) -> bool:
        """Return whether an option is 1; it may only be 0 or 1."""
        text = self.given.get(option, str(int(default)))
        if text not in ("0", "1"):
            raise ParameterError(f"{option} {text!r} is neither 0 nor 1")
        return text == "1"

    def word(self, option: str, known: Sequence[Chosen], default: Chosen) -> Chosen:
        """Return the one of the `known` words that an option is."""
        text = self.given.get(option, default)
        for one in known:
            if text == one:
                return one
        raise ParameterError(f"{option} {text!r} is unknown; {nearest(text, tuple(known))}")

    def mode(self) -> PaddingMode:
        """Return what a border holds."""
        return self.word("mode", get_args(PaddingMode), "zeros")

    def number(self, name: str, default: str) -> float:
        """Return the number after the colon."""
        return float(parse_number(self.head or default, name))

    def count(self, name: str, example: str) -> int:
        """Return the whole number after the colon, which is that of `name`, as in `example`."""
        if not self.head:
            raise ParameterError(f"say how many {name}, as in {example}")
        return parse_whole(self.head, f"the number of {name}")

    def bare(self) -> str:
        """Return the text; ParameterError where anything stands after the colon."""
        if self.head:
            raise ParameterError("it takes nothing after its name")
        return self.text

"""The types of options: they read what people type, and say what is wrong with it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

import click

from cnnfilt.describe.percentiles import Percentiles, parse_percentiles
from cnnfilt.errors import ParameterError
from cnnfilt.parsing import nearest, parse_number, parse_padding, parse_pair, parse_whole
from cnnfilt.terms import FrameChoice, PaddingWord

if TYPE_CHECKING:
    ParamType = click.ParamType[Any]
else:  # It has a parameter since click 8.4.
    ParamType = click.ParamType


class Word(click.Choice[str]):
    """One of a few words; a misspelt one is answered with the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word, or fail naming the nearest ones."""
        words = tuple(str(choice) for choice in self.choices)
        if value in words:
            return str(value)
        if param is not None and param.name == "padding_mode" and value in get_args(PaddingWord):
            raise ParameterError(f"{_option_of(param)} {value!r} is how wide a border is; write --padding {value}")
        raise ParameterError(f"{_option_of(param)} {value!r} is unknown; {nearest(str(value), words)}")


class Parsed(ParamType):
    """A text read by one of cnnfilt's own parsers, which say themselves what is wrong with it."""

    def __init__(self, parse: Callable[..., Any], metavar: str, *, named: bool = True) -> None:
        self.parse, self.name, self.named = parse, metavar, named

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the parsed value; a default that is no text stays as it is."""
        if not isinstance(value, str):
            return value
        return self.parse(value, _option_of(param)) if self.named else self.parse(value)


class WholeNumber(click.IntRange):
    """A whole number within bounds, which are named where it is not."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number as an int."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise click.UsageError(
                f"{_option_of(param)} {value!r} is not a whole number {_bounds(self)}", ctx
            ) from None


class BoundedNumber(click.FloatRange):
    """A number within bounds, which are named where it is not."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number as a float."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise click.UsageError(f"{_option_of(param)} {value!r} is not a number {_bounds(self)}", ctx) from None


PAIR = Parsed(parse_pair, "pair")
PADDING = Parsed(parse_padding, "padding", named=False)
NUMBER = Parsed(parse_number, "number")


def parse_list(text: str, name: str) -> tuple[int | float, ...]:
    """Return the numbers of `1,2.5,1/9`."""
    return tuple(parse_number(part, name) for part in text.split(","))


def parse_range(text: str, name: str) -> tuple[float, float]:
    """Return (low, high) from `LO,HI`."""
    numbers = parse_list(text, name)
    if len(numbers) != 2 or numbers[0] == numbers[1]:
        raise ParameterError(f"{name} {text!r} is not two different numbers LO,HI", parameter=name)
    return numbers[0], numbers[1]


def parse_share(text: str, name: str) -> float:
    """Return the fraction written as `0.01`, `1/100` or `1%`; it is from 0 to 1."""
    share = parse_number(text[:-1], name) / 100 if text.endswith("%") else parse_number(text, name)
    if not 0 <= share <= 1:
        raise ParameterError(f"{name} {text!r} is not a fraction from 0 to 1, or 0% to 100%", parameter=name)
    return share


def parse_levels_range(text: str, name: str) -> tuple[float, float] | Percentiles:
    """Return (low, high) from `LO,HI`, or the percentiles of `1%,99%`."""
    return parse_percentiles(text, name) if "%" in text else parse_range(text, name)


def parse_frames(text: str, name: str) -> FrameChoice:
    """Return "first", "all", or the number of a frame, counted from 1."""
    if text == "first":
        return "first"
    if text == "all":
        return "all"
    number = parse_whole(text, name) if text.isdecimal() else 0
    if number < 1:
        raise ParameterError(f"{name} {text!r} is not first, all or a whole number of 1 or more", parameter=name)
    return number


def parse_bands(text: str, name: str) -> tuple[int, ...]:
    """Return the channels of `4,3,2`, counted from 1."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise ParameterError(f"{name} {text!r} is not a list of channels, counted from 1: 4,3,2", parameter=name)
    return tuple(map(int, parts))


def _bounds(range_: click.IntRange | click.FloatRange) -> str:
    if range_.max is None:
        return f"of {range_.min:,} or more"
    return f"from {range_.min:,} to {'below ' if range_.max_open else ''}{range_.max:,}"


def _option_of(param: click.Parameter | None) -> str:
    return max(param.opts, key=len) if param is not None else "value"

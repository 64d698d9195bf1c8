"""Lengths along an axis of an image as people write them: in pixels, or as a share of it such as 12.5%."""

import re

from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import MAX_DIGITS, parse_padding, parse_whole
from cnnfilt.terms import Padding, Pair

_PERCENT = r"(\d*)(?:\.(\d*))?\s*%"


class Length(Frozen):
    """So many pixels; with `over`, the share `count` / `over` of an axis."""

    count: int
    over: int = 0

    @property
    def is_share(self) -> bool:
        """Tell whether it depends on the image."""
        return self.over > 0

    def of(self, n: int) -> int:
        """Return how many pixels that is along an axis of `n`: the nearest whole number, of two the larger."""
        return (2 * self.count * n + self.over) // (2 * self.over) if self.over else self.count

    def __add__(self, other: "Length") -> "Length":
        """Return both, one after the other; both are pixels, or both shares."""
        if not self.over:
            return Length(self.count + other.count)
        return Length(self.count * other.over + other.count * self.over, self.over * other.over)


def parse_length(text: str, name: str) -> Length:
    """Return the length written as `20` or `12.5%`; ParameterError naming `name` otherwise, or below 0."""
    found = re.fullmatch(_PERCENT, text.strip())
    if found is None or not (found[1] or found[2]):
        pixels = parse_whole(text, name)
        if pixels < 0:
            raise ParameterError(f"{name} {text!r} is below 0", parameter=name)
        return Length(pixels)
    whole, decimals = found[1], found[2] or ""
    if len(whole) + len(decimals) > MAX_DIGITS:
        raise ParameterError(f"{name} {text!r} has too many digits", parameter=name)
    return Length(int((whole + decimals) or "0"), 100 * 10 ** len(decimals))


class Margins(Frozen):
    """How wide a border is on each side, where that depends on the image."""

    top: Length
    bottom: Length
    left: Length
    right: Length

    def around(self, size: Pair) -> tuple[Pair, Pair]:
        """Return ((top, bottom), (left, right)) in pixels around an image of `size` (height, width)."""
        height, width = size
        return (self.top.of(height), self.bottom.of(height)), (self.left.of(width), self.right.of(width))


def parse_margins(text: str, name: str) -> Padding | Margins:
    """Return the border written as a padding is, its numbers perhaps as shares: 5%, 5%,10% or 0,5%,0,5%."""
    if "%" not in text:
        return parse_padding(text)
    parts = re.sub(r"(?<=[\d%\s])x", ",", text).split(",")
    if len(parts) not in (1, 2, 4):
        raise ParameterError(f"padding {text!r} has {len(parts)} numbers; give N, H,W or T,B,L,R", parameter="padding")
    try:
        each = [parse_length(part, name) for part in parts]
    except ParameterError:
        raise ParameterError(
            f"padding {text!r} is not made of pixels and percentages; give N, H,W or T,B,L,R, such as 5%",
            parameter="padding",
        ) from None
    return Margins(*each) if len(each) == 4 else Margins(each[0], each[0], each[-1], each[-1])

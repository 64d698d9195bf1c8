"""Lengths along an axis of an image as people write them: in pixels, or as a share of it such as 12.5%."""

import re

from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import MAX_DIGITS, parse_whole

_PERCENT = re.compile(r"(\d*)(?:\.(\d*))?\s*%")


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
    found = _PERCENT.fullmatch(text.strip())
    if found is None or not (found[1] or found[2]):
        pixels = parse_whole(text, name)
        if pixels < 0:
            raise ParameterError(f"{name} {text!r} is below 0", parameter=name)
        return Length(pixels)
    whole, decimals = found[1], found[2] or ""
    if len(whole) + len(decimals) > MAX_DIGITS:
        raise ParameterError(f"{name} {text!r} has too many digits", parameter=name)
    return Length(int((whole + decimals) or "0"), 100 * 10 ** len(decimals))

"""How much of a chain's numbers a page holds: all, or of each layer the middle rows and columns, and some filters.

A browser opens 20 MB without complaint. What is left out is a matter of sizes alone, and the page states it.
"""

import math
from collections.abc import Sequence

from cnnfilt.describe.layers import Shape, Volume
from cnnfilt.frozen import Frozen

MOST_BYTES = 8_000_000
"""All values of all layers; as text they are a third more."""

MOST_WEIGHTS = 900_000
"""All weights together."""

MOST_DRAWN = 1_500_000
"""The pixels of all pictures of whole maps together; each is a byte before it is deflated."""

_STEP = 0.9
"""Each try takes so much of the values of the one before."""


class Part(Frozen):
    """The rows and columns of an output whose values are in the page: the first of each, and how many."""

    top: int
    left: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return what takes the part of an array."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


def parts_of(shapes: Sequence[Shape], most: int) -> list[Part | None]:
    """Return for each output which part of it a page of so many values holds; None for all of a list.

    Small layers are whole, of the others there are the middle rows and columns, about as many values of each.
    """
    cap = float(most)
    while True:
        parts = [_middle(shape, cap) if isinstance(shape, Volume) else None for shape in shapes]
        if sum(map(_values, shapes, parts)) <= most or all(part is None or _is_least(part) for part in parts):
            return parts
        cap *= _STEP


def filters_kept(weights: Sequence[tuple[int, int]], most: int = MOST_WEIGHTS) -> list[int]:
    """Return of how many filters of each layer the weights are in a page that holds so many.

    `weights` are (weights of one filter, filters). Small layers are kept whole, the others have equal shares.
    """
    left, kept = most, [0] * len(weights)
    by_size = sorted(range(len(weights)), key=lambda place: math.prod(weights[place]))
    for turn, place in enumerate(by_size):
        each, filters = weights[place]
        kept[place] = min(filters, max(left // (len(weights) - turn) // max(each, 1), 1))
        left = max(left - kept[place] * each, 0)
    return kept


def reduction(shapes: Sequence[Shape], most: int = MOST_DRAWN) -> int:
    """Return n, where every n-th row and column of maps is drawn, so that all pictures have so many pixels at most."""
    total, step = sum(shape.values for shape in shapes if isinstance(shape, Volume)), 1
    while total > most * step * step:
        step += 1
    return step


def _middle(shape: Volume, most: float) -> Part:
    """Return the middle of a volume, of about so many values at most."""
    share = min(math.sqrt(most / shape.values), 1)
    height, width = (min(max(int(n * share), 1), n) for n in shape.size)
    return Part((shape.height - height) // 2, (shape.width - width) // 2, height, width)


def _values(shape: Shape, part: Part | None) -> int:
    if part is None or not isinstance(shape, Volume):
        return shape.values
    return part.height * part.width * shape.channels


def _is_least(part: Part) -> bool:
    return part.height == part.width == 1

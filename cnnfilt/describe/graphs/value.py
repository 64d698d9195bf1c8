"""The values that run through a network, of which only the sizes are known, and what their axes stand for."""

from collections.abc import Mapping, Sequence
from math import prod
from types import MappingProxyType

from cnnfilt.describe.graphs.graph import Number
from cnnfilt.describe.reach import Reach, Taps, joined
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import Frozen, replace
from cnnfilt.spelling import spelled_size

LARGEST = 1 << 40
"""No value of a network has more numbers."""

MOST_AXES = 32

Reaches = Mapping[str, Reach | None]
"""How far a value sees along the rows ("H") and the columns ("W"); None where that follows no pattern."""


_NOTHING: Reaches = MappingProxyType({})


class Value(Frozen, eq=False):
    """An array as the file has it.

    `axes` has a letter for each of `dims`: N the batch, C channels, D H W depth, rows and columns, "?" anything else.
    `content` are its numbers, where they say sizes. `weights` are the tensors it is made of where no input has a part
    in it, else None.
    """

    dims: tuple[int, ...]
    axes: str = ""
    kind: str = "float32"
    content: tuple[Number, ...] | None = None
    weights: frozenset[str] | None = None
    reach: Reaches = _NOTHING

    def __post_init__(self) -> None:
        """Refuse sizes that no network has; what nothing is said of stands for anything."""
        if not self.axes:
            vars(self)["axes"] = "?" * len(self.dims)
        if self.rank > MOST_AXES:
            raise ShapeError(f"its output would have {self.rank:,} axes")
        if self.count > LARGEST or min((0, *self.dims)) < 0:
            raise ShapeError(f"its output would have the size {spelled_size(self.dims)}")

    @property
    def count(self) -> int:
        """Return how many numbers there are."""
        return prod(self.dims)

    @property
    def rank(self) -> int:
        """Return how many axes there are."""
        return len(self.dims)

    def side(self, letter: str) -> int | None:
        """Return how long the axis of that letter is; None where there is none."""
        place = self.axes.find(letter)
        return None if place < 0 else self.dims[place]

    def with_dims(self, dims: Sequence[int], axes: str | None = None) -> "Value":
        """Return a new value of this kind; what it sees goes on along the axes that keep their letter."""
        letters = self.axes if axes is None else axes
        reach = {letter: one for letter, one in self.reach.items() if letter in letters}
        return replace(self, dims=tuple(dims), axes=letters, content=None, reach=reach)

    def seen_through(self, taps: dict[str, Taps | None], like: "Value") -> "Value":
        """Return this value, seeing what `taps` read of `like` along each axis that they are given for."""
        reach = dict(like.reach)
        for letter, one in taps.items():
            if letter in reach:
                before = reach[letter]
                size = like.side(letter) or 1
                reach[letter] = None if one is None or before is None else before.through(one, size)
        return replace(self, reach={letter: one for letter, one in reach.items() if letter in self.axes})


def fewer(before: Value, after: Value) -> tuple[int, int]:
    """Return how many (rows, columns) of `before` are not in `after`, a part of it."""
    lost = [max((before.side(letter) or 0) - (after.side(letter) or 0), 0) for letter in "HW"]
    return lost[0], lost[1]


def axis(number: int, rank: int) -> int:
    """Return the place of an axis that may be counted from the end. ShapeError where there is none."""
    if not -rank <= number < rank:
        raise ShapeError(f"its axis {number} is none of an input with {rank} axes")
    return number % rank


def broadcast(values: Sequence[Value]) -> Value:
    """Return what an operation on each number of all `values` makes: sizes of 1 stand for all. ShapeError."""
    rank = max(value.rank for value in values)
    padded = [((1,) * (rank - value.rank) + value.dims, "?" * (rank - value.rank) + value.axes) for value in values]
    dims: list[int] = []
    axes = ""
    for place in range(rank):
        sides = {dims[place] for dims, _ in padded}
        if len(sides - {1}) > 1:
            shown = " and ".join(spelled_size(value.dims) for value in values)
            raise ShapeError(f"its inputs have the sizes {shown}, which do not fit together")
        dims.append(next(iter(sides - {1}), 1))
        letters = [letters[place] for sizes, letters in padded if sizes[place] == dims[-1]]
        axes += next((letter for letter in letters if letter not in "?" + axes), "?")
    made = values[0].with_dims(dims, axes)
    return replace(made, reach=reach_of_all(values, axes))


def reach_of_all(values: Sequence[Value], axes: str) -> Reaches:
    """Return what a value made of all `values` sees along its `axes`; weights see nothing."""
    reach: dict[str, Reach | None] = {}
    for letter in "HW":
        seen = [(value.reach[letter], value.side(letter) or 1) for value in values if letter in value.reach]
        if letter not in axes or not seen:
            continue
        one, size = seen[0]
        for other, other_size in seen[1:]:
            one = None if one is None or other is None else joined(one, size, other, other_size)
            size = max(size, other_size)
        reach[letter] = one
    return reach

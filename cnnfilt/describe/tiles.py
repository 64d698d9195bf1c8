"""A large image cut into tiles that a network is carried to one by one: whether that gives the same, and how to cut.

Windows, and what is done to each position, give in a tile what they give in the whole, but near the tile's edges, where
what lies around it is missing. How near, the reach of each value says (`reach`): one that depends on nothing outside of
the tile is the whole's. All tiles are of one size, so that a network is made ready for it once.
"""

from collections.abc import Callable
from itertools import product
from math import lcm

from cnnfilt.describe.reach import Reach
from cnnfilt.errors import counted
from cnnfilt.frozen import Frozen
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Pair

AT_ONCE = 1 << 26
"""How many numbers may be in memory at once, about, before an image is cut: 256 MB of them."""

AIMS = ((1 / 4, 1.5), (1, 4.0), (4, 4.0))
"""What tiles are tried: how many times that many numbers they take, and how many times the pixels of the image all of
them, which overlap, may have. The memory of small ones is used again for the next."""

_MOST_TILES = 64
"""Along one axis."""


class Axis(Frozen, eq=False):
    """Rows or columns: how many the image has, and of each value on the way how many, and what they depend on.

    The last value is the result.
    """

    size: int
    values: tuple[tuple[int, Reach | None], ...]

    @property
    def period(self) -> int:
        """Return by how many positions tiles may be moved so that all windows fall as in the whole; 0 if by none."""
        return lcm(*(reach.shift for _, reach in self.values if reach is not None))


class Cut(Frozen):
    """One axis in tiles of `size` positions.

    Tile i starts at `starts[i]` of the image and gives the positions (first, end) `gives[i]` of the whole result, of
    which the first is its own number `skips[i]`.
    """

    size: int
    starts: tuple[int, ...]
    gives: tuple[Pair, ...]
    skips: tuple[int, ...]

    def taken(self, number: int) -> slice:
        """Return the part of the image that a tile is."""
        return slice(self.starts[number], self.starts[number] + self.size)

    def filled(self, number: int) -> slice:
        """Return the part of the result that a tile gives."""
        return slice(*self.gives[number])

    def given(self, number: int) -> slice:
        """Return where that lies in what the tile makes."""
        first, end = self.gives[number]
        return slice(self.skips[number], self.skips[number] + end - first)


class Tiling(Frozen):
    """An image cut along its rows and its columns."""

    rows: Cut
    columns: Cut

    @property
    def size(self) -> Pair:
        """Return the size of a tile."""
        return self.rows.size, self.columns.size

    @property
    def numbers(self) -> list[Pair]:
        """Return the number of each tile, along the rows and along the columns."""
        return [*product(range(len(self.rows.starts)), range(len(self.columns.starts)))]

    @property
    def output_size(self) -> Pair:
        """Return the size of the whole result."""
        return self.rows.gives[-1][1], self.columns.gives[-1][1]

    def __str__(self) -> str:
        return f"{counted(len(self.numbers), 'tiles')} of {spelled_size(self.size)}"


def tiling_of(
    whole: tuple[Axis, Axis], numbers: int, of_tile: Callable[[Pair], tuple[Axis, Axis] | None], at_once: int = AT_ONCE
) -> Tiling | None:
    """Return how to cut an image whose `numbers` are to be in memory at once, so that about `at_once` are.

    `of_tile` says what a tile of some size has in place of `whole`. None for all at once: where there is little of it,
    where tiles would not give the same, or overlap too much.
    """
    for times, most_work in AIMS:
        if max(times, 1) * at_once >= numbers:
            return None
        size = _size_of_tile(whole, times * at_once / numbers, most_work)
        part = None if size is None else of_tile(size)
        cuts = [None, None] if part is None else [_cut(*axes) for axes in zip(whole, part, strict=True)]
        if cuts[0] is not None and cuts[1] is not None:
            return Tiling(cuts[0], cuts[1])
    return None


def _size_of_tile(whole: tuple[Axis, Axis], share: float, most_work: float) -> Pair | None:
    """Return the size at most this share of the image that makes the least work; None where that is too much.

    `most_work` is how many times the image's pixels all tiles may have together.
    """
    pixels = whole[0].size * whole[1].size
    found = [
        (rows * high * columns * wide, high, wide)
        for (rows, high), (columns, wide) in product(*map(_lengths, whole))
        if rows * columns > 1 and high * wide <= share * pixels and rows * high * columns * wide <= most_work * pixels
    ]
    return min(found)[1:] if found else None


def _lengths(axis: Axis) -> list[Pair]:
    """Return how many tiles there may be along an axis, and how long they are then."""
    count, reach = axis.values[-1]
    found = [(1, axis.size)]
    if reach is None or not axis.period:
        return found
    overlap = reach.field(count) + axis.period
    for tiles in range(2, _MOST_TILES + 1):
        length = -(-(axis.size + (tiles - 1) * overlap) // tiles)
        length += (axis.size - length) % axis.period
        if overlap < length < axis.size:
            found.append((tiles, length))
    return found


def _cut(whole: Axis, part: Axis) -> Cut | None:
    """Return how tiles that `part` tells of lie along an axis; None where they are not in themselves as the whole is.

    One tile that is as long as the whole is the whole.
    """
    count, reach = whole.values[-1]
    if whole.size == part.size:
        return Cut(whole.size, (0,), ((0, count),), (0,))
    alike = len(whole.values) == len(part.values)
    pairs = zip(whole.values, part.values, strict=False)
    if reach is None or not alike or not all(_is_same(whole.size, part.size, *pair) for pair in pairs):
        return None
    return _laid(reach, whole, part)


def _is_same(size: int, length: int, whole: tuple[int, Reach | None], part: tuple[int, Reach | None]) -> bool:
    """Return whether a value is in a tile of this length as in the whole, but for its place.

    What lies outside of it has to lie outside of the image, so that its own border never shows within a tile unseen.
    """
    (count, reach), (own, same) = whole, part
    if reach is None or reach != same or reach.fixed is not None or reach.shift < 1 or (size - length) % reach.shift:
        return False
    fewer = (size - length) // reach.shift * len(reach.spans)
    return count - fewer == own and _ends_outside(reach, count, size) and _ends_outside(reach, own, length)


def _ends_outside(reach: Reach, count: int, size: int) -> bool:
    before, after = reach.at(-1), reach.at(count)
    return (before is None or before[0] < 0) and (after is None or after[1] >= size)


def _laid(reach: Reach, whole: Axis, part: Axis) -> Cut | None:
    """Return tiles that together give all of the result; None where one would give nothing."""
    (count, _), (own, _) = whole.values[-1], part.values[-1]
    per_shift, last, period = len(reach.spans), whole.size - part.size, whole.period
    spans = [reach.at(index) for index in range(own)]
    first = 1 + max((index for index, span in enumerate(spans) if span and span[0] < 0), default=-1)
    end = min((index for index, span in enumerate(spans) if span and span[1] >= part.size), default=own)
    starts, gives, skips, done = [0], list[Pair](), list[int](), 0
    while True:
        before = starts[-1] // reach.shift * per_shift
        upto = count if starts[-1] == last else before + end
        gives.append((done, upto))
        skips.append(done - before)
        done = upto
        if done == count:
            return Cut(part.size, tuple(starts), tuple(gives), tuple(skips))
        following = min(last, (done - first) // per_shift * reach.shift // period * period)
        if following <= starts[-1]:
            return None
        starts.append(following)

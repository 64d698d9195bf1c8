"""Weighted sums of taps in few passes over a strip, for arithmetic that is exact.

Taps of equal weight are added before they are multiplied, and 1 and -1 are not multiplied at all. Where taps come
in pairs one step apart, half of them are added once and their sum is used twice: of the Laplacian's four
neighbours, up + left is what right + down was one row and column before.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.passes import Pass
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Pair

MOST_PAIRED = 64
"""How many taps of one weight are searched for pairs, which takes the square of their number."""


class Tap(Frozen):
    """A weight, and where the first output meets it: so many rows down and values along."""

    weight: int
    row: int
    column: int

    def view(self, source: Array, shape: Pair, stride: int = 1, left: int = 0) -> Array:
        """Return what outputs of `shape` meet in `source`, `left` values further along, `stride` rows apart."""
        last = self.row + (shape[0] - 1) * stride + 1
        return source[self.row : last : stride, self.column + left : self.column + left + shape[1]]


class Group(Frozen):
    """`weight` times the sum of `taps` (1 or -1, 1 first) and, if there is a `step`, of `shared` (all 1) twice."""

    weight: int
    taps: tuple[Tap, ...]
    shared: tuple[Tap, ...] = ()
    step: Pair = (0, 0)

    @property
    def count(self) -> int:
        """Return how many taps there are."""
        return len(self.taps) + 2 * len(self.shared)


class TapSum:
    """The sum of all that `taps` meet."""

    def __init__(self, taps: Sequence[Tap], stride: int = 1) -> None:
        """Plan the sum of `taps` for outputs that lie `stride` rows apart."""
        self._stride = stride
        by_weight: dict[int, list[Tap]] = {}
        for tap in taps:
            by_weight.setdefault(abs(tap.weight), []).append(tap)
        # One group may need the spare memory for itself: the first, when there is nothing to add it to yet.
        first, *others = sorted(by_weight.values(), key=len, reverse=True)
        self._groups = [_group(first, pairs=stride == 1), *(_group(taps, pairs=False) for taps in others)]
        self._reach = max(tap.row for tap in taps)

    def spare_rows(self, height: int) -> int:
        """Return how many rows as wide as the source's the spare memory must hold for `height` rows of sums."""
        others = (group.count > 1 or abs(group.weight) != 1 for group in self._groups[1:])
        return height + self._reach if self._groups[0].shared or any(others) else 0

    def passes(self, source: Array, out: Array, spare: Array) -> Iterator[Pass]:
        """Yield what writes the sum to `out` (rows, width); `spare` is flat memory of `spare_rows`.

        Whole numbers may wrap on the way: modulo 2**16 (or 32, 64) the sum is right at the end, since it fits.
        """
        first, *others = self._groups
        yield from self._group_passes(first, source, out, spare)
        for group in others:
            if group.count == 1 and abs(group.weight) == 1:
                yield _adding(out, group.taps[0].view(source, out.shape, self._stride), group.weight, out)
                continue
            part = spare[: out.size].reshape(out.shape)
            yield from self._group_passes(group, source, part, spare)
            yield np.add, (out, part), out

    def _group_passes(self, group: Group, source: Array, out: Array, spare: Array) -> Iterator[Pass]:
        weight = out.dtype.type(np.int64(group.weight))
        if group.count == 1:
            yield np.multiply, (group.taps[0].view(source, out.shape, self._stride), weight), out
            return
        terms = [(tap.view(source, out.shape, self._stride), tap.weight) for tap in group.taps]
        if group.shared:
            half, first, second = _halves(group, out.shape, spare)
            left = min(group.step[1], 0)
            yield from _adding_all([(tap.view(source, half.shape, left=left), 1) for tap in group.shared], half)
            terms[:0] = [(first, 1), (second, 1)]
        yield from _adding_all(terms, out)
        if group.weight != 1:
            yield np.multiply, (out, weight), out


def _halves(group: Group, shape: Pair, spare: Array) -> tuple[Array, Array, Array]:
    """Return memory in `spare` for the sum of the shared taps, and its two views: as it is, and one step on."""
    (down, along), (height, width) = group.step, shape
    wide = (height + down, width + abs(along))
    half = spare[: wide[0] * wide[1]].reshape(wide)
    left, right = max(-along, 0), max(along, 0)
    return half, half[:height, left : left + width], half[down:, right : right + width]


def _adding_all(terms: Sequence[tuple[Array, int]], out: Array) -> Iterator[Pass]:
    """Yield the sum of two or more values times 1 or -1, the first times 1."""
    (total, _), *others = terms
    for values, sign in others:
        yield _adding(total, values, sign, out)
        total = out


def _adding(total: Array, values: Array, sign: int, out: Array) -> Pass:
    return np.add if sign > 0 else np.subtract, (total, values), out


def _group(taps: list[Tap], *, pairs: bool) -> Group:
    """Return `taps`, whose weights have one magnitude, as a group; if `pairs`, with what they share."""
    weight = max(tap.weight for tap in taps)
    signed = [Tap(tap.weight // weight, tap.row, tap.column) for tap in taps]
    signed.sort(key=lambda tap: (-tap.weight, tap.row, tap.column))
    if pairs and 4 <= len(signed) <= MOST_PAIRED:
        found = [_paired(signed, (tap.row - signed[0].row, tap.column - signed[0].column)) for tap in signed[1:]]
        shared, left, step = max(found, key=lambda one: len(one[0]))
        # A sum begins with a tap that is added, so pairs of subtracted taps alone are left as they are.
        if len(shared) > 1 and shared[0].weight > 0:
            return Group(weight, tuple(left), tuple(shared), step)
    return Group(weight, tuple(signed))


def _paired(taps: list[Tap], step: Pair) -> tuple[list[Tap], list[Tap], Pair]:
    """Return the taps of 1 that have a fellow one `step` on, the taps that are left over, and the step."""
    rest, shared = set(taps), []
    for tap in taps if step[0] >= 0 else ():
        fellow = Tap(tap.weight, tap.row + step[0], tap.column + step[1])
        if tap.weight > 0 and tap in rest and fellow in rest:
            rest -= {tap, fellow}
            shared.append(tap)
    return shared, [tap for tap in taps if tap in rest], step

"""How far a value sees: which positions of a network's input one value of a layer depends on, along one axis.

A window moves on by its stride from one output to the next, a transposed convolution by a fraction of it: in all of
them the same pattern comes again after some outputs, some inputs further on. Patterns of layers put together are
patterns again, and where branches join a value depends on what either depends on. Of whole layers, one after the other,
this is the receptive field of Araujo, Norris & Sim (2019), "Computing receptive fields of convolutional neural
networks", which counts positions in the padding, too.
"""

from collections.abc import Callable
from math import gcd, lcm

from cnnfilt.describe.window import Window
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Pair

MOST_PHASES = 1_024
"""Patterns that come again after more outputs are given up: what is upsampled so much is no network."""


class Taps(Frozen, eq=False):
    """The positions of its input that outputs of a layer depend on.

    `read(i)` is the (first, last, step) of those of output i below `outputs`, or None where there are none; those of
    output i + `outputs` are `inputs` further on.
    """

    outputs: int
    inputs: int
    read: Callable[[int], tuple[int, int, int] | None]


IDENTITY = Taps(1, 1, lambda _: (0, 0, 1))
"""Each value on its own."""


def taps_of(window: Window) -> Taps:
    """Return the taps of a window that slides."""
    reach = (window.kernel_size - 1) * window.dilation
    return Taps(1, window.stride, lambda _: (-window.before, reach - window.before, window.dilation))


def shifted(before: int) -> Taps:
    """Return the taps of values moved on by `before` positions: padded, or cropped where it is negative."""
    return Taps(1, 1, lambda _: (-before, -before, 1))


def transposed(kernel_size: int, stride: int, dilation: int, before: int) -> Taps:
    """Return the taps of a transposed convolution: output o has a share in input i where o + before = i*s + t*d."""
    common = gcd(stride, dilation)
    step = dilation // common

    def read(output: int) -> tuple[int, int, int] | None:
        place = output + before
        if place % common:
            return None
        # Of the inputs that fall on this place with one of their taps, each is `step` from the next.
        first_of_all = place // common * pow(stride // common, -1, step) % step
        last = place // stride
        last -= (last - first_of_all) % step
        first = -((dilation * (kernel_size - 1) - place) // stride)
        first += (first_of_all - first) % step
        return (first, last, step) if first <= last else None

    return Taps(stride, 1, read)


def repeated(factor: int) -> Taps:
    """Return the taps of values repeated `factor` times."""
    return Taps(factor, 1, lambda output: (output // factor, output // factor, 1))


def between(factor: int) -> Taps:
    """Return the taps of linear interpolation with half-pixel centres: output o lies at (o + 1/2) / factor - 1/2."""

    def read(output: int) -> tuple[int, int, int]:
        below, rest = divmod(2 * output + 1 - factor, 2 * factor)
        return below, below + bool(rest), 1

    return Taps(factor, 1, read)


def adaptive(size: int, out: int) -> Taps:
    """Return the taps of `out` windows over all of `size` positions, as adaptive pooling has them."""
    common = gcd(size, out)

    def read(output: int) -> tuple[int, int, int]:
        return output * size // out, -(-(output + 1) * size // out) - 1, 1

    return Taps(out // common, size // common, read)


class Reach(Frozen):
    """Which positions of a network's input the values of a layer depend on.

    Those of value i lie in `spans[i]`, (first, last), those `len(spans)` values further on lie `shift` further on; None
    where there are none. All depend on what lies in `fixed`, too: a mean of the whole map that was multiplied in.
    """

    spans: tuple[Pair | None, ...] = ((0, 0),)
    shift: int = 1
    fixed: Pair | None = None

    @property
    def jump(self) -> int | float:
        """Return how many positions of the input two neighbours are apart."""
        whole, rest = divmod(self.shift, len(self.spans))
        return self.shift / len(self.spans) if rest else whole

    def at(self, index: int) -> Pair | None:
        """Return the (first, last) position that the value at `index` depends on."""
        return _hull(self._moving(index), self.fixed)

    def _moving(self, index: int) -> Pair | None:
        turns, phase = divmod(index, len(self.spans))
        span = self.spans[phase]
        return None if span is None else (span[0] + turns * self.shift, span[1] + turns * self.shift)

    def field(self, size: int) -> int:
        """Return how many positions the value with the widest view depends on, of `size` values."""
        phases = min(len(self.spans), size)
        # Where a fixed part is there, the widest view is at one of the ends.
        ends = [] if self.fixed is None else range(size - phases, size)
        return max(span[1] - span[0] + 1 if (span := self.at(i)) else 0 for i in [*range(phases), *ends])

    def all_of(self, size: int) -> Pair | None:
        """Return the (first, last) position that any of `size` values depends on."""
        found: Pair | None = None
        phases = min(len(self.spans), size)
        # Patterns move on in one direction: the ends of all lie among the first and the last.
        for index in [*range(phases), *range(size - phases, size)]:
            found = _hull(found, self.at(index))
        return found

    def through(self, taps: Taps, size: int) -> "Reach | None":
        """Return what the outputs of a layer with `taps` depend on; None where no pattern is short enough to be told.

        `size` is how many values its input has: what spreads a single one gives values that all depend on it.
        """
        if size == 1 and taps.outputs > 1:
            return Reach((None,), 0, self.at(0))
        turns = len(self.spans) // gcd(len(self.spans), taps.inputs)
        phases = turns * taps.outputs
        if phases > MOST_PHASES:
            return None
        spans = tuple(self._read(taps, *divmod(i, taps.outputs)) for i in range(phases))
        return Reach(spans, self.shift * turns * taps.inputs // len(self.spans), self.fixed)

    def _read(self, taps: Taps, turn: int, phase: int) -> Pair | None:
        read = taps.read(phase)
        if read is None:
            return None
        step, further = read[2], turn * taps.inputs
        first, last = read[0] + further, read[1] + further
        found: Pair | None = None
        # What is read further on than the pattern is long can only lie further on.
        for place in range(min((last - first) // step + 1, len(self.spans))):
            for index in (first + place * step, last - place * step):
                found = _hull(found, self._moving(index))
        return found


def joined(one: Reach, size: int, other: Reach, other_size: int) -> Reach | None:
    """Return what values made of both depend on, of which one may be a single value for all of the other's.

    None where the two move on at different steps: no pattern holds for all values then.
    """
    if size != other_size:
        few, many = (one, other) if size == 1 else (other, one)
        return Reach(many.spans, many.shift, _hull(many.fixed, few.at(0)))
    fixed = _hull(one.fixed, other.fixed)
    for still, moving in ((one, other), (other, one)):
        if not any(still.spans):
            return Reach(moving.spans, moving.shift, fixed)
    phases = lcm(len(one.spans), len(other.spans))
    if one.shift * len(other.spans) != other.shift * len(one.spans) or phases > MOST_PHASES:
        return None
    bare = Reach(one.spans, one.shift), Reach(other.spans, other.shift)
    spans = tuple(_hull(*(reach.at(i) for reach in bare)) for i in range(phases))
    return Reach(spans, one.shift * phases // len(one.spans), fixed)


def _hull(one: Pair | None, other: Pair | None) -> Pair | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])

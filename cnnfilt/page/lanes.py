"""Where the layers of a network are drawn: one after the other, and those of branches beside each other, in lanes.

A layer goes on in the lane of what it takes, as long as nothing else stands there; a branch begins a lane of its own.
An arrow that passes layers runs in a lane where none of them stands.
"""

from collections.abc import Sequence

from cnnfilt.frozen import Frozen


class Arrow(Frozen):
    """From the layer at place `first` to that at `last`, in `lane` between them."""

    first: int
    last: int
    lane: int


class Lanes(Frozen):
    """The lane of each layer, and the arrows between them."""

    of: tuple[int, ...]
    arrows: tuple[Arrow, ...]

    @property
    def count(self) -> int:
        """Return how many lanes there are."""
        return 1 + max([0, *self.of, *(arrow.lane for arrow in self.arrows)])


def lanes_of(takes: Sequence[Sequence[int]]) -> Lanes:
    """Return where each layer stands, for the places of the layers that each takes its values from.

    All of them stand before it; the first takes none.
    """
    lanes = _stand(takes)
    return Lanes(tuple(lanes), tuple(_drawn(takes, lanes)))


def _stand(takes: Sequence[Sequence[int]]) -> list[int]:
    waiting = [0] * len(takes)
    """How many layers have yet to take the value of each."""
    for sources in takes:
        for source in sources:
            waiting[source] += 1
    lanes: list[int] = []
    last: list[int] = []
    """The layer that stands last in each lane so far."""
    for place, sources in enumerate(takes):
        going_on = [lanes[source] for source in sources if last[lanes[source]] == source]
        for source in sources:
            waiting[source] -= 1
        # A lane is free again once nobody waits for what stands last in it.
        free = (lane for lane, source in enumerate(last) if not waiting[source])
        lane = min(going_on) if going_on else next(free, len(last))
        last[lane:] = [place, *last[lane + 1 :]]
        lanes.append(lane)
    return lanes


def _drawn(takes: Sequence[Sequence[int]], lanes: Sequence[int]) -> list[Arrow]:
    taken = {(place, lane) for place, lane in enumerate(lanes)}
    arrows = []
    pairs = {(source, place) for place, sources in enumerate(takes) for source in sources}
    # Short ones first: those around them go further out.
    for first, last in sorted(pairs, key=lambda pair: (pair[1] - pair[0], pair)):
        between = range(first + 1, last)
        lane = _free(lanes[first], lanes[last], between, taken)
        taken |= {(place, lane) for place in between}
        arrows.append(Arrow(first, last, lane))
    return sorted(arrows, key=lambda arrow: (arrow.last, arrow.first))


def _free(here: int, there: int, between: range, taken: set[tuple[int, int]]) -> int:
    lane = 0
    for lane in (there, here):
        if not any((place, lane) in taken for place in between):
            return lane
    lane = 0
    while any((place, lane) in taken for place in between):
        lane += 1
    return lane

"""Where the panels of a walk stand: in rows that fill the room, or below each other at the right of the first."""

from collections.abc import Iterator, Sequence

from cnnfilt.terms import Pair

ROOM = 900, 1600
"""No step is higher or wider."""


def on_shelves(sizes: Sequence[Pair], joined: Sequence[bool], top: int, gap: int) -> tuple[list[Pair], Pair]:
    """Return the place (top, left) of each panel in rows, and the (bottom, right) of all; joined ones stay in a row."""
    shelves: list[list[Pair]] = []
    for first, after in _groups(joined):
        group = list(sizes[first:after])
        if shelves and _shelf_width([*shelves[-1], *group], gap) <= ROOM[1] - 2 * gap:
            shelves[-1] += group
        else:
            shelves.append(group)
    places, below = list[Pair](), top
    for shelf in shelves:
        high, left = max(height for height, _ in shelf), gap
        for height, width in shelf:
            places.append((below + (high - height) // 2, left))
            left += width + 2 * gap
        below += high + gap
    return places, (below - gap, gap + max(_shelf_width(shelf, gap) for shelf in shelves))


def _groups(joined: Sequence[bool]) -> Iterator[Pair]:
    """Yield the first of each group of panels that stay together, and the first after it."""
    starts = [number for number, stays in enumerate(joined) if not stays]
    yield from zip(starts, [*starts[1:], len(joined)], strict=True)


def _shelf_width(shelf: Sequence[Pair], gap: int) -> int:
    return sum(width for _, width in shelf) + 2 * gap * (len(shelf) - 1)


def in_stack(sizes: Sequence[Pair], top: int, gap: int) -> tuple[list[Pair], Pair]:
    """Return what `on_shelves` does with every panel but the first below each other, at the right of it."""
    first, others = sizes[0], sizes[1:]
    places, below, right = [(top, gap)], top, gap + first[1]
    for height, width in others:
        places.append((below, gap + first[1] + 2 * gap))
        below += height + gap
        right = max(right, gap + first[1] + 2 * gap + width)
    return places, (max(top + first[0], below - gap), right)

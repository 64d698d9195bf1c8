"""What is shown of a value from a file: rows, columns and channels in that order, whatever the file's order is."""

from math import prod

from cnnfilt.describe.graphs.file_shapes import UNKNOWN, Grid
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.layers import Flat, Shape, Volume
from cnnfilt.frozen import Frozen


class Seen(Frozen):
    """How far a value sees: its receptive field and jump, (vertical, horizontal); None where that is not known."""

    field: tuple[int, int] | None
    jump: tuple[int | float, int | float] | None


def shape_of(value: Value | None) -> Shape:
    """Return the shape of one image's part of a value: without the batch, channels last where they are known."""
    if value is None:
        return UNKNOWN
    sides = dict(zip(value.axes, value.dims, strict=True))
    if len(sides) == 4 and sides.keys() == set("NCHW"):
        return Volume(sides["H"], sides["W"], sides["C"])
    if len(sides) == value.rank and set("NC") < sides.keys() <= set("NCDHW"):
        dims = tuple(sides[letter] for letter in "DHWC" if letter in sides)
    else:
        dims = tuple(side for side, letter in zip(value.dims, value.axes, strict=True) if letter != "N")
    return Flat(dims[0]) if len(dims) == 1 else Grid(prod(dims), dims)


def seen_by(value: Value | None) -> Seen:
    """Return how far a value with rows and columns sees."""
    if value is None or not isinstance(shape_of(value), Volume):
        return Seen(None, None)
    rows, columns = value.reach.get("H"), value.reach.get("W")
    if rows is None or columns is None:
        return Seen(None, None)
    field = rows.field(value.side("H") or 1), columns.field(value.side("W") or 1)
    return Seen(field, (rows.jump, columns.jump))

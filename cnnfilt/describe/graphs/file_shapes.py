"""Shapes that only files have: values along other axes, several values at once, and values that are not known."""

from typing import Any

from cnnfilt.describe.layers import Flat, Volume
from cnnfilt.spelling import spelled_size


class Grid(Flat):
    """Values along other axes than rows, columns and channels: the positions of a sequence, heads, depth."""

    dims: tuple[int, ...]

    def __str__(self) -> str:
        return spelled_size(self.dims)


class Several(Flat):
    """What a layer makes that makes more than one value."""

    shapes: tuple[Volume | Flat, ...]

    def __str__(self) -> str:
        return "+".join(map(str, self.shapes))


class Unknown(Flat):
    """Values of which nothing is known."""

    def __str__(self) -> str:
        return "unknown"


UNKNOWN = Unknown(0)


def data_of(shape: Volume | Flat) -> Any:
    """Return a shape as JSON has it: by the names of its sides, a list of several, None where nothing is known."""
    match shape:
        case Volume():
            return {"height": shape.height, "width": shape.width, "channels": shape.channels}
        case Grid():
            return {"dims": shape.dims}
        case Several():
            return [data_of(one) for one in shape.shapes]
        case Unknown():
            return None
        case _:
            return {"features": shape.features}

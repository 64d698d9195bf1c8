"""Shapes that only files have: values along other axes, several values at once, and values that are not known."""

from collections.abc import Sequence
from typing import Any

from cnnfilt.describe.layers import Flat, Volume
from cnnfilt.spelling import spelled_size


class FileShape(Flat):
    """Values without rows, columns and channels."""

    @property
    def data(self) -> Any:
        """Return the same as JSON has it."""
        raise NotImplementedError


class Grid(FileShape):
    """Values along other axes than rows, columns and channels: the positions of a sequence, heads, depth."""

    dims: tuple[int, ...]

    def __str__(self) -> str:
        return spelled_size(self.dims)

    @property
    def data(self) -> dict[str, Sequence[int]]:
        """Return the sides."""
        return {"dims": self.dims}


class Several(FileShape):
    """What a layer makes that makes more than one value."""

    shapes: tuple[Volume | Flat, ...]

    def __str__(self) -> str:
        return "+".join(map(str, self.shapes))

    @property
    def data(self) -> list[Any]:
        """Return each of them."""
        return [data_of(shape) for shape in self.shapes]


class Unknown(FileShape):
    """Values of which nothing is known."""

    def __str__(self) -> str:
        return "unknown"

    @property
    def data(self) -> None:
        """Return None."""
        return


UNKNOWN = Unknown(0)


def data_of(shape: Volume | Flat) -> Any:
    """Return a shape as JSON has it."""
    if isinstance(shape, FileShape):
        return shape.data
    if isinstance(shape, Flat):
        return {"features": shape.features}
    return {"height": shape.height, "width": shape.width, "channels": shape.channels}

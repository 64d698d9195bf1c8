"""Branches, flat: a value is remembered by a name, gone on from, and joined with the value that is there."""

import re
from typing import Literal

from cnnfilt.describe.layers.base import Effect, Flat, LayerWord, Shape, Volume
from cnnfilt.describe.layers.written import Written
from cnnfilt.errors import ParameterError, ShapeError

JoinKind = Literal["add", "cat", "mul"]


class AsLayer(LayerWord):
    """Nothing is done; the value that is there can be taken as `name` from now on."""

    name: str

    @classmethod
    def parse(cls, written: Written) -> "AsLayer":
        """Return the layer that is written: as:NAME."""
        return cls(written.text, _name(written))

    @property
    def remembered_as(self) -> str:
        """Return the name."""
        return self.name

    @property
    def makes_values(self) -> bool:
        """Return False."""
        return False

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`: none."""
        return Effect(shape)


class FromLayer(LayerWord):
    """The value `name` instead of the one that is there."""

    name: str

    @classmethod
    def parse(cls, written: Written) -> "FromLayer":
        """Return the layer that is written: from:NAME."""
        return cls(written.text, _name(written))

    @property
    def takes(self) -> tuple[str]:
        """Return the name."""
        return (self.name,)

    @property
    def makes_values(self) -> bool:
        """Return False."""
        return False

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on the `shape` of the value `name`: none."""
        return Effect(shape)


class JoinLayer(LayerWord):
    """The value that is there and the one called `name`: added, multiplied, or one's channels before the other's."""

    kind: JoinKind
    name: str

    @classmethod
    def parse(cls, written: Written) -> "JoinLayer":
        """Return the layer that is written: add:NAME."""
        return cls(written.text, written.name, _name(written))  # type: ignore[arg-type]  # Its rows are the kinds.

    @property
    def takes(self) -> tuple[None, str]:
        """Return the value that is there, and the name of the other."""
        return None, self.name

    def effect(self, shape: Shape, other: Shape) -> Effect:
        """Return the effect on both; 1x1xC is added to or multiplied with all rows and columns of HxWxC.

        ShapeError where they do not fit each other.
        """
        if isinstance(shape, Volume) and isinstance(other, Volume):
            if self.kind == "cat":
                fit = shape.size == other.size
                joined = Volume(*shape.size, other.channels + shape.channels)
            else:
                fit = shape.channels == other.channels and (
                    shape.size == other.size or (1, 1) in (shape.size, other.size)
                )
                joined = other if shape.size == (1, 1) else shape
            if fit:
                return Effect(joined)
        elif isinstance(shape, Flat) and isinstance(other, Flat):
            if self.kind == "cat":
                return Effect(Flat(other.features + shape.features))
            if shape == other:
                return Effect(shape)
        raise ShapeError(f"{shape} is here and {self.name} is {other}; {_NEEDS[self.kind]}")


_NEEDS: dict[JoinKind, str] = {
    "add": "both need the same size and channels, or one has to be 1x1",
    "mul": "both need the same size and channels, or one has to be 1x1",
    "cat": "both need the same rows and columns",
}


def _name(written: Written) -> str:
    if not re.fullmatch(r"\w[\w./-]*", written.head):
        seen = repr(written.head) if written.head else "no name"
        raise ParameterError(f"{seen} is given; a name is made of letters and digits, as in {written.name}:skip")
    return written.head

"""A network as a model file says it: nodes in order, each with the names of the values that it takes and makes."""

from collections.abc import Mapping
from math import prod
from typing import Literal

from cnnfilt.frozen import Frozen

Number = int | float


class Stored(Frozen):
    """Where the numbers of a tensor lie: the (first, end) bytes in the file at `path`, or in the network's own ("").

    `form` is how they are written there: "raw" as they are in memory, lowest byte first, "float32" or "float64" so,
    whatever their kind, "varints" as protobuf's whole numbers.
    """

    form: Literal["raw", "float32", "float64", "varints"]
    spans: tuple[tuple[int, int], ...]
    path: str = ""


class Tensor(Frozen):
    """Numbers that are in the file: weights, of which only the size is known, or the few that say a size themselves.

    `kind` is how a number is written, as NumPy names it; `content` the numbers, row by row, where they were read. All
    are where `stored` says; None where the file leaves them out.
    """

    name: str
    dims: tuple[int, ...]
    kind: str
    content: tuple[Number, ...] | None = None
    stored: Stored | None = None

    @property
    def count(self) -> int:
        """Return how many numbers there are."""
        return prod(self.dims)


Attribute = int | float | str | tuple[Number, ...] | tuple[str, ...] | Tensor | None
"""What is set at a node; None is of a kind that no size depends on, or a part of a network."""


class Node(Frozen):
    """One operation: what it is called in the file, and the names of what it takes and makes ("" for what is left out).

    `domain` is "" for the operators of ONNX itself, and the layers of Keras. `place` counts the nodes from 1. `opaque`
    says why nothing can be known of what it makes, where that is so.
    """

    operator: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    domain: str = ""
    place: int = 0
    opaque: str = ""

    @property
    def title(self) -> str:
        """Return its name, or that of what it makes where it has none."""
        return self.name or next(filter(None, self.outputs), "")

    @property
    def full_operator(self) -> str:
        """Return what it is called, with its domain where that is another's."""
        return f"{self.domain}.{self.operator}" if self.domain else self.operator


class Input(Frozen):
    """What goes into a network: its name and its size; None is a number that the file leaves open."""

    name: str
    dims: tuple[int | None, ...]
    kind: str


class Graph(Frozen):
    """A whole network; `version` is that of the operators' meaning (ONNX's opset).

    `classes` are the names of what it tells apart, where the file has them.
    """

    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    tensors: Mapping[str, Tensor]
    version: int
    classes: tuple[str, ...] = ()

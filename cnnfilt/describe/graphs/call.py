"""One node with the values that go into it: what an operator's rule asks, and what it answers."""

from collections.abc import Sequence

from cnnfilt.describe.graphs.graph import Node, Number, Tensor
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import CnnfiltError, ShapeError
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Pair


class UnknownError(CnnfiltError):
    """A size that cannot be known from the file; the message says why."""


class Made(Frozen, eq=False):
    """What a node makes: its values, the windows that slide over its input, and the multiply-accumulates by weights.

    `params` and `statistics` are those that no tensor in the file tells: a layer of Keras only says its settings.
    `lost` are the (rows, columns) that nothing reads, where no windows say so.
    """

    values: tuple[Value, ...]
    windows: Windows | None = None
    macs: int = 0
    params: int = 0
    statistics: int = 0
    lost: Pair = (0, 0)


class Call:
    """A node and its inputs; `version` is that of the operators' meaning."""

    def __init__(self, node: Node, inputs: Sequence[Value | None], version: int) -> None:
        self.node = node
        self.inputs = inputs
        self.version = version

    @property
    def given(self) -> list[Value]:
        """Return the inputs that are there."""
        return [value for value in self.inputs if value is not None]

    def maybe(self, number: int) -> Value | None:
        """Return an input that may be left out."""
        return self.inputs[number] if number < len(self.inputs) else None

    def value(self, number: int = 0) -> Value:
        """Return an input; ShapeError where it is missing."""
        value = self.maybe(number)
        if value is None:
            raise ShapeError(f"its input {number + 1} is missing")
        return value

    def numbers(self, number: int) -> tuple[Number, ...]:
        """Return the numbers in an input. UnknownError where they are computed from the network's input."""
        content = self.value(number).content
        if content is None:
            raise UnknownError("a size is computed from the values of the input")
        return content

    def sizes(self, number: int) -> tuple[int, ...]:
        """Return the whole numbers in an input."""
        return tuple(int(one) for one in self.numbers(number))

    def has(self, name: str) -> bool:
        """Return whether an attribute is set."""
        return self.node.attributes.get(name) is not None

    def whole(self, name: str, default: int) -> int:
        """Return an attribute that is a whole number."""
        value = self.node.attributes.get(name)
        if value is None:
            return default
        if not isinstance(value, int):
            raise self._wrong(name, "no whole number")
        return value

    def wholes(self, name: str, default: tuple[int, ...] = (), *, count: int | None = None) -> tuple[int, ...]:
        """Return an attribute that is a list of whole numbers, `count` of them."""
        value = self.node.attributes.get(name)
        if value is None:
            return default
        if not isinstance(value, tuple):
            raise self._wrong(name, "no list")
        wholes = tuple(one for one in value if isinstance(one, int))
        if len(wholes) != len(value) or (count is not None and len(value) != count):
            raise self._wrong(name, f"{len(value)} numbers for {count}" if count else "no list of whole numbers")
        return wholes

    def number(self, name: str, default: float) -> float:
        """Return an attribute that is a number."""
        value = self.node.attributes.get(name)
        if value is None:
            return default
        if not isinstance(value, int | float):
            raise self._wrong(name, "no number")
        return float(value)

    def floats(self, name: str) -> tuple[float, ...]:
        """Return an attribute that is a list of numbers."""
        value = self.node.attributes.get(name)
        if not isinstance(value, tuple) or not all(isinstance(one, int | float) for one in value):
            raise self._wrong(name, "no list of numbers")
        return tuple(float(one) for one in value)

    def text(self, name: str, default: str) -> str:
        """Return an attribute that is a word."""
        value = self.node.attributes.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self._wrong(name, "no word")
        return value

    def tensor(self, name: str) -> Tensor | None:
        """Return an attribute that is a tensor."""
        value = self.node.attributes.get(name)
        return value if isinstance(value, Tensor) else None

    def _wrong(self, name: str, what: str) -> ShapeError:
        return ShapeError(f"its {name} is {what}")

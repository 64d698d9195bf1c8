"""A network from a file, gone through from its input: the size of each value, and what each node costs."""

from collections.abc import Iterator, Mapping, Sequence

from cnnfilt.describe.graphs.call import Call, Made, UnknownError
from cnnfilt.describe.graphs.folding import FOLDS, folded
from cnnfilt.describe.graphs.graph import Graph, Node, Number
from cnnfilt.describe.graphs.operators import OPERATORS, Operator
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import CnnfiltError, InputError
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import Pair

MOST_CONTENT = 200_000
"""The numbers that are kept to work sizes out, all together."""

_SIZES = ("int64", "int32", "bool", "string")
"""The kinds of numbers that say sizes and places, and are no weights."""


class Step(Frozen, eq=False):
    """One node, with what goes into it and comes out; None is a value of which nothing is known.

    `why` says why that is; it is empty where the node only has such a value as its input. `params` are trained,
    `statistics` kept beside them, each counted where it is used first.
    """

    node: Node
    inputs: tuple[Value | None, ...]
    values: tuple[Value | None, ...]
    windows: Windows | None = None
    macs: int = 0
    params: int = 0
    statistics: int = 0
    lost: Pair = (0, 0)
    why: str = ""

    @property
    def unread(self) -> Pair:
        """Return how many rows and columns of the input nothing reads."""
        return self.windows.unread if self.windows else self.lost

    @property
    def computes(self) -> bool:
        """Return whether the input of the network has a part in it: weights made ready are no layer."""
        return any(value is None or value.weights is None for value in self.values)


def place_of(node: Node) -> str:
    """Return where a node is, for messages: by its number, its operator and its name."""
    named = f"{node.full_operator}{f' {node.title}' if node.title else ''}"
    return f"node {node.place} ({named if named.isprintable() else repr(named)[1:-1]})"


class Walk:
    """Goes through `graph`, whose one input is `image`; `values` are all that it has met, by their names.

    `operators` are those of the file's format.
    """

    def __init__(self, graph: Graph, image: Value, operators: Mapping[str, Operator] = OPERATORS) -> None:
        self._graph = graph
        self._operators = operators
        self._counts = {name: (tensor.count, tensor.kind) for name, tensor in graph.tensors.items()}
        self._counted: set[str] = set()
        self._content = 0
        self.values: dict[str, Value | None] = {
            name: Value(tensor.dims, kind=tensor.kind, content=tensor.content, weights=frozenset((name,)))
            for name, tensor in graph.tensors.items()
        }
        self.values[graph.inputs[0].name] = image

    def steps(self) -> Iterator[Step]:
        """Yield what each node makes, in the file's order. InputError naming a node that does not fit its inputs."""
        for node in self._graph.nodes:
            step = self._step(node, [self._found(name, node) for name in node.inputs])
            for name, value in zip(node.outputs, step.values, strict=True):
                if name in self.values:
                    raise InputError(f"{{image}} is damaged: {place_of(node)} makes {name!r} a second time")
                if name:
                    self.values[name] = value
            yield step

    def _found(self, name: str, node: Node) -> Value | None:
        if not name:
            return None
        if name not in self.values:
            raise InputError(f"{{image}} is damaged: {place_of(node)} takes {name!r}, which nothing before it makes")
        return self.values[name]

    def _step(self, node: Node, inputs: Sequence[Value | None]) -> Step:
        unknown = Step(node, tuple(inputs), (None,) * len(node.outputs))
        operator = None if node.domain else self._operators.get(node.operator)
        if operator is None or node.opaque:
            return replace(unknown, why=node.opaque or "its operator is not known")
        if any(name and value is None for name, value in zip(node.inputs, inputs, strict=True)):
            return unknown
        call = Call(node, inputs, self._graph.version)
        try:
            made = operator.rule(call)
            if node.operator in FOLDS and self._operators is OPERATORS:
                made = folded(FOLDS[node.operator], call, made)
        except UnknownError as error:
            return replace(unknown, why=error.message)
        except CnnfiltError as error:
            raise InputError(f"{{image}}: {place_of(node)}: {error.message.replace('{image}', 'its input')}") from None
        return self._made(node, inputs, operator, made)

    def _made(self, node: Node, inputs: Sequence[Value | None], operator: Operator, made: Made) -> Step:
        weights = self._weights_of(node, inputs, made)
        values: list[Value | None] = [
            replace(value, weights=weights, content=self._kept(value.content)) for value in made.values
        ]
        values = values[: len(node.outputs)] + [None] * (len(node.outputs) - len(values))
        if weights is not None:
            # What is made of weights alone is a weight, and counts where it is used.
            return Step(node, tuple(inputs), tuple(values))
        params = self._count(inputs, operator.weights, numbers=operator.numbers)
        statistics = self._count(inputs, operator.statistics)
        if made.params or made.statistics:
            params, statistics = self._of_layer(node.name, made)
        return Step(node, tuple(inputs), tuple(values), made.windows, made.macs, params, statistics, made.lost)

    def _of_layer(self, name: str, made: Made) -> tuple[int, int]:
        """Return the parameters and statistics of a layer; one that is used again has no others."""
        first = name not in self._counted
        self._counted.add(name)
        return (made.params, made.statistics) if first else (0, 0)

    def _weights_of(self, node: Node, inputs: Sequence[Value | None], made: Made) -> frozenset[str] | None:
        """Return the tensors that the values of a node are made of; None where the network's input has a part in it."""
        if node.operator in ("Shape", "Size"):
            return frozenset()
        sources = [value.weights for value in inputs if value is not None]
        known = [source for source in sources if source is not None]
        if len(known) < len(sources):
            return None
        if node.operator == "Constant" or (node.operator == "ConstantOfShape" and any(known)):
            name = node.outputs[0] if node.outputs else ""
            self._counts[name] = (made.values[0].count, made.values[0].kind)
            return frozenset((name,))
        # What numbers were scaled by when they were made whole is no weight.
        return frozenset().union(*(known[:1] if node.operator == "DequantizeLinear" else known))

    def _count(self, inputs: Sequence[Value | None], places: Sequence[int], *, numbers: bool = False) -> int:
        """Return how many numbers the weights at these `places` have that nothing before has used."""
        total = 0
        for place in places[: len(inputs)]:
            value = inputs[place] if place < len(inputs) else None
            for name in (value.weights if value is not None and value.weights else frozenset()) - self._counted:
                count, kind = self._counts[name]
                if kind not in _SIZES and not (numbers and count == 1):
                    self._counted.add(name)
                    total += count
        return total

    def _kept(self, content: tuple[Number, ...] | None) -> tuple[Number, ...] | None:
        self._content += len(content or ())
        if self._content > MOST_CONTENT:
            raise InputError(f"{{image}} works out more than {MOST_CONTENT:,} numbers before any size; the limit")
        return content

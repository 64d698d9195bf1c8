"""The other messages of onnx.proto that say what a network is: attributes, nodes, the sizes of inputs, graph, model."""

from collections.abc import Callable

from cnnfilt.describe.graphs.graph import Attribute, Graph, Input, Node, Tensor
from cnnfilt.errors import InputError
from cnnfilt.files.onnx.class_names import KEYS, LONGEST, class_names
from cnnfilt.files.onnx.external import External
from cnnfilt.files.onnx.tensors import KINDS, LARGEST_SIDE, MOST_AXES, read_tensor, shown
from cnnfilt.files.onnx.wire import BYTES, FLOAT, FLOATS, WHOLE, WHOLES, Forms, Span, Wire, damaged, signed
from cnnfilt.files.streams import first_line
from cnnfilt.frozen import replace

MOST_PARTS = 50_000
"""Of nodes, of weights, of inputs and of outputs: the largest networks have a tenth of it."""

MOST_VALUES = 5_000
"""Of what one node takes and makes."""

MOST_NUMBERS = 4096
"""A longer list says no size, and is left where it is."""

_LONGEST_KEY = 64


class Reader:
    """Reads the messages in one file."""

    def __init__(self, wire: Wire, external: External) -> None:
        self._wire = wire
        self._external = external

    def model(self) -> Graph:
        """Return the network of the ModelProto that the whole file is. InputError where it is none, or damaged."""
        graphs: list[Span] = []
        versions: dict[str, int] = {}
        classes: tuple[str, ...] = ()
        for field, _, where in self._wire.fields((0, self._wire.size), _MODEL):
            if field == 7:
                graphs.append(where)
            elif field == 8:
                domain, version = self._operators(where)
                versions[domain] = version
            else:
                classes = classes or self._class_names(where)
        if len(graphs) != 1:
            raise damaged("it holds no network" if not graphs else "it holds several networks")
        return replace(self._graph(graphs[0], versions.get("", versions.get("ai.onnx", 1))), classes=classes)

    def _class_names(self, span: Span) -> tuple[str, ...]:
        """Return the names in an entry of the metadata; () for any other entry, which may be large and no text."""
        found: dict[int, Span] = {field: where for field, _, where in self._wire.fields(span, {1: BYTES, 2: BYTES})}
        if len(found) < 2 or found[1][1] - found[1][0] > _LONGEST_KEY or found[2][1] - found[2][0] > LONGEST:
            return ()
        try:
            return class_names(self._wire.text(found[2], most=LONGEST)) if self._wire.text(found[1]) in KEYS else ()
        except InputError:
            return ()

    def _operators(self, span: Span) -> tuple[str, int]:
        domain, version = "", 0
        for field, value, where in self._wire.fields(span, _OPERATORS):
            if field == 1:
                domain = self._wire.text(where)
            else:
                version = signed(value)
        return domain, version

    def _graph(self, span: Span, version: int) -> Graph:
        inputs: list[Input] = []
        outputs: list[str] = []
        nodes: list[Node] = []
        tensors: dict[str, Tensor] = {}
        for field, _, where in self._wire.fields(span, _GRAPH):
            match field:
                case 1:
                    nodes.append(self._node(where, len(nodes) + 1))
                case 5:
                    tensor = read_tensor(self._wire, where, self._external)
                    if tensor.name in tensors:
                        raise damaged(f"{shown(tensor.name)} is there twice")
                    tensors[tensor.name] = tensor
                case 11:
                    inputs.append(self._input(where))
                case 12:
                    outputs.append(self._input(where).name)
                case 15:
                    raise InputError("{image} keeps its weights as a sparse tensor, which is not read")
            if max(map(len, (nodes, tensors, inputs, outputs))) > MOST_PARTS:
                raise InputError(f"{{image}} has more than {MOST_PARTS:,} nodes or weights; no network needs as many")
        # Older files list their weights among the inputs, too.
        asked = tuple(one for one in inputs if one.name not in tensors)
        return Graph(asked, tuple(outputs), tuple(nodes), tensors, version)

    def _node(self, span: Span, place: int) -> Node:
        texts: dict[int, list[str]] = {field: [] for field in (1, 2, 3, 4, 7)}
        attributes: dict[str, Attribute] = {}
        for field, _, where in self._wire.fields(span, _NODE):
            if field == 5:
                name, value = self._attribute(where)
                if name in attributes:
                    raise damaged(f"node {place} has the attribute {first_line(name)!r} twice")
                attributes[name] = value
            else:
                texts[field].append(self._wire.text(where))
            if len(texts[1]) + len(texts[2]) > MOST_VALUES:
                raise InputError(f"{{image}} has a node of more than {MOST_VALUES:,} values; none needs as many")
        names, operators, domains = ((texts[field] or [""])[-1] for field in (3, 4, 7))
        if not operators:
            raise damaged(f"node {place} has no operator")
        domain = "" if domains == "ai.onnx" else domains
        return Node(operators, names, (*texts[1],), (*texts[2],), attributes, domain, place)

    def _attribute(self, span: Span) -> tuple[str, Attribute]:
        """Return the name and the value of an AttributeProto; None for a value that holds a part of a network."""
        name, kind = "", 0
        found: dict[int, list[tuple[int, Span]]] = {}
        for field, value, where in self._wire.fields(span, _ATTRIBUTE):
            if field == 1:
                name = self._wire.text(where)
            elif field == 20:
                kind = value
            elif field == 21:
                raise InputError("{image} has a function's attribute outside a function")
            else:
                found.setdefault(field, []).append((value, where))
        if not kind:
            # Before version 4 of the format the field that is there said which it is.
            kind = next((kind for kind, (field, _) in _VALUES.items() if field in found), 0)
        if kind not in _VALUES:
            return name, None
        field, read = _VALUES[kind]
        return name, read(self, found.get(field, []))

    def _input(self, span: Span) -> Input:
        """Return a ValueInfoProto; what is no tensor has no kind of number."""
        name, kind, dims = "", "", []
        for field, _, where in self._wire.fields(span, {1: BYTES, 2: BYTES}):
            if field == 1:
                name = self._wire.text(where)
                continue
            for _, _, tensor in self._wire.fields(where, {1: BYTES}):
                for part, value, shape in self._wire.fields(tensor, {1: WHOLE, 2: BYTES}):
                    if part == 2:
                        dims = [self._side(dim) for _, _, dim in self._wire.fields(shape, {1: BYTES})]
                    else:
                        kind = KINDS[value].name if value in KINDS else ""
        if len(dims) > MOST_AXES:
            raise damaged(f"{shown(name)} has {len(dims):,} axes")
        return Input(name, tuple(dims), kind)

    def _side(self, span: Span) -> int | None:
        """Return one number of a size; None where a name stands for it, or nothing, or what some write for open: -1."""
        side = None
        for _, value, _ in self._wire.fields(span, {1: WHOLE}):
            side = signed(value)
        if side is not None and side > LARGEST_SIDE:
            raise damaged(f"a side of {side:,}")
        return side if side is not None and side > 0 else None

    def _text(self, found: list[tuple[int, Span]]) -> str:
        # Bytes that are no text, such as a vendor's own program, can be no word that we know.
        try:
            return self._wire.text(found[-1][1]) if found else ""
        except InputError:
            return ""

    def _texts(self, found: list[tuple[int, Span]]) -> tuple[str, ...]:
        return tuple(self._text([one]) for one in found)

    def _whole(self, found: list[tuple[int, Span]]) -> int:
        return signed(found[-1][0]) if found else 0

    def _wholes(self, found: list[tuple[int, Span]]) -> tuple[int, ...] | None:
        if len(found) > MOST_NUMBERS or sum(end - start for _, (start, end) in found) > 10 * MOST_NUMBERS:
            return None
        numbers = [signed(one) for _, where in found for one in self._wire.varints(where, most=10 * MOST_NUMBERS)]
        return tuple(numbers) if len(numbers) <= MOST_NUMBERS else None

    def _float(self, found: list[tuple[int, Span]]) -> float:
        return self._wire.numbers(found[-1][1], "<f", most=1)[0] if found else 0.0

    def _floats(self, found: list[tuple[int, Span]]) -> tuple[float, ...] | None:
        if sum(end - start for _, (start, end) in found) > 4 * MOST_NUMBERS:
            return None
        return tuple(number for _, where in found for number in self._wire.numbers(where, "<f", most=MOST_NUMBERS))

    def _tensor(self, found: list[tuple[int, Span]]) -> Tensor | None:
        return read_tensor(self._wire, found[-1][1], self._external) if found else None


_VALUES: dict[int, tuple[int, Callable[[Reader, list[tuple[int, Span]]], Attribute]]] = {
    1: (2, Reader._float),
    2: (3, Reader._whole),
    3: (4, Reader._text),
    4: (5, Reader._tensor),
    6: (7, Reader._floats),
    7: (8, Reader._wholes),
    8: (9, Reader._texts),
}
"""AttributeProto.AttributeType: the field that holds its value, and what reads that."""

_MODEL: Forms = {7: BYTES, 8: BYTES, 14: BYTES}
_OPERATORS: Forms = {1: BYTES, 2: WHOLE}
_GRAPH: Forms = {1: BYTES, 5: BYTES, 11: BYTES, 12: BYTES, 15: BYTES}
_NODE: Forms = {1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 5: BYTES, 7: BYTES}
_ATTRIBUTE: Forms = {
    1: BYTES,
    2: FLOAT,
    3: WHOLE,
    4: BYTES,
    5: BYTES,
    7: FLOATS,
    8: WHOLES,
    9: BYTES,
    20: WHOLE,
    21: BYTES,
}

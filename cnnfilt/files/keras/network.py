"""What a config.json of Keras says, as a graph: each call of a layer is a node, models in models are opened."""

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from cnnfilt.describe.graphs.graph import Attribute, Graph, Input, Node
from cnnfilt.errors import InputError
from cnnfilt.files.keras.archive import read_config
from cnnfilt.files.streams import first_line
from cnnfilt.frozen import Frozen

MOST_NODES = 50_000
MOST_DEPTH = 16
"""Of models in models."""

_MODELS = ("Functional", "Sequential", "Model")
_OF_KERAS = ("keras", "tensorflow.keras", "tf_keras")


class _Layer(Frozen, eq=False):
    """One layer of a model: its class, its settings, and for each of its calls the values that it takes."""

    name: str
    kind: str
    domain: str
    settings: dict[str, Any]
    calls: list[list[str]]
    opaque: str


def read_keras(path: str) -> Graph:
    """Return the network in the .keras at `path`; its weights are not read. InputError, whatever is wrong with it."""
    config = read_config(path)
    if config.get("class_name") not in _MODELS:
        kind = first_line(str(config.get("class_name"))[:60])
        raise InputError(
            f"{{image}} holds a {kind}, a class of its own whose layers stand in no file; "
            "only Sequential and Functional networks are read"
        )
    return _Reading().graph(_settings(config))


class _Reading:
    """Gathers the nodes of a network; `nodes` is what has been found so far."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []

    def graph(self, settings: dict[str, Any]) -> Graph:
        """Return the whole network that `settings` say."""
        layers = _layers(settings)
        inputs = tuple(
            Input(layer.name, _batch_shape(layer.settings), "float32") for layer in layers if layer.kind == "InputLayer"
        )
        if not inputs and _is_chain(settings):
            inputs = (Input("input", _open_shape(settings), "float32"),)
        names = {_value(one.name): one.name for one in inputs}
        outputs = self._model(settings, layers, names, "", 0)
        return Graph(inputs, tuple(outputs), tuple(self.nodes), {}, 0)

    def _model(
        self, settings: dict[str, Any], layers: Sequence[_Layer], values: dict[str, str], prefix: str, depth: int
    ) -> list[str]:
        """Add the nodes of one model; `values` are the graph's names of what is known in it. Return those it gives."""
        if depth > MOST_DEPTH:
            raise InputError(f"{{image}} has models in models, more than {MOST_DEPTH} deep")
        if _is_chain(settings):
            return self._chain(layers, values, prefix, depth)
        for layer, call in _in_order(layers, values):
            names = [values[name] for name in layer.calls[call]]
            made = self._call(layer, call, names, prefix, depth)
            values |= {_value(layer.name, call, number): name for number, name in enumerate(made)}
        outputs = [values.get(name) for name in _histories(settings.get("output_layers"))]
        if not outputs or None in outputs:
            raise InputError("{image} is damaged: an output of its network is made by no layer")
        return [name for name in outputs if name is not None]

    def _chain(self, layers: Sequence[_Layer], values: dict[str, str], prefix: str, depth: int) -> list[str]:
        names = list(values.values())
        for layer in layers:
            if layer.kind != "InputLayer":
                names = self._call(layer, 0, names[:1], prefix, depth)
        return names

    def _call(self, layer: _Layer, call: int, names: list[str], prefix: str, depth: int) -> list[str]:
        """Add a call of a layer, or of all layers of a model; return the names of what it gives."""
        if layer.kind in _MODELS and not layer.domain:
            inner = _layers(layer.settings)
            heads = [one for one in inner if one.kind == "InputLayer"]
            known = [_value(one.name) for one in heads] if heads else ["input"]
            if len(known) != len(names):
                raise InputError(f"{{image}} is damaged: {first_line(layer.name)} takes {len(known)} values")
            values = dict(zip(known, names, strict=True))
            return self._model(layer.settings, inner, values, f"{prefix}{layer.name}/", depth + 1)
        name = prefix + layer.name
        output = f"{name}:{call}:{len(self.nodes)}"
        attributes = {key: _attribute(value) for key, value in layer.settings.items()}
        place = len(self.nodes) + 1
        if place > MOST_NODES:
            raise InputError(f"{{image}} has more than {MOST_NODES:,} layers")
        self.nodes.append(
            Node(layer.kind, name, tuple(names), (output,), attributes, layer.domain, place, layer.opaque)
        )
        return [output]


def _in_order(layers: Sequence[_Layer], known: Mapping[str, str]) -> Iterator[tuple[_Layer, int]]:
    """Yield the calls of `layers`, each after those that it takes values of, else as the file has them."""
    calls = [(layer, call) for layer in layers if layer.kind != "InputLayer" for call in range(len(layer.calls))]
    makers = {f"{layer.name}:{call}": number for number, (layer, call) in enumerate(calls)}
    waiting: list[set[int]] = []
    takers: list[list[int]] = [[] for _ in calls]
    for number, (layer, call) in enumerate(calls):
        before = {_maker(name, layer, makers) for name in layer.calls[call] if name not in known}
        waiting.append(before)
        for one in before:
            takers[one].append(number)
    ready = [number for number, before in enumerate(waiting) if not before]
    heapify(ready)
    done = 0
    while ready:
        number = heappop(ready)
        done += 1
        yield calls[number]
        for taker in takers[number]:
            waiting[taker].discard(number)
            if not waiting[taker]:
                heappush(ready, taker)
    if done < len(calls):
        raise InputError("{image} is damaged: its layers take each other's values in a circle")


def _maker(name: str, layer: _Layer, makers: Mapping[str, int]) -> int:
    maker = makers.get(name.rpartition(":")[0])
    if maker is None or name.rpartition(":")[2] not in ("0", "1", "2", "3"):
        raise InputError(
            f"{{image}} is damaged: {first_line(layer.name)} takes {first_line(name)}, which nothing makes"
        )
    return maker


def _layers(settings: dict[str, Any]) -> list[_Layer]:
    found = settings.get("layers")
    if not isinstance(found, list) or not found:
        raise InputError("{image} is damaged: a network in it has no layers")
    layers = [_layer(one) for one in found]
    names = {layer.name for layer in layers}
    if len(names) < len(layers):
        raise InputError("{image} is damaged: two of its layers have one name")
    return layers


def _layer(found: object) -> _Layer:
    if not isinstance(found, dict):
        raise InputError("{image} is damaged: a layer in it is none")
    settings, kind = _settings(found), found.get("class_name")
    name = found.get("name") or settings.get("name")
    if not isinstance(kind, str) or not isinstance(name, str) or max(len(kind), len(name)) > 1000:
        raise InputError("{image} is damaged: a layer in it has no class or no name")
    module = found.get("module") or ""
    own = not isinstance(module, str) or not module.split(".src")[0].startswith(_OF_KERAS)
    registered = found.get("registered_name")
    if isinstance(registered, str) and ">" in registered:
        own, module = True, registered.split(">")[0]
    nodes = found.get("inbound_nodes")
    arguments = [_arguments(node) for node in (nodes if isinstance(nodes, list) else [])]
    opaque = "an array is among its arguments" if any(_is_array(one) for call in arguments for one in call) else ""
    domain = (str(module)[:200] or "its own") if own else ""
    return _Layer(name, kind, domain, settings, [[*_tensors(call)] for call in arguments], opaque)


def _arguments(node: object) -> list[object]:
    """Return the arguments of one call of a layer, by place and by name; before Keras 3 they were a list."""
    if not isinstance(node, dict):
        return [node]
    args, named = node.get("args"), node.get("kwargs")
    by_name = named.items() if isinstance(named, dict) else ()
    by_place = args if isinstance(args, list) else []
    return [*by_place, *(one for key, one in by_name if key not in ("mask", "training"))]


def _tensors(found: object, depth: int = 0) -> Iterator[str]:
    """Yield the names of the values in the arguments of a call."""
    if depth > 8:
        raise InputError("{image} is damaged: the arguments of a layer are nested too deep")
    if isinstance(found, dict):
        if found.get("class_name") == "__keras_tensor__":
            yield from _histories((found.get("config") or {}).get("keras_history"))
    elif isinstance(found, list):
        if _is_history(found):
            yield from _histories(found)
            return
        for one in found:
            yield from _tensors(one, depth + 1)


def _is_history(found: list[Any]) -> bool:
    return len(found) >= 3 and isinstance(found[0], str) and all(type(one) is int for one in found[1:3])


def _histories(found: object, depth: int = 0) -> Iterator[str]:
    """Yield the names of the values that [layer, call, output] stand for; of one, of several, of those in dicts."""
    if isinstance(found, dict):
        found = [*found.values()]
    if not isinstance(found, list) or depth > 4:
        return
    if _is_history(found):
        yield _value(found[0], found[1], found[2])
        return
    for one in found:
        yield from _histories(one, depth + 1)


def _value(layer: str, call: int = 0, output: int = 0) -> str:
    return f"{layer}:{call}:{output}"


def _is_array(found: object) -> bool:
    return isinstance(found, dict) and found.get("class_name") != "__keras_tensor__"


def _is_chain(settings: dict[str, Any]) -> bool:
    return "output_layers" not in settings


def _settings(found: dict[str, Any]) -> dict[str, Any]:
    settings = found.get("config")
    if not isinstance(settings, dict):
        raise InputError("{image} is damaged: a layer or a network in it has no settings")
    return settings


def _batch_shape(settings: dict[str, Any]) -> tuple[int | None, ...]:
    found = settings.get("batch_shape", settings.get("batch_input_shape"))
    if not isinstance(found, list) or len(found) > 8:
        raise InputError("{image} is damaged: its input has no size")
    if not all(one is None or (type(one) is int and 0 < one < 1 << 40) for one in found):
        raise InputError(f"{{image}} is damaged: its input has the size {first_line(str(found)[:60])}")
    return tuple(found)


def _open_shape(settings: dict[str, Any]) -> tuple[int | None, ...]:
    """Return the size of the input of a chain without an InputLayer, where it was built for one."""
    built = settings.get("build_input_shape")
    if built is None:
        raise InputError("{image} does not say the size of its input: it was saved before it was built")
    return _batch_shape({"batch_shape": built})


def _attribute(value: object) -> Attribute:
    """Return a setting as a node keeps it: a number, a word, a flat list of numbers; None for anything else."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return value[:1000]
    if isinstance(value, list) and len(value) <= 64:
        flat = [one for part in value for one in (part if isinstance(part, list) else [part])]
        return tuple(flat) if all(isinstance(one, int | float) for one in flat) else None
    return None

"""A network in an .onnx file, opened to be run on images."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache

import numpy as np

from cnnfilt.describe.graphs.graph import Graph, Node, Tensor
from cnnfilt.describe.graphs.image import image_of, input_of
from cnnfilt.describe.graphs.shapes import shape_of
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step, Walk
from cnnfilt.describe.layers import Shape
from cnnfilt.describe.preprocessing import Preprocessing
from cnnfilt.errors import CnnfiltError, InputError, ParameterError
from cnnfilt.files.image import Array
from cnnfilt.files.network_files import read_network
from cnnfilt.files.network_input import NetworkInput
from cnnfilt.files.onnx.weights import read_weights
from cnnfilt.frozen import Frozen
from cnnfilt.nn.activations import softmax
from cnnfilt.nn.classifier import class_of_each
from cnnfilt.nn.operators.network import RunnableNetwork
from cnnfilt.nn.operators.planning import check_runs, needed
from cnnfilt.nn.operators.tiling import TiledNetwork, tiling_of_network
from cnnfilt.parsing import nearest
from cnnfilt.terms import Pair

SOMETHING = (224, 224)
"""A size at which a network that takes any is looked at, to tell how many maps it makes."""

MOVES_NOTHING = ("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Transpose", "Cast")
"""What hands on the values that it takes: their pictures would be the same once more."""

_GIVE_CHANCES = ("Softmax", "Sigmoid", "HardSigmoid")


class Layer(Frozen, eq=False):
    """A node that is looked at: its number among those that `cnnfilt shape` lists, its step, and its value's name."""

    number: int
    step: Step

    @property
    def value(self) -> str:
        """Return the name of what it makes."""
        return self.step.node.outputs[0]

    @property
    def shape(self) -> Shape:
        """Return the shape of what it makes, rows, columns and channels where it has them."""
        return shape_of(self.step.values[0])


class OnnxNetwork:
    """The network in the file at `path`. InputError, one line that names the file, for what cannot be read or run."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.graph: Graph = read_network(path).graph
        self._ready: tuple[object, RunnableNetwork] | None = None
        self._walked: dict[Pair, list[Step]] = {}
        with _about(path):
            if not self.graph.outputs:
                raise InputError("{image} has no output")
            sides = input_of(self.graph).dims
            if len(sides) != 4:
                raise InputError("{image} takes no image; only networks of one image are run")
            if sides[0] not in (None, 1):
                raise InputError(f"{{image}} takes {sides[0]} images at once; only networks of one image are run")
            self.axes = self._axes()
        named = dict(zip(self.axes, sides, strict=True))
        height, width = named["H"], named["W"]
        self.fixed: Pair | None = None if height is None or width is None else (height, width)
        self.channels = named["C"] or 3
        if self.channels not in (1, 3):
            raise InputError(f"{path} takes images of {self.channels} channels; those of 1 or 3 are run")

    def _axes(self) -> str:
        try:
            return image_of(self.graph, SOMETHING, channels_first=True).axes
        except InputError:
            # The number of channels is left open, too.
            return image_of(self.graph, (*SOMETHING, 3), channels_first=True).axes

    def form(self, asked: Preprocessing, size: Pair) -> NetworkInput:
        """Return how an image of `size` reaches the network, as `asked`."""
        scale = 1.0 if asked.input_scale is None else asked.input_scale
        gray = self.channels == 1
        if gray and max(len(asked.mean or ()), len(asked.std or ())) == 3:
            raise ParameterError("the network takes one channel; give --mean and --std one number each")
        wanted = asked.size or self.fixed or size
        return NetworkInput(wanted, gray, scale, asked.mean or (), asked.std or (), asked.channel_order == "bgr")

    def image(self, size: Pair) -> Value:
        """Return the network's input at `size`."""
        with _about(self.path):
            return image_of(self.graph, (*size, self.channels), channels_first=True)

    def layers(self, size: Pair | None = None) -> list[Layer]:
        """Return the nodes that `cnnfilt shape` lists, at `size`, else as large as the file says."""
        computed = (one for one in self._steps(size) if one.computes)
        return [Layer(number, step) for number, step in enumerate(computed, 1)]

    def _steps(self, size: Pair | None = None) -> list[Step]:
        size = size or self.fixed or SOMETHING
        if size not in self._walked:
            with _about(self.path):
                self._walked = {size: list(Walk(self.graph, self.image(size)).steps())}
        return self._walked[size]

    def check(self, name: str, size: Pair | None = None) -> None:
        """Raise InputError naming the first node that cannot be run of those that the value `name` needs."""
        with _about(self.path):
            check_runs(needed(self._steps(size), [name]))

    def layer(self, name: str | None, size: Pair | None = None) -> Layer:
        """Return the layer, or the value, called `name`; None is what makes the first output. ParameterError."""
        layers = self.layers(size)
        if name is None:
            found = [one for one in layers if self.graph.outputs[0] in one.step.node.outputs]
            if not found:
                raise InputError(f"{self.path}: nothing is computed from its input to its output")
            return found[0]
        for one in layers:
            if name in (one.step.node.title, one.value):
                return one
        titles = tuple(one.step.node.title for one in layers)
        raise ParameterError(f"{self.path} has no layer {name!r}; {nearest(name, titles)} (cnnfilt shape lists them)")

    def ready(self, size: Pair, wanted: Sequence[str], *, keep: bool = False, most: int = 0) -> RunnableNetwork:
        """Return the network ready for images of `size`; the last one is kept, weights and all.

        For a large image it is a TiledNetwork where that gives the same, unless `keep` asks for every node's value.
        """
        key = (size, tuple(wanted), keep, most)
        if self._ready is None or self._ready[0] != key:
            self._ready = None  # Its memory is free before the next takes as much.
            with _about(self.path):
                self._ready = key, self._made_ready(self.image(size), wanted, keep=keep, most=most)
        return self._ready[1]

    def _made_ready(self, image: Value, wanted: Sequence[str], *, keep: bool, most: int) -> RunnableNetwork:
        tiling = None if keep or len(wanted) > 1 else tiling_of_network(self.graph, image, wanted[0], most=most)
        if tiling is not None:
            return TiledNetwork(self.graph, image, tiling, self._read, wanted[0], most=most)
        return RunnableNetwork(self.graph, image, self._read, wanted, keep=keep, most=most)

    def _read(self, tensor: Tensor) -> Array:
        return read_weights(self.path, tensor)

    def weight(self, name: str) -> Array | None:
        """Return the numbers of the file's tensor of this name; None where there is none."""
        tensor = self.graph.tensors.get(name)
        return None if tensor is None else self._read(tensor)

    def as_input(self, pixels: Array) -> Array:
        """Return what the network is given for `pixels` (H, W, C), as its form made them."""
        kind = input_of(self.graph).kind
        whole = kind.startswith(("int", "uint"))
        x = np.rint(pixels).astype(kind) if whole else pixels.astype("float64" if kind == "float64" else np.float32)
        batch = np.ascontiguousarray(x)[np.newaxis]
        return batch if self.axes == "NHWC" else batch.transpose(0, 3, 1, 2)

    def chances(self, pixels: Array, *, most: int = 0) -> Array:
        """Return the probability of each class for one image, as its form made it."""
        name = self.graph.outputs[0]
        ready = self.ready((pixels.shape[0], pixels.shape[1]), [name], most=most)
        with _about(self.path):
            values = ready(self.as_input(pixels))[name].reshape(-1)
        if self.gives_chances:
            return np.asarray(np.append(1 - values, values) if len(values) == 1 else values)
        return softmax(values)

    @cached_property
    def gives_chances(self) -> bool:
        """Tell whether what comes out are probabilities already, by the last node that changes values."""
        node = next((node for node in self._from_output() if node.operator not in MOVES_NOTHING), None)
        return node is not None and node.operator in _GIVE_CHANCES

    def classes_of(self, name: str, count: int) -> tuple[str, ...]:
        """Return the class that each of `count` channels of a value tells of, where the file has their names.

        That is its first output, and what this is made of one by one: under a softmax, what it is of.
        """
        return class_of_each(self.graph.classes, count) if name in self._of_classes else ()

    @cached_property
    def _of_classes(self) -> list[str]:
        found = [self.graph.outputs[0]]
        for node in self._from_output():
            if node.operator not in (*MOVES_NOTHING, *_GIVE_CHANCES, "LogSoftmax"):
                break
            found.append(node.inputs[0])
        return found

    def _from_output(self) -> Iterator[Node]:
        """Yield the node that makes the first output, that which makes its first input, and so on."""
        makers = {name: node for node in self.graph.nodes for name in node.outputs}
        node = makers.get(self.graph.outputs[0])
        while node is not None and node.inputs:
            yield node
            node = makers.get(node.inputs[0])


@lru_cache(maxsize=1)
def opened(path: str) -> OnnxNetwork:
    """Return the network in `path`: each worker reads it once."""
    return OnnxNetwork(path)


@contextmanager
def _about(path: str) -> Iterator[None]:
    """Give the errors within the name of the file that they are about."""
    try:
        yield
    except CnnfiltError as error:
        named = error.message.startswith(path)
        raise type(error)(error.message if named else error.about(path), parameter=error.parameter) from None

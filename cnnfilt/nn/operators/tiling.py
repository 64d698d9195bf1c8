"""Whether a network from a file may be carried to a large image tile by tile (`describe.tiles`), and doing so."""

from collections.abc import Sequence

from cnnfilt.describe.graphs.graph import Graph
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step, Walk
from cnnfilt.describe.tiles import AT_ONCE, Axis, Tiling, tiling_of
from cnnfilt.errors import CnnfiltError
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.network import RunnableNetwork
from cnnfilt.nn.operators.planning import numbers_at_once, steps_to
from cnnfilt.nn.operators.table import named
from cnnfilt.nn.operators.task import Read
from cnnfilt.nn.tiles import carried
from cnnfilt.terms import Pair

_BY_POSITION = named(
    "Conv ConvTranspose MaxPool AveragePool LpPool BatchNormalization LRN Relu LeakyRelu Sigmoid Tanh Elu Selu Celu "
    "Gelu HardSigmoid HardSwish Mish Swish Softplus Softsign ThresholdedRelu Clip Identity Dropout Abs Neg Sign Exp "
    "Log Sqrt Reciprocal Floor Ceil Round Erf Cast Split Slice Pad Softmax LogSoftmax ArgMax ArgMin ReduceMean "
    "ReduceSum ReduceMax ReduceMin Resize Upsample DepthToSpace SpaceToDepth Reshape Transpose Squeeze Unsqueeze "
    "Not"
)
"""The operators that do the same at every position of their first input, or whose reach says that they do not."""

_TOGETHER = named(
    "Add Sub Mul Div Pow Sum Mean Max Min PRelu Where Equal Less Greater LessOrEqual GreaterOrEqual And Or Xor Concat"
)
"""Those that do so where all of their inputs lie in one way."""

_TOLD_SIZES = ("Reshape", "Resize", "Upsample")
"""Those that may be given a size, which is another one in a tile."""


class TiledNetwork(RunnableNetwork):
    """The value named `wanted` of a network from a file, for a large image, cut as `tiling` says.

    Its numbers are those of the whole, but for the rounding of float sums, whose order may be another one.
    """

    def __init__(self, graph: Graph, image: Value, tiling: Tiling, read: Read, wanted: str, *, most: int = 0) -> None:
        super().__init__(graph, _resized(image, tiling.size), read, [wanted], most=most)
        self.tiling = tiling

    def __call__(self, x: Array) -> dict[str, Array]:
        """Return the wanted value of the whole image `x`."""
        (name,) = self.wanted
        run = super().__call__
        return {name: carried(self.tiling, x, lambda part: run(part)[name], self.image.axes, self.axes_of(name))}


def tiling_of_network(
    graph: Graph, image: Value, wanted: str, at_once: int = AT_ONCE, *, most: int = 0
) -> Tiling | None:
    """Return how to cut `image` so that about `at_once` numbers are in memory; None for all of it at once.

    That is where it is small enough, where the value `wanted` of the network cannot be made of tiles, or where it has
    more numbers than `most`, unless that is 0.
    """
    whole = _Described(graph, image, wanted)
    numbers = numbers_at_once(whole.steps, image)
    if numbers <= at_once or not whole.is_local() or 0 < most < whole.count:
        return None

    def of_tile(size: Pair) -> tuple[Axis, Axis] | None:
        try:
            part = _Described(graph, _resized(image, size), wanted)
        except CnnfiltError:
            return None  # The file says one size for something on the way.
        return part.axes if part.is_like(whole) else None

    return tiling_of(whole.axes, numbers, of_tile, at_once)


def _resized(image: Value, size: Pair) -> Value:
    sides = dict(zip("HW", size, strict=True))
    return image.with_dims([sides.get(axis, side) for axis, side in zip(image.axes, image.dims, strict=True)])


class _Described:
    """The network for `image`: the steps that the value `wanted` needs, and the values that the image has a part in."""

    def __init__(self, graph: Graph, image: Value, wanted: str) -> None:
        walk = Walk(graph, image)
        self._version = graph.version
        self.steps = steps_to(walk, [wanted])
        taken = {name for step in self.steps for name in step.node.inputs}
        made = [
            value
            for step in self.steps
            if step.computes
            for name, value in zip(step.node.outputs, step.values, strict=True)
            if name in taken and value is not None
        ]
        result = walk.values[wanted]
        self._values = [image, *made, *([] if result is None else [result])]
        self._told = _told_by_sizes(self.steps)

    @property
    def count(self) -> int:
        """Return how many numbers the result has."""
        return self._values[-1].count

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Return what its values are along the rows and along the columns."""
        rows, columns = (
            Axis(
                self._values[0].side(letter) or 0,
                tuple((value.side(letter) or 0, value.reach.get(letter)) for value in self._values),
            )
            for letter in "HW"
        )
        return rows, columns

    def is_local(self) -> bool:
        """Return whether every node does the same wherever it is in the image, as far as its reach does not tell."""
        return all(_is_local(step, self._version) for step in self.steps if step.computes)

    def is_like(self, whole: "_Described") -> bool:
        """Return whether it computes with the same numbers in the same order of axes."""
        letters = [[value.axes for value in one._values] for one in (self, whole)]
        return letters[0] == letters[1] and None not in self._told and self._told == whole._told


def _is_local(step: Step, version: int) -> bool:
    """Return whether a node does the same everywhere along the rows and columns of its first value."""
    node, made = step.node, step.values[0]
    if node.domain or made is None:
        return False
    if node.operator in _TOGETHER:
        return all(_is_even(value, made) for value in step.inputs if value is not None)
    if node.operator in ("Softmax", "LogSoftmax"):
        axis = node.attributes.get("axis", -1)
        return version >= 13 and isinstance(axis, int) and made.axes[axis : axis + 1 or None] == "C"
    if node.operator == "MaxPool" and len(node.outputs) > 1:
        return False  # The places of maxima are counted in all of the image.
    if node.attributes.get("coordinate_transformation_mode") in ("align_corners", "tf_crop_and_resize"):
        return False
    if node.attributes.get("mode") == "wrap":
        return False
    weights = all(value is None or value.weights is not None for value in step.inputs[1:])
    return node.operator in _BY_POSITION and weights


def _is_even(value: Value, made: Value) -> bool:
    """Return whether an input is a weight that is the same at every position, or has its axes where `made` has them."""
    letters = made.axes[made.rank - value.rank :]
    if value.weights is None:
        return letters == value.axes
    return all(side == 1 for letter, side in zip(letters, value.dims, strict=True) if letter in "HW")


def _told_by_sizes(steps: Sequence[Step]) -> list[object]:
    """Return the numbers that sizes have become, and that nodes compute with; None where they are not known."""
    names: set[str] = set()
    found: list[object] = []
    for step in steps:
        from_sizes = step.node.operator in ("Shape", "Size") or not names.isdisjoint(step.node.inputs)
        if not step.computes and from_sizes:
            names.update(step.node.outputs)
        elif step.computes and step.node.operator not in _TOLD_SIZES:
            pairs = zip(step.node.inputs, step.inputs, strict=True)
            found += [value.content for name, value in pairs if name in names and value is not None]
    return found

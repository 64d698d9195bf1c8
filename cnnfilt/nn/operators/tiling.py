"""A large image cut into tiles that a network can be run on one by one: whether that gives the same, and how to cut.

Windows, and what is done to each position, give in a tile what they give in the whole, but near the tile's edges, where
what lies around it is missing. How near, the reach of each value says (describe/reach.py): one that depends on nothing
outside of the tile is the whole's. All tiles are of one size, so that the network is made ready once.
"""

from collections.abc import Sequence
from math import lcm

from cnnfilt.describe.graphs.graph import Graph
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step, Walk
from cnnfilt.describe.reach import Reach
from cnnfilt.errors import CnnfiltError
from cnnfilt.frozen import Frozen
from cnnfilt.nn.operators.planning import needed, numbers_at_once
from cnnfilt.terms import Pair

AT_ONCE = 1 << 26
"""How many numbers may be in memory at once, about, before an image is cut: 256 MB of them."""

AIMS = ((1 / 4, 1.5), (1, 4.0), (4, 4.0))
"""What tiles are tried: how many times that many numbers they take, and how many times the pixels of the image all of
them, which overlap, may have. The memory of small ones is used again for the next."""

_MOST_TILES = 64
"""Along one axis."""


def _named(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BY_POSITION = _named(
    "Conv ConvTranspose MaxPool AveragePool LpPool BatchNormalization LRN Relu LeakyRelu Sigmoid Tanh Elu Selu Celu "
    "Gelu HardSigmoid HardSwish Mish Swish Softplus Softsign ThresholdedRelu Clip Identity Dropout Abs Neg Sign Exp "
    "Log Sqrt Reciprocal Floor Ceil Round Erf Cast Split Slice Pad Softmax LogSoftmax ArgMax ArgMin ReduceMean "
    "ReduceSum ReduceMax ReduceMin Resize Upsample DepthToSpace SpaceToDepth Reshape Transpose Squeeze Unsqueeze "
    "Not"
)
"""The operators that do the same at every position of their first input, or whose reach says that they do not."""

_TOGETHER = _named(
    "Add Sub Mul Div Pow Sum Mean Max Min PRelu Where Equal Less Greater LessOrEqual GreaterOrEqual And Or Xor Concat"
)
"""Those that do so where all of their inputs lie in one way."""

_TOLD_SIZES = ("Reshape", "Resize", "Upsample")
"""Those that may be given a size, which is another one in a tile."""


class Cut(Frozen):
    """One axis in tiles of `size` positions.

    Tile i starts at `starts[i]` of the image, and gives the positions (first, end) `gives[i]` of the whole result, of
    which the first is its own number `skips[i]`.
    """

    size: int
    starts: tuple[int, ...]
    gives: tuple[Pair, ...]
    skips: tuple[int, ...]


class Tiling(Frozen, eq=False):
    """An image, described by `tile` as one of its tiles is, cut along its rows and its columns."""

    tile: Value
    rows: Cut
    columns: Cut


def tiling_of(graph: Graph, image: Value, wanted: str, at_once: int = AT_ONCE) -> Tiling | None:
    """Return how to cut `image` so that about `at_once` numbers are in memory; None for all of it at once.

    That is where it is small enough, or where the value `wanted` of the network cannot be made of tiles.
    """
    whole = _Described(graph, image, wanted)
    numbers = numbers_at_once(whole.steps, image)
    if numbers <= at_once or not whole.is_local():
        return None
    for times, work in AIMS:
        if times * at_once >= numbers:
            return None
        tile = whole.tile(times * at_once / numbers, work)
        if tile is not None and (tiling := _tiling(graph, whole, tile, wanted)) is not None:
            return tiling
    return None


def _tiling(graph: Graph, whole: "_Described", tile: Value, wanted: str) -> Tiling | None:
    try:
        part = _Described(graph, tile, wanted)
    except CnnfiltError:
        return None  # The file says one size for something on the way.
    rows, columns = (_cut(whole, part, letter) for letter in "HW")
    return None if rows is None or columns is None else Tiling(tile, rows, columns)


class _Described:
    """The network for `image`: the steps that the value `wanted` needs, and the values that the image has a part in."""

    def __init__(self, graph: Graph, image: Value, wanted: str) -> None:
        walk = Walk(graph, image)
        self._version = graph.version
        self.image = image
        self.steps = needed(list(walk.steps()), [wanted])
        self.result = walk.values[wanted]
        taken = {wanted, *(name for step in self.steps for name in step.node.inputs)}
        self.values = [image] + [
            value
            for step in self.steps
            if step.computes
            for name, value in zip(step.node.outputs, step.values, strict=True)
            if name in taken and value is not None
        ]
        self.told = _told_by_sizes(self.steps)

    def is_local(self) -> bool:
        """Return whether every node does the same wherever it is in the image, as far as its reach does not tell."""
        return all(_is_local(step, self._version) for step in self.steps if step.computes)

    def period(self, letter: str) -> int:
        """Return by how many positions tiles may be moved so that all windows fall as in the whole."""
        return lcm(*(reach.shift for value in self.values if (reach := value.reach.get(letter)) is not None))

    def tile(self, share: float, most_work: float) -> Value | None:
        """Return a tile of at most this share of the image that makes the least work; None where that is too much.

        `most_work` is how many times the image's pixels all tiles may have together.
        """
        image = self.image
        pixels = (image.side("H") or 0) * (image.side("W") or 0)
        found = [
            (rows * high * columns * wide, high, wide)
            for rows, high in self._sides("H")
            for columns, wide in self._sides("W")
            if (rows, columns) != (1, 1)
            and high * wide <= share * pixels
            and rows * high * columns * wide <= most_work * pixels
        ]
        if not found:
            return None
        _, high, wide = min(found)
        sides = {"H": high, "W": wide}
        return image.with_dims([sides.get(axis, side) for axis, side in zip(image.axes, image.dims, strict=True)])

    def _sides(self, letter: str) -> list[Pair]:
        """Return how many tiles there may be along an axis, and how long they are then."""
        size, period = self.image.side(letter) or 1, self.period(letter)
        reach = None if self.result is None else self.result.reach.get(letter)
        if self.result is None or reach is None or not period:
            return []
        overlap = reach.field(self.result.side(letter) or 1) + period
        found = [(1, size)]
        for count in range(2, _MOST_TILES + 1):
            side = -(-(size + (count - 1) * overlap) // count)
            side += (size - side) % period
            if overlap < side < size:
                found.append((count, side))
        return found


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


def _cut(whole: _Described, part: _Described, letter: str) -> Cut | None:
    """Return how the tiles that `part` describes lie along an axis; None where they are not as the whole is there."""
    size, side = whole.image.side(letter) or 0, part.image.side(letter) or 0
    alike = len(whole.values) == len(part.values) and whole.told == part.told and None not in whole.told
    pairs = zip(whole.values, part.values, strict=False)
    if not alike or not all(_is_same(one, other, letter, size, side) for one, other in pairs):
        return None
    assert whole.result is not None, "it is one of the values"
    reach, period = whole.result.reach[letter], whole.period(letter)
    assert reach is not None, "it is the same in both"
    return _laid(reach, size, side, whole.result.side(letter) or 0, period)


def _is_same(whole: Value, part: Value, letter: str, size: int, side: int) -> bool:
    """Return whether a value is in a tile of `side` positions as in the whole of `size`, but for its place.

    What lies outside of it has to lie outside of the image, so that its own border never shows within a tile unseen.
    """
    reach, other = whole.reach.get(letter), part.reach.get(letter)
    if reach is None or other is None or reach != other or reach.fixed is not None or reach.shift < 1:
        return False
    if whole.axes != part.axes or (size - side) % reach.shift:
        return False
    fewer = (size - side) // reach.shift * len(reach.spans)
    return (whole.side(letter) or 0) - fewer == part.side(letter) and all(
        _ends_outside(reach, value.side(letter) or 0, image) for value, image in ((whole, size), (part, side))
    )


def _ends_outside(reach: Reach, count: int, size: int) -> bool:
    before, after = reach.at(-1), reach.at(count)
    return (before is None or before[0] < 0) and (after is None or after[1] >= size)


def _laid(reach: Reach, size: int, side: int, count: int, period: int) -> Cut | None:
    """Return tiles of `side` over `size` positions that give all of `count` values; None where they would give none."""
    per_shift = len(reach.spans)
    own = count - (size - side) // reach.shift * per_shift
    spans = [reach.at(index) for index in range(own)]
    first = 1 + max((index for index, span in enumerate(spans) if span and span[0] < 0), default=-1)
    end = min((index for index, span in enumerate(spans) if span and span[1] >= side), default=own)
    starts, gives, skips, done = [0], [], [], 0
    while True:
        before = starts[-1] // reach.shift * per_shift
        upto = count if starts[-1] == size - side else before + end
        gives.append((done, upto))
        skips.append(done - before)
        done = upto
        if done == count:
            return Cut(side, tuple(starts), tuple(gives), tuple(skips))
        following = min(size - side, (done - first) // per_shift * reach.shift // period * period)
        if following <= starts[-1]:
            return None
        starts.append(following)

"""Large images in tiles: the same numbers as of the whole, and no tiles where they would be others."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from cnnfilt.describe.graphs.graph import Graph, Input, Node, Tensor
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.reach import Reach
from cnnfilt.describe.tiles import Tiling
from cnnfilt.nn.operators.layout import is_last
from cnnfilt.nn.operators.network import RunnableNetwork
from cnnfilt.nn.operators.planning import numbers_at_once
from cnnfilt.nn.operators.tiling import TiledNetwork, tiling_of_network
from tests.nn.test_operators import image, node

Array = np.ndarray
RNG = np.random.default_rng(24)
Weights = dict[str, Array]


def is_size(name: str, weight: Array) -> bool:
    return weight.dtype.kind == "i" or name.startswith("scale")


def graph_of(nodes: Sequence[Node], weights: Mapping[str, Array], dims: Sequence[int], version: int) -> Graph:
    tensors = {
        name: Tensor(
            name,
            one.shape,
            str(one.dtype),
            tuple(one.ravel().tolist()) if one.dtype.kind == "i" or "scale" in name else None,
        )
        for name, one in weights.items()
    }
    return Graph((Input("x", tuple(dims), "float32"),), ("y",), tuple(nodes), tensors, version)


def described_as(x: Array) -> Value:
    return Value(x.shape, "NCHW", reach={letter: Reach() for letter in "HW"})


def check(nodes: Sequence[Node], x: Array, weights: Weights, *, share: int, version: int = 17) -> Tiling | None:
    """The tiling with a part of the whole's memory, whose result is the whole's; None where there is no tiling."""
    graph, described = graph_of(nodes, weights, x.shape, version), described_as(x)
    whole = RunnableNetwork(graph, described, lambda one: weights[one.name], ["y"])
    tiling = tiling_of_network(graph, described, "y", numbers_at_once(whole.steps, described) // share)
    if tiling is None:
        return None
    value = whole(x)["y"]
    made = TiledNetwork(graph, described, tiling, lambda one: weights[one.name], "y")(x)["y"]
    assert (made.shape, made.dtype) == (value.shape, value.dtype)
    np.testing.assert_allclose(made, value, atol=1e-5 * np.abs(value).max(initial=1))
    assert is_last(made) == is_last(value)
    return tiling


class Drawn:
    """A network of windows, branches and resizing, drawn by chance; `x` is what it is run on."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.nodes: list[Node] = []
        self.weights: Weights = {}
        self.channels = 2
        self.scale = 1.0  # How much smaller than the image the last value is.
        height, width = (int(self.rng.integers(70, 130)) for _ in range(2))
        self.x = image(1, 2, height, width)
        name = "x"
        for _ in range(self.rng.integers(2, 7)):
            word = self.rng.choice(["conv", "down", "pool", "mean", "up", "tconv", "branch", "norm", "pad", "each"])
            name = getattr(self, word)(name)
        self.nodes.append(node("Identity", name, "y"))

    def add(self, operator: str, source: str, weights: Sequence[Array] = (), **attributes: Any) -> str:
        made = f"v{len(self.nodes)}"
        names = [f"{made}w{place}" for place in range(len(weights))]
        self.weights |= dict(zip(names, weights, strict=True))
        self.nodes.append(node(operator, " ".join([*source.split(), *names]), made, **attributes))
        return made

    def one_of(self, *values: Any) -> Any:
        return values[self.rng.integers(len(values))]

    def numbers(self, *dims: int) -> Array:
        return self.rng.normal(size=dims).astype(np.float32)

    def conv(self, source: str, maps: int = 0, stride: int = 1) -> str:
        maps, size, dilation = maps or int(self.rng.integers(1, 5)), self.one_of(1, 2, 3, 5), self.one_of(1, 1, 2)
        weights = [self.numbers(maps, self.channels, size, size), self.numbers(maps)]
        self.channels = maps
        padding: dict[str, Any] = self.one_of(
            {"auto_pad": "SAME_UPPER"}, {"auto_pad": "SAME_LOWER"}, {}, {"pads": (1, 0, 2, 1)}
        )
        made = self.add("Conv", source, weights, strides=(stride, stride), dilations=(dilation, dilation), **padding)
        return self.add("Relu", made) if self.rng.random() < 0.5 else made

    def down(self, source: str) -> str:
        if self.scale > 4:
            return source
        self.scale *= 2
        return self.conv(source, stride=2)

    def pool(self, source: str) -> str:
        if self.scale > 4:
            return source
        self.scale *= 2
        return self.add(
            "MaxPool", source, kernel_shape=self.one_of((2, 2), (3, 3)), strides=(2, 2), ceil_mode=self.one_of(0, 1)
        )

    def mean(self, source: str) -> str:
        around = self.one_of(0, 1)
        return self.add(
            "AveragePool", source, kernel_shape=(3, 3), pads=(1, 1, 1, 1), strides=(1, 1), count_include_pad=around
        )

    def up(self, source: str) -> str:
        if self.scale < 0.5:
            return source
        self.scale /= 2
        made, scales = f"v{len(self.nodes)}", f"scale{len(self.nodes)}"
        self.weights[scales] = np.array([1, 1, 2, 2], np.float32)
        mode = self.one_of("nearest", "linear")
        self.nodes.append(Node("Resize", "", (source, "", scales), (made,), {"mode": mode}))
        return made

    def tconv(self, source: str) -> str:
        if self.scale < 0.5:
            return source
        self.scale /= 2
        size, pad = self.one_of((2, 0), (3, 1), (4, 1))
        weights = [self.numbers(self.channels, 2, size, size)]
        self.channels = 2
        return self.add("ConvTranspose", source, weights, strides=(2, 2), pads=(pad,) * 4)

    def branch(self, source: str) -> str:
        if self.rng.random() < 0.5:
            other = self.add("Sigmoid", source)
            return self.add(self.one_of("Add", "Mul"), f"{source} {other}")
        before = self.channels
        other = self.add("Conv", source, [self.numbers(3, before, 3, 3)], pads=(1, 1, 1, 1))
        self.channels = before + 3
        return self.add("Concat", f"{source} {other}", axis=1)

    def norm(self, source: str) -> str:
        numbers = [self.numbers(self.channels) for _ in range(3)]
        return self.add("BatchNormalization", source, [*numbers, np.abs(self.numbers(self.channels)) + 1])

    def pad(self, source: str) -> str:
        mode = self.one_of("constant", "edge", "reflect")
        return self.add("Pad", source, [np.array([0, 0, 2, 1, 0, 0, 1, 2], np.int64)], mode=mode)

    def each(self, source: str) -> str:
        return self.add("Mul", source, [self.numbers(1, self.channels, 1, 1)])


@pytest.mark.parametrize("seed", range(80))
def test_a_drawn_network_gives_the_same_in_tiles(seed: int) -> None:
    drawn = Drawn(seed)
    tiling = check(drawn.nodes, drawn.x, drawn.weights, share=3)
    assert tiling is not None
    assert len(tiling.rows.starts) * len(tiling.columns.starts) > 1


CONV = node("Conv", "x k", "c", pads=(1, 1, 1, 1))
KERNEL = {"k": RNG.normal(size=(4, 2, 3, 3)).astype(np.float32)}
SIDES = (72, 64)


@pytest.mark.parametrize(
    ("nodes", "more"),
    [
        ([node("Softmax", "c", "y", axis=1)], {}),
        ([node("Softmax", "c", "y", axis=-3)], {}),
        ([node("Transpose", "c", "t", perm=(0, 2, 3, 1)), node("Softmax", "t", "u"), node("Relu", "u", "y")], {}),
        ([node("ArgMax", "c", "y", axis=1)], {}),
        ([node("ReduceMean", "c", "y", axes=(1,))], {}),
        ([node("Split", "c", "s r", axis=1), node("Add", "s r", "y")], {}),
        ([node("Slice", "c from to axes", "y")], {"from": [1], "to": [3], "axes": [1]}),
        ([node("DepthToSpace", "c", "y", blocksize=2)], {}),
        ([node("SpaceToDepth", "c", "y", blocksize=2)], {}),
        ([node("Shape", "x", "s"), node("Gather", "s hw", "t"), node("Concat", "one t", "u", axis=0),
          node("Resize", "c none none u", "y", mode="nearest")], {"hw": [2, 3], "one": [1, 4]}),
    ],
)  # fmt: skip
def test_what_is_the_same_everywhere_goes_in_tiles(nodes: Sequence[Node], more: Mapping[str, Sequence[int]]) -> None:
    weights = KERNEL | {name: np.array(one, np.int64) for name, one in more.items()}
    named = [Node(one.operator, "", tuple(_or_nothing(one)), one.outputs, one.attributes) for one in (CONV, *nodes)]
    assert check(named, image(1, 2, *SIDES), weights, share=4) is not None


def _or_nothing(one: Node) -> list[str]:
    return ["" if name == "none" else name for name in one.inputs]


@pytest.mark.parametrize(
    ("nodes", "more"),
    [
        # What depends on all of the image.
        ([node("GlobalAveragePool", "c", "g"), node("Mul", "c g", "y")], {}),
        ([node("InstanceNormalization", "c s b", "y")], {"s": np.ones(4), "b": np.zeros(4)}),
        ([node("Softmax", "c", "y", axis=3)], {}),
        ([node("Reshape", "c size", "f"), node("Softmax", "f", "y")], {"size": np.array([1, -1])}),
        # What differs from one position to the next.
        ([node("Add", "c map", "y")], {"map": np.arange(64.0)}),
        ([node("Add", "c map", "y")], {"map": np.arange(72.0).reshape(72, 1)}),
        ([node("Concat", "c map", "y", axis=1)], {"map": np.zeros((1, 1, *SIDES))}),
        ([node("PRelu", "c map", "y")], {"map": np.zeros((1, 1, 1, 64))}),
        ([node("MaxPool", "c", "p i", kernel_shape=(2, 2)), node("Cast", "i", "y", to=1)], {}),
        # What lies elsewhere than its place says.
        ([node("Slice", "c from to axes", "y")], {"from": np.array([9]), "to": np.array([60]), "axes": np.array([2])}),
        ([node("Slice", "c from to axes", "d"), node("Conv", "d e", "y", pads=(1, 1, 1, 1))],
         {"from": np.array([9]), "to": np.array([72]), "axes": np.array([2]), "e": np.ones((1, 4, 3, 3))}),
        ([node("Pad", "c pads", "d"), node("Conv", "d e", "y", pads=(1, 1, 1, 1))],
         {"pads": np.array([0, 0, -4, 0, 0, 0, 0, 0]), "e": np.ones((1, 4, 3, 3))}),
        ([node("Resize", "c none scale", "y", mode="linear", coordinate_transformation_mode="align_corners")],
         {"scale": np.array([1, 1, 2, 2], np.float32)}),
        ([node("Resize", "c none scale", "y", mode="linear")], {"scale": np.array([1, 1, 1.5, 1.5], np.float32)}),
        ([node("Pad", "c pads", "y", mode="wrap")], {"pads": np.array([0, 0, 2, 2, 0, 0, 2, 2])}),
        # What is computed from the size of the image.
        ([node("Shape", "c", "s"), node("Cast", "s", "f", to=1), node("ReduceMean", "f", "m"), node("Div", "c m", "y")],
         {}),
        ([node("Reshape", "c size", "d"), node("Conv", "d e", "y")],
         {"size": np.array([1, 4, 72, 64]), "e": np.ones((1, 4, 3, 3))}),
    ],
)  # fmt: skip
def test_nothing_else_is_cut(nodes: Sequence[Node], more: Mapping[str, Array]) -> None:
    weights = KERNEL | {name: one.astype(np.float32) if one.dtype.kind == "f" else one for name, one in more.items()}
    named = [Node(one.operator, "", tuple(_or_nothing(one)), one.outputs, one.attributes) for one in (CONV, *nodes)]
    assert check(named, image(1, 2, *SIDES), weights, share=4) is None


@pytest.mark.parametrize(
    "nodes",
    [
        [node("ReduceMax", "c", "g", axes=(2,)), node("Add", "c g", "y")],
        [node("Concat", "c c", "y", axis=2)],
    ],
)
def test_what_goes_along_the_rows_alone_is_cut_along_the_columns(nodes: Sequence[Node]) -> None:
    tiling = check([CONV, *nodes], image(1, 2, *SIDES), KERNEL, share=4)
    assert tiling is not None
    assert (len(tiling.rows.starts), tiling.rows.size) == (1, SIDES[0])


def test_turned_maps_are_not_taken_for_each_other() -> None:
    nodes = [CONV, node("Transpose", "c", "t", perm=(0, 1, 3, 2)), node("Add", "c t", "y")]
    assert check(nodes, image(1, 2, 64, 64), KERNEL, share=4) is None


def test_a_result_of_more_numbers_than_the_limit_is_not_cut() -> None:
    x = image(1, 2, *SIDES)
    graph = graph_of([CONV, node("Relu", "c", "y")], KERNEL, x.shape, 17)
    assert tiling_of_network(graph, described_as(x), "y", 4_000, most=72 * 64 * 4) is not None
    assert tiling_of_network(graph, described_as(x), "y", 4_000, most=72 * 64 * 4 - 1) is None


def test_a_small_image_is_not_cut() -> None:
    assert check([node("Relu", "x", "y")], image(1, 2, 9, 9), {}, share=1) is None


def test_an_image_is_not_cut_where_the_overlap_makes_too_much_work() -> None:
    wide = node("Conv", "x k", "y", pads=(40, 40, 40, 40), dilations=(40, 40))
    assert check([wide], image(1, 2, 100, 100), KERNEL, share=4) is None

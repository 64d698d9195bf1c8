"""Networks of named nodes run on arrays: against loops and formulas, without the onnx package."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from cnnfilt.describe.graphs.graph import Graph, Input, Node, Tensor
from cnnfilt.describe.graphs.operators import OPERATORS
from cnnfilt.describe.graphs.value import Value
from cnnfilt.errors import InputError
from cnnfilt.nn.operators.layout import first, is_last, last
from cnnfilt.nn.operators.network import RunnableNetwork
from cnnfilt.nn.operators.table import OVER_ITS_INPUT, RUN, SHARING

Array = np.ndarray
RNG = np.random.default_rng(15)


def image(*dims: int) -> Array:
    """Random numbers of these dims (N, C, ...), channels last in memory as networks are given them."""
    return first(np.ascontiguousarray(last(RNG.normal(size=dims).astype(np.float32))))


def node(operator: str, inputs: str, outputs: str, name: str = "", **attributes: Any) -> Node:
    return Node(operator, name, tuple(inputs.split()), tuple(outputs.split()), attributes)


def network(
    nodes: Sequence[Node],
    x: Array,
    weights: Mapping[str, Array],
    *,
    wanted: Sequence[str] = ("y",),
    version: int = 17,
    **options: Any,
) -> RunnableNetwork:
    """The network of `nodes`, whose input x is like `x`; whole numbers are known to the description, as in a file."""
    tensors = {
        name: Tensor(name, one.shape, str(one.dtype), tuple(one.ravel().tolist()) if one.dtype.kind in "i" else None)
        for name, one in weights.items()
    }
    graph = Graph((Input("x", x.shape, "float32"),), ("y",), tuple(nodes), tensors, version)
    axes = {4: "NCHW", 3: "NCW", 2: "N?"}.get(x.ndim, "")
    return RunnableNetwork(graph, Value(x.shape, axes), lambda one: weights[one.name], wanted, **options)


def run(operator: str, x: Array, *weights: Array, version: int = 17, **attributes: Any) -> Array:
    """What one node makes of x and of weights."""
    names = [f"w{place}" for place in range(len(weights))]
    one = node(operator, " ".join(["x", *names]), "y", **attributes)
    return network([one], x, dict(zip(names, weights, strict=True)), version=version)(x)["y"]


def windows_of(x: Array, size: Sequence[int], strides: Sequence[int], dilations: Sequence[int]) -> Any:
    """Yield each place of a window with what it meets, (N, C, ...)."""
    spans = [(k - 1) * d + 1 for k, d in zip(size, dilations, strict=True)]
    out = [(n - span) // s + 1 for n, span, s in zip(x.shape[2:], spans, strides, strict=True)]
    for place in np.ndindex(*out):
        starts = [at * s for at, s in zip(place, strides, strict=True)]
        yield place, x[(..., *(slice(at, at + span, d) for at, span, d in zip(starts, spans, dilations, strict=True)))]


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("size", [(3,), (3, 2), (2, 3, 2)], ids=["1d", "2d", "3d"])
def test_convolution_along_any_number_of_axes(groups: int, size: tuple[int, ...]) -> None:
    rank = len(size)
    x, weight, bias = image(2, 4, *(9, 8, 7)[:rank]), image(8, 4 // groups, *size), image(8, 1)[:, 0]
    strides, dilations = [2, 1, 1][:rank], [1, 2, 1][:rank]
    got = run("Conv", x, weight, bias, strides=tuple(strides), dilations=tuple(dilations), group=groups)
    for place, met in windows_of(x, size, strides, dilations):
        for o in range(8):
            part = o // (8 // groups) * (4 // groups)
            want = (met[:, part : part + 4 // groups] * weight[o]).sum(axis=tuple(range(1, rank + 2))) + bias[o]
            np.testing.assert_allclose(got[(slice(None), o, *place)], want, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("stride", [1, 2])
def test_one_kernel_for_each_channel(stride: int) -> None:
    x, weight, bias = image(1, 5, 9, 8), image(5, 1, 3, 3), image(5, 1)[:, 0]
    got = run("Conv", x, weight, bias, group=5, strides=(stride, stride), pads=(1, 1, 1, 1))
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    for place, met in windows_of(padded, (3, 3), (stride, stride), (1, 1)):
        want = (met * weight[:, 0]).sum(axis=(2, 3)) + bias
        np.testing.assert_allclose(got[(..., *place)], want, rtol=1e-4, atol=1e-5)


def test_weights_that_are_computed_are_used_as_well() -> None:
    x = image(1, 3, 6, 6)
    nodes = [node("Slice", "x s e", "w"), node("Conv", "x w", "y")]
    where = {"s": np.array([0, 0, 0, 0]), "e": np.array([1, 3, 2, 2])}
    got = network(nodes, x, where)(x)["y"]
    np.testing.assert_allclose(got, run("Conv", x, x[:, :, :2, :2]), rtol=1e-5)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_a_transposed_convolution_is_the_adjoint_of_the_convolution(rank: int, groups: int) -> None:
    """<conv(x), z> = <x, conv_t(z)>, with the same weights."""
    options: dict[str, Any] = {"strides": (2, 1, 2)[:rank], "dilations": (1, 2, 1)[:rank], "group": groups}
    options["pads"] = (1, 0, 1)[:rank] * 2
    x, weight = image(1, 4, *(9, 8, 7)[:rank]), image(6, 4 // groups, *(3, 2, 3)[:rank])
    z = run("Conv", x, weight, **options)
    other = image(*z.shape)
    back = run("ConvTranspose", other, weight, output_shape=x.shape[2:], **options)
    np.testing.assert_allclose((z * other).sum(), (x * back).sum(), rtol=1e-4)


def test_each_input_value_stamps_the_kernel() -> None:
    x = np.array([[[[1, 2], [3, 4]]]], np.float32)
    stamp = np.array([[[[1, 10], [100, 1000]]]], np.float32)
    got = run("ConvTranspose", x, stamp)
    assert got.tolist() == [[[[1, 12, 20], [103, 1234, 2040], [300, 3400, 4000]]]]


@pytest.mark.parametrize("ceil", [0, 1])
@pytest.mark.parametrize("count", [0, 1])
def test_pooling(ceil: int, count: int) -> None:
    x = image(1, 3, 8, 7)
    options: dict[str, Any] = {"kernel_shape": (3, 2), "strides": (2, 2), "pads": (1, 0, 1, 1), "ceil_mode": ceil}
    largest = run("MaxPool", x, **options)
    mean = run("AveragePool", x, count_include_pad=count, **options)
    rows, columns = largest.shape[2:]
    assert (rows, columns) == ((5 if ceil else 4), 4)
    for i, j in np.ndindex(rows, columns):
        top, left = 2 * i - 1, 2 * j
        met = x[:, :, max(top, 0) : top + 3, left : left + 2]
        counted = (min(top + 3, 9) - top) * (min(left + 2, 8) - left) if count else met[0, 0].size
        np.testing.assert_allclose(largest[..., i, j], met.max(axis=(2, 3)))
        np.testing.assert_allclose(mean[..., i, j], met.sum(axis=(2, 3)) / counted, rtol=1e-5)


def test_whole_pooling() -> None:
    x = image(2, 3, 5, 4)
    np.testing.assert_allclose(run("GlobalAveragePool", x)[..., 0, 0], x.mean(axis=(2, 3)), atol=1e-6)
    np.testing.assert_allclose(run("GlobalMaxPool", x)[..., 0, 0], x.max(axis=(2, 3)))


def test_batch_normalization_goes_into_the_convolution_before_it() -> None:
    x, weight = image(1, 3, 6, 6), image(4, 3, 3, 3)
    numbers = {name: RNG.uniform(0.5, 2, 4).astype(np.float32) for name in "sbmv"}
    nodes = [node("Conv", "x w", "c"), node("BatchNormalization", "c s b m v", "y", epsilon=0.5)]
    plain = run("Conv", x, weight)
    s, b, m, v = (one.reshape(4, 1, 1) for one in numbers.values())
    want = s * (plain - m) / np.sqrt(v + np.float32(0.5)) + b
    joined = network(nodes, x, {"w": weight} | numbers)
    assert [len(made) for _, made in joined.values(x)] == [1]
    np.testing.assert_allclose(joined(x)["y"], want, rtol=1e-4, atol=1e-5)
    apart = network(nodes, x, {"w": weight} | numbers, wanted=("c", "y"))
    assert apart(x).keys() == {"c", "y"}
    np.testing.assert_allclose(apart(x)["c"], plain)
    np.testing.assert_allclose(apart(x)["y"], want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("before", [[], [node("Conv", "x k", "c")]])
def test_a_variance_below_zero_gives_nan_silently(before: list[Node]) -> None:
    numbers = {name: np.array([1, -2], np.float32) for name in ("s", "b", "m", "v")}
    kernel = {"k": np.ones((2, 2, 1, 1), np.float32)}
    one = node("BatchNormalization", f"{'c' if before else 'x'} s b m v", "y")
    made = network([*before, one], image(1, 2, 3, 3), numbers | kernel)(image(1, 2, 3, 3))["y"]
    assert np.isfinite(made[:, 0]).all()
    assert np.isnan(made[:, 1]).all()


def test_softmax_before_version_13_is_over_all_axes_from_its_own_on() -> None:
    x = image(2, 3, 4, 5)
    np.testing.assert_allclose(run("Softmax", x, version=12).sum(axis=(1, 2, 3)), 1, rtol=1e-5)
    np.testing.assert_allclose(run("Softmax", x, version=13).sum(axis=3), 1, rtol=1e-5)
    np.testing.assert_allclose(run("Softmax", x * 1000, axis=1).sum(axis=1), 1, rtol=1e-5)


def test_a_shuffle_of_five_axes_is_right_and_named() -> None:
    """The halves are views of the same memory; only what they are joined to lies as the file has it."""
    x = image(1, 6, 4, 4)
    nodes = [
        node("Reshape", "x five", "a", "part"),
        node("Transpose", "a", "b", "turn", perm=(0, 2, 1, 3, 4)),
        node("Reshape", "b four", "c", "join"),
        node("Conv", "c w", "y", "conv"),
    ]
    sizes = {"five": np.array([1, 2, 3, 4, 4]), "four": np.array([1, 6, 4, 4]), "w": image(2, 6, 1, 1)}
    made = network(nodes, x, sizes)
    np.testing.assert_allclose(made(x)["y"], run("Conv", x[:, [0, 3, 1, 4, 2, 5]], sizes["w"]), rtol=1e-5, atol=1e-6)
    assert made.turned == ["node 0 (Reshape join)"]


@pytest.mark.parametrize("operator", ["Relu", "Add", "Concat", "Pad", "Slice", "Resize", "MaxPool", "Clip"])
def test_channels_stay_last(operator: str) -> None:
    x = image(1, 6, 8, 8)
    more: dict[str, tuple[list[Array], dict[str, Any]]] = {
        "Add": ([image(6, 1, 1)], {}),
        "Concat": ([image(1, 2, 8, 8)], {"axis": 1}),
        "Pad": ([np.array([0, 0, 1, 2, 0, 0, 3, 4])], {}),
        "Slice": ([np.array([1]), np.array([5]), np.array([1])], {}),
        "Resize": ([np.zeros(0, np.float32), np.zeros(0, np.float32), np.array([1, 6, 4, 16])], {"mode": "linear"}),
        "MaxPool": ([], {"kernel_shape": (2, 2)}),
    }
    weights, attributes = more.get(operator, ([], {}))
    assert is_last(run(operator, x, *weights, **attributes))


def test_weights_that_are_set_at_a_node_are_read_there() -> None:
    x, weight = image(1, 2, 5, 5), image(3, 2, 2, 2)
    held = Tensor("", weight.shape, "float32")
    nodes = [node("Constant", "", "w", value=held), node("Conv", "x w", "y")]
    graph = Graph((Input("x", x.shape, "float32"),), ("y",), tuple(nodes), {}, 17)
    made = RunnableNetwork(graph, Value(x.shape, "NCHW"), lambda one: weight, ("y",))(x)
    np.testing.assert_allclose(made["y"], run("Conv", x, weight), rtol=1e-6)


def test_nothing_is_written_over_that_is_still_needed() -> None:
    """Each value of a network with branches is the same whether it is run on its own or all are looked at."""
    x = image(1, 4, 6, 6)
    nodes = [
        node("Conv", "x w", "a"),
        node("Reshape", "a size", "r"),
        node("Relu", "a", "b"),
        node("Add", "b a", "c"),
        node("Clip", "c low high", "d"),
        node("Mul", "c c", "e"),
        node("Transpose", "r", "t", perm=(0, 2, 1)),
        node("Add", "e d", "y"),
    ]
    weights = {"w": image(4, 4, 1, 1), "size": np.array([1, 4, 36]), "low": image(1)[0], "high": image(1)[0] + 2}
    weights |= {name: np.asarray(weights[name], np.float32) for name in ("low", "high")}
    names = ["a", "r", "b", "c", "d", "e", "t", "y"]
    before = x.copy()
    each = network(nodes, x, weights, wanted=names, keep=True)(x)
    for name in names:
        np.testing.assert_array_equal(network(nodes, x, weights, wanted=(name,))(x)[name], each[name])
    np.testing.assert_array_equal(x, before)


def test_values_are_let_go_after_their_last_use() -> None:
    x = image(1, 2, 4, 4)
    nodes = [node("Relu", "x", "a"), node("Tanh", "a", "b"), node("Sqrt", "b", "y")]
    ready = network(nodes, x, {})._ready
    assert [set(one.forgets) for one in ready] == [{"x"}, {"a"}, {"b"}]


def test_an_operator_that_is_not_run_is_named_before_anything_is() -> None:
    x = image(1, 2, 4, 4)
    nodes = [node("Relu", "x", "a"), node("LSTM", "a", "b", "memory"), node("Relu", "b", "y")]
    with pytest.raises(InputError, match=r"cannot be run: node 0 \(LSTM memory\): its operator is not known$"):
        network(nodes, x, {})
    np.testing.assert_array_equal(network(nodes, x, {}, wanted=("a",))(x)["a"], np.maximum(x, 0))


@pytest.mark.parametrize(
    ("one", "match"),
    [
        (node("Resize", "x n n s", "y", mode="linear", antialias=1), "'linear' with antialias is not run"),
        (node("Cast", "x", "y", to=16), "bfloat16 are not computed with"),
        (node("Pad", "x p", "y", mode="reflect"), "reflect padding of 9 does not fit a side of 4"),
        (node("Gather", "x i", "y"), "takes places that are none of the 1 of its input"),
    ],
    ids=lambda one: one.operator if isinstance(one, Node) else "",
)
def test_what_an_operator_cannot_do_is_refused(one: Node, match: str) -> None:
    x = image(1, 2, 4, 4)
    weights = {
        "n": np.zeros(0, np.float32),
        "s": np.array([1, 2, 8, 8]),
        "p": np.array([0, 0, 9, 0, 0, 0, 0, 0]),
        "i": np.array([7]),
    }
    with pytest.raises(InputError, match=match):
        network([one], x, weights)(x)


def test_a_value_that_nothing_makes_is_named() -> None:
    with pytest.raises(InputError, match="nothing in it makes 'y'"):
        network([node("Relu", "x", "z")], image(1, 2, 3, 3), {})


def test_more_numbers_than_the_limit_are_refused() -> None:
    x = image(1, 2, 4, 4)
    for one in (node("Pad", "x p", "y"), node("MaxPool", "x", "y", kernel_shape=(41, 41), pads=(20, 20, 20, 20))):
        with pytest.raises(InputError, match=r"numbers; the limit is 2,000, by --max-pixels"):
            network([one], x, {"p": np.array([0, 0, 30, 0, 0, 0, 800, 0])}, most=2000)


def test_all_that_is_run_is_described() -> None:
    assert RUN.keys() <= OPERATORS.keys()
    assert RUN.keys() >= SHARING | OVER_ITS_INPUT
    assert not SHARING & OVER_ITS_INPUT

"""Networks from files: the size of every value, what it costs, and nothing guessed where it cannot be known."""

import io
from collections.abc import Sequence
from math import prod

import pytest

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.graphs.graph import Attribute, Graph, Input, Node, Tensor
from cnnfilt.describe.graphs.operators import OPERATORS
from cnnfilt.describe.graphs.value import Value, broadcast
from cnnfilt.describe.graphs.walk import Step, Walk
from cnnfilt.describe.layers import Volume
from cnnfilt.describe.reach import Reach
from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.onnx.external import External
from cnnfilt.files.onnx.messages import Reader
from cnnfilt.files.onnx.wire import Wire
from tests.files import onnx_files as onnx

IMAGE = Value((1, 3, 32, 32), "NCHW", reach={"H": Reach(), "W": Reach()})


def graph_of(nodes: Sequence[Node], tensors: Sequence[Tensor] = (), *, version: int = 17) -> Graph:
    inputs = (Input("x", IMAGE.dims, "float32"),)
    return Graph(inputs, (nodes[-1].outputs[0],), tuple(nodes), {one.name: one for one in tensors}, version)


def node(operator: str, *inputs: str, outputs: Sequence[str] = ("y",), **attributes: Attribute) -> Node:
    return Node(operator, "", ("x", *inputs), tuple(outputs), attributes, "", 1)


def sizes(*numbers: int) -> Tensor:
    return Tensor("+".join(map(str, numbers)), (len(numbers),), "int64", numbers)


def made(one: Node, *tensors: Tensor, image: Value = IMAGE, version: int = 17) -> Value:
    (step,) = Walk(graph_of([one], tensors, version=version), image).steps()
    assert step.values[0] is not None, step.why
    return step.values[0]


def steps_of(data: bytes, image: Value) -> list[Step]:
    graph = Reader(Wire(io.BytesIO(data), len(data)), External("/nowhere")).model()
    return list(Walk(graph, image).steps())


@pytest.mark.parametrize(
    ("one", "tensors", "dims"),
    [
        (node("Conv", "w", pads=(1, 1, 1, 1), strides=(2, 2)), [Tensor("w", (8, 3, 3, 3), "float32")], (1, 8, 16, 16)),
        (node("Conv", "w", auto_pad="SAME_UPPER", strides=(3, 3)), [Tensor("w", (8, 3, 3, 3), "f")], (1, 8, 11, 11)),
        (node("Conv", "w", group=3), [Tensor("w", (6, 1, 3, 3), "float32")], (1, 6, 30, 30)),
        (node("Conv", "w", dilations=(2, 3)), [Tensor("w", (8, 3, 3, 3), "float32")], (1, 8, 28, 26)),
        (node("ConvTranspose", "w", strides=(2, 2)), [Tensor("w", (3, 8, 2, 2), "float32")], (1, 8, 64, 64)),
        (
            node("ConvTranspose", "w", strides=(2, 2), pads=(1, 1, 1, 1), output_padding=(1, 1)),
            [Tensor("w", (3, 8, 3, 3), "float32")],
            (1, 8, 64, 64),
        ),
        (node("ConvTranspose", "w", output_shape=(35, 33)), [Tensor("w", (3, 8, 5, 5), "f")], (1, 8, 35, 33)),
        (node("MaxPool", kernel_shape=(3, 3), strides=(2, 2)), [], (1, 3, 15, 15)),
        (node("MaxPool", kernel_shape=(3, 3), strides=(2, 2), ceil_mode=1), [], (1, 3, 16, 16)),
        (node("AveragePool", kernel_shape=(2, 5), pads=(0, 1, 0, 1)), [], (1, 3, 31, 30)),
        (node("GlobalAveragePool"), [], (1, 3, 1, 1)),
        (node("Flatten"), [], (1, 3072)),
        (node("Flatten", axis=2), [], (3, 1024)),
        (node("Reshape", "0+-1"), [sizes(0, -1)], (1, 3072)),
        (node("Transpose", perm=(0, 2, 3, 1)), [], (1, 32, 32, 3)),
        (node("Squeeze", "0"), [sizes(0)], (3, 32, 32)),
        (node("Unsqueeze", "0+-1"), [sizes(0, -1)], (1, 1, 3, 32, 32, 1)),
        (node("Slice", "1", "-1", "2", "2"), [sizes(1), sizes(-1), sizes(2)], (1, 3, 15, 32)),
        (node("Pad", "0+0+1+2+0+0+3+4"), [sizes(0, 0, 1, 2, 0, 0, 3, 4)], (1, 3, 36, 38)),
        (node("Resize", "", "", "1+3+64+48"), [sizes(1, 3, 64, 48)], (1, 3, 64, 48)),
        (node("ReduceMean", axes=(2, 3), keepdims=0), [], (1, 3)),
        (node("DepthToSpace", blocksize=2), [], None),
        (node("SpaceToDepth", blocksize=2), [], (1, 12, 16, 16)),
        (node("Expand", "2+1+1+1"), [sizes(2, 1, 1, 1)], (2, 3, 32, 32)),
        (node("Gather", "0+2", axis=1), [sizes(0, 2)], (1, 2, 32, 32)),
        (node("ArgMax", axis=1), [], (1, 1, 32, 32)),
    ],
    ids=lambda value: value.operator if isinstance(value, Node) else "",
)
def test_sizes(one: Node, tensors: list[Tensor], dims: tuple[int, ...] | None) -> None:
    if dims is None:
        with pytest.raises(InputError, match="do not divide 3 channels"):
            made(one, *tensors)
    else:
        assert made(one, *tensors).dims == dims


def test_a_whole_network_has_its_sizes_parameters_and_reach() -> None:
    image = Value((1, 3, 8, 8), "NCHW", reach={"H": Reach(), "W": Reach()})
    steps = [step for step in steps_of(onnx.small_network(), image) if step.computes]
    seen = [(step.node.operator, step.values[0].dims if step.values[0] else None, step.params) for step in steps]
    assert seen == [
        ("Conv", (1, 4, 4, 4), 108),
        ("BatchNormalization", (1, 4, 4, 4), 8),
        ("Relu", (1, 4, 4, 4), 0),
        ("Conv", (1, 4, 4, 4), 40),
        ("Add", (1, 4, 4, 4), 0),
        ("MaxPool", (1, 4, 2, 2), 0),
        ("GlobalAveragePool", (1, 4, 1, 1), 0),
        ("Reshape", (1, 4), 0),
        ("Gemm", (1, 10), 50),
        ("Softmax", (1, 10), 0),
    ]
    assert [step.statistics for step in steps[:2]] == [0, 8]
    assert [step.macs for step in steps if step.macs] == [16 * 108, 16 * 36, 40]


def test_a_network_sees_as_far_as_the_same_one_in_words() -> None:
    image = Value((1, 3, 8, 8), "NCHW", reach={"H": Reach(), "W": Reach()})
    found = [step.values[0] for step in steps_of(onnx.small_network(), image) if step.computes][:6]
    words = "conv:4,k=3,s=2,p=1,bias=0 bn relu as:r dw:k=3,p=same add:r pool:max,ceil=1"
    reports = [one for one in describe(parse_chain([words]), Volume(8, 8, 3)) if not one.layer.word.startswith("as")]
    for value, report in zip(found, reports, strict=True):
        assert value is not None
        assert isinstance(report.output, Volume)
        rows, columns = value.reach["H"], value.reach["W"]
        assert rows is not None
        assert columns is not None
        assert (rows.field(value.dims[2]), columns.field(value.dims[3])) == report.receptive_field
        assert (rows.jump, columns.jump) == report.jump


def test_a_shuffle_of_channels_keeps_rows_and_columns() -> None:
    nodes = [
        Node("Reshape", "", ("x", "a"), ("b",), {}, "", 1),
        Node("Transpose", "", ("b",), ("c",), {"perm": (0, 2, 1, 3, 4)}, "", 2),
        Node("Reshape", "", ("c", "d"), ("e",), {}, "", 3),
    ]
    a, d = (Tensor(name, (len(n),), "int64", n) for name, n in (("a", (1, 1, 3, 32, 32)), ("d", (1, 3, 32, 32))))
    *_, last = Walk(graph_of(nodes, [a, d]), IMAGE).steps()
    assert last.values[0] is not None
    assert last.values[0].axes == "NCHW"
    assert last.values[0].reach.keys() == {"H", "W"}


def test_weights_of_any_making_count_where_they_are_used_and_once() -> None:
    nodes = [
        Node("ConstantOfShape", "", ("size",), ("w",), {"value": Tensor("", (1,), "float32", (0.0,))}, "", 1),
        Node("Transpose", "", ("w",), ("t",), {}, "", 2),
        Node("Flatten", "", ("x",), ("f",), {}, "", 3),
        Node("MatMul", "", ("f", "t"), ("m",), {}, "", 4),
        Node("Add", "", ("m", "b"), ("n",), {}, "", 5),
        Node("Mul", "", ("n", "half"), ("o",), {}, "", 6),
        Node("Add", "", ("o", "b"), ("y",), {}, "", 7),
    ]
    tensors = [
        Tensor("size", (2,), "int64", (10, 3072)),
        Tensor("b", (10,), "float32"),
        Tensor("half", (), "float32", (0.5,)),
    ]
    steps = list(Walk(graph_of(nodes, tensors), IMAGE).steps())
    assert [step.params for step in steps] == [0, 0, 0, 30720, 10, 0, 0]
    assert [step.computes for step in steps] == [False, False, True, True, True, True, True]
    assert steps[3].macs == 30720


def test_sizes_that_the_file_works_out_itself_are_known() -> None:
    """Shape, Slice, Concat, Mul: what exporters write for x.reshape(x.shape[0], -1) and the like."""
    nodes = [
        Node("Shape", "", ("x",), ("s",), {}, "", 1),
        Node("Slice", "", ("s", "two", "four", "zero"), ("hw",), {}, "", 2),
        Node("Mul", "", ("hw", "twos"), ("twice",), {}, "", 3),
        Node("Concat", "", ("front", "twice"), ("size",), {"axis": 0}, "", 4),
        Node("Resize", "", ("x", "", "", "size"), ("y",), {}, "", 5),
    ]
    named = {"two": (2,), "four": (4,), "zero": (0,), "twos": (2, 2), "front": (1, 3)}
    tensors = [Tensor(name, (len(content),), "int64", content) for name, content in named.items()]
    *_, last = Walk(graph_of(nodes, tensors), IMAGE).steps()
    assert last.values[0] is not None
    assert last.values[0].dims == (1, 3, 64, 64)
    assert last.values[0].weights is None


def test_what_is_not_known_is_named_and_all_that_depends_on_it_is_unknown() -> None:
    nodes = [
        Node("Relu", "", ("x",), ("a",), {}, "", 1),
        Node("Mystery", "odd", ("a",), ("b", "c"), {}, "com.me", 2),
        Node("Relu", "", ("b",), ("d",), {}, "", 3),
        Node("Relu", "", ("a",), ("e",), {}, "", 4),
        Node("Add", "", ("d", "e"), ("f",), {}, "", 5),
    ]
    steps = list(Walk(graph_of(nodes), IMAGE).steps())
    assert [step.values[0] is None for step in steps] == [False, True, True, False, True]
    assert [step.why for step in steps] == ["", "its operator is not known", "", "", ""]


def test_a_known_operator_of_another_domain_is_not_known() -> None:
    (step,) = Walk(graph_of([Node("Relu", "", ("x",), ("y",), {}, "com.me", 1)]), IMAGE).steps()
    assert step.values == (None,)


def test_a_size_computed_from_the_image_is_not_known() -> None:
    nodes = [
        Node("ReduceMax", "", ("x",), ("m",), {"keepdims": 0}, "", 1),
        Node("Cast", "", ("m",), ("i",), {"to": 7}, "", 2),
        Node("Unsqueeze", "", ("i", "zero"), ("s",), {}, "", 3),
        Node("Reshape", "", ("x", "s"), ("y",), {}, "", 4),
    ]
    *_, last = Walk(graph_of(nodes, [Tensor("zero", (1,), "int64", (0,))]), IMAGE).steps()
    assert (last.values, last.why) == ((None,), "a size is computed from the values of the input")


@pytest.mark.parametrize(
    ("one", "tensors", "said"),
    [
        (node("Conv", "w"), [Tensor("w", (8, 4, 3, 3), "float32")], "are for 4 channels, but its input has 3"),
        (
            node("Conv", "w", kernel_shape=(5, 5)),
            [Tensor("w", (8, 3, 3, 3), "f")],
            "its kernel is 5x5, but its weights",
        ),
        (node("Conv", "w"), [Tensor("w", (8, 3, 40, 3), "float32")], "kernel spans 40 rows but its input is 32 rows"),
        (node("Conv", "w", strides=(0, 1)), [Tensor("w", (8, 3, 3, 3), "float32")], "are not all at least 1"),
        (node("Conv", "w", strides=(1,)), [Tensor("w", (8, 3, 3, 3), "float32")], "its strides is 1 numbers for 2"),
        (node("Conv", "w", strides="x"), [Tensor("w", (8, 3, 3, 3), "float32")], "its strides is no list"),
        (node("Conv", "w", pads=(0, 0, 0, -1)), [Tensor("w", (8, 3, 3, 3), "float32")], "its padding is -1"),
        (node("Conv"), [], "its input 2 is missing"),
        (node("Conv", "w", auto_pad="SOME"), [Tensor("w", (8, 3, 3, 3), "float32")], "its auto_pad 'SOME' is unknown"),
        (node("MaxPool"), [], "it does not say how large its kernel is"),
        (node("Add", "w"), [Tensor("w", (5,), "float32")], "the sizes 1x3x32x32 and 5, which do not fit together"),
        (node("Reshape", "7"), [sizes(7)], "does not hold the 3,072 numbers of its input"),
        (node("Reshape", "-1+-1"), [sizes(-1, -1)], "its size -1x-1 is none"),
        (node("Transpose", perm=(0, 0, 1, 2)), [], "its order 0x0x1x2 is none of 4 axes"),
        (node("Gemm", "w"), [Tensor("w", (5, 5), "float32")], "are not both matrices"),
        (node("MatMul", "w"), [Tensor("w", (5, 5), "float32")], "rows of 32 numbers with columns of 5"),
        (node("Flatten", axis=9), [], "its axis 9 is none of an input with 4 axes"),
        (node("Tile", "1+1+1+99999999999"), [sizes(1, 1, 1, 99_999_999_999)], "its output would have the size"),
        (node("Unsqueeze", "+".join(map(str, range(30)))), [sizes(*range(30))], "its output would have 34 axes"),
        (node("Split", outputs=("a", "b"), axis=1), [], "it splits 3 into 2 parts of the same size"),
        (node("Concat", "w", axis=1), [Tensor("w", (1, 3, 5, 5), "float32")], "differ elsewhere than along axis 1"),
        (
            node("BatchNormalization", "w", "w", "w", "w"),
            [Tensor("w", (4,), "float32")],
            "4 numbers for the 3 channels",
        ),
        (node("PRelu", "w"), [Tensor("w", (1, 9, 3, 32, 32), "float32")], "its slopes 1x9x3x32x32 do not fit"),
    ],
    ids=lambda value: value.operator if isinstance(value, Node) else "",
)
def test_what_does_not_fit_is_refused_with_its_place(one: Node, tensors: list[Tensor], said: str) -> None:
    with pytest.raises(InputError) as caught:
        made(one, *tensors)
    assert said in str(caught.value)
    assert f"node 1 ({one.operator} " in str(caught.value)


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([node("Relu"), Node("Relu", "", ("nothing",), ("z",), {}, "", 2)], "takes 'nothing', which nothing before"),
        ([Node("Add", "", ("x", "y"), ("y",), {}, "", 1)], "takes 'y', which nothing before it makes"),
        ([node("Relu"), node("Relu")], "makes 'y' a second time"),
        ([node("Relu", outputs=("x",))], "makes 'x' a second time"),
    ],
)
def test_circles_and_values_made_twice_are_refused(nodes: list[Node], said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(Walk(graph_of(nodes), IMAGE).steps())


def test_the_numbers_kept_to_work_out_sizes_are_bounded() -> None:
    many = [
        Node("ConstantOfShape", "", ("n",), (f"c{i}",), {"value": Tensor("", (1,), "int64", (7,))}, "", i)
        for i in range(300)
    ]
    with pytest.raises(InputError, match="works out more than 200,000 numbers"):
        list(Walk(graph_of(many, [Tensor("n", (1,), "int64", (4096,))]), IMAGE).steps())


def test_broadcasting_is_from_the_last_axis() -> None:
    assert broadcast([Value((2, 1, 4)), Value((3, 1)), Value(())]).dims == (2, 3, 4)
    with pytest.raises(ShapeError):
        broadcast([Value((2, 3)), Value((4, 3))])


def test_before_version_7_the_second_was_said_to_be_broadcast() -> None:
    one = node("Add", "w", broadcast=1, axis=1)
    assert made(one, Tensor("w", (3,), "float32"), version=6).dims == IMAGE.dims
    with pytest.raises(InputError):
        made(one, Tensor("w", (3,), "float32"), version=7)


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_no_operator_falls_over_its_input(operator: str) -> None:
    """Whatever stands there: a size, a refusal in our own words, or that it is not known."""
    odd: list[Attribute] = [(), (1,), (0, 0), (-1, 5, 2, 7), 3, -9, 0.5, "x", Tensor("t", (2,), "int64", (1, -1)), None]
    values = [sizes(1), sizes(0, -1), Tensor("w", (3, 3, 3, 3), "float32"), Tensor("s", (), "float32", (0.0,))]
    names = (
        "axis",
        "axes",
        "kernel_shape",
        "pads",
        "strides",
        "perm",
        "value",
        "split",
        "blocksize",
        "group",
        "scales",
    )
    for rank in range(6):
        image = Value((1, 3, 4, 5, 6)[:rank])
        for attribute in odd:
            for count in range(5):
                tensors = values[:count]
                inputs = [one.name for one in tensors]
                one = node(operator, *inputs, outputs=("y", "z"), **dict.fromkeys(names, attribute))
                try:
                    (step,) = Walk(graph_of([one], tensors), image).steps()
                except InputError:
                    continue
                for value in step.values:
                    assert value is None or value.content is None or len(value.content) == prod(value.dims)

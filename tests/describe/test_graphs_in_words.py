"""Networks from files against the same ones in words: sizes, costs and reach, and the words that files are told in."""

import io

import pytest

from cnnfilt.describe.chain import Report, describe, parse_chain
from cnnfilt.describe.graphs.graph import Graph
from cnnfilt.describe.graphs.image import image_of, input_of
from cnnfilt.describe.graphs.in_words import in_words
from cnnfilt.describe.graphs.layer_words import WORDS
from cnnfilt.describe.graphs.shapes import seen_by, shape_of
from cnnfilt.describe.graphs.walk import Step, Walk
from cnnfilt.describe.layers import Volume
from cnnfilt.describe.named_models import model_names, named_model
from cnnfilt.errors import InputError
from cnnfilt.files.onnx.external import External
from cnnfilt.files.onnx.messages import Reader
from cnnfilt.files.onnx.wire import Wire
from cnnfilt.parsing import parse_size
from tests.files import onnx_files as onnx
from tests.files.onnx_of_words import onnx_of


def graph_in(data: bytes) -> Graph:
    return Reader(Wire(io.BytesIO(data), len(data)), External("/nowhere")).model()


def walked(graph: Graph) -> list[Step]:
    return list(Walk(graph, image_of(graph, None, channels_first=True)).steps())


def words_of(graph: Graph) -> str:
    image = image_of(graph, None, channels_first=True)
    return in_words(graph, image, input_of(graph).name, walked(graph), WORDS)


def check(reports: list[Report], size: Volume) -> Graph:
    """Hold the file that `reports` become against them, layer by layer."""
    graph = graph_in(onnx_of(reports, size))
    steps = {step.node.name: step for step in walked(graph)}
    for number, report in enumerate(reports, 1):
        if report.layer.word.startswith(("as:", "from:")):
            continue
        step = steps[f"layer{number}"]
        assert step.values[0] is not None
        seen = seen_by(step.values[0])
        found = (shape_of(step.values[0]), step.macs, step.params, step.statistics, seen.field, seen.jump)
        effect = report.effect
        expected = (report.output, effect.macs, effect.params, effect.statistics, report.receptive_field, report.jump)
        assert found == expected, report.layer.word
    return graph


@pytest.mark.parametrize("name", model_names())
def test_a_file_of_a_known_network_says_what_its_words_say(name: str) -> None:
    known = named_model(name)
    size = Volume(*parse_size(known.size))
    check(describe(parse_chain([known.layers]), size), size)


@pytest.mark.parametrize("name", model_names())
def test_a_file_of_a_known_network_is_told_in_words_that_make_the_same(name: str) -> None:
    known = named_model(name)
    size = Volume(*parse_size(known.size))
    reports = describe(parse_chain([known.layers]), size)
    told = describe(parse_chain([words_of(graph_in(onnx_of(reports, size)))]), size)
    assert told[-1].output == reports[-1].output
    for total in ("params", "macs", "statistics"):
        assert sum(getattr(one.effect, total) for one in told) == sum(getattr(one.effect, total) for one in reports)
    assert told[-1].receptive_field == reports[-1].receptive_field


@pytest.mark.parametrize(
    "words",
    [
        "conv:8,k=3x5,s=2x1,p=1x2x3x4,d=1x2",
        "conv:6,k=3 conv:8,k=3,g=2 dw:k=3,m=2 leaky:0.2 elu tanh dropout:0.25",
        "tconv:4,k=2,s=2 up:2x3 up:2,mode=bilinear pad:1x2x3x4 crop:1x2x3x4 take:1-2",
        "pool:avg,k=3,s=1,p=1 pool:max,k=global flatten fc:7,bias=0 softmax",
        "conv:6,k=1 as:a take:0-2 as:b from:a take:3-5 cat:b shuffle:2 add:a silu as:c pool:global sigmoid mul:c scale",
    ],
)
def test_words_come_back_from_a_file(words: str) -> None:
    size = Volume(24, 20, 3)
    graph = check(describe(parse_chain([words]), size), size)
    told = words_of(graph)
    assert [one.output for one in describe(parse_chain([told]), size)][-1] == describe(parse_chain([words]), size)[
        -1
    ].output
    names = ("as:", "from:")
    plain = [word for word in words.replace("pool:global", "pool:avg,k=global").split() if not word.startswith(names)]
    joins = ("add:", "cat:", "mul:")
    kept = [word.split(":")[0] if word.startswith(joins) else word for word in plain]
    assert [
        word.split(":")[0] if word.startswith(joins) else word for word in told.split() if not word.startswith(names)
    ] == kept


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([onnx.node("Erf", ["x"], ["y"])], "node 1 (Erf y): no word means that"),
        ([onnx.node("Relu", ["x"], ["y"], domain="me")], "node 1 (me.Relu y): its operator is not known"),
        ([onnx.node("Clip", ["x", "zero"], ["y"])], "it clips from None to None"),
        ([onnx.node("HardSigmoid", ["x"], ["y"])], "its slope is not a sixth"),
        ([onnx.node("Add", ["x", "b"], ["y"])], "no word means that"),
        (
            [onnx.node("AveragePool", ["x"], ["y"], {"kernel_shape": [3, 3], "pads": [1] * 4, "count_include_pad": 1})],
            "its average counts the padding",
        ),
        ([onnx.node("Concat", ["x", "x"], ["y"], {"axis": 2})], "it does not put channels together"),
        ([onnx.node("PRelu", ["x", "one"], ["y"])], "they would have 3 parameters, not 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_word_means_is_named(nodes: list[bytes], said: str) -> None:
    tensors = [onnx.tensor("zero", []), onnx.tensor("b", [3, 1, 1]), onnx.tensor("one", [1])]
    if "clips" in said:
        nodes = [onnx.node("Identity", ["x"], ["i"]), onnx.node("Clip", ["i"], ["y"])]
    with pytest.raises(InputError) as caught:
        words_of(graph_in(onnx.model(nodes, tensors)))
    assert "cannot be said in words" in str(caught.value)
    assert said in str(caught.value)

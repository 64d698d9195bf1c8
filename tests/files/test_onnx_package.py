"""Sizes as the onnx package says them: its nine light networks, its cases of each operator, and torch's exports."""

import functools
import io
import random
import warnings
from collections.abc import Iterator
from contextlib import suppress
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnfilt.describe.graphs.graph import Graph
from cnnfilt.describe.graphs.operators import OPERATORS
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step, Walk
from cnnfilt.errors import InputError
from cnnfilt.files.onnx.external import External
from cnnfilt.files.onnx.messages import Reader
from cnnfilt.files.onnx.wire import Wire
from tests.files.onnx_files import small_network

onnx = pytest.importorskip("onnx")

LIGHT = sorted((Path(onnx.__file__).parent / "backend/test/data/light").glob("*.onnx"))


def graph_in(data: bytes) -> Graph:
    return Reader(Wire(io.BytesIO(data), len(data)), External("/nowhere")).model()


def walked(graph: Graph, dims: tuple[int, ...], kind: str = "float32") -> tuple[list[Step], dict[str, Value | None]]:
    walk = Walk(graph, Value(dims, kind=kind))
    return list(walk.steps()), walk.values


def said_by_onnx(model: Any) -> Iterator[tuple[str, list[int | None]]]:
    """Each value with the sides that onnx infers."""
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    for value in [*inferred.value_info, *inferred.output]:
        if value.type.tensor_type.HasField("shape"):
            sides = value.type.tensor_type.shape.dim
            yield value.name, [side.dim_value if side.HasField("dim_value") else None for side in sides]


def fits(value: Value | None, sides: list[int | None]) -> bool:
    return (
        value is not None
        and len(value.dims) == len(sides)
        and all(side in (None, own) for own, side in zip(value.dims, sides, strict=True))
    )


def test_all_nine_light_networks_are_there() -> None:
    assert len(LIGHT) == 9


@pytest.mark.parametrize("path", LIGHT, ids=lambda path: path.stem)
def test_every_value_of_the_light_networks_has_the_size_that_onnx_says(path: Path) -> None:
    graph, model = graph_in(path.read_bytes()), onnx.load(path)
    _, values = walked(graph, (1, 3, 224, 224))
    said = list(said_by_onnx(model))
    assert len(said) >= len(graph.nodes)
    assert [name for name, sides in said if None in sides or not fits(values[name], sides)] == []


@pytest.mark.parametrize("path", LIGHT, ids=lambda path: path.stem)
def test_the_parameters_of_the_light_networks_are_those_in_the_file(path: Path) -> None:
    """All numbers of floating point that the file makes, but for means and variances, are trained."""
    model = onnx.load(path)
    sizes = dict(said_by_onnx(model))
    shapes = {one.name: list(one.dims) for one in model.graph.initializer if one.data_type == onnx.TensorProto.FLOAT}
    made = {node.output[0]: sizes[node.output[0]] for node in model.graph.node if node.op_type == "ConstantOfShape"}
    # Two of the files hold the name of a queue that nothing takes.
    used = {name for node in model.graph.node for name in node.input}
    counts = {name: prod(sides) for name, sides in (shapes | made).items() if name in used}
    kept = {name for node in model.graph.node if node.op_type == "BatchNormalization" for name in node.input[3:5]}
    steps, _ = walked(graph_in(path.read_bytes()), (1, 3, 224, 224))
    assert sum(step.statistics for step in steps) == sum(counts[name] for name in kept)
    assert sum(step.params for step in steps) == sum(counts.values()) - sum(counts[name] for name in kept)


@pytest.mark.parametrize(
    ("name", "params"),
    [("resnet50", 25_557_032), ("squeezenet", 1_235_496), ("vgg19", 143_667_240)],
)
def test_published_parameters(name: str, params: int) -> None:
    (path,) = (path for path in LIGHT if name in path.stem)
    steps, _ = walked(graph_in(path.read_bytes()), (1, 3, 224, 224))
    assert sum(step.params for step in steps) == params


@functools.cache
def cases() -> list[tuple[str, Any, list[np.ndarray], list[np.ndarray]]]:
    """The cases of operators that onnx ships, each with the arrays that go in and come out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        found = collect_testcases(None)
    usable = []
    for case in found:
        ins, outs = case.data_sets[0]
        arrays = all(isinstance(one, np.ndarray | np.generic) for one in (*ins, *outs))
        if case.model is not None and arrays and ins:
            usable.append((case.name, case.model, [*map(np.asarray, ins)], [*map(np.asarray, outs)]))
    return usable


def test_what_comes_out_of_each_operator_has_the_size_that_onnx_computes() -> None:
    """Where the operator is known: every other input is put into the file, as weights and sizes are."""
    tried: dict[str, int] = {}
    wrong = []
    for name, given, ins, outs in cases():
        model = onnx.ModelProto()
        model.CopyFrom(given)
        names = [one.name for one in model.graph.input]
        for one, array in list(zip(names, ins, strict=False))[1:]:
            model.graph.initializer.append(onnx.numpy_helper.from_array(array, one))
        graph = graph_in(model.SerializeToString())
        if len(graph.inputs) != 1 or any(node.domain or node.operator not in OPERATORS for node in graph.nodes):
            continue
        _, values = walked(graph, ins[0].shape, str(ins[0].dtype))
        for output, array in zip(graph.outputs, outs, strict=True):
            value = values[output]
            if value is not None and value.dims != array.shape:
                wrong.append((name, value.dims, array.shape))
            if value is not None:
                for node in graph.nodes:
                    tried[node.operator] = tried.get(node.operator, 0) + 1
    assert wrong == []
    assert sum(tried.values()) > 1500
    assert len(tried) > 110


def test_a_damaged_file_that_is_read_is_read_as_onnx_reads_it() -> None:
    """Of thousands of damaged files, those that both take for a network say the same sizes."""
    # Before version 22 onnx infers a window more, in ceil mode, than onnx itself computes.
    whole, chance, agreed = small_network(version=22), random.Random(14), 0
    for _ in range(3000):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 2)):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 2, 3, 8, 127, 128, 255, chance.randrange(256)))
        try:
            graph = graph_in(bytes(data))
            model = onnx.load_model_from_string(bytes(data))
        except Exception:  # Whatever either says of it.
            continue
        with suppress(InputError):
            if len(graph.inputs) == 1 and None not in graph.inputs[0].dims:
                _, values = walked(graph, tuple(side or 1 for side in graph.inputs[0].dims))
                agreed += agrees(model, values)
    assert agreed > 500


def agrees(model: Any, values: dict[str, Value | None]) -> bool:
    """Hold the sizes against those that onnx infers; False where it infers none."""
    outputs = list(model.graph.output)
    del model.graph.output[:]
    for one in outputs:
        model.graph.output.append(onnx.helper.make_empty_tensor_value_info(one.name))
    try:
        said = list(said_by_onnx(model))
    except Exception:
        return False
    for name, sides in said:
        value = values.get(name)
        assert value is None or fits(value, sides), (name, value.dims, sides)
    return True

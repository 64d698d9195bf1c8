"""Damaged files of networks: each ends in a whole table of sizes, or in one line of ours, and in little memory."""

import functools
import json
import tracemalloc
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.graphs.image import image_of
from cnnfilt.describe.graphs.shapes import seen_by, shape_of
from cnnfilt.describe.graphs.walk import Walk
from cnnfilt.describe.layers import Volume
from cnnfilt.errors import CnnfiltError
from cnnfilt.files.network_files import read_network
from cnnfilt.files.onnx_network import OnnxNetwork
from tests.files import keras_files, onnx_files
from tests.files.mutation import changed, in_parts, try_each
from tests.files.onnx_of_words import onnx_of

MOST_MEMORY = 50 << 20

MOST_NUMBERS, MOST_MEMORY_TO_RUN = 10_000_000, 500 << 20
"""A value may have so many numbers where networks are run; several of them, and what they are made of, that memory."""

WORDS = (
    "conv:4,k=3,s=2,p=1 bn relu as:a dw:k=3,p=1 silu add:a shuffle:2 take:1-2 tconv:3,k=2,s=2 up:2 pad:1 crop:5x5 ln "
    "scale pool:avg,k=2,ceil=1 pool:global hardsigmoid flatten fc:3 softmax"
)


@functools.cache
def wholes() -> tuple[tuple[str, bytes], ...]:
    """Small files of both formats, each with its suffix; of Keras also the text alone, to be packed once damaged."""
    size = Volume(8, 9, 3)
    files = [
        ("net.onnx", onnx_files.small_network()),
        ("net.onnx", onnx_of(describe(parse_chain([WORDS]), size), size)),
    ]
    config = keras_files.small_network()
    return (*files, ("net.keras", keras_files.packed(config)), ("config.json", json.dumps(config).encode()))


TELLING = (
    b"\0",
    b"\xff",
    b"\xff\xff\xff\xff\x7f",
    b"\x80\x80\x80\x80\x80\x01",
    b"\1",
    b"9",
    b"-",
    b'"',
    b"[",
    b"}",
    b"null",
)
"""What damages most: long numbers, negative ones, and what JSON takes for structure."""

KINDS = (*("replace",) * 5, "insert", "delete", "repeat", "cut")
"""Of what is no longer as long as it says, little can be read."""


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """One of the files with up to six changes: bytes replaced, put in, taken out, repeated, or the end cut off."""
    name, whole = draw(st.sampled_from(wholes()))
    data = changed(draw, whole, times=(1, 1, 1, 2, 6), telling=TELLING, kinds=KINDS)
    return ("net.keras", keras_files.packed(data)) if name == "config.json" else (name, data)


def check(path: Path) -> bool:
    """Describe the file as `shape` does; return whether it could be."""
    try:
        network = read_network(str(path))
        image = image_of(network.graph, None, channels_first=network.channels_first)
        steps = list(Walk(network.graph, image, network.operators).steps())
    except CnnfiltError as error:
        assert "\n" not in error.message  # noqa: PT017 - it may be raised, or not.
        return False
    for step in steps:
        assert len(step.values) == len(step.node.outputs)
        for value in step.values:
            assert shape_of(value).values >= 0
            seen_by(value)
    return True


@in_parts(300)
def test_a_table_or_one_line(part: int, inputs: int, tmp_path: Path) -> None:
    described = 0

    def describe_one(file: tuple[str, bytes]) -> None:
        nonlocal described
        name, data = file
        (tmp_path / name).write_bytes(data)
        tracemalloc.start()
        described += check(tmp_path / name)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
        tracemalloc.stop()

    try_each(damaged(), describe_one, part=part, inputs=inputs)
    assert described > inputs // 30


def runs(path: Path) -> bool:
    """Run the file on a picture as `apply` does; return whether it could be."""
    try:
        network = OnnxNetwork(str(path))
        size = network.fixed or (8, 9)
        ready = network.ready(size, network.graph.outputs[:1], most=MOST_NUMBERS)
        made = ready(network.as_input(np.ones((*size, network.channels), np.float32)))
    except CnnfiltError as error:
        assert "\n" not in error.message  # noqa: PT017 - it may be raised, or not.
        return False
    assert made.keys() == {network.graph.outputs[0]}
    return True


@in_parts(300)
def test_values_or_one_line(part: int, inputs: int, tmp_path: Path) -> None:
    run = 0

    def run_one(file: tuple[str, bytes]) -> None:
        nonlocal run
        (tmp_path / "net.onnx").write_bytes(file[1])
        tracemalloc.start()
        run += runs(tmp_path / "net.onnx")
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY_TO_RUN
        tracemalloc.stop()

    of_onnx = damaged().filter(lambda file: file[0] == "net.onnx")
    try_each(of_onnx, run_one, part=part, inputs=inputs)
    assert run > inputs // 30

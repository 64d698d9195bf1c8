"""Whole networks from .onnx files on one picture, against onnxruntime on the processor, with as many threads."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np

import cnnfilt
from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.files.onnx_network import OnnxNetwork
from tests.benchmarks.images import Array, Images
from tests.benchmarks.limits import THREADS
from tests.benchmarks.measure import seconds_in_a_row
from tests.benchmarks.rows import Call, Limit, Make, Row, Section
from tests.files.onnx_of_words import onnx_of

SIZE = Volume(224, 224, 3)


@cache
def file_of(name: str) -> Path:
    """Return the network of that name, with random weights, as a file."""
    words = (Path(cnnfilt.__file__).parent / f"describe/models/{name}.net").read_text()
    reports = describe(parse_chain([words]), SIZE)
    path = Path(tempfile.mkdtemp(), f"{name}.onnx")
    path.write_bytes(onnx_of(reports, SIZE, seed=0))
    return path


def pixels() -> Array:
    """Return a picture (224, 224, 3), float32."""
    return np.random.default_rng(0).random((224, 224, 3), dtype=np.float32)


def ours(name: str) -> Make:
    """Return one run of the network, loaded beforehand."""

    def make(images: Images) -> Call:
        network = OnnxNetwork(str(file_of(name)))
        x, ready = network.as_input(pixels()), network.ready(SIZE.size, network.graph.outputs)
        return lambda: ready(x)

    return make


def theirs(name: str) -> Make:
    """Return the same by onnxruntime."""

    def make(images: Images) -> Call:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(str(file_of(name)), options, providers=["CPUExecutionProvider"])
        x = np.ascontiguousarray(pixels().transpose(2, 0, 1)[np.newaxis])
        (input_,) = session.get_inputs()
        return lambda: session.run(None, {input_.name: x})

    return make


def row(name: str, must: float, aim: float, macs: int) -> Row:
    """Return one network; `macs` are the products by its weights for this picture."""
    limit = Limit("sgemm", 2 * macs / (SIZE.height * SIZE.width), SIZE.height * SIZE.width)
    peer = "onnxruntime"
    return Row(f"{name} 224x224 from .onnx", ours(name), {peer: theirs(name)}, limit, {peer: must}, {peer: aim})


ROWS = (row("resnet18", 4.0, 2.0, 1_814_073_344), row("mobilenet_v2", 5.0, 2.5, 300_774_272))

SECTION = Section("From .onnx files", ROWS, seconds_in_a_row, "ms", 1e-3)

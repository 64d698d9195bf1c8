"""Networks run as the onnx package says they run: its cases of each operator, and its nine light networks."""

from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnfilt.describe.graphs.image import image_of
from cnnfilt.describe.graphs.value import Value
from cnnfilt.errors import InputError
from cnnfilt.files.network_files import read_network
from cnnfilt.files.onnx.model import read_onnx
from cnnfilt.files.onnx.weights import read_weights
from cnnfilt.nn.operators.network import RunnableNetwork
from cnnfilt.nn.operators.table import RUN

onnx = pytest.importorskip("onnx")

REFUSED = {
    "is for training|as in training": ("test_batchnorm_*_training_mode*", "test_training_dropout*"),
    "a size is computed from the values of the input": (
        "test_constantofshape_*",
        "test_range_*_delta",
        # Written out as several nodes, of which one is sized so.
        "test_attention_*_expanded",
        "test_*window*_expanded",
    ),
    "is not run": ("test_resize_tf_crop_and_resize*", "test_resize_downsample_*_antialias"),
    "numbers of (bfloat16|string)": ("test_celu_bfloat16_expanded", "test_equal_string*"),
}
"""The cases that are not run, by what is said of them."""


def with_weights(given: Any, ins: Sequence[np.ndarray]) -> Any:
    """The model with every input but the first put into it, as weights and sizes are."""
    model = onnx.ModelProto()
    model.CopyFrom(given)
    for one, array in list(zip(model.graph.input, ins, strict=False))[1:]:
        model.graph.initializer.append(onnx.numpy_helper.from_array(array, one.name))
    return model


def run(path: Path, x: np.ndarray) -> list[np.ndarray]:
    """What the network in the file gives for its one input."""
    graph = read_onnx(str(path))
    image = Value(x.shape, kind=str(x.dtype))
    ready = RunnableNetwork(graph, image, lambda one: read_weights(str(path), one), graph.outputs)
    made = ready(x.astype(np.float32) if x.dtype == np.float16 else x)
    return [made[name] for name in graph.outputs]


def check(made: np.ndarray, said: np.ndarray) -> None:
    """Hold a value against the case's own, by the tolerances of onnx; half precision is computed in single."""
    half = said.dtype == np.float16
    assert made.shape == said.shape
    assert made.dtype == (np.float32 if half else said.dtype)
    np.testing.assert_allclose(made, said, rtol=1e-3, atol=1e-3 if half else 1e-7)


def test_the_cases_of_all_operators_that_are_run(tmp_path: Path) -> None:
    from tests.files.test_onnx_package import cases

    tried, wrong, refused = dict.fromkeys(RUN, 0), [], 0
    for name, given, ins, outs in cases():
        model = with_weights(given, ins)
        if any(node.op_type not in RUN or node.domain not in ("", "ai.onnx") for node in model.graph.node):
            continue
        if len(model.graph.input) == len(model.graph.initializer):
            continue
        path = tmp_path / "case.onnx"
        path.write_bytes(model.SerializeToString())
        reasons = [why for why, names in REFUSED.items() if any(fnmatch(name, one) for one in names)]
        try:
            if reasons:
                with pytest.raises(InputError, match=reasons[0]):
                    run(path, ins[0])
                refused += 1
                continue
            for made, said in zip(run(path, ins[0]), outs, strict=True):
                check(made, said)
        except (AssertionError, InputError, pytest.fail.Exception) as error:
            wrong.append(f"{name}: {error}")
        for node in model.graph.node:
            tried[node.op_type] += 1
    assert wrong == []
    assert sum(tried.values()) > 2000
    # Nothing but these has no case of its own.
    assert {name for name, count in tried.items() if not count} <= {"Upsample", "Constant"}
    assert refused < 150


LIGHT = sorted((Path(onnx.__file__).parent / "backend/test/data/light").glob("*.onnx"))


@pytest.mark.parametrize("path", LIGHT, ids=lambda path: path.stem)
def test_the_light_networks(path: Path) -> None:
    """For the input that onnx takes for them. Their weights are one number all over, and so is most that they give."""
    network = read_network(str(path))
    image = image_of(network.graph, None, channels_first=True)
    count = int(np.prod(image.dims))
    x = (np.arange(count) / count).astype(np.float32).reshape(image.dims)
    said = onnx.numpy_helper.to_array(onnx.load_tensor(str(path.with_suffix("")) + "_output_0.pb"))
    (made,) = run(path, x)
    np.testing.assert_allclose(made, said, rtol=1e-3, atol=1e-7)

"""Whole networks against onnxruntime: known ones with random weights, and those that a package on PyPI ships.

The latter are in rapidocr-onnxruntime 1.4.4 (pip install --no-deps): a classifier of directions, a detector of text
with transposed convolutions and resizing, and a recognizer with attention.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import cnnfilt
from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.files.onnx_network import OnnxNetwork
from tests.files.onnx_of_words import onnx_of

onnxruntime = pytest.importorskip("onnxruntime")


def written(size: tuple[int, int]) -> Image.Image:
    """A picture of some letters, so that those who look for letters find them."""
    picture = Image.new("RGB", (size[1], size[0]), "white")
    draw = ImageDraw.Draw(picture)
    for top in range(8, size[0] - 24, 48):
        draw.text((10, top), f"Filters {top}", fill="black", font_size=28)
    return picture


MODELS = Path(cnnfilt.__file__).parent / "describe/models"


def check(path: Path, size: tuple[int, int], *, tolerance: float) -> None:
    """Hold the first output for a picture against onnxruntime's; the tolerance is a share of the largest value."""
    network = OnnxNetwork(str(path))
    pixels = np.asarray(written(size), np.float32) / 127.5 - 1
    x, name = network.as_input(pixels), network.graph.outputs[0]
    made = network.ready(size, [name])(x)[name]
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (said,) = session.run([name], {session.get_inputs()[0].name: np.ascontiguousarray(x)})
    assert made.shape == said.shape
    np.testing.assert_allclose(made, said, rtol=0, atol=tolerance * np.abs(said).max())


@pytest.mark.parametrize(
    "name",
    [
        "resnet18",
        "mobilenet_v2",
        "mobilenet_v3_large",
        "shufflenet_v2_x1_0",
        "squeezenet1_1",
        "googlenet",
        "efficientnet_b0",
        "densenet121",
    ],
)
def test_known_networks_with_random_weights(name: str, tmp_path: Path) -> None:
    volume, path = Volume(64, 96, 3), tmp_path / "net.onnx"
    words = (MODELS / f"{name}.net").read_text()
    path.write_bytes(onnx_of(describe(parse_chain([words]), volume), volume, seed=1))
    check(path, volume.size, tolerance=1e-4)


def shipped(part: str) -> Path:
    """The file of the package whose name has this in it; the package itself is not imported."""
    found = importlib.util.find_spec("rapidocr_onnxruntime")
    if found is None or not found.submodule_search_locations:
        pytest.skip("rapidocr-onnxruntime is not installed")
    (path,) = Path(found.submodule_search_locations[0], "models").glob(f"*_{part}_*.onnx")
    return path


@pytest.mark.models
@pytest.mark.parametrize(("part", "size"), [("cls", (48, 192)), ("det", (320, 416)), ("rec", (48, 320))])
def test_networks_that_a_package_ships(part: str, size: tuple[int, int]) -> None:
    # The tolerance of onnx's own tests; letters have steep edges.
    check(shipped(part), size, tolerance=1e-3)

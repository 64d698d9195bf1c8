"""`cnnfilt apply` with branches, normalisation and what puts values elsewhere."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.files.model_file import Model, save_model
from cnnfilt.nn.model import Sequential
from tests.cli.conftest import SAMPLES, Run

RESIDUAL = "conv:4,k=3,p=1,bias=0 bn relu as:in conv:4,k=3,p=1 bn dropout add:in relu pool:global flatten fc:3 softmax"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("as:a relu add:a", "2,4\n6,-4\n"),
        ("as:a relu as:b from:a take:0 mul:b", "1,4\n9,0\n"),
        ("pad:0x1,mode=circular up:1x1", "2,1,2,1\n-4,3,-4,3\n"),
        ("up:1x2", "1,1,2,2\n3,3,-4,-4\n"),
        ("crop:1x2", "1,2\n"),
        ("pool:range,adaptive=1x2", "2,6\n"),
        ("leaky:0.5", "1,2\n3,-2\n"),
        ("dropout", "1,2\n3,-4\n"),
        ("as:a flatten from:a", "1,2\n3,-4\n"),
    ],
)
def test_numbers_by_hand(run: Run, words: str, expected: str) -> None:
    assert run("apply", words, "1,2;3,-4").text == expected


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("as:in relu add:out", 2, "layer 3 (add:out): no value is called 'out'; as:in is the only one before it"),
        ("from:in", 2, "no value is called 'in'; as:in before it gives one that name"),
        ("as:in relu cat:in", 2, "how many maps cat:in ends in depends on the image's channels"),
        ("as:in pool:max add:in", 1, "layer 3 (add:in): 64x64x3 is here and in is 128x128x3"),
        ("bn", 2, "layer bn needs weights; --seed 0 draws random ones"),
        ("shuffle:2", 1, "its 2 groups do not divide the 3 channels"),
    ],
)
def test_what_does_not_fit_is_one_line(run: Run, tmp_path: Path, words: str, code: int, message: str) -> None:
    outcome = run("apply", words, SAMPLES / "icon.png", "-o", tmp_path / "a.png")
    assert (outcome.code, len(outcome.lines)) == (code, 1), outcome.stderr
    assert message in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_joined_maps_keep_their_names(run: Run, tmp_path: Path) -> None:
    words = "as:in conv:sobel-x,p=same as:x from:in conv:sobel-y,p=same cat:x"
    assert run("apply", words, SAMPLES / "icon.png", "-o", f"{tmp_path}/").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["icon.sobel-x.png", "icon.sobel-y.png"]


def test_transparency_goes_where_the_pixels_go(run: Run, tmp_path: Path) -> None:
    pixels = np.zeros((4, 6, 4), np.uint8)
    pixels[1:3, 2:4] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert run("apply", "up:2 pad:1", tmp_path / "a.png", "-o", tmp_path / "b.png").code == 0
    with Image.open(tmp_path / "b.png") as found:
        np.testing.assert_array_equal(np.array(found)[..., 3], np.array(found)[..., 0])
        assert found.size == (14, 10)


def test_a_model_with_branches_is_drawn_and_predicts_what_it_learned(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    new = Sequential.new(RESIDUAL, (10, 12, 3), rng)
    arrays = {name: rng.uniform(0.5, 1.5, array.shape).astype(np.float32) for name, array in new.arrays.items()}
    network, model = Sequential(RESIDUAL, (10, 12, 3), arrays), tmp_path / "m.npz"
    save_model(str(model), Model(network, ("a", "b", "c"), False), overwrite=False)
    levels = rng.integers(0, 256, (10, 12, 3), dtype=np.uint8)
    Image.fromarray(levels).save(tmp_path / "a.png")
    expected = network.forward(levels[None].astype(np.float32) / 255)[0]
    assert run("apply", "--model", model, tmp_path / "a.png", "--maps", tmp_path / "maps").code == 0
    outcome = run("apply", "--model", model, tmp_path / "a.png")
    found = np.array([float(number) for number in outcome.text.splitlines()[1].split(",")])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    names = sorted(path.name for path in (tmp_path / "maps").iterdir())
    assert names[:6] == ["01-conv-4.png", "02-bn.png", "03-relu.png", "05-conv-4.png", "06-bn.png", "07-dropout.png"]
    assert run("net", "kernels", model, "--layer", "conv2", "-o", tmp_path / "k.png").code == 0
    assert run("net", "predict", model, tmp_path / "a.png").text.split("\t")[1] == "abc"[int(expected.argmax())]
    summary = run("net", "summary", model).text
    assert "not trained" in summary

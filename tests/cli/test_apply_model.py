"""`cnnfilt apply --model`: a trained network sees images as it was trained on them."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.files.model_file import Model, save_model
from cnnfilt.nn.model import Sequential
from tests.cli.conftest import SAMPLES, Run

WORDS = "conv:4,k=3 relu pool:max flatten fc:3 softmax"


def model_file(path: Path, size: tuple[int, int, int], *, scale: float | None = None) -> Sequential:
    network = Sequential.new(WORDS, size, np.random.default_rng(5))
    save_model(str(path), Model(network, ("a", "b", "c"), size[2] == 1, scale), overwrite=True)
    return network


def row_of(text: str) -> np.ndarray:
    names, row = text.splitlines()
    assert names == "a,b,c"
    return np.array([float(number) for number in row.split(",")])


@pytest.mark.parametrize("scale", [None, 0.5])
def test_an_image_of_the_trained_size_goes_through_as_it_is(run: Run, tmp_path: Path, scale: float | None) -> None:
    model, source = tmp_path / "m.npz", tmp_path / "a.png"
    network = model_file(model, (12, 10, 3), scale=scale)
    levels = np.random.default_rng(0).integers(0, 256, (12, 10, 3), dtype=np.uint8)
    Image.fromarray(levels).save(source)
    expected = network.forward(levels[None].astype(np.float32) * np.float32(1 / 255 if scale is None else scale))[0]
    outcome = run("apply", "--model", model, source)
    assert outcome.code == 0
    np.testing.assert_allclose(row_of(outcome.text), expected, atol=1e-5)
    scaled = run("apply", source, "--model", model, "--input-scale", "1/255" if scale is None else "0.5")
    np.testing.assert_allclose(row_of(scaled.text), expected, atol=1e-5)


def test_other_images_are_made_its_size_and_colours(run: Run, tmp_path: Path) -> None:
    colour, gray = tmp_path / "colour.npz", tmp_path / "gray.npz"
    model_file(colour, (12, 10, 3))
    model_file(gray, (12, 10, 1))
    for model in (colour, gray):
        for name in ("scene.jpg", "face.png", "icon.png", "depth16.png", "rotated.jpg"):
            outcome = run("apply", "--model", model, SAMPLES / name)
            assert outcome.code == 0, outcome.stderr
            assert row_of(outcome.text).sum() == pytest.approx(1, abs=1e-5)


def test_an_even_picture_gives_the_same_at_any_size_and_depth(run: Run, tmp_path: Path) -> None:
    model = tmp_path / "m.npz"
    model_file(model, (12, 10, 1))
    answers = []
    for number, levels in enumerate([np.full((12, 10), 51, np.uint8), np.full((99, 7), 51 * 257, np.uint16)]):
        path = tmp_path / f"{number}.png"
        Image.fromarray(levels).save(path)
        answers.append(row_of(run("apply", "--model", model, path).text))
    np.testing.assert_allclose(answers[0], answers[1], atol=1e-6)


def test_its_maps_are_drawn_and_written(run: Run, tmp_path: Path) -> None:
    model = tmp_path / "m.npz"
    model_file(model, (12, 10, 1))
    out, maps = tmp_path / "out.json", tmp_path / "maps"
    assert run("apply", "--model", model, SAMPLES / "face.png", "-o", out, "--maps", maps).code == 0
    assert len(list(maps.iterdir())) == 6


def test_the_classes_stand_over_their_probabilities(run: Run, tmp_path: Path) -> None:
    model = tmp_path / "m.npz"
    model_file(model, (12, 10, 1))
    for name, first in {"x.csv": "a,b,c", "x.tsv": "a\tb\tc", "x.txt": "# a b c"}.items():
        assert run("apply", "--model", model, SAMPLES / "face.png", "-o", tmp_path / name).code == 0
        names, row = (tmp_path / name).read_text().splitlines()
        assert names == first
        assert sum(float(number) for number in row.replace(",", " ").split()) == pytest.approx(1, abs=1e-5)
    (output,) = json.loads(run("apply", "--model", model, SAMPLES / "face.png", "--json").text)["outputs"]
    assert output["columns"] == ["a", "b", "c"]


def test_of_two_classes_a_sigmoid_gives_the_second(run: Run, tmp_path: Path) -> None:
    network = Sequential.new("flatten fc:1 sigmoid", (4, 4, 1), np.random.default_rng(5))
    save_model(str(tmp_path / "m.npz"), Model(network, ("cats", "dogs"), True), overwrite=True)
    source = tmp_path / "x.png"
    Image.fromarray(np.full((4, 4), 9, np.uint8)).save(source)
    name, chance = run("apply", "--model", tmp_path / "m.npz", source).text.splitlines()
    top = json.loads(run("net", "predict", tmp_path / "m.npz", source, "--top", "2", "--json").text)["top"]
    assert name == "dogs"
    assert {one["class"]: one["probability"] for one in top}[name] == pytest.approx(float(chance), abs=1e-6)


@pytest.mark.parametrize(
    ("extra", "code", "said"),
    [
        (["--no-gray"], 2, "trained on gray images"),
        (["--seed", "1"], 2, "leave out --seed"),
        (["-o", "{model}", "-y", "--format", "npy"], 2, "names the format npz but --format says npy"),
        (["-o", "{model}.link", "-y", "--format", "npy"], 2, "is an input"),
        (["--alpha", "filter"], 2, "chain of layers"),
    ],
)
def test_what_contradicts_the_model_is_refused(
    run: Run, tmp_path: Path, extra: list[str], code: int, said: str
) -> None:
    model = tmp_path / "m.npz"
    model_file(model, (12, 10, 1))
    before = model.read_bytes()
    (tmp_path / "m.npz.link").symlink_to(model)
    words = [word.replace("{model}", str(model)) for word in extra]
    outcome = run("apply", "--model", model, SAMPLES / "face.png", *words)
    assert (outcome.code, len(outcome.lines)) == (code, 1)
    assert said in outcome.stderr
    assert model.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 not really", "is damaged or incomplete"),
        (b"1,2,3", "is not a .npz file of weights"),
    ],
)
def test_a_damaged_model_is_one_line(run: Run, tmp_path: Path, content: bytes, said: str) -> None:
    model = tmp_path / "m.npz"
    model.write_bytes(content)
    outcome = run("apply", "--model", model, SAMPLES / "face.png", "-o", tmp_path / "x.csv")
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert f"apply: {model} {said}" in outcome.stderr
    assert not (tmp_path / "x.csv").exists()

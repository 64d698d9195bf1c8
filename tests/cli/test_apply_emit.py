"""`apply --emit`: the script builds the same network, with the same weights, and gives the same results."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnfilt.files.model_file import Model, save_model
from cnnfilt.nn.model import Sequential
from tests.cli.conftest import SAMPLES, Run
from tests.cli.test_emit import MODULES, printed, run_script
from tests.cli.test_shape_emit import EVERY_WORD

os.environ.setdefault("KERAS_BACKEND", "torch")

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

LIBRARIES = ("torch", "keras")


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    pytest.importorskip(MODULES[request.param])
    return request.param


@pytest.fixture(autouse=True)
def singles_again() -> Iterator[None]:
    """The scripts compute in doubles, which they ask their library for."""
    yield
    if "torch" in sys.modules:
        torch: Any = sys.modules["torch"]
        torch.set_default_dtype(torch.float32)
    if "keras" in sys.modules:
        keras: Any = sys.modules["keras"]
        keras.config.set_floatx("float32")


def result_of(library: str, folder: Path, *arguments: object, suffix: str = ".npy") -> tuple[np.ndarray, np.ndarray]:
    """Ours and the script's result, written to files."""
    ours, theirs = folder / f"ours{suffix}", folder / f"theirs{suffix}"
    printed("apply", *arguments, "-q", "-y", "-o", ours)
    script = printed("apply", *arguments, "-q", "--format", suffix[1:], "--emit", library)
    said = run_script(script, next(word for word in arguments if isinstance(word, Path)), theirs)
    if suffix == ".npy":
        return np.load(ours), np.load(theirs)
    if suffix == ".csv":
        theirs.write_text(said)
        assert ours.read_text().splitlines()[0] == theirs.read_text().splitlines()[0]
        return tuple(np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2) for path in (ours, theirs))
    with Image.open(ours) as one, Image.open(theirs) as other:
        return np.asarray(one).astype(float), np.asarray(other).astype(float)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An image of four channels."""
    np.save(tmp_path / "source.npy", np.random.default_rng(3).normal(size=(8, 7, 4)).astype(np.float32))
    return tmp_path / "source.npy"


@pytest.mark.parametrize("words", EVERY_WORD.values(), ids=EVERY_WORD)
def test_every_word(library: str, words: str, source: Path, tmp_path: Path) -> None:
    # How many maps end a chain has to be known without the image.
    words = f"{words} conv:3,k=1" if words.startswith("dw") else words
    ours, theirs = result_of(library, tmp_path, words, source, *drawn_for(words))
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(theirs, ours, rtol=1e-4, atol=1e-4)


def drawn_for(words: str) -> list[str]:
    """--seed 5 where there are weights to draw."""
    learning = ("conv:4", "conv:5", "dw", "tconv", "bn", "ln", "gn", "scale", "prelu", "fc")
    return ["--seed", "5"] if any(word.startswith(learning) for word in words.split()) else []


def test_a_photo_becomes_the_same_picture(library: str, tmp_path: Path) -> None:
    with Image.open(SAMPLES / "scene.png") as image:
        image.crop((400, 200, 460, 250)).save(tmp_path / "photo.png")
    words = "filter:gaussian:1,p=same pool:avg tconv:1,k=4,s=2,p=1 up:2 sigmoid"
    arguments = [words, tmp_path / "photo.png", "--seed", "1", "--input-scale", "1/255"]
    ours, theirs = result_of(library, tmp_path, *arguments, suffix=".png")
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 1
    assert ours.std() > 1


def test_maps_of_several_layers_are_a_file_each(library: str, run: Run, tmp_path: Path) -> None:
    arguments = ["apply", "conv:vertical+horizontal,p=1 relu", SAMPLES / "face.png"]
    run(*arguments, "-o", f"{tmp_path}/ours/")
    run_script(printed(*arguments, "-q", "--format", "png", "--emit", library), SAMPLES / "face.png",
               tmp_path / "theirs.{}.png")  # fmt: skip
    for label in ("vertical", "horizontal"):
        (found,) = (tmp_path / "ours").glob(f"*{label}*")
        with Image.open(found) as one, Image.open(tmp_path / f"theirs.{label}.png") as other:
            assert (np.asarray(one) == np.asarray(other)).all()


BLOCK = (
    "conv:4,k=3,p=1,bias=0 bn relu as:in conv:4,k=3,p=1,bias=0 bn add:in relu dropout:0.5 pool:max flatten fc:3 softmax"
)


def model(path: Path, size: tuple[int, int, int]) -> Path:
    """A network that has learned something, its running statistics, too."""
    rng = np.random.default_rng(2)
    network = Sequential.new(BLOCK, size, rng)
    for array in network.arrays.values():
        array += rng.normal(size=array.shape).astype(np.float32) ** 2 / 20
    network.arrays["fc1.kernel"][...] *= 0.1
    save_model(str(path), Model(network, ("a, b", "c", "d"), size[2] == 1, None), overwrite=True)
    return path


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ["face.png", "scene.png", "rotated.jpg"])
def test_a_trained_model(library: str, channels: int, name: str, tmp_path: Path) -> None:
    path = model(tmp_path / "m.npz", (12, 10, channels))
    ours, theirs = result_of(library, tmp_path, SAMPLES / name, "--model", str(path), suffix=".csv")
    np.testing.assert_allclose(theirs, ours, rtol=1e-4, atol=1e-5)
    assert ours.shape == (1, 3)
    assert 0.01 < ours.min() < ours.max() < 0.99


def test_a_model_takes_other_inputs_of_the_same_size(library: str, run: Run, tmp_path: Path) -> None:
    path = model(tmp_path / "m.npz", (12, 10, 1))
    rng = np.random.default_rng(0)
    for name in ("a.png", "b.png"):
        Image.fromarray(rng.integers(0, 256, (24, 20)).astype(np.uint8)).save(tmp_path / name)
    script = printed("apply", "--model", path, tmp_path / "a.png", "-q", "--emit", library)
    found = np.array(run_script(script, tmp_path / "b.png").splitlines()[1].split(","), float)
    expected = run("apply", "--model", path, tmp_path / "b.png").text.splitlines()[1].split(",")
    np.testing.assert_allclose(found, np.array(expected, float), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("morph:open,k=3", "PyTorch has no layer such as morph:open,k=3"),
        ("pool:median", "PyTorch has no median pooling, as pool:median is"),
    ],
)
def test_what_a_library_has_not_is_refused(run: Run, words: str, said: str) -> None:
    outcome = run("apply", words, SAMPLES / "face.png", "--emit", "torch")
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert said in outcome.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--emit", "opencv"], "use torch or keras"),
        (["--emit", "torch", "--region", "0,0,9x9"], "leave out --region and --mask"),
        (["--emit", "torch", "--light", "linear"], "leave it out"),
    ],
)
def test_wrong_requests(run: Run, options: list[str], said: str) -> None:
    outcome = run("apply", "filter:box,p=same", SAMPLES / "face.png", *options)
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert said in outcome.stderr

"""A model file holds all that is needed to use it, and nothing in it is trusted."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnfilt
from cnnfilt.errors import InputError, KernelError, OutputError
from cnnfilt.files import model_file
from cnnfilt.files.image import Image
from cnnfilt.files.matrix.kernel_files import kernel_array, kernels_in_file
from cnnfilt.files.matrix.npz import Archive, write_npz
from cnnfilt.files.model_file import Model, load_model, save_model
from cnnfilt.frozen import replace
from cnnfilt.nn.model import Sequential

WORDS = "conv:4,k=3 relu pool:max flatten fc:3 softmax"


def model() -> Model:
    network = Sequential.new(WORDS, (8, 8, 1), np.random.default_rng(0))
    return Model(network, ("a", "b", "c"), True, None, {"epochs": 3}, {"steps": np.array(9)})


def rewritten(path: Path, header: dict[str, Any], **arrays: np.ndarray) -> Path:
    """Write the model at `path` with other header fields and arrays."""
    archive = Archive(path)
    old = {name: archive.array(name, most_bytes=10**6) for name in archive.names}
    fields = json.loads(old["model"].tobytes()) | header
    path.write_bytes(write_npz(old | {"model": np.frombuffer(json.dumps(fields).encode(), np.uint8)} | arrays))
    return path


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_model(str(tmp_path / "model.npz"), model(), overwrite=False)
    return tmp_path / "model.npz"


def test_a_model_comes_back(saved: Path) -> None:
    back, before = load_model(saved), model()
    assert (back.classes, back.gray, back.input_scale, back.training) == (("a", "b", "c"), True, None, {"epochs": 3})
    assert back.network.words == WORDS
    assert back.state["steps"] == 9
    x = np.random.default_rng(1).normal(size=(2, 8, 8, 1)).astype(np.float32)
    assert np.array_equal(back.network.forward(x), before.network.forward(x))


@pytest.mark.parametrize(("dtype", "top"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 255)])
@pytest.mark.parametrize("scale", [None, 0.5])
def test_a_model_says_how_it_sees_an_image(dtype: type, top: int, scale: float | None) -> None:
    """At its size, in its channels, scaled: what `net train` saw, `net predict` and others see, too."""
    form = replace(model(), input_scale=scale).form
    levels = (np.arange(64).reshape(8, 8) * top // 63).astype(dtype)
    expected = levels[..., None] * np.float32(1 / top if scale is None else scale)
    assert np.array_equal(form.array(Image(levels)), expected)
    assert form.array(Image(levels.repeat(3, axis=0).repeat(3, axis=1))).shape == (8, 8, 1)
    assert cnnfilt.load_model is load_model


def test_a_model_s_name_is_stored_once_it_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours of training are not to be lost to a power failure a moment after they were said to be saved."""
    path, found = tmp_path / "model.npz", []
    monkeypatch.setattr(model_file, "settle", lambda folders: found.append((list(folders), path.exists())))
    save_model(str(path), model(), overwrite=False)
    assert found == [([str(tmp_path)], True)]


def test_a_model_is_not_overwritten_unasked(saved: Path) -> None:
    with pytest.raises(OutputError, match="exists already"):
        save_model(str(saved), model(), overwrite=False)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"layers": WORDS.replace("fc:3", "fc:4")}, "4"),
        ({"layers": WORDS.replace("fc:3", "fc:999999999999")}, "claims|limit|shape"),
        ({"layers": "nonsense"}, "unknown"),
        ({"layers": 7}, "its layers is 7"),
        ({"input": [8, 8]}, "its input"),
        ({"input": [8, 8, True]}, "its input"),
        ({"input": [2**30, 2**30, 1]}, "pixels"),
        ({"input": [9, 9, 2]}, "shape"),
        ({"classes": ["a", "b"]}, "2 classes"),
        ({"classes": [1, 2, 3]}, "its classes"),
        ({"input_scale": "1"}, "its input_scale"),
        ({"gray": None}, "its gray"),
        ({"gray": False}, "1 channel, but colour"),
        ({"format": 2}, "another version"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(saved: Path, header: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        load_model(rewritten(saved, header))
    assert str(caught.value).startswith(str(saved))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"conv1.bias": np.zeros(5, np.float32)}, "shape"),
        ({"conv1.bias": np.zeros(4, np.int32)}, "int32"),
        ({"conv1.bias": np.full(4, np.nan)}, "not all finite"),
        ({"conv9.bias": np.zeros(4)}, "conv9.bias"),
        ({"conv1.bias": np.zeros(10**6)}, "claims 8,000,128 bytes"),
        ({"training.huge": np.zeros(10**6)}, "claims 8,000,128 bytes"),
        ({"model": np.zeros(3, np.uint8)}, "damaged"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(saved: Path, arrays: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_model(rewritten(saved, {}, **arrays))


def test_a_whole_network_is_no_kernel(saved: Path) -> None:
    for read in (kernels_in_file, kernel_array):
        with pytest.raises(
            KernelError, match=r"is a whole network; name the convolution .* meant: @.*model.npz#conv1$"
        ):
            read(str(saved))


def test_another_npz_is_no_model(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with pytest.raises(InputError, match="is not a model"):
        load_model(tmp_path / "other.npz")
    with pytest.raises(InputError, match="no such file"):
        load_model(tmp_path / "missing.npz")

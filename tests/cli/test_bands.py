"""Images of more than three channels: kept through every command, and chosen from with --bands."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from cnnfilt.files.reading import read
from tests.cli.conftest import Run
from tests.files.decode.tiff_files import tiff_file
from tests.files.odd_files import random_levels

BANDS = random_levels(8, 9, 6, dtype="uint16")


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    path = tmp_path / "scene.tif"
    path.write_bytes(tiff_file(BANDS))
    return path


@pytest.mark.parametrize(
    "command",
    [
        ("convolve", "-k", "identity", "-p", "same"),
        ("pad", "-p", "0"),
        ("pool", "-f", "1"),
        ("apply", "filter:identity,p=same"),
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize("output", ["out.tif", "out.npy"])
def test_all_bands_go_through(run: Run, scene: Path, tmp_path: Path, command: tuple[str, ...], output: str) -> None:
    outcome = run(*command, scene, "-o", tmp_path / output)
    assert outcome.code == 0, outcome.stderr
    np.testing.assert_array_equal(read(tmp_path / output).pixels, BANDS)


def test_bands_are_chosen_in_their_order(run: Run, scene: Path, tmp_path: Path) -> None:
    assert run("pad", scene, "-p", "0", "--bands", "4,3,2", "-o", tmp_path / "out.png").code == 0
    np.testing.assert_array_equal(read(tmp_path / "out.png").pixels, BANDS[..., [3, 2, 1]])
    assert run("pad", scene, "-p", "0", "--bands", "6", "-o", tmp_path / "one.png").code == 0
    np.testing.assert_array_equal(read(tmp_path / "one.png").pixels, BANDS[..., 5])


def test_a_channel_of_a_photo(run: Run, tmp_path: Path) -> None:
    """It is chosen before it becomes gray, which a JPEG would be decoded to at once."""
    PIL.Image.fromarray(random_levels(9, 8, 3)).save(tmp_path / "a.jpg", quality=90)
    photo = read(tmp_path / "a.jpg").pixels
    arguments = ("--method", "sobel", "--values", "raw", "-o", tmp_path / "out.npy", "-y")
    assert run("edges", tmp_path / "a.jpg", "--bands", "1", *arguments).code == 0
    red = read(tmp_path / "out.npy").pixels
    PIL.Image.fromarray(photo[..., 0]).save(tmp_path / "red.png")
    assert run("edges", tmp_path / "red.png", *arguments).code == 0
    np.testing.assert_array_equal(red, read(tmp_path / "out.npy").pixels)


def test_what_cannot_hold_the_bands_says_what_can(run: Run, scene: Path, tmp_path: Path) -> None:
    outcome = run("pad", scene, "-p", "1", "-o", tmp_path / "out.png")
    assert outcome.code == 1
    assert outcome.lines == [
        f"pad: {scene}: PNG holds 1 or 3 channels and the result has 6; choose with --bands, or use tiff, pam or npy"
    ]
    outcome = run("edges", scene, "-o", tmp_path / "out.png")
    assert outcome.code == 1
    assert outcome.lines == [
        f"edges: {scene} has 6 channels; gray is made of 1 or 3; choose with --bands, or --no-gray"
    ]


@pytest.mark.parametrize(
    ("bands", "code", "why"),
    [
        ("7", 1, "has 6 channels; --bands 7 does not exist"),
        ("0,1", 2, "--bands '0,1' is not a list of channels, counted from 1: 4,3,2"),
        ("red", 2, "--bands 'red' is not a list of channels, counted from 1: 4,3,2"),
    ],
)
def test_bands_that_are_not_there(run: Run, scene: Path, tmp_path: Path, bands: str, code: int, why: str) -> None:
    outcome = run("pad", scene, "-p", "0", "--bands", bands, "-o", tmp_path / "out.png")
    assert outcome.code == code
    assert why in outcome.stderr
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(("dtype", "name"), [("f8", "float64"), ("i4", "float64"), ("i2", "float32")])
def test_raw_values_of_wide_numbers_are_not_rounded(run: Run, tmp_path: Path, dtype: str, name: str) -> None:
    values = (random_levels(4, 5, 1, dtype="uint32") >> 1).astype(dtype)
    (tmp_path / "in.tif").write_bytes(tiff_file(values))
    outcome = run("convolve", tmp_path / "in.tif", "-k", "1", "--values", "raw", "-o", tmp_path / "out.tif")
    assert outcome.code == 0, outcome.stderr
    found = read(tmp_path / "out.tif").pixels
    assert found.dtype == name
    np.testing.assert_array_equal(found, values[..., 0])


def test_doubles_stay_doubles(run: Run, tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(4, 5, 3))
    (tmp_path / "in.tif").write_bytes(tiff_file(values, photometric=2))
    assert run("pad", tmp_path / "in.tif", "-p", "0", "-o", tmp_path / "out.tif").code == 0
    np.testing.assert_array_equal(read(tmp_path / "out.tif").pixels, values)


@pytest.mark.parametrize("backend", ["torch", "keras", "opencv"])
def test_scripts_choose_the_same_bands(run: Run, scene: Path, backend: str) -> None:
    outcome = run("convolve", scene, "-k", "sobel-x", "--bands", "4,2", "--emit", backend)
    assert outcome.code == 0
    assert "'--bands', '4,2'" in outcome.text

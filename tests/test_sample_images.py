"""The sample images: that the script still draws them, pixel for pixel, and that they are what SOURCES.md says."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image

from tests.patience import PATIENCE

SCRIPT = Path(__file__).parent / "make_sample_images.py"
SAMPLES = Path(__file__).parent.parent / "sample_images"
PICTURES = {
    "face.png": ("L", (256, 256)),
    "scene.png": ("RGB", (1200, 800)),
    "scene.jpg": ("RGB", (1200, 800)),
    "depth16.png": ("I;16", (320, 240)),
    "icon.png": ("RGBA", (128, 128)),
    "rotated.jpg": ("RGB", (400, 300)),
}


def pixels(path: Path) -> NDArray[np.int64]:
    with Image.open(path) as image:
        return np.asarray(image).astype(np.int64)


@pytest.fixture(scope="module")
def made_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("again") / "samples"
    subprocess.run([sys.executable, "-B", str(SCRIPT), str(folder)], check=True, timeout=PATIENCE)
    return folder


@pytest.mark.parametrize("name", PICTURES)
def test_script_makes_the_same_pixels_again(made_again: Path, name: str) -> None:
    off = np.abs(pixels(SAMPLES / name) - pixels(made_again / name))
    # Another machine's exp or sin may differ in the last bit, and now and then tip a rounding; another JPEG library
    # or font renderer may differ by a few levels here and there. A different drawing differs by far more.
    top = 65535 if name == "depth16.png" else 255
    assert off.mean() <= 0.002 * top
    assert np.mean(off > 0.02 * top) <= 0.01


def test_script_writes_the_same_files(made_again: Path) -> None:
    again = {path.name for path in made_again.iterdir()}
    assert again | {"SOURCES.md"} == {path.name for path in SAMPLES.iterdir() if path.is_file()}
    assert (made_again / "worked_example.csv").read_bytes() == (SAMPLES / "worked_example.csv").read_bytes()


def test_all_samples_are_described_and_small() -> None:
    described = (SAMPLES / "SOURCES.md").read_text(encoding="utf-8")
    files = [path for path in SAMPLES.iterdir() if path.is_file() and path.name != "SOURCES.md"]
    assert all(f"`{path.name}`" in described for path in files)
    assert sum(path.stat().st_size for path in files) < 3_000_000


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_have_their_mode_and_size(name: str) -> None:
    with Image.open(SAMPLES / name) as image:
        assert (image.mode, image.size) == PICTURES[name]


def test_worked_example_gives_the_first_number_of_the_notes() -> None:
    matrix = np.loadtxt(SAMPLES / "worked_example.csv", delimiter=",")
    assert matrix.shape == (6, 6)
    assert (matrix[:3, 0] - matrix[:3, 2]).sum() == -8


def test_depth16_needs_its_sixteen_bits() -> None:
    levels = pixels(SAMPLES / "depth16.png")
    assert levels.min() < 1000
    assert levels.max() > 64000
    assert np.unique(levels).size > 20000
    in_the_disc = levels[175:206, 47:78]
    assert np.ptp(in_the_disc) > 150
    assert np.unique(np.rint(in_the_disc / 257)).size == 1


def test_icon_has_opaque_clear_and_partly_transparent_pixels() -> None:
    alpha = pixels(SAMPLES / "icon.png")[..., 3]
    assert alpha.min() == 0
    assert alpha.max() == 255
    assert np.mean((alpha > 0) & (alpha < 255)) > 0.1


def test_rotated_says_how_to_turn_it_and_not_where_it_was() -> None:
    with Image.open(SAMPLES / "rotated.jpg") as image:
        exif = image.getexif()
    assert exif[ExifTags.Base.Orientation] == 6
    assert "points up" in exif[ExifTags.Base.ImageDescription]
    assert ExifTags.Base.GPSInfo not in exif

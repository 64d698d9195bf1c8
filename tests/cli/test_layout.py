"""`cnnfilt convolve --layout grid`: several kernels on one captioned picture."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.core.convolution import convolve
from cnnfilt.describe.kernels import kernel
from cnnfilt.files import contact_sheet
from tests.cli.conftest import SAMPLES, Run


def pixels_of(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def stands_in(sheet: np.ndarray, picture: np.ndarray) -> bool:
    """Whether the picture stands somewhere on the sheet, pixel for pixel."""
    height, width = picture.shape[:2]
    corners = np.argwhere((sheet[: 1 - height or None, : 1 - width or None] == picture[0, 0]).reshape(
        sheet.shape[0] - height + 1, sheet.shape[1] - width + 1, -1).all(axis=2))  # fmt: skip
    return any(np.array_equal(sheet[y : y + height, x : x + width], picture) for y, x in corners)


def test_every_map_stands_on_the_sheet_as_it_would_alone(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "all.png"
    specs = ("box:5", "sobel-x", "sharpen")
    flags = [word for spec in specs for word in ("-k", spec)]
    outcome = run("convolve", SAMPLES / "scene.png", *flags, "--layout", "grid", "-o", out)
    assert outcome.code == 0
    assert "grid of 3" in outcome.lines[0]
    sheet, image = pixels_of(out), pixels_of(SAMPLES / "scene.png")
    for spec in specs:
        values = convolve(image, kernel(spec))
        levels = np.rint(np.clip(np.abs(values) if spec == "sobel-x" else values, 0, 255)).astype(np.uint8)
        assert stands_in(sheet, levels), spec


def test_gray_16_bit_and_transparent_images(run: Run, tmp_path: Path) -> None:
    deep, clear = tmp_path / "deep.png", tmp_path / "clear.jpg"
    grid = ("-k", "identity", "-k", "box", "--layout", "grid", "-o")
    assert run("convolve", SAMPLES / "depth16.png", *grid, deep).code == 0
    assert stands_in(pixels_of(deep), pixels_of(SAMPLES / "depth16.png")[1:-1, 1:-1])
    assert run("convolve", SAMPLES / "icon.png", *grid, clear).code == 0
    assert pixels_of(clear)[12, 12].min() > 240, "the icon's corner is clear, and shows the page"


def test_a_folder_gives_a_sheet_for_each(run: Run, tmp_path: Path) -> None:
    inputs = [SAMPLES / "face.png", SAMPLES / "scene.jpg"]
    grid = ("-k", "sobel-x", "-k", "sobel-y", "--layout", "grid")
    assert run("convolve", *inputs, *grid, "-o", f"{tmp_path}/").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["face.png", "scene.jpg"]
    assert pixels_of(tmp_path / "face.png").shape[1] > 2 * 254


@pytest.mark.parametrize(
    ("extra", "code", "said"),
    [
        (["-o", "{tmp}/x.npy"], 2, "makes a picture"),
        (["-o", "{tmp}/x.tiff", "--values", "raw"], 1, "8 or 16 bits"),
        (["-o", "{tmp}/x.png", "--max-pixels", "100000"], 1, "the sheet of"),
        (["-o", "{tmp}/x.png", "--layout", "girds"], 2, "use files or grid"),
    ],
)
def test_what_is_no_picture_is_refused(run: Run, tmp_path: Path, extra: list[str], code: int, said: str) -> None:
    words = [word.replace("{tmp}", str(tmp_path)) for word in extra]
    outcome = run("convolve", SAMPLES / "face.png", "-k", "box", "-k", "sobel-x", "--layout", "grid", *words)
    assert (outcome.code, len(outcome.lines)) == (code, 1), outcome.stderr
    assert said in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_what_is_unchanged_is_called_the_original(monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path) -> None:
    captions: list[str] = []
    made = contact_sheet.Tile

    def tile(pixels: np.ndarray, caption: str) -> contact_sheet.Tile:
        captions.append(caption.splitlines()[0])
        return made(pixels, caption)

    monkeypatch.setattr("cnnfilt.operations.grid.Tile", tile)
    grid = ("-k", "identity", "-k", "box", "--layout", "grid", "-p", "same")
    assert run("convolve", SAMPLES / "face.png", *grid, "-o", tmp_path / "out.png").code == 0
    assert captions == ["original", "box"]

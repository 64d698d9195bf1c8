"""`cnnfilt edges`, as typed."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SAMPLES, Run

STEP = b"0,0,9,9\n0,0,9,9\n0,0,9,9\n"


def test_edges_are_gray_and_as_large_as_the_photo(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    outcome = run("edges", SAMPLES / "scene.jpg", "-o", out)
    assert outcome.code == 0
    assert len(outcome.lines) == 1  # no report of clipping for edges
    with Image.open(out) as image:
        assert (image.mode, image.size) == ("L", (1200, 800))


def test_colours_on_request(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    assert run("edges", SAMPLES / "scene.jpg", "--no-gray", "-o", out).code == 0
    with Image.open(out) as image:
        assert image.mode == "RGB"


@pytest.mark.parametrize(("direction", "expected"), [("vertical", "0,27,27,0"), ("horizontal", "0,0,0,0")])
def test_vertical_means_vertical_edges(run: Run, direction: str, expected: str) -> None:
    outcome = run("edges", "-", "--direction", direction, stdin=STEP)
    assert [float(v) for v in outcome.text.splitlines()[1].split(",")] == [float(v) for v in expected.split(",")]


@pytest.mark.parametrize("method", ["prewitt", "sobel", "scharr", "farid", "laplacian", "log", "kirsch", "roberts"])
def test_every_method_draws_an_image(run: Run, tmp_path: Path, method: str) -> None:
    out = tmp_path / "x.png"
    assert run("edges", SAMPLES / "face.png", "--method", method, "-o", out).code == 0
    with Image.open(out) as image:
        levels = np.asarray(image)
    assert levels.shape == (256, 256)
    assert levels.max() > 100
    assert np.median(levels) < 60


def test_canny_and_threshold_draw_lines(run: Run, tmp_path: Path) -> None:
    for number, arguments in enumerate((["--method", "canny"], ["--threshold", "100"])):
        out = tmp_path / f"{number}.png"
        assert run("edges", SAMPLES / "face.png", *arguments, "-o", out).code == 0
        with Image.open(out) as image:
            assert set(np.unique(np.asarray(image)).tolist()) == {0, 255}


def test_angles_come_beside_the_picture(run: Run, tmp_path: Path) -> None:
    out, angles = tmp_path / "x.png", tmp_path / "a.npy"
    assert run("edges", SAMPLES / "face.png", "-o", out, "--angle", angles).code == 0
    assert np.load(angles).shape == (256, 256)
    assert np.abs(np.load(angles)).max() <= np.pi + 1e-6


@pytest.mark.parametrize(
    "arguments",
    [
        ["--method", "laplacian", "--direction", "vertical"],
        ["--method", "canny", "--direction", "both", "--low", "0.5"],
        ["--low", "0.1"],
        ["--method", "prewit"],
        ["--angle", "x.npy", "--method", "log"],
        ["--alpha", "filter"],
        ["--gain", "0"],
    ],
    ids=" ".join,
)
def test_a_contradiction_exits_with_2(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    outcome = run("edges", SAMPLES / "face.png", *arguments, "-o", tmp_path / "x.png")
    assert outcome.code == 2, outcome.stderr
    assert len(outcome.lines) == 1
    assert not list(tmp_path.iterdir())


def test_a_pipe_in_is_a_pipe_out(run: Run) -> None:
    outcome = run("edges", "-", stdin=(SAMPLES / "face.png").read_bytes())
    assert outcome.code == 0
    with Image.open(io.BytesIO(outcome.stdout)) as image:
        assert (image.format, image.size) == ("PNG", (256, 256))


def test_a_folder_keeps_names_and_formats(run: Run, tmp_path: Path) -> None:
    outcome = run("edges", SAMPLES, "-o", tmp_path / "out", "--alpha", "drop")
    assert outcome.code == 0, outcome.stderr
    expected = sorted(p.name for p in SAMPLES.iterdir() if p.suffix in (".png", ".jpg"))
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == expected


def test_a_photo_taken_sideways_comes_out_upright(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    assert run("edges", SAMPLES / "rotated.jpg", "-o", out).code == 0
    with Image.open(out) as image:
        assert image.size == (300, 400)
        assert image.getexif().get(274, 1) == 1


def test_the_name_of_the_angles_may_be_a_pattern(run: Run, tmp_path: Path) -> None:
    outcome = run("edges", SAMPLES / "icon.png", "-o", tmp_path / "e.png", "--angle", tmp_path / "{stem}-angle.npy")
    assert outcome.code == 0, outcome.stderr
    assert (tmp_path / "icon-angle.npy").exists()


@pytest.mark.parametrize("options", [["--method", "canny"], ["--threshold", "0.3"]])
def test_two_levels_of_a_float_image_need_no_mapping(run: Run, tmp_path: Path, options: list[str]) -> None:
    levels = np.zeros((12, 14), np.float32)
    levels[:, 7:] = 1
    Image.fromarray(levels).save(tmp_path / "in.tif")
    outcome = run("edges", tmp_path / "in.tif", "-o", tmp_path / "out.png", *options)
    assert (outcome.code, len(outcome.lines)) == (0, 1)
    drawn = np.array(Image.open(tmp_path / "out.png"))
    assert drawn.dtype == np.uint8
    assert np.unique(drawn).tolist() == [0, 255]
    assert run("edges", tmp_path / "in.tif", "-o", tmp_path / "out2.png").code == 1
    assert run("edges", tmp_path / "in.tif", "-o", tmp_path / "out.tif", *options).code == 0
    assert np.unique(np.array(Image.open(tmp_path / "out.tif"))).tolist() == [0, 1]

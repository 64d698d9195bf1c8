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


def drawn(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_dark_lines_on_white(run: Run, tmp_path: Path) -> None:
    for name, options in (("lines", []), ("mask", ["--threshold", "90"]), ("canny", ["--method", "canny"])):
        plain, paper = tmp_path / f"{name}.png", tmp_path / f"{name}-paper.png"
        assert run("edges", SAMPLES / "face.png", *options, "-o", plain).code == 0
        outcome = run("edges", SAMPLES / "face.png", *options, "--invert", "-o", paper)
        assert (outcome.code, len(outcome.lines)) == (0, 1)
        assert "inverted)" in outcome.stderr
        np.testing.assert_array_equal(drawn(paper), 255 - drawn(plain))
    deep = tmp_path / "deep.png"
    assert run("edges", SAMPLES / "depth16.png", "--invert", "-o", deep).code == 0
    run("edges", SAMPLES / "depth16.png", "-o", tmp_path / "plain.png")
    np.testing.assert_array_equal(drawn(deep), 65535 - drawn(tmp_path / "plain.png"))


def test_raw_values_have_no_white_to_be_inverted(run: Run, tmp_path: Path) -> None:
    for words in (["1,2;3,4"], [SAMPLES / "face.png", "-o", tmp_path / "x.npy"]):
        outcome = run("edges", *words, "--invert")
        assert (outcome.code, outcome.text, len(outcome.lines)) == (2, "", 1)
        assert "--invert needs levels" in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_the_threshold_that_was_found_is_told(run: Run, tmp_path: Path) -> None:
    found = tmp_path / "auto.png"
    outcome = run("edges", SAMPLES / "face.png", "--threshold", "auto", "-o", found)
    level = outcome.stderr.split("threshold ")[1].split(")")[0]
    assert run("edges", SAMPLES / "face.png", "--threshold", level, "-o", tmp_path / "typed.png").code == 0
    np.testing.assert_array_equal(drawn(found), drawn(tmp_path / "typed.png"))
    flat = tmp_path / "flat.png"
    Image.new("L", (20, 20), 90).save(flat)
    outcome = run("edges", flat, "--threshold", "auto", "-o", tmp_path / "none.png")
    assert "no threshold: nothing differs" in outcome.stderr
    assert not drawn(tmp_path / "none.png").any()
    assert "'autos' is not a number" in run("edges", flat, "--threshold", "autos", "-o", tmp_path / "x.png").stderr


def test_thin_edges_are_told_and_explained(run: Run, tmp_path: Path) -> None:
    thin = tmp_path / "thin.png"
    outcome = run("edges", SAMPLES / "face.png", "--thin", "-o", thin)
    assert "(prewitt, thin)" in outcome.stderr
    run("edges", SAMPLES / "face.png", "-o", tmp_path / "wide.png")
    wide, lines = drawn(tmp_path / "wide.png"), drawn(thin)
    assert ((lines == wide) | (lines == 0)).all()
    assert 0.05 < (lines > 60).sum() / (wide > 60).sum() < 0.5
    row, column = (int(place[0]) for place in np.nonzero(lines > 200))
    words = run("edges", SAMPLES / "face.png", "--thin", "--explain", f"{row},{column}").text
    assert "a crest: no weaker than beside it" in words
    inverted = run("edges", SAMPLES / "face.png", "--thin", "--invert", "--explain", f"{row},{column}").text
    level = lines[row, column]
    assert f"= {255 - level} (rounded, clipped to 0..255, inverted: 255 - {level})" in inverted
    refused = run("edges", SAMPLES / "face.png", "--thin", "--method", "kirsch", "-o", tmp_path / "x.png")
    assert refused.code == 2
    assert "has no directions; thin is for prewitt, sobel, scharr, roberts, farid" in refused.stderr

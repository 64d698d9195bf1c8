"""Black, white and clipped pictures are explained in one line, with what helps."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.cli.conftest import SAMPLES, Run, run  # noqa: F401 - a fixture

RAMP = np.tile(np.arange(20, 236, dtype=np.uint8), (60, 1))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    PIL.Image.fromarray(RAMP).save(path)
    return path


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["convolve", "-k", "1,1,1;1,1,1;1,1,1"], "the kernel sums to 9; --normalize divides by it"),
        (["convolve", "-k", "0.01"], "is nearly all black: the kernel sums to 0.01; --normalize divides by it"),
        (["convolve", "-k", "-1"], "the kernel sums to -1, so what is bright becomes negative; --values abs or offset"),
        (["convolve", "-k", "sobel-y", "--values", "clip"], "the kernel sums to 0, so results lie around 0; --values"),
        (["convolve", "-k", "identity", "--bias", "300"], "is nearly all white: --bias 300 is added in levels"),
        (["edges", "--gain", "0.01"], "is nearly all black: --gain 0.01 multiplies every magnitude; the default is 3"),
        (["edges", "--threshold", "0.5"], "is white wherever anything changes: --threshold 0.5 is a level, 0 to 255"),
        (["edges", "--threshold", "250"], "is nearly all black: --threshold 250 is a level, 0 to 255"),
        (
            ["convolve", "-k", "sharpen", "-p", "same"],
            "has a border that is too dark or too bright: the padding is zeros",
        ),
        (["pad", "-p", "2", "--padding-value", "red"], "has a gray border: a gray picture keeps only the brightness"),
        (["convolve", "-k", "box", "--activation", "sigmoid"], "makes them 0 to 1"),
        (["convolve", "-k", "gaussian:2", "-p", "same"], "has a darker border: the padding is zeros, which is black; "),
        (["convolve", "-k", "0,0,1", "-p", "same"], "has a darker border: the padding is zeros, which is black; "),
        (["convolve", "-k", "0,0,0,1", "-p", "0,0,0,2"], "has a darker border: the padding is zeros, which is black; "),
        (["convolve", "-k", "1,0,0,0", "--flip", "-p", "0,0,0,2"], "has a darker border: the padding is zeros"),
    ],
)
def test_what_helps_is_said(run: Run, photo: Path, arguments: list[str], line: str) -> None:  # noqa: F811
    command, *options = arguments
    outcome = run(command, photo, *options, "-o", photo.with_name("out.png"))
    assert outcome.code == 0
    hints = [one for one in outcome.lines if line in one]
    assert len(hints) == 1
    assert hints[0].startswith(str(photo))
    assert run(command, photo, *options, "-q", "-y", "-o", photo.with_name("out.png")).stderr == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["convolve", "-k", "gaussian:2", "-p", "same", "--padding-mode", "replicate"],
        ["convolve", "-k", "gaussian:2"],
        ["convolve", "-k", "identity", "-p", "same"],
        ["convolve", "-k", "0,0,0; 0,1,0; 0,0,0", "-p", "same", "-d", "2", "-s", "2"],
        ["convolve", "-k", "1,0,0,0; 0,0,0,0", "-p", "0,0,0,2"],
        ["convolve", "-k", "sobel-x", "-p", "same"],
        ["convolve", "-k", "1,1,1;1,1,1;1,1,1", "--normalize"],
        ["convolve", "-k", "0.01", "--values", "minmax"],
        ["pad", "-p", "2", "--padding-value", "128"],
        ["pad", "-p", "2", "--padding-value", "white"],
        ["edges"],
        ["edges", "--threshold", "100"],
        ["pool"],
    ],
)
def test_nothing_is_said_where_all_is_well(run: Run, tmp_path: Path, arguments: list[str]) -> None:  # noqa: F811
    outcome = run(arguments[0], SAMPLES / "face.png", *arguments[1:], "-o", tmp_path / "out.png")
    assert [line for line in outcome.lines if "->" not in line and "values ran from" not in line] == []


def test_a_black_image_is_no_fault_of_the_kernel(run: Run, tmp_path: Path) -> None:  # noqa: F811
    PIL.Image.fromarray(np.zeros((9, 9), np.uint8)).save(tmp_path / "black.png")
    outcome = run("convolve", tmp_path / "black.png", "-k", "sharpen", "-o", tmp_path / "out.png")
    assert len(outcome.lines) == 1


def test_a_folder_is_told_once(run: Run, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "in").mkdir()
    for number in range(3):
        PIL.Image.fromarray(RAMP).save(tmp_path / "in" / f"{number}.png")
    outcome = run("convolve", tmp_path / "in", "-k", "gaussian:2", "-p", "same", "-o", f"{tmp_path}/out/")
    hints = [line for line in outcome.lines if "--padding-mode replicate" in line]
    assert len(hints) == 1
    assert hints[0].endswith(" (and 2 more)")


def test_other_mappings_are_named_with_their_page(run: Run, photo: Path) -> None:  # noqa: F811
    outcome = run("convolve", photo, "-k", "2", "-o", photo.with_name("out.png"))
    assert '(other mappings: --values in "cnnfilt convolve --help-all")' in outcome.stderr


def test_a_border_is_not_the_background(run: Run, photo: Path) -> None:  # noqa: F811
    arguments = ["pad", photo, "-p", "2", "-y", "-o", photo.with_name("out.png"), "--background", "white"]
    line = "pad: --background is what transparency shows; --padding-value is the colour of the border"
    assert line in run(*arguments).lines
    assert line not in run(*arguments, "--padding-value", "white").lines
    assert run(*arguments, "-q").stderr == ""


def test_a_colour_beside_floats_is_said_to_be_in_levels(run: Run, tmp_path: Path) -> None:  # noqa: F811
    PIL.Image.fromarray(RAMP.astype(np.float32) / 255).save(tmp_path / "f.tif")
    arguments = ["pad", tmp_path / "f.tif", "-p", "2", "-y", "-o", tmp_path / "out.tif", "--padding-value"]
    line = "has a border in levels of 0 to 255: its numbers have no white of their own; give a number, such as"
    assert [one for one in run(*arguments, "white").lines if line in one]
    for plain in ("1", "black"):
        assert line not in run(*arguments, plain).stderr


def test_colours_in_a_border_of_a_coloured_picture_need_no_word(run: Run, tmp_path: Path) -> None:  # noqa: F811
    outcome = run("pad", SAMPLES / "scene.png", "-p", "2", "--padding-value", "red", "-o", tmp_path / "out.png")
    assert (outcome.code, len(outcome.lines)) == (0, 1)


@pytest.mark.parametrize(
    ("chain", "line"),
    [
        ("sigmoid", "is nearly all white: sigmoid is flat at values as large as levels; --input-scale 1/255"),
        ("pool:max tanh", "is nearly all white: tanh is flat"),
    ],
)
def test_levels_too_large_for_an_activation(run: Run, photo: Path, chain: str, line: str) -> None:  # noqa: F811
    arguments = ["apply", chain, photo, "-y", "-o", photo.with_name("out.png")]
    assert [one for one in run(*arguments).lines if line in one]
    assert len(run(*arguments, "--input-scale", "1/255").lines) == 1

"""`cnnfilt pad`, as typed."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SAMPLES, Run

ROW = b"1,2,3,4\n"


def test_zeros_around_the_notes_example(run: Run, worked_example: Path) -> None:
    outcome = run("pad", worked_example, "-p", "1")
    assert outcome.code == 0
    assert outcome.text.splitlines()[:2] == ["0,0,0,0,0,0,0,0", "0,1,6,9,10,2,8,0"]
    assert len(outcome.text.splitlines()) == 8


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("zeros", "0,0,1,2,3,4,0,0"),
        ("reflect", "3,2,1,2,3,4,3,2"),
        ("symmetric", "2,1,1,2,3,4,4,3"),
        ("replicate", "1,1,1,2,3,4,4,4"),
        ("circular", "3,4,1,2,3,4,1,2"),
    ],
)
def test_padding_modes_are_those_of_the_table(run: Run, mode: str, expected: str) -> None:
    outcome = run("pad", "-", "-p", "0,0,2,2", "--padding-mode", mode, stdin=ROW)
    assert outcome.text == expected + "\n"


def test_four_numbers_are_top_bottom_left_right(run: Run) -> None:
    outcome = run("pad", "-", "-p", "1,0,0,2", "--padding-value", "9", stdin=ROW)
    assert outcome.text == "9,9,9,9,9,9\n1,2,3,4,9,9\n"


def test_same_needs_a_kernel(run: Run) -> None:
    assert "--for-kernel" in run("pad", "-", "-p", "same", stdin=ROW).stderr
    outcome = run("pad", "-", "-p", "same", "--for-kernel", "1x3", "--for-stride", "2", stdin=ROW)
    assert outcome.text == "1,2,3,4,0\n"


@pytest.mark.parametrize("value", ["white", "#ffffff", "255", "255,255,255"])
def test_a_border_in_colour(run: Run, tmp_path: Path, value: str) -> None:
    out = tmp_path / "x.png"
    assert run("pad", SAMPLES / "scene.png", "-p", "2", "--padding-value", value, "-o", out).code == 0
    with Image.open(out) as image:
        assert image.size == (1204, 804)
        assert image.getpixel((0, 0)) == (255, 255, 255)


def test_white_is_white_in_16_bits(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    assert run("pad", SAMPLES / "depth16.png", "-p", "1", "--padding-value", "white", "-o", out).code == 0
    with Image.open(out) as image:
        assert np.asarray(image)[0, 0] == 65535


@pytest.mark.parametrize(("value", "alpha"), [(None, 255), ("255,0,0,40", 40)])
def test_the_border_of_a_transparent_image_is_opaque_unless_four_numbers_say_else(
    run: Run, tmp_path: Path, value: str | None, alpha: int
) -> None:
    out = tmp_path / "x.png"
    fill = [] if value is None else ["--padding-value", value]
    assert run("pad", SAMPLES / "icon.png", "-p", "3", *fill, "-o", out).code == 0
    with Image.open(out) as image:
        assert image.getpixel((0, 0))[3] == alpha


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("300", "padding value 300 does not fit"),
        ("-1", "padding value -1 does not fit"),
        ("1.5", "padding value 1.5 does not fit"),
        ("no-colour", "'no-colour' is not a colour"),
        ("1,2", "'1,2' is not a colour"),
    ],
)
def test_a_fill_that_does_not_fit_exits_with_2(run: Run, tmp_path: Path, value: str, said: str) -> None:
    outcome = run("pad", SAMPLES / "scene.png", "-p", "1", "--padding-value", value, "-o", tmp_path / "x.png")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert said in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_a_border_without_a_width_is_refused(run: Run, tmp_path: Path) -> None:
    outcome = run("pad", SAMPLES / "worked_example.csv")
    assert outcome.code == 2
    assert outcome.stderr == "pad: missing option '-p' / '--padding' (see cnnfilt pad --help)\n"


@pytest.mark.parametrize(
    ("padding", "size"),
    [
        ("5%", (120 + 12, 200 + 20)),
        ("5%,10%", (132, 240)),
        ("10%x5", (144, 210)),
        ("0,2.5%,0%,7", (123, 207)),
        ("0.4%", (120, 202)),
    ],
)
def test_a_border_as_a_share_of_the_image(run: Run, tmp_path: Path, padding: str, size: tuple[int, int]) -> None:
    Image.new("L", (200, 120), 90).save(tmp_path / "in.png")
    outcome = run("pad", tmp_path / "in.png", "-p", padding, "-o", tmp_path / "out.png")
    assert outcome.code == 0, outcome.stderr
    with Image.open(tmp_path / "out.png") as image:
        assert image.size == (size[1], size[0])


@pytest.mark.parametrize("padding", ["5%%", "-5%", "5%,x", "1%,2%,3%", "%"])
def test_other_shares_are_refused(run: Run, padding: str) -> None:
    outcome = run("pad", "-", "-p", padding, stdin=ROW)
    assert (outcome.code, outcome.text, len(outcome.lines)) == (2, "", 1)
    assert "give N, H,W or T,B,L,R" in outcome.stderr


def test_a_share_is_no_word_for_a_kernel(run: Run) -> None:
    assert "leave it out" in run("pad", "-", "-p", "5%", "--for-kernel", "3", stdin=ROW).stderr

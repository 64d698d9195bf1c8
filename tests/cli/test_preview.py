"""`--preview`: before and after in the terminal, whatever its size and its colours."""

import io
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from cnnfilt.cli.inspect.preview import box, depth_of, nearest_256, print_preview
from cnnfilt.files.image import Image
from cnnfilt.operations.base import Result
from cnnfilt.operations.inspect.thumbnails import Thumbnail, Thumbnails
from tests.cli.conftest import SAMPLES, Run

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError


def shown(monkeypatch: pytest.MonkeyPatch, thumbnails: list[Thumbnail], **environment: str) -> list[str]:
    for name in ("TERM", "COLORTERM", "NO_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()
    print_preview(thumbnails, stream)
    return stream.getvalue().splitlines()


def picture(rows: list[list[tuple[int, int, int]]]) -> Thumbnail:
    return Thumbnail("x", np.array(rows, np.uint8))


@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "screen-256color"}, "256"),
        ({"TERM": "xterm"}, "gray"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "gray"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "gray"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
        ({}, "gray"),
    ],
)
def test_the_terminal_says_what_colours_it_has(environment: dict[str, str], depth: str) -> None:
    assert depth_of(Terminal(), environment) == depth
    assert depth_of(io.StringIO(), environment) == "gray"  # no terminal


def test_two_pixels_are_one_character(monkeypatch: pytest.MonkeyPatch) -> None:
    red, blue = (255, 0, 0), (0, 0, 255)
    lines = shown(monkeypatch, [picture([[red], [blue], [red]])], TERM="xterm", COLORTERM="truecolor")
    assert lines[1] == "\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m▀\x1b[0m"
    assert lines[2] == "\x1b[38;2;255;0;0m\x1b[49m▀\x1b[0m"


def test_without_colours_it_is_shaded(monkeypatch: pytest.MonkeyPatch) -> None:
    row = [(0, 0, 0), (60, 60, 60), (110, 110, 110), (160, 160, 160), (255, 255, 255)]
    assert shown(monkeypatch, [picture([row, row])], TERM="xterm", NO_COLOR="1")[1] == " ░▒▓█"
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    print_preview([picture([row, row])], stream)
    assert stream.buffer.getvalue().split(b"\n")[1] == b" :=*@"


@pytest.mark.parametrize(
    ("colour", "number"), [((0, 0, 0), 16), ((255, 255, 255), 231), ((255, 0, 0), 196), ((128, 128, 128), 244)]
)
def test_the_nearest_of_256_colours(colour: tuple[int, int, int], number: int) -> None:
    assert nearest_256(*colour) == number


@settings(max_examples=60)
@given(
    st.tuples(st.integers(1, 300), st.integers(1, 300)),
    st.integers(1, 250),
    st.integers(1, 80),
    st.sampled_from([np.uint8, np.uint16, np.int64, np.float32]),
    st.sampled_from([(), (1,), (2,), (3,), (5,)]),
)
def test_any_image_fits_any_terminal(size, columns, lines, dtype, channels) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, *channels)).astype(dtype)
    make = Thumbnails(*box(columns, lines))
    thumbnails = make(Image(pixels), None, [Result(pixels[:1], None, "")], "png")
    with pytest.MonkeyPatch.context() as patched:
        printed = shown(patched, list(thumbnails), COLUMNS=str(columns), LINES=str(lines), TERM="xterm-256color")
    assert max(len(ESCAPE.sub("", line)) for line in printed) <= columns


def test_a_matrix_with_signs_and_nan_is_stretched() -> None:
    (before, after) = Thumbnails(8, 8)(
        Image(np.array([[-5.0, 5.0], [np.nan, np.inf]]), kind="matrix"),
        None,
        [Result(np.array([[7, 7]]), None, "")],
        "csv",
    )
    assert before.caption == "before 2x2 (-5..5)"
    assert before.pixels[::4, ::4, 0].tolist() == [[0, 255], [0, 255]]
    assert after.pixels[0, 0].tolist() == [7, 7, 7]


@pytest.mark.parametrize(
    ("values", "caption", "levels"),
    [
        ([[0, 12]], "before 1x2 (0..12)", [0, 255]),
        ([[3.0, 4.5]], "before 1x2 (3..4.5)", [0, 255]),
        ([[0, 32]], "before 1x2", [0, 32]),
        ([[0.0, 1.0]], "before 1x2", [0, 255]),
        ([[-6, -6]], "before 1x2 (-6)", [128, 128]),
    ],
)
def test_small_numbers_are_told_apart(values: list[list[float]], caption: str, levels: list[int]) -> None:
    (before,) = Thumbnails(1, 2)(Image(np.array(values), kind="matrix"), None, [], "csv")
    assert before.caption == caption
    assert before.pixels[0, :, 0].tolist() == levels


@pytest.mark.parametrize("value", [2**60 + 1, -(2**60), 1e300, -1e17])
def test_one_number_however_large_is_the_middle_gray(value: float) -> None:
    (before,) = Thumbnails(1, 2)(Image(np.full((1, 2), value), kind="matrix"), None, [], "csv")
    assert set(before.pixels.reshape(-1).tolist()) <= {127, 128}


def test_what_is_transparent_shows_gray() -> None:
    image = Image(np.array([[200, 200]], np.uint8), alpha=np.array([[255, 0]], np.uint8))
    (before,) = Thumbnails(1, 2)(image, None, [], "png")
    assert before.pixels[0, :, 0].tolist() == [200, 128]


@pytest.mark.parametrize(
    ("line", "captions"),
    [
        (
            "convolve scene.jpg -k emboss -k gaussian:3",
            ["before 800x1200x3", "emboss 798x1198x3", "gaussian-3 782x1182x3"],
        ),
        ("pool depth16.png -f 4", ["before 240x320", "after 60x80"]),
        ("edges face.png", ["before 256x256", "after 256x256"]),
        ("pad icon.png -p 9", ["before 128x128x3", "after 146x146x3"]),
        ("convolve worked_example.csv -k vertical", ["before 6x6 (0..12)", "after 4x4 (-13..14)"]),
        ("apply 'filter:sobel-x,p=same relu pool:max' scene.jpg", ["before 800x1200x3", "after 400x600x3"]),
        (
            "apply 'conv:vertical+horizontal relu' face.png",
            ["before 256x256", "vertical 254x254", "horizontal 254x254"],
        ),
    ],
)
def test_a_preview_alone_writes_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, captions: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [str(SAMPLES / word) if (SAMPLES / word).is_file() else word for word in shlex.split(line)]
    outcome = run(*words, "--preview")
    assert (outcome.code, outcome.stdout, list(tmp_path.iterdir())) == (0, b"", [])
    said = [line for line in outcome.lines if not line.startswith(str(SAMPLES))]
    assert [one for line in said if not set(line) <= set(" ░▒▓█") for one in re.split(" {3,}", line)] == captions
    drawn = [line for line in said if set(line) <= set(" ░▒▓█")]
    assert len(drawn) > len(captions)
    assert len(set("".join(drawn))) >= 4, "shades"
    assert max(map(len, said)) <= 80


def test_a_preview_leaves_the_pipe_to_the_image(run: Run) -> None:
    plain = run("edges", SAMPLES / "face.png", "-o", "-")
    previewed = run("edges", SAMPLES / "face.png", "-o", "-", "--preview")
    assert previewed.stdout == plain.stdout
    assert "before 256x256" in previewed.stderr
    with Pillow.open(io.BytesIO(previewed.stdout)) as image:
        assert image.size == (256, 256)


def test_a_preview_goes_beside_files_json_and_explanations(run: Run, tmp_path: Path) -> None:
    outcome = run("edges", SAMPLES / "face.png", "-o", tmp_path / "x.png", "--preview", "--json", "--explain", "1,1")
    assert outcome.code == 0
    assert outcome.text.count("\n") == 1
    assert "before" in outcome.stderr
    assert (tmp_path / "x.png").exists()


def test_every_file_of_a_folder_is_previewed(run: Run, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        Pillow.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8) * 4).save(tmp_path / name)
    outcome = run("edges", tmp_path, "--preview")
    assert outcome.code == 0
    for name in ("a.png", "b.png"):
        assert f"{tmp_path / name}:\nbefore 8x8" in outcome.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_the_maps_of_a_chain_are_previewed_by_name(run: Run, tmp_path: Path) -> None:
    chain = "conv:vertical+horizontal,p=same relu"
    outcome = run("apply", chain, SAMPLES / "face.png", "--preview", "--maps", tmp_path / "maps")
    assert outcome.code == 0
    assert "vertical 256x256" in outcome.stderr
    assert "horizontal 256x256" in outcome.stderr
    assert len(list((tmp_path / "maps").iterdir())) == 2


def test_a_list_of_values_has_no_preview(run: Run) -> None:
    outcome = run("apply", "flatten", SAMPLES / "face.png", "--preview")
    assert outcome.code == 2
    assert "list of values" in outcome.stderr


def test_a_preview_alone_is_no_part_of_the_json(run: Run) -> None:
    outcome = run("pool", SAMPLES / "face.png", "--preview", "--json")
    assert outcome.code == 0
    assert outcome.lines[0].startswith("before ")
    (line,) = outcome.text.splitlines()
    record = json.loads(line)
    assert record["outputs"] == []
    assert {"explain", "emit", "preview"}.isdisjoint(record)

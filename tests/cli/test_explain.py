"""`--explain`: a value of the result written out as in the lecture notes."""

import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnfilt.cli.inspect.number_tables import Cell, Matrix, print_items
from tests.cli.conftest import SAMPLES, Run

NOTES_SUM = "1*1 + 6*0 + 9*(-1) + 2*1 + 5*0 + 1*(-1) + 3*1 + 7*0 + 4*(-1) = -8"


def test_the_notes_first_window(run: Run, worked_example: Path) -> None:
    outcome = run("convolve", worked_example, "-k", "vertical", "--explain", "0,0")
    lines = outcome.text.splitlines()
    assert outcome.code == 0
    assert outcome.lines == []
    assert "1  6  9    1  0  -1           1  0  -9" in lines
    assert NOTES_SUM in lines
    assert lines[-1] == "pixel = -8 (the value as it is)"


def test_all_walks_through_the_notes_example(run: Run, worked_example: Path) -> None:
    outcome = run("convolve", worked_example, "-k", "vertical", "--explain", "all")
    text = outcome.text
    # The notes' picture: the products in place in the whole image.
    assert "1*1  6*0  9*(-1)  10   2  8" in text
    assert text.index(NOTES_SUM) < text.index("= -9") < text.index("= -2")
    values = [line.split()[2] for line in text.splitlines() if line.startswith("pixel")]
    assert values == ["-8", "-9", "-2", "14", "6", "-3", "-13", "9", "4", "-4", "-8", "5", "2", "2", "1", "-3"]
    assert text.endswith(" 2   2    1  -3\n")


def test_padded_cells_are_marked(run: Run, worked_example: Path) -> None:
    text = run("convolve", worked_example, "-k", "vertical", "-p", "same", "--explain", "0,0").text
    assert "rows -1 to 1, columns -1 to 1" in text
    assert "[ ] padding" in text
    assert "[0]*1 + [0]*0 + [0]*(-1) + [0]*1 + 1*0 + 6*(-1)" in text
    replicated = ["-p", "same", "--padding-mode", "replicate"]
    assert "[1]*1 + [1]*0 + [6]*(-1)" in run("convolve", worked_example, "-k", "vertical", *replicated,
                                             "--explain", "0,0").text  # fmt: skip


def test_a_window_of_one_row_has_one(run: Run, worked_example: Path) -> None:
    text = run("convolve", worked_example, "-k", "1 0 -1", "--explain", "0,0").text
    assert "the window: row 0, columns 0 to 2 of the image (from 0)\n" in text


def test_stride_dilation_bias_and_activation(run: Run, worked_example: Path) -> None:
    options = ["-p", "same", "-s", "2", "-d", "2", "--bias", "-30", "--activation", "relu"]
    text = run("convolve", worked_example, "-k", "vertical", *options, "--explain", "0,2").text
    assert "rows -1, 1, 3, columns 3, 5, 7" in text
    assert "plus bias -30 = -16" in text
    assert "relu          = 0" in text


def test_a_colour_image_is_explained_per_channel_and_summed(run: Run) -> None:
    each = run("convolve", SAMPLES / "scene.png", "-k", "1,2;3,4", "--explain", "0,0").text
    assert [f"({name})" in each for name in ("red", "green", "blue")] == [True] * 3
    assert each.count("pixel = 255") == 3
    summed = run("convolve", SAMPLES / "scene.png", "-k", "1,2;3,4", "--channels", "sum", "--explain", "0,0").text
    assert "sum: 587 + 1240 + 2060 = 3887" in summed
    assert summed.count("pixel") == 1


def test_the_pixel_is_the_one_that_is_written(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    options = ["-k", "sobel-x", "--values", "offset"]
    assert run("convolve", SAMPLES / "face.png", *options, "-o", out).code == 0
    with Image.open(out) as image:
        expected = np.asarray(image)[100, 120]
    text = run("convolve", SAMPLES / "face.png", *options, "--explain", "100,120").text
    assert f"pixel = {expected} (half of it + 128, rounded, clipped to 0..255)" in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--values", "minmax"], "the image's lowest value to 0, its highest to 255"),
        (["--values", "symmetric"], "128 + 127 * value / the image's largest magnitude"),
        (["--value-range=-90,110"], "-90..110 to 0..255, rounded, clipped to 0..255"),
        (["--values", "abs", "--value-range", "0,99"], "of the magnitude, 0..99 to 0..255, rounded, clipped to 0..255"),
    ],
    ids=" ".join,
)
def test_a_mapping_is_said_of_the_pixel_that_is_written(
    run: Run, tmp_path: Path, options: list[str], said: str
) -> None:
    command, out = ("convolve", SAMPLES / "face.png", "-k", "sobel-x", *options), tmp_path / "out.png"
    assert run(*command, "-o", out).code == 0
    with Image.open(out) as image:
        expected = np.asarray(image)[100, 120]
    last = run(*command, "--explain", "100,120").text.splitlines()[-1]
    assert last == f"pixel = {expected} ({said})"


def test_pooling_says_what_it_keeps_and_what_counts(run: Run, worked_example: Path) -> None:
    largest = run("pool", worked_example, "--explain", "0,2").text
    assert "max(2, 8, 4, 2) = 8" in largest
    assert "found at row 0, column 5" in largest
    average = run("pool", worked_example, "-f", "3", "-s", "2", "-p", "1", "--kind", "avg", "--explain", "0,2").text
    assert "(10 + 2 + 8 + 8 + 4 + 2) / 6 = 5.66667" in average
    assert "[-]  [-]  [-]" in average


def test_edges_show_both_gradients(run: Run) -> None:
    text = run("edges", SAMPLES / "face.png", "--explain", "100,120").text
    assert "kernel gx" in text
    assert "kernel gy" in text
    assert "sqrt(gx^2 + gy^2) = 233.002" in text


def test_nan_under_a_zero_takes_no_part_in_the_printed_sum(run: Run) -> None:
    stream = io.BytesIO()
    np.save(stream, np.array([[np.nan, 1.5], [2, 3]]))
    text = run("convolve", "-", "-k", "0,1; 2,0", "--explain", "0,0", stdin=stream.getvalue()).text
    assert "0 + 1.5*1 + 2*2 + 3*0 = 5.5" in text


def test_a_small_difference_of_large_numbers_is_shown_in_all_its_digits(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1234567.25,1234567.5\n")
    text = run("convolve", tmp_path / "x.csv", "-k", "1,-1", "--explain", "0,0").text
    assert "1234567.25*1 + 1234567.5*(-1) = -0.25" in text
    biased = run("convolve", tmp_path / "x.csv", "-k", "1", "--bias", "-1234567.125", "--explain", "0,0").text
    assert "1234567.25*1 = 1234567.25" in biased
    assert "plus bias -1234567.125 = 0.125" in biased


@pytest.mark.parametrize("values", ["offset", "minmax", "symmetric", "abs"])
@pytest.mark.parametrize("options", [["--threshold", "250"], ["--method", "canny"]], ids=" ".join)
def test_edges_of_two_levels_are_not_said_to_be_mapped(run: Run, values: str, options: list[str]) -> None:
    text = run("edges", SAMPLES / "face.png", *options, "--values", values, "--explain", "5,5").text
    assert text.splitlines()[-1].split() == ["pixel", "=", "0", "(the", "value", "as", "it", "is)"]


def test_a_threshold_is_met_as_the_picture_has_it(run: Run, tmp_path: Path) -> None:
    """The magnitude of 0.1 * 3 / 3 is 0.1 in one arithmetic, and a little less in another."""
    np.save(tmp_path / "x.npy", np.array([[0.1, 0.4, 0.7]], np.float32))
    for threshold in ("0.1", "0.2", "0.3", "0.6", "0.9"):
        asked = ("edges", tmp_path / "x.npy", "--direction", "vertical", "--gain", "0.5", "--threshold", threshold)
        shown = run(*asked, "--explain", "0,1").text.splitlines()
        assert shown[-1].split()[2] == shown[-2].split("=")[1].strip()


def test_json_has_the_same_as_data(run: Run, worked_example: Path) -> None:
    outcome = run("convolve", worked_example, "-k", "vertical", "--explain", "0,0", "--json")
    (value,) = json.loads(outcome.text)["explain"]
    (channel,) = value["responses"][0]["channels"]
    assert channel["products"] == [[1, 0, -9], [2, 0, -1], [3, 0, -4]]
    assert (value["value"], value["pixel"], value["rows"]) == (-8, -8, [0, 1, 2])
    walked = json.loads(run("pool", worked_example, "--explain", "all", "--json").text)["explain"]
    assert [one["value"] for one in walked] == [6, 10, 8, 9, 9, 10, 10, 12, 9]


def test_json_is_strict_where_numbers_are_not_finite(run: Run) -> None:
    stream = io.BytesIO()
    np.save(stream, np.array([[np.nan, 1], [2, 3]]))
    outcome = run("pool", "-", "--explain", "0,0", "--json", stdin=stream.getvalue())
    (value,) = json.loads(outcome.text, parse_constant=lambda name: pytest.fail(name))["explain"]
    assert value["value"] is None


def test_a_dry_run_says_that_nothing_is_written(run: Run) -> None:
    outcome = run("edges", SAMPLES / "face.png", "--explain", "0,0", "-n")
    assert outcome.text == f"{SAMPLES / 'face.png'} -> nothing is written\n"


def test_nothing_is_written_without_an_output_and_all_with_one(run: Run, tmp_path: Path) -> None:
    run("edges", SAMPLES / "face.png", "--explain", "1,1")
    assert not list(tmp_path.iterdir())
    outcome = run("edges", SAMPLES / "face.png", "--explain", "1,1", "-o", tmp_path / "x.png")
    assert "pixel" in outcome.text
    assert (tmp_path / "x.png").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["scene.jpg", "--explain", "all"], 1, "name one: --explain 399,599"),
        (["scene.jpg", "--explain", "798,0"], 1, "rows are 0 to 797"),
        (["scene.jpg", "--explain", "1"], 2, "ROW,COL"),
        (["scene.jpg", "--explain", "-1,0"], 2, "ROW,COL"),
        (["scene.jpg", "--explain", "Z11"], 2, "--explain 'Z11' is neither ROW,COL (counted from 0) nor all"),
        (["scene.jpg", "--explain", "0,0", "-o", "-"], 2, "standard output"),
        (["icon.png", "--explain", "0,0", "--alpha", "filter"], 2, "--alpha filter"),
        (["face.png", "--explain", "0,0", "--layout", "grid"], 2, "--layout grid"),
        (["missing.png", "--explain", "0,0"], 1, "no such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_explained_is_one_line(run: Run, arguments: list[str], code: int, words: str) -> None:
    outcome = run("convolve", SAMPLES / arguments[0], "-k", "box", *arguments[1:])
    assert (outcome.code, len(outcome.lines), outcome.text) == (code, 1, "")
    assert words in outcome.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["convolve", "scene.png", "-k", "gaussian:2", "-p", "same"],
        ["convolve", "scene.png", "-k", "log:1", "--channels", "sum"],
        ["edges", "face.png", "--method", "farid"],
        ["edges", "face.png", "--method", "kirsch", "--gain", "2"],
        ["pool", "depth16.png", "-f", "30", "--kind", "avg"],
    ],
    ids=" ".join,
)
def test_everything_fits_80_columns(run: Run, arguments: list[str]) -> None:
    text = run(arguments[0], os.path.relpath(SAMPLES / arguments[1]), *arguments[2:], "--explain", "0,0").text
    assert max(map(len, text.splitlines())) <= 80


def test_a_terminal_gets_tables_that_fit_it(worked_example: Path) -> None:
    command = [sys.executable, "-m", "cnnfilt", "convolve", worked_example.name, "-k", "gaussian:1", "-p", "same",
               "--explain", "0,0"]  # fmt: skip
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "xterm-256color",
                   "PYTHONPATH": str(SAMPLES.parent)}  # fmt: skip
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, cwd=SAMPLES, env=environment)
    os.close(theirs)
    text = b""
    try:
        while part := os.read(ours, 65536):
            text += part
    except OSError:
        pass  # So a terminal ends whose last writer has gone.
    assert process.wait() == 0
    os.close(ours)
    plain = text.decode().replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "").splitlines()
    assert "╭" in text.decode()
    assert max(map(len, plain)) <= 80


def test_a_name_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "a\x1b[31m.csv"
    source.write_text("1,2\n3,4\n")
    outcome = run("pool", source, "--explain", "0,0")
    assert outcome.code == 0
    assert "\x1b" not in outcome.text


def test_a_wide_table_loses_its_middle() -> None:
    stream = io.StringIO()
    rows = tuple(tuple(Cell(str(1000 + column)) for column in range(40)) for _ in range(2))
    print_items([[Matrix("wide", rows)]], stream)
    title, *lines = stream.getvalue().splitlines()
    assert (title, len(lines)) == ("wide", 2)
    for line in lines:
        assert len(line) <= 80
        assert line.split()[-2:] == ["...", "1039"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("columns", "beside"), [("80", True), ("40", False)])
def test_a_terminal_has_tables_side_by_side_where_they_fit(
    monkeypatch: pytest.MonkeyPatch, columns: str, beside: bool
) -> None:
    for name, value in (("COLUMNS", columns), ("TERM", "xterm"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
    stream = Terminal()
    print_items([[Matrix(name, ((Cell("1000"), Cell(name)),)) for name in ("left", "middle", "right")]], stream)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()).splitlines()
    rows = [re.findall(r"\w+", line) for line in lines if "1000" in line]
    if beside:
        assert rows == [["1000", "left", "1000", "middle", "1000", "right"]]
    else:
        assert rows == [["1000", "left"], ["1000", "middle"], ["1000", "right"]]
    assert max(map(len, lines)) <= int(columns)

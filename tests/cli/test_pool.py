"""`cnnfilt pool`, as typed."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SAMPLES, Run


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-f", "2"], "6,10,8\n9,9,10\n10,12,9\n"),
        (["-f", "2", "--kind", "min"], "1,1,2\n3,3,3\n0,4,2\n"),
        (["-f", "2", "--kind", "avg"], "3.5,7,4\n6.75,5.5,7.25\n6.75,7.75,6.5\n"),
        (["-f", "3", "-s", "2"], "9,10\n9,10\n"),
        (["-f", "3", "-s", "2", "--ceil-mode"], "9,10,10\n9,10,10\n12,12,9\n"),
        (["--global"], "12\n"),
        (["--adaptive", "2,3"], "7,10,10\n10,12,9\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_notes_example(run: Run, worked_example: Path, arguments: list[str], expected: str) -> None:
    outcome = run("pool", worked_example, *arguments)
    assert (outcome.code, outcome.text) == (0, expected)


def test_a_photo_is_halved(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "half.jpg"
    assert run("pool", SAMPLES / "scene.jpg", "-f", "2", "-o", out).code == 0
    with Image.open(out) as image:
        assert image.size == (600, 400)


def test_indices_say_where_the_maximum_stood(run: Run, worked_example: Path, tmp_path: Path) -> None:
    where = tmp_path / "where.npy"
    assert run("pool", worked_example, "-f", "2", "--indices", where).code == 0
    assert np.load(where).tolist() == [[1, 3, 5], [18, 15, 16], [31, 32, 34]]
    flat = np.loadtxt(worked_example, delimiter=",").ravel()
    assert flat[np.load(where)].tolist() == [[6, 10, 8], [9, 9, 10], [10, 12, 9]]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--indices", "x.npy", "--kind", "avg"],
        ["--indices", "x.png"],
        ["--global", "--adaptive", "2"],
        ["-f", "0"],
        ["--kind", "median"],
    ],
    ids=" ".join,
)
def test_a_contradiction_exits_with_2(run: Run, worked_example: Path, arguments: list[str]) -> None:
    outcome = run("pool", worked_example, *arguments)
    assert outcome.code == 2
    assert len(outcome.lines) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["-f", "7"], 1, "kernel spans 7 rows but {} is 6 rows high; use a smaller kernel"),
        (["-f", "2", "-p", "2"], 2, "padding 2 is over half of what the window spans, 2; use at most 1"),
        (["--adaptive", "0"], 2, "adaptive is 0; it must be at least 1"),
    ],
    ids=str,
)
def test_windows_that_do_not_fit_are_refused(
    run: Run, worked_example: Path, arguments: list[str], code: int, message: str
) -> None:
    outcome = run("pool", worked_example, *arguments)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (code, b"", 1)
    assert message.format(worked_example) in outcome.stderr


def test_the_alpha_of_a_pooled_icon(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    assert run("pool", SAMPLES / "icon.png", "-f", "2", "-o", out).code == 0
    with Image.open(SAMPLES / "icon.png") as before, Image.open(out) as after:
        assert np.array_equal(np.asarray(after)[..., 3], np.asarray(before)[::2, ::2, 3])

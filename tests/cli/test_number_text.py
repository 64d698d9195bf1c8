"""Numbers as other programs write them, typed and in files, through every command that reads them."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import SAMPLES, Run

FACE = SAMPLES / "face.png"


@pytest.mark.parametrize(
    ("name", "content", "printed", "note"),
    [
        ("quoted.csv", '"1","2","3"\n"4","5","6"\n', "1,2,3\n4,5,6\n", None),
        ("header.csv", "a,b,c\n1,2,3\n4,5,6\n", "1,2,3\n4,5,6\n", "skipped line 1, a header: a,b,c"),
        ("comment.csv", "# by savetxt\n1,2,3\n4,5,6\n", "1,2,3\n4,5,6\n", "skipped a comment in line 1: # by savetxt"),
        ("semi.csv", "1;2;3\n4;5;6\n", "1,2,3\n4,5,6\n", None),
        (
            "comma.csv",
            "1,5;2,25;3\n4;5,5;6\n",
            "1.5,2.25,3\n4,5.5,6\n",
            "read its commas as decimal points: 1,5 as 1.5",
        ),
        ("tabs.csv", "1\t2\t3\n4\t5\t6\n", "1,2,3\n4,5,6\n", None),
        ("sep.csv", "sep=;\n1;2\n3;4\n", "1,2\n3,4\n", None),
        ("P1.csv", "P1,P2\n1,2\n", "1,2\n", "skipped line 1, a header: P1,P2"),
    ],
)
def test_a_matrix_of_another_program(
    run: Run, tmp_path: Path, name: str, content: str, printed: str, note: str | None
) -> None:
    source = tmp_path / name
    source.write_text(content)
    outcome = run("pool", source, "-f", "1")
    assert (outcome.code, outcome.text) == (0, printed)
    assert [line for line in outcome.lines if "->" not in line] == ([f"{source}: {note}"] if note else [])
    quiet = run("pool", source, "-f", "1", "-q")
    assert (quiet.text, quiet.stderr) == (printed, "")
    record = json.loads(run("pool", source, "-f", "1", "-o", tmp_path / "x.npy", "--json", "-q").text)
    assert record["notes"] == ([note] if note else [])


@pytest.mark.parametrize("suffix", ["csv", "tsv", "txt"])
def test_what_is_written_with_nan_is_read(run: Run, tmp_path: Path, suffix: str) -> None:
    array, text = tmp_path / "x.npy", tmp_path / f"x.{suffix}"
    np.save(array, np.array([[np.nan, -np.inf], [0.5, np.inf]]))
    assert run("pool", array, "-f", "1", "-o", text).code == 0
    outcome = run("diff", text, text)
    assert (outcome.code, outcome.text.split()[:2]) == (0, ["largest", "0"])
    assert run("pool", text, "-f", "1").text == "nan,-inf\n0.5,inf\n"
    assert run("convolve", text, "-k", "1").text == "nan,-inf\n0.5,inf\n"


@pytest.mark.parametrize(
    "spec",
    [
        "3x3: 0,1,0 1,-4,1 0,1,0",
        "0,1,0 1,-4,1 0,1,0",
        "0 1 0, 1 -4 1, 0 1 0",
        "[0 1 0; 1 -4 1; 0 1 0]",
        "[[0 1 0]\n [1 -4 1]\n [0 1 0]]",
        "array([[0., 1., 0.],\n       [1., -4., 1.],\n       [0., 1., 0.]])",
        "(0,1,0;1,-4,1;0,1,0)",
        "0,1,0; 1,\u22124,1; 0,1,0",
    ],
)
def test_a_typed_kernel_of_another_program(run: Run, tmp_path: Path, spec: str) -> None:
    expected = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    shown = run("kernels", "show", spec, "--json")
    assert (shown.code, shown.stderr) == (0, "")
    assert json.loads(shown.text)["coefficients"] == expected
    (tmp_path / "k.txt").write_text(spec)
    file = run("kernels", "show", f"@{tmp_path}/k.txt", "--json")
    assert (file.stderr, json.loads(file.text)["coefficients"]) == ("", expected)
    assert run("apply", f"filter:{spec} relu", FACE, "-o", tmp_path / "x.npy").code == 0
    assert np.load(tmp_path / "x.npy").max() > 0


def test_a_kernel_that_can_be_read_in_two_ways_is_refused_with_both(run: Run, tmp_path: Path) -> None:
    outcome = run("convolve", FACE, "-k", "0,5 0,5", "-o", tmp_path / "x.png")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert "can be read as 2x2 (0,5; 0,5) and as 1x2 (0.5,0.5)" in outcome.stderr
    (tmp_path / "k.csv").write_text("1,2;3,4\n")
    outcome = run("convolve", FACE, "-k", f"@{tmp_path}/k.csv", "-o", tmp_path / "x.png")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert f"kernel file {tmp_path}/k.csv: can be read as" in outcome.stderr


def test_notes_on_kernels_are_told_by_the_command(run: Run, tmp_path: Path, worked_example: Path) -> None:
    kernel = tmp_path / "k.csv"
    kernel.write_text("a;b\n1;0,5\n0;1\n")
    told = [f"{kernel}: skipped line 1, a header: a;b", f"{kernel}: read its commas as decimal points: 0,5 as 0.5"]
    lines = run("convolve", worked_example, "-k", f"@{kernel}").lines
    assert lines[:2] == [f"convolve: {note}" for note in told]
    assert run("convolve", worked_example, "-k", f"@{kernel}", "-q").stderr == ""
    assert run("kernels", "show", f"@{kernel}").lines == [f"kernels: {note}" for note in told]
    assert run("kernels", "export", f"@{kernel}").lines == [f"kernels: {note}" for note in told]
    assert run("apply", f"filter:@{kernel}", worked_example).lines[:2] == told
    assert run("shape", "6x6", f"filter:@{kernel}").lines == told
    assert run("shape", "6x6", f"filter:@{kernel}", "-q").stderr == ""
    assert run("net", "backward", "1,2;3,4", "-k", kernel, "--gradient", "1").lines == told
    origin = run("kernels", "show", "3x1+0+0: 1,2,1").lines
    assert origin == ["kernels: its origin is +0+0; here results go to the middle, +1+0"]


@pytest.mark.parametrize(
    ("cell", "complaint"), [("nan", "cell (2, 1) is nan, not finite"), ("-inf", "cell (2, 1) is -inf, not finite")]
)
def test_kernels_and_biases_are_finite(
    run: Run, tmp_path: Path, worked_example: Path, cell: str, complaint: str
) -> None:
    (tmp_path / "k.csv").write_text(f"1,2\n{cell},4\n")
    for arguments in (
        ["convolve", worked_example, "-k", f"@{tmp_path}/k.csv"],
        ["apply", f"filter:@{tmp_path}/k.csv", worked_example],
        ["shape", "6x6", f"filter:@{tmp_path}/k.csv"],
    ):
        outcome = run(*arguments)
        assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
        assert complaint in outcome.stderr
    (tmp_path / "b.csv").write_text(f"{cell}\n")
    outcome = run("convolve", worked_example, "-k", "1", "--bias", f"@{tmp_path}/b.csv")
    assert outcome.code == 2
    assert "holds values that are not finite" in outcome.stderr
    outcome = run("net", "backward", tmp_path / "k.csv", "-k", "1", "--gradient", "1")
    assert outcome.code == 1
    assert "holds values that are not finite" in outcome.stderr


def test_net_backward_reads_all_of_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1;2\n3;4\n")
    expected = run("net", "backward", "1,2; 3,4", "-k", "1,0; 0,-1", "--gradient", "1").text
    for x in ("[1 2; 3 4]", "(1,2;3,4)", "2x2: 1,2 3,4", "array([[1., 2.], [3., 4.]])", tmp_path / "x.csv"):
        for kernel in ("[1 0; 0 -1]", "2x2: 1,0 0,-1", "{{1,0},{0,\u22121}}"):
            outcome = run("net", "backward", x, "-k", kernel, "--gradient", "1")
            assert (outcome.text, outcome.stderr) == (expected, "")


def test_a_printed_minus_in_an_option(run: Run, worked_example: Path) -> None:
    with_hyphen = run("convolve", worked_example, "-k", "vertical", "--bias=-1.5")
    assert with_hyphen.text.startswith("-9.5,-10.5,-3.5,12.5\n")
    assert run("convolve", worked_example, "-k", "vertical", "--bias", "\u22121.5").text == with_hyphen.text

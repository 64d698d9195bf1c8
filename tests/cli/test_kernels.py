"""`cnnfilt kernels`: the list, one kernel looked into, and kernels that come back from files as they were."""

import json
from pathlib import Path

import numpy as np
import pytest

from cnnfilt import kernel
from cnnfilt.describe.kernels import NAMED
from tests.cli.conftest import Run


def test_the_list_names_all_and_fits_80_columns(run: Run) -> None:
    outcome = run("kernels")
    lines = outcome.text.splitlines()
    assert (outcome.code, outcome.stderr) == (0, "")
    assert [line.split()[0].split(":")[0] for line in lines[1 : len(NAMED) + 1]] == list(NAMED)
    assert max(map(len, lines)) <= 80
    assert "-0" not in outcome.text


def test_the_list_as_json_holds_the_coefficients(run: Run) -> None:
    rows = json.loads(run("kernels", "--json").stdout)
    assert [row["name"] for row in rows] == list(NAMED)
    assert rows[1]["coefficients"] == [[1, 0, -1]] * 3
    assert rows[1]["size"] == [3, 3]


def test_the_list_may_be_asked_for_by_name(run: Run) -> None:
    for options in ([], ["--json"]):
        assert run("kernels", "list", *options) == run("kernels", *options)
    # What is wrong with the name of a command is told with the help of its group.
    for group, wrong in (("kernels", "lsit"), ("net", "trian")):
        refused = run(group, wrong)
        assert refused.code == 2
        assert refused.stderr.endswith(f"(see cnnfilt {group} --help)\n")


def test_show_the_notes_filter(run: Run) -> None:
    outcome = run("kernels", "show", "vertical")
    assert outcome.code == 0
    assert outcome.text == (
        "vertical  3x3\n"
        "   1   0  -1\n"
        "   1   0  -1\n"
        "   1   0  -1\n"
        "\n"
        "sum       0: flat areas become 0\n"
        "range     -765 to 765 for levels of 0 to 255\n"
        "          pixels show magnitudes, unless --values says otherwise\n"
        "rank      1: separable, a column times a row, so it is fast at any size\n"
        "          column 1  1  1\n"
        "          row    1  0  -1\n"
        "symmetry  rotated by 180 degrees it is its negative: --flip changes the sign\n"
        "source    the lecture notes' edge filter: Prewitt's, looking the other way\n"
    )


@pytest.mark.parametrize("spec", [*NAMED, "gaussian:20", "1/16 * 1,2,1; 2,4,2; 1,2,1", "[[1, 2.5]]", "kirsch:45"])
def test_show_fits_80_columns_and_agrees_with_json(run: Run, spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = run("kernels", "show", spec, "-q")
    assert (text.code, text.stderr) == (0, "")
    assert max(map(len, text.text.splitlines()[:-1])) <= 80
    data = json.loads(run("kernels", "show", spec, "-q", "--json").stdout)
    assert data["coefficients"] == [list(row) for row in kernel(spec)]
    assert data["flip_matters"] is (data["turned"] != "same")
    assert data["sum"] == pytest.approx(sum(map(sum, kernel(spec))), abs=1e-9)


def test_show_every_filter_of_a_file(run: Run, tmp_path: Path) -> None:
    weights = np.arange(3 * 3 * 2 * 2.0).reshape(3, 3, 2, 2)
    np.save(tmp_path / "w.npy", weights)
    text = run("kernels", "show", f"@{tmp_path}/w.npy").text
    assert "w-1  3x3x2" in text
    assert text.count("channel 2:") == 2
    rows = json.loads(run("kernels", "show", f"@{tmp_path}/w.npy", "--json").stdout)
    assert [row["coefficients"] for row in rows] == [weights[..., n].tolist() for n in (0, 1)]


def test_a_row_that_the_shell_has_cut_gets_a_hint(run: Run) -> None:
    outcome = run("kernels", "show", "1,2,1")
    assert (outcome.code, len(outcome.lines)) == (0, 1)
    assert "quote it" in outcome.stderr


@pytest.mark.parametrize("suffix", ["csv", "tsv", "txt", "json", "npy"])
@pytest.mark.parametrize("spec", ["vertical", "gaussian:2", "log:1.5,6", "1/9 * 1,1;1,1"])
def test_an_exported_kernel_comes_back_the_same(run: Run, tmp_path: Path, suffix: str, spec: str) -> None:
    target = tmp_path / f"k.{suffix}"
    assert run("kernels", "export", spec, "-o", target).code == 0
    shown = json.loads(run("kernels", "show", f"@{target}", "--json").stdout)
    assert shown["coefficients"] == [list(row) for row in kernel(spec)]


def test_export_without_a_file_prints(run: Run, tmp_path: Path) -> None:
    assert run("kernels", "export", "sobel-x").text == "-1,0,1\n-2,0,2\n-1,0,1\n"
    assert run("kernels", "export", "sobel-x", "--format", "txt").text == "-1 0 1\n-2 0 2\n-1 0 1\n"
    (tmp_path / "k.npy").write_bytes(run("kernels", "export", "sobel-x", "--format", "npy").stdout)
    assert np.array_equal(np.load(tmp_path / "k.npy"), kernel("sobel-x"))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["show"], 2, "missing argument 'KERNEL'"),
        (["show", "sobl-x"], 2, "did you mean sobel-x"),
        (["show", "@missing.csv"], 2, "missing.csv"),
        (["show", "1,2;3"], 2, "row 2 has 1 value, row 1 has 2"),
        (["shw", "box"], 2, "command 'shw' is unknown; use show or export"),
        (["export", "box", "-o", "k.png"], 2, "a kernel is a matrix"),
        (["export", "box", "-o", "k"], 2, "has no suffix that names a format"),
        (["export", "box", "-o", "nowhere/k.csv"], 2, "does not exist"),
        (["export", "box", "-o", "old.csv"], 2, "old.csv exists; -y"),
        (["export", "@old.csv", "-y", "-o", "old.csv"], 2, "an input is never overwritten"),
    ],
)
def test_errors_are_one_line_and_leave_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.csv").write_text("1,2\n")
    outcome = run("kernels", *arguments)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (code, b"", 1)
    assert message in outcome.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]
    assert (tmp_path / "old.csv").read_text() == "1,2\n"


def test_a_kernel_is_replaced_when_that_was_asked(run: Run, tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("1,2\n")
    assert run("kernels", "export", "roberts-1", "-y", "-o", tmp_path / "k.csv").code == 0
    assert (tmp_path / "k.csv").read_text() == "1,0\n0,-1\n"


def test_a_kernel_is_replaced_by_itself_under_its_own_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file is read for a kernel with a name, so none of that name is an input."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert run("kernels", "export", "sobel-x", "-y", "-o", "sobel-x.csv").code == 0
        assert (tmp_path / "sobel-x.csv").read_text() == "-1,0,1\n-2,0,2\n-1,0,1\n"
        (tmp_path / "sobel-x.csv").write_text("1\n")

"""Matrices that are typed out where an input stands: "1,2; 3,4"."""

from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("convolve", "1,2,3; 4,5,6; 7,8,9", "-k", "1,0; 0,1"), "6,8\n12,14\n"),
        (("convolve", "-1,2; 3,-4", "-k", "-1,1"), "3\n-7\n"),
        (("pool", "1 2; 3 4"), "4\n"),
        (("pool", "[[1,2],[3,4]]", "--kind", "avg"), "2.5\n"),
        (("pool", "[1 2; 3 4]", "--kind", "min"), "1\n"),
        (("pad", "5", "-p", "1"), "0,0,0\n0,5,0\n0,0,0\n"),
        (("pad", "-5", "-p", "0,1"), "0,-5,0\n"),
        (("edges", "0,0,9; 0,0,9; 0,0,9", "-p", "valid"), "27\n"),
        (("apply", "relu pool:max", "-1,2; 3,-4"), "3\n"),
        (("apply", "relu", "-.5,1/4"), "0,0.25\n"),
    ],
)
def test_it_is_operated_on_as_one_in_a_file(run: Run, arguments: tuple[str, ...], printed: str) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.text) == (0, printed)


def test_a_file_of_that_name_wins(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "1,2;3,4").write_text("7,8\n9,10\n")
    assert run("pool", "1,2;3,4").text == "10\n"


def test_it_is_called_typed_where_it_is_written(run: Run, tmp_path: Path) -> None:
    assert run("pool", "1,2; 3,4", "-o", f"{tmp_path}/").code == 0
    assert run("pool", "1,2; 3,4", "-o", tmp_path / "{parent}" / "{stem}.{ext}-x.npy").code == 0
    assert (tmp_path / "typed.csv").read_text() == "4\n"
    assert np.load(tmp_path / "typed.csv-x.npy").tolist() == [[4]]


def test_it_can_be_explained_and_recorded(run: Run) -> None:
    assert "1*1 + 2*1 = 3" in run("convolve", "1,2", "-k", "1,1", "--explain", "0,0").text
    assert '"values": [[4]]' in run("pool", "1,2; 3,4", "--json").text
    assert run("pool", "1,2; 3,4", "--frames", "all").text == "4\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("pool", "1,2; 3"), 1, "pool: 1,2; 3 is neither a file nor a matrix: row 2 has 1 value, row 1 has 2"),
        (("pool", "1,a; 3,4"), 1, "is neither a file nor a matrix: row 1, column 2: 'a' is not a number"),
        (("pool", "2024/photos"), 1, "2024/photos is neither a file nor a matrix"),
        (("pool", "./missing"), 1, "./missing: no such file"),
        (("pool", "1,2; 3,4", "5,6; 7,8"), 2, "a matrix that is typed out must be the only input"),
        (("pool", "1,2; 3,4", "--emit", "torch"), 2, "save the matrix in one first"),
    ],
)
def test_what_is_wrong_with_it(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (code, b"", 1)
    assert message in outcome.stderr


def test_the_zero_of_an_option_is_no_number(run: Run, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("1,2\n3,4\n")
    outcome = run("pool", "--files-from", "-", "-0", "-o", f"{tmp_path}/out/", stdin=f"{tmp_path}/m.csv\0".encode())
    assert outcome.code == 0
    assert (tmp_path / "out" / "m.csv").read_text() == "4\n"

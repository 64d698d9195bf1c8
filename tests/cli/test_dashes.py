"""Options with the dashes, or the equals sign, that other tools write: refused, never read letter by letter."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with m.csv in it, to stand in."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "m.csv"
    path.write_text("1,2\n3,4\n")
    return path


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("pool m.csv -output out.csv", "no such option '-output'; did you mean --output?"),  # It wrote into "utput/".
        ("pool m.csv -output=out.csv", "did you mean --output?"),
        ("convolve m.csv -kernel box", "did you mean --kernel?"),
        ("pad m.csv -padding 2", "did you mean --padding?"),
        ("pad m.csv -p 2 -bordercolor white", "no such option '-bordercolor'; here it is called --padding-value"),
        ("convolve m.csv -blur 0x2", "no such option '-blur'"),
        ("pool m.csv -resize 50%", "no such option '-resize'"),
        ("pool -help", "did you mean --help?"),
        ("-help", "cnnfilt: no such option '-help'; did you mean --help?"),
        ("-version", "did you mean --version?"),
        (
            "pool m.csv -o=out.csv",
            "'-o=out.csv' has one equals sign too many; write -o out.csv",
        ),  # It wrote "=out.csv".
        ("pool m.csv -qo=out.csv", "write -o out.csv"),
        ("convolve m.csv -k=box", "write -k box"),
        ("pool m.csv \u2013f 2", "'\u2013f' begins with a long dash; write -f"),
        ("pool m.csv \u2014output=out.csv", "write --output=out.csv"),
        ("pool m.csv \u2013oout.csv", "write -oout.csv"),
        ("pool \u2014help", "write --help"),
        ("convolve m.csv -k -o out.csv", "ption '-k' needs a value: SPEC"),  # "coefficient '-o' is not a number".
        ("convolve -k --help", "ption '-k' needs a value: SPEC (see cnnfilt convolve --help)"),
        ("pool m.csv -qo -y", "ption '-o' needs a value: FILE|DIR|-"),
        ("\u2014help", "cnnfilt: '\u2014help' begins with a long dash; write --help"),
    ],
)
def test_what_to_write(run: Run, words: str, advice: str, tmp_path: Path) -> None:
    outcome = run(*words.split(" "))
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert advice in outcome.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["m.csv"]


@pytest.mark.parametrize(
    "words",
    [
        "pool m.csv -qoout.csv -f2",
        "pool m.csv -f 2 -yqo out.csv",
        "pool m.csv --output=out.csv",
        "pool m.csv -o out.csv --values=raw",
        "convolve m.csv -k -1 -oout.csv",
        "convolve m.csv -k-1,2 -o out.csv",
        "convolve m.csv -k 1 --bias -0 -o out.csv",
        "convolve -o out.csv -k 1 -- m.csv",
    ],
)
def test_what_is_right_stays_right(run: Run, words: str, tmp_path: Path) -> None:
    assert run(*words.split()).code == 0
    assert (tmp_path / "out.csv").exists()


def test_values_begin_as_they_like(run: Run, tmp_path: Path) -> None:
    assert run("pool", "m.csv", "-o", "=out.csv").code == 0
    assert run("pool", "m.csv", "-o", "\u2013out.csv").code == 0
    assert run("pool", "m.csv", "-o", "-output.csv").code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"m.csv", "=out.csv", "\u2013out.csv", "-output.csv"}


def test_a_file_or_a_matrix_with_such_a_dash_is_one(run: Run, matrix: Path) -> None:
    matrix.rename("\u2013m.csv")
    assert run("pool", "\u2013m.csv").text == "4\n"
    assert run("pool", "\u22121,2;3,4").text == "4\n"

"""Words among the inputs that are values of options."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("pool m.csv max", "'max' is not a file; for the option write --kind max"),
        ("pool m.csv 3", "'3' is not a file; for the option write -f 3"),
        ("pad m.csv 1,2", "missing option '-p' / '--padding'; write -p 1,2"),
        ("pad m.csv -p 1 2", "'2' is not a file; for the option write -p 2"),
        ("pad m.csv -p 1 Reflect", "'Reflect' is not a file; for the option write --padding-mode reflect"),
        ("edges m.csv sobel", "for the option write --method sobel"),
        ("edges vertical m.csv", "for the option write --direction vertical"),
        ("convolve m.csv -k gaussian 2", "the numbers of a kernel follow its name and a colon: -k gaussian:2"),
        ("convolve -k gaussian 2,9 m.csv", "-k gaussian:2,9"),
        ("convolve m.csv -k box 3x5", "for the option write -s 3x5"),
        ("convolve m.csv -k gaussian:2 2", "for the option write -s 2"),
        ("edges help", "'help' is not a file; for the help write cnnfilt edges --help"),
        ("convolve m.csv -k 1 0 1", 'the numbers of a kernel stand together in quotes: -k "1 0 ..."'),
        ("convolve m.csv -k box emboss", "another kernel is another -k emboss"),
    ],
)
def test_the_option_they_belong_to(
    run: Run, words: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.csv").write_text("1,2\n3,4\n")
    outcome = run(*words.split())
    assert (outcome.code, outcome.stdout, len(outcome.lines)) == (2, b"", 1)
    assert advice in outcome.stderr


def test_a_file_of_that_name_is_a_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("max", "3"):
        (tmp_path / name).write_text("1,2\n3,4\n")
    assert run("pool", "max", "3", "-o", "out/", "--format", "csv").code == 0
    assert (tmp_path / "out" / "3.csv").read_text() == "4\n"


@pytest.mark.parametrize("words", [("my", "best", "photo.csv"), ("m.csv", "my", "best", "photo.csv"), ("my", "m.csv")])
def test_a_name_that_a_shell_took_apart(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("m.csv", "my best photo.csv", "my m.csv"):
        (tmp_path / name).write_text("1,2\n3,4\n")
    outcome = run("pool", *words, "-o", "out.csv")
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    name = " ".join(words).removeprefix("m.csv ")
    assert f"a name with blanks needs quotes: '{name}'" in outcome.stderr
    assert run("pool", name, "-o", "out.csv").code == 0


def test_a_row_of_numbers_is_a_matrix_also_beside_a_kernel_of_one(run: Run) -> None:
    result = run("convolve", "1,3,5,7", "-k", "0.5")
    assert (result.code, result.stdout) == (0, b"0.5,1.5,2.5,3.5\n")

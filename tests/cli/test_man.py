"""The man pages: made from the commands, and read by man itself."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cnnfilt.cli.command_tree import pages
from cnnfilt.cli.exit_codes import ENVIRONMENT, EXIT_CODES
from cnnfilt.cli.man.pages import man_pages, write_pages
from tests.cli.conftest import Run

UTF8 = {"LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_pages(tmp_path_factory.mktemp("man"))


def test_there_is_a_page_for_each_command() -> None:
    assert set(man_pages()) == {f"{'-'.join(page.path)}.1" for page in pages()}
    assert {"cnnfilt.1", "cnnfilt-convolve.1", "cnnfilt-net-train.1"} <= set(man_pages())


def test_they_are_the_same_whenever_they_are_made() -> None:
    assert man_pages() == man_pages()


def test_no_text_is_taken_for_a_request() -> None:
    known = {".TH", ".nh", ".ad", ".SH", ".B", ".BR", ".PP", ".nf", ".fi", ".TP", ".SS"}
    for name, text in man_pages().items():
        for line in text.splitlines():
            assert line, f"{name} has an empty line"
            assert not line.startswith("'"), line
            assert not line.startswith(".") or line.split()[0] in known, line


@pytest.mark.skipif(not shutil.which("lexgrog"), reason="lexgrog is not installed")
def test_whatis_finds_name_and_purpose(written: list[Path]) -> None:
    for path, page in zip(written, pages(), strict=True):
        done = subprocess.run(["lexgrog", path], capture_output=True, text=True, env=UTF8, check=True)
        name = "-".join(page.path)
        assert f'"{name} - {page.summary[:1].lower()}{page.summary[1:].removesuffix(".")}"' in done.stdout


@pytest.mark.skipif(not shutil.which("groff") or not shutil.which("man"), reason="man or groff is not installed")
def test_man_shows_every_option_and_example_and_warns_of_nothing(written: list[Path]) -> None:
    for path, page in zip(written, pages(), strict=True):
        done = subprocess.run(
            ["man", "--warnings=all", "-l", path], capture_output=True, text=True, env=UTF8, check=True
        )
        assert done.stderr == "", path.name
        words = set(done.stdout.replace(",", " ").split())
        for option in (one for group in page.groups.values() for one in group):
            assert set(option.names) <= words, option.names
        text = " ".join(done.stdout.split())
        for example in page.examples:
            assert " ".join(example.split()) in text
        for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "SEE ALSO"):
            assert f"\n{heading}\n" in done.stdout
        for told in (*EXIT_CODES.values(), *ENVIRONMENT.values()):
            assert told in text
        assert max(map(len, done.stdout.splitlines())) <= 100


def test_pages_are_written_where_man_looks_and_none_is_replaced_unasked(run: Run, tmp_path: Path) -> None:
    done = run("man", "-o", tmp_path / "share")
    assert (done.code, done.lines) == (0, [f"{len(man_pages())} pages -> {tmp_path}/share/man1"])
    assert {path.name: path.read_text() for path in (tmp_path / "share" / "man1").iterdir()} == man_pages()
    (tmp_path / "share" / "man1" / "cnnfilt.1").write_text("mine")
    refused = run("man", "-o", tmp_path / "share")
    assert refused.code == 2
    assert "-y (--overwrite) replaces them" in refused.stderr
    assert (tmp_path / "share" / "man1" / "cnnfilt.1").read_text() == "mine"
    assert run("man", "-o", tmp_path / "share", "-y").code == 0
    assert (tmp_path / "share" / "man1" / "cnnfilt.1").read_text() == man_pages()["cnnfilt.1"]


def test_a_folder_that_cannot_be_made_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = run("man", "-o", tmp_path / "file")
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert "cannot be written" in outcome.stderr


def test_a_run_from_the_source_says_that_none_are_built(run: Run) -> None:
    outcome = run("man")
    assert (outcome.code, outcome.text) == (1, "")
    assert outcome.lines == [
        "man: this cnnfilt runs from its source, where no man pages are built; write them with -o DIR"
    ]


def test_where_they_are_built_their_folder_is_printed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnfilt.cli.man.command.BUILT", tmp_path)
    write_pages(tmp_path)
    outcome = run("man")
    assert (outcome.code, outcome.text, outcome.stderr) == (0, f"{tmp_path}\n", "")

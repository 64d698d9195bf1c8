"""Help on a terminal of 24 lines of 80: its first line stays on the screen, and no word is broken."""

from pathlib import Path

import pytest

from cnnfilt.cli.help_screen import WholeWords, with_examples
from tests.cli.conftest import Run
from tests.cli.test_help import WHOLE
from tests.terminal import OnTerminal


@pytest.mark.parametrize("path", [(), ("kernels",), ("net",), *WHOLE], ids=" ".join)
def test_the_usage_stays_on_a_small_screen(path: tuple[str, ...], tmp_path: Path) -> None:
    code, screen, _ = OnTerminal(*path, "--help", cwd=tmp_path).end()
    lines = screen.lines[:-1]  # The cursor is on the last one, where the prompt will be.
    assert code == 0
    assert len(lines) <= 23
    assert lines[0].startswith("Usage: cnnfilt")
    assert max(map(len, lines)) <= 80
    assert not any("\u2011" in line or "\u00a0" in line for line in lines)


def test_it_has_examples_and_says_where_the_rest_is(tmp_path: Path) -> None:
    for command in ("convolve", "pad", "pool", "edges", "shape", "apply", "net train", "net backward"):
        text = "\n".join(OnTerminal(*command.split(), "-h", cwd=tmp_path).end()[1].lines)
        assert "--help-all" in text
        assert f"    cnnfilt {command} " in text.partition("Examples:")[2]


def test_a_pipe_gets_it_whole(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "5")
    assert len(run("convolve", "--help").text.splitlines()) > 24


@pytest.mark.parametrize("width", range(24, 60))
def test_no_line_ends_within_a_word_or_brackets(width: int) -> None:
    formatter = WholeWords(width=width)
    formatter.write_dl([("-p", "zeros, same-lower or full-width  [default: a b]")])
    formatter.write_text("--no-auto-orient --padding-mode --max-pixels")
    lines = formatter.getvalue().splitlines()
    for whole in ("same-lower", "full-width", "[default: a b]", "--no-auto-orient", "--padding-mode", "--max-pixels"):
        assert any(whole in line for line in lines)


def test_examples_are_taken_from_the_end_with_their_heading() -> None:
    end = "\b\nA table\n\n\b\nExamples:\n  one\n  two\n"
    assert with_examples(end, 9) == end
    assert with_examples(end, 1) == "\b\nA table\n\n\b\nExamples:\n  one\n"
    assert with_examples(end, 0) == "\b\nA table"
    assert with_examples("\b\nExamples:\n  one\n", 0) is None
    assert with_examples(None, 3) is None

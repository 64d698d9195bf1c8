"""The progress bar on real terminals: it never captures, wraps or splits a line of data or of status."""

import json
import signal
from pathlib import Path

import pytest

from tests.cli.test_signals import WORDS
from tests.conftest import Make, await_file
from tests.holding import HELD_DECODER, held_picture, hold
from tests.terminal import OnTerminal

NAMES = [f"in/{number:03}.png" for number in range(9)]


@pytest.fixture
def folder(pictures: Make, tmp_path: Path) -> Path:
    """Nine good pictures and a bad one, whose error is longer than a line."""
    (pictures(9) / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nand no more")
    return tmp_path


@pytest.mark.parametrize("columns", [140, 80, 30, 20])
def test_json_goes_to_a_pipe_while_the_bar_is_on_the_terminal(folder: Path, columns: int) -> None:
    code, screen, piped = OnTerminal(
        "edges", "in", "-o", "out/", "--json", cwd=folder, columns=columns, stdout_piped=True
    ).end()
    records = [json.loads(line) for line in piped.splitlines()]
    assert sorted(record["input"] for record in records) == [*NAMES, "in/bad.png"]
    assert code == 1
    shown = "".join(screen.lines)
    assert shown.startswith("edges: in/bad.png: the PNG is damaged")
    assert "9 done, 1 failed; " in shown
    assert "━" not in shown
    assert "10/10" not in shown
    assert screen.cursor_shows


@pytest.mark.parametrize("columns", [400, 80])
def test_json_and_the_bar_share_a_terminal(folder: Path, columns: int) -> None:
    _, screen, _ = OnTerminal("edges", "in", "-o", "out/", "--json", cwd=folder, columns=columns).end()
    shown = "\n".join(screen.lines)
    for name in NAMES:
        assert f'{{"schema": 1, "input": "{name}", "status": "done"' in shown
    if columns == 400:  # Every record is a line of its own.
        lines = [line for line in screen.lines if line.startswith("{")]
        assert sorted(json.loads(line)["input"] for line in lines) == [*NAMES, "in/bad.png"]
    assert "━" not in shown
    assert screen.cursor_shows


def test_status_lines_stand_whole_above_the_bar(folder: Path) -> None:
    _, screen, _ = OnTerminal("edges", "in", "-o", "out/", "-v", cwd=folder, columns=120).end()
    for name in NAMES:
        assert f"{name} 30x40 -> out/{Path(name).name} 30x40 (prewitt)" in screen.lines


@pytest.mark.parametrize("piped", [False, True])
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_an_interruption_is_a_line_of_its_own(
    pictures: Make, tmp_path: Path, piped: bool, workers: int, number: signal.Signals
) -> None:
    """The bar is gone, and the cursor, which was hidden while it was drawn, is back."""
    hold(tmp_path)
    held_picture(pictures(9))
    arguments = ("edges", "in", "-o", "out/", "-j", workers, "--timeout", "0")
    started = OnTerminal(*arguments, cwd=tmp_path, stdout_piped=piped, environment=HELD_DECODER)
    await_file(started.process, tmp_path / "begun")
    started.await_text("/10")
    assert "━" in started.screen().lines[0]
    assert not started.screen().cursor_shows
    started.process.send_signal(number)
    code, screen, _ = started.end()
    assert code == 128 + number
    assert screen.lines[0] == f"cnnfilt: {WORDS[number]}"
    assert " not begun or not finished; " in screen.lines[1]
    assert not any(screen.lines[2:])
    assert screen.cursor_shows


def test_no_bar_stands_where_the_reader_of_a_pipe_prints(folder: Path) -> None:
    """What reads the records, jq say, writes to the same terminal, in the line of the bar."""
    _, screen, piped = OnTerminal("edges", "in", "-o", "out/", "--json", cwd=folder, stdout_piped=True).end()
    assert len(piped.splitlines()) == 10
    assert not screen.drew_over
    _, screen, _ = OnTerminal("edges", "in", "-o", "out/", "-y", cwd=folder, stdout_piped=True).end()
    assert screen.drew_over


def test_there_is_no_bar_elsewhere(folder: Path) -> None:
    """Not on a terminal that cannot draw a line again, and not with -q."""
    _, screen, _ = OnTerminal("edges", "in", "-o", "out/", cwd=folder, environment={"TERM": "dumb"}).end()
    assert "" not in screen.lines[:-1]
    code, screen, _ = OnTerminal("edges", "in", "-o", "out/", "-q", "-y", cwd=folder).end()
    assert code == 1
    assert next(line for line in screen.lines if line).startswith("edges: in/bad.png")

"""Equations on a terminal: broken between their parts where they are wider than it, and whole in a pipe."""

import re
from pathlib import Path

import pytest

from cnnfilt.cli.terminal_width import broken
from tests.cli.conftest import Run
from tests.terminal import OnTerminal

LINE = "  Z11 = X11*K11 + X12*K12 + X21*K21 = 1*1 + 2*0 + 4*(-1) = -3"


def test_a_line_that_fits_stays_whole() -> None:
    assert broken(LINE, len(LINE)) == [LINE]


def test_the_numbers_stand_on_a_line_of_their_own() -> None:
    assert broken(LINE, len(LINE) - 1) == ["  Z11 = X11*K11 + X12*K12 + X21*K21", "      = 1*1 + 2*0 + 4*(-1) = -3"]


@pytest.mark.parametrize("width", range(20, 60))
def test_narrower_lines_break_before_a_sign(width: int) -> None:
    lines = broken(LINE, width)
    assert max(map(len, lines)) <= width
    assert " ".join(line.strip() for line in lines) == LINE.strip()
    assert all(re.match(r" {6}[=+] ", line) for line in lines[1:])


COMMANDS = (
    ["net", "backward", "1,2,3; 4,5,6; 7,8,9", "-k", "1,0; -1,2", "--gradient", "1,-2; 3,4", "--explain"],
    ["net", "backward", "1,2,3,4", "--layer", "softmax", "--gradient", "1,0,0,0", "--explain"],
    ["net", "backward", "2,1,0", "--loss", "categorical", "--labels", "1,0,0", "--explain"],
    ["shape", "28x28", "conv:4,k=3", "pool:max", "--explain"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_equation_ends_where_the_screen_does(run: Run, tmp_path: Path, command: list[str]) -> None:
    code, screen, piped = OnTerminal(*command, cwd=tmp_path, stdout_piped=True).end()
    assert (code, screen.lines) == (0, [""])
    assert max(map(len, piped.splitlines())) > 80
    code, screen, _ = OnTerminal(*command, cwd=tmp_path).end()
    assert code == 0
    shown = re.sub(r"\n +(?=[=+] )", " ", "\n".join(line.rstrip() for line in screen.lines))
    assert shown == piped

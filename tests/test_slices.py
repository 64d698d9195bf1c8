"""Slices of long sets: at least one test, and no more than there is time for."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ENVIRONMENT

Ran = Callable[..., tuple[list[int], str]]

FIVE = """
import time, pytest
@pytest.mark.parametrize("number", range(5))
def test_one(number):
    print("ran", number)
    time.sleep(0.1)
"""


@pytest.fixture
def ran(tmp_path: Path) -> Ran:
    """Run five tests with these options, and return the numbers of those that ran, in order, and pytest's last line."""
    (tmp_path / "test_five.py").write_text(FIVE)

    def call(*options: str) -> tuple[list[int], str]:
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "tests.slices", "-c", "/dev/null", *options]
        environment = ENVIRONMENT | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return [int(number) for number in re.findall(r"ran (\d)", done.stdout)], done.stdout.splitlines()[-1]

    return call


def test_all_run_while_there_is_time(ran: Ran) -> None:
    assert ran("--seconds", "3600")[0] == [0, 1, 2, 3, 4]


def test_one_runs_however_late_it_is(ran: Ran) -> None:
    numbers, last = ran("--seconds", "0")
    assert numbers == [0]
    assert "1 passed, 4 skipped" in last


def test_the_order_is_drawn(ran: Ran) -> None:
    first, again, other = (ran("--draw", draw)[0] for draw in "112")
    assert first == again != other
    assert sorted(first) == sorted(other) == [0, 1, 2, 3, 4]

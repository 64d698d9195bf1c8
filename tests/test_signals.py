"""How a process ends at once: its duties are done in order, however often it is told, and none holds it up for ever."""

import signal
import subprocess
from pathlib import Path

import pytest

from cnnfilt import signals
from cnnfilt.batch import processes
from cnnfilt.files import atomic
from tests.conftest import Start, await_file
from tests.holding import hold, let_go
from tests.patience import PATIENCE

BEGIN = """
import os, time
from pathlib import Path
from cnnfilt import signals

def say(words):
    return lambda: os.write(1, words.encode() + b"\\n")

signals.exit_on_signals()
"""

WAIT = """
def wait():
    Path("begun").touch()
    while True:
        time.sleep(9)
"""


def ended(process: "subprocess.Popen[bytes]") -> tuple[list[str], list[str]]:
    stdout, stderr = process.communicate(timeout=PATIENCE)
    return stdout.decode().splitlines(), stderr.decode().splitlines()


def test_the_newest_duty_comes_first_and_those_of_blocks_that_are_left_do_not(start: Start, tmp_path: Path) -> None:
    program = BEGIN + WAIT + (
        "signals.on_exit(say('first'))\n"
        "with signals.on_exit_during(say('left'), seconds=99): pass\n"
        "with signals.cleared_first(say('no longer drawn')): pass\n"
        "with signals.cleared_first(say('drawn')), signals.on_exit_during(say('second')): wait()\n"
    )  # fmt: skip
    process = start(program=program)
    await_file(process, tmp_path / "begun")
    process.terminate()
    assert ended(process) == (["drawn", "second", "first"], ["cnnfilt: terminated"])
    assert process.returncode == 143


def test_what_is_drawn_goes_before_the_line_is_said(start: Start, tmp_path: Path) -> None:
    process = start(program=BEGIN + WAIT + "with signals.cleared_first(lambda: os.write(2, b'cleared\\n')): wait()")
    await_file(process, tmp_path / "begun")
    process.send_signal(signal.SIGINT)
    assert ended(process)[1] == ["cleared", "cnnfilt: interrupted"]


def test_a_duty_that_fails_keeps_no_other_from_being_done(start: Start, tmp_path: Path) -> None:
    program = BEGIN + WAIT + "signals.on_exit(say('first')); signals.on_exit(lambda: 1 // 0)\nwait()"
    process = start(program=program)
    await_file(process, tmp_path / "begun")
    process.terminate()
    assert ended(process) == (["first"], ["cnnfilt: terminated"])
    assert process.returncode == 143


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_second_signal_leaves_no_duty_half_done(start: Start, tmp_path: Path, second: signal.Signals) -> None:
    hold(tmp_path)
    program = BEGIN + WAIT + (
        "def duty():\n"
        "    Path('cleaning').touch()\n"
        "    Path('held').read_bytes()\n"
        "    say('done')()\n"
        "with signals.on_exit_during(duty, seconds=10_000): wait()\n"
    )  # fmt: skip
    process = start(program=program)
    await_file(process, tmp_path / "begun")
    process.send_signal(signal.SIGINT)
    await_file(process, tmp_path / "cleaning")
    for _ in range(3):
        process.send_signal(second)
    let_go(tmp_path)
    assert ended(process) == (["done"], ["cnnfilt: interrupted"])
    assert process.returncode == 130


@pytest.mark.parametrize(
    "how", ["while True: time.sleep(9)", "Path('held').read_bytes()"], ids=["asleep", "in the system"]
)
def test_a_duty_that_hangs_does_not_hold_up_the_end(start: Start, tmp_path: Path, how: str) -> None:
    hold(tmp_path)
    program = BEGIN + f"def hang():\n    {how}\nsignals.on_exit(hang); signals.exit_now(5)"
    process = start(program=program)
    assert ended(process) == ([], [])
    assert process.returncode == 5


def test_the_longest_time_that_is_granted_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a shorter one is granted within it, and no longer than the block."""
    watched = []
    expected = pytest.raises(SystemExit, match=r"^7$")

    def leave(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(signals, "_cleanups", [])
    monkeypatch.setattr(signals, "start_new_thread", lambda function, arguments: watched.append((function, arguments)))
    monkeypatch.setattr(signals.os, "_exit", leave)
    with signals.on_exit_during(lambda: None, seconds=30), signals.on_exit_during(lambda: None, seconds=5), expected:
        signals.exit_now(7)
    with expected:
        signals.exit_now(7)
    assert watched == [(signals._end_after, (30, 7)), (signals._end_after, (signals.SECONDS_AT_MOST, 7))]


def test_all_that_may_be_waited_for_fits_into_two_seconds() -> None:
    assert processes.SECONDS_TO_END + atomic._SECONDS_FOR_LOCK < signals.SECONDS_AT_MOST < 2


def test_all_is_done_and_signals_are_ignored(start: Start, tmp_path: Path) -> None:
    hold(tmp_path)
    program = BEGIN + "signals.ignore_signals(); Path('begun').touch(); Path('held').read_bytes(); say('done')()"
    process = start(program=program)
    await_file(process, tmp_path / "begun")
    for number in signals.SIGNALS:
        process.send_signal(number)
    let_go(tmp_path)
    assert ended(process) == (["done"], [])
    assert process.returncode == 0


def test_a_silenced_descriptor_silences_neither_stderr_nor_what_is_said_at_once(start: Start) -> None:
    program = (
        "import os, sys; from cnnfilt import signals; signals.keep_stderr()\n"
        "os.dup2(os.open(os.devnull, os.O_WRONLY), 2); os.write(2, b'a library complains\\n')\n"
        "print('a', file=sys.stderr); signals.say_at_once('b\\udcff'); print('c\\udcff', file=sys.stderr)\n"
    )
    assert ended(start(program=program)) == ([], ["a", "b\\udcff", "c\\udcff"])


@pytest.mark.parametrize("lost", [None, "closed"])
def test_without_a_stderr_nothing_is_said(start: Start, lost: str | None) -> None:
    without = "sys.stderr = None" if lost is None else "os.close(2)"
    program = f"import os, sys; from cnnfilt import signals; {without}; signals.keep_stderr(); signals.say_at_once('a')"
    process = start(program=program)
    assert ended(process)[0] == []
    assert process.returncode == 0

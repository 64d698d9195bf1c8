"""Leaving at once: what is done first when a signal comes, whatever the threads are busy with.

An exception raised by a signal lands anywhere, also in the middle of starting a worker or of tidying up. So the
handler itself does the little that must be done, and ends the process.
"""

import os
import signal
import time
from _thread import start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

SECONDS_AT_MOST = 1.7
"""How long all duties together may take, unless one is granted more: a run ends within two seconds."""

WORDS = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "terminated",
    **({signal.SIGHUP: "hung up"} if hasattr(signal, "SIGHUP") else {}),
}
"""The signals that end a run, and what is said about them."""

_duties: list[Callable[[], object]] = []
_granted: list[float] = [SECONDS_AT_MOST]


def before_leaving(duty: Callable[[], object]) -> None:
    """Have `duty` done whenever this process leaves at once. It must not print through Python's streams."""
    _duties.append(duty)


@contextmanager
def while_here(duty: Callable[[], object], *, seconds: float = SECONDS_AT_MOST) -> Iterator[None]:
    """Have `duty` done if this process leaves at once within the block; it may take so many seconds."""
    _duties.append(duty)
    _granted.append(seconds)
    try:
        yield
    finally:
        _duties.remove(duty)
        _granted.remove(seconds)


def leave(code: int) -> NoReturn:
    """End this process with `code` after its duties, the newest first; Python's own tidying up is left out."""
    # A duty may hang on a dead network share; this thread needs no lock of Python's to start, as others would.
    start_new_thread(_end_after, (max(_granted), code))
    for duty in reversed(_duties):
        with suppress(Exception):
            duty()
    os._exit(code)


def leave_on_signals() -> None:
    """Say one line and leave with 128 + its number when a signal comes; one that is ignored (nohup) stays so."""
    for number in WORDS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _leave_by)


def finish_undisturbed() -> None:
    """Ignore the signals from here on: all is done, and Python's own end would meet them unprepared."""
    for number in WORDS:
        signal.signal(number, signal.SIG_IGN)


def say_at_once(line: str) -> None:
    """Write a line on stderr past Python's streams, which may be in the middle of another."""
    with suppress(OSError):
        os.write(2, f"{line}\n".encode(errors="backslashreplace"))


def _leave_by(number: int, frame: object) -> NoReturn:
    finish_undisturbed()  # A second Ctrl-C must not leave half of it undone.
    say_at_once(f"cnnfilt: {WORDS[signal.Signals(number)]}")
    leave(128 + number)


def _end_after(seconds: float, code: int) -> None:
    time.sleep(seconds)
    os._exit(code)

"""Exiting at once when a signal comes, whatever the threads are busy with; what must be cleaned up is done first.

An exception raised by a signal lands anywhere, also in the middle of starting a worker or of cleaning up. So the
handler itself does the little that must be done, and ends the process.
"""

import os
import signal
import sys
import time
from _thread import start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

SECONDS_AT_MOST = 1.7
"""How long all cleanups together may take, unless one is granted more: a run ends within two seconds."""

SIGNALS = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "terminated",
    **({signal.SIGHUP: "hung up"} if hasattr(signal, "SIGHUP") else {}),
}
"""The signals that end a run, and what is said about them."""

Cleanup = Callable[[], object]

_cleanups: list[Cleanup] = []
_drawn: list[Cleanup] = []
_granted: list[float] = [SECONDS_AT_MOST]
_stderr: list[int] = [2]


def on_exit(cleanup: Cleanup) -> None:
    """Have `cleanup` called whenever this process exits at once. It must not print through Python's streams."""
    _cleanups.append(cleanup)


@contextmanager
def on_exit_during(cleanup: Cleanup, *, seconds: float = SECONDS_AT_MOST) -> Iterator[None]:
    """Have `cleanup` called if this process exits at once within the block; it may take so many seconds."""
    _cleanups.append(cleanup)
    _granted.append(seconds)
    try:
        yield
    finally:
        _cleanups.remove(cleanup)
        _granted.remove(seconds)


@contextmanager
def cleared_first(clear: Cleanup) -> Iterator[None]:
    """Have `clear` called before a signal's line is printed within the block: what is drawn on the terminal goes."""
    _drawn.append(clear)
    try:
        yield
    finally:
        _drawn.remove(clear)


def exit_now(code: int) -> NoReturn:
    """End this process with `code` after its cleanups, the newest first; Python's own end is left out."""
    # A cleanup may hang on a dead network share; this thread needs no lock of Python's to start, as others would.
    start_new_thread(_end_after, (max(_granted), code))
    for cleanup in reversed(_cleanups):
        with suppress(Exception):
            cleanup()
    os._exit(code)


def exit_on_signals() -> None:
    """Say one line and exit with 128 + its number when a signal comes; one that is ignored (nohup) stays so."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _exit_by)


def ignore_signals() -> None:
    """Ignore the signals from here on: all is done, and Python's own end would meet them unprepared."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def keep_stderr() -> None:
    """Give Python's stderr, and what is said at once, a descriptor of its own.

    Number 2 is silenced now and then, for libraries and new processes that complain past Python; a decoder that hangs
    meanwhile, or a signal, is still to be told of.
    """
    if sys.stderr is None:
        return
    with suppress(OSError):
        _stderr[0] = os.dup(2)
        encoding, errors = sys.stderr.encoding, sys.stderr.errors
        sys.stderr = open(_stderr[0], "w", buffering=1, encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115


def write_at_once(data: bytes) -> None:
    """Write on stderr past Python's streams, which may be in the middle of a line."""
    with suppress(OSError):
        os.write(_stderr[0], data)


def say_at_once(line: str) -> None:
    """Write a line on stderr, as `write_at_once` does."""
    write_at_once(f"{line}\n".encode(errors="backslashreplace"))


def _exit_by(number: int, frame: object) -> NoReturn:
    ignore_signals()  # A second Ctrl-C must not leave half of it to do.
    for clear in _drawn:
        with suppress(Exception):
            clear()
    say_at_once(f"cnnfilt: {SIGNALS[signal.Signals(number)]}")
    exit_now(128 + number)


def _end_after(seconds: float, code: int) -> None:
    time.sleep(seconds)
    os._exit(code)

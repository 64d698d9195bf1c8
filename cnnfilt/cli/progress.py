"""A progress bar in the last line of a terminal, which makes way for every line that is printed."""

import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from cnnfilt.signals import write_at_once

SECONDS_BETWEEN = 0.1
"""It is drawn again after so long at the earliest: a terminal takes its time, too."""

FULL_WIDTH = 60
"""In a narrower terminal only the count is shown, so that it never takes two lines."""


def bar_fits(*, records: bool) -> bool:
    """Return whether standard error is a terminal whose last line can be drawn again and again.

    Where `records` go into a pipe it is not: what reads them writes to the same terminal, and knows of no bar.
    """
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") in ("dumb", "unknown"):
        return False
    return not (records and sys.stdout is not None and _is_pipe(sys.stdout))


def _is_pipe(stream: IO[str]) -> bool:
    try:
        kind = os.fstat(stream.fileno()).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)


class ProgressBar:
    """How many of `total` are done, on standard error, with the speed and the time that is left."""

    def __init__(self, total: int) -> None:
        self._total, self._count, self._started = total, 0, time.monotonic()
        self._drawn = self._started
        self._progress = _bar(total)
        self._progress.start()

    def advance(self) -> None:
        """Count one more."""
        self._count += 1
        now = time.monotonic()
        rate = f"{self._count / max(now - self._started, 1e-9):.1f}/s"
        self._progress.update(self._progress.task_ids[0], completed=self._count, rate=rate)
        if now - self._drawn >= SECONDS_BETWEEN or self._count == self._total:
            self._drawn = now
            self._progress.refresh()

    @contextmanager
    def out_of_the_way(self, wanted: bool) -> Iterator[None]:
        """Take the bar away, if that is `wanted`, while lines are printed within the block on the same terminal."""
        if not wanted:
            yield
            return
        self._progress.stop()
        try:
            yield
        finally:
            sys.stderr.flush()
            self._progress.start()

    def stop(self) -> None:
        """Take the bar away for good."""
        self._progress.stop()

    @staticmethod
    def clear_at_once() -> None:
        """Clear the bar's line and show the cursor, past Python's streams: a signal ends the process."""
        write_at_once(b"\r\x1b[2K\x1b[?25h")


def _bar(total: int) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns: list[ProgressColumn] = [MofNCompleteColumn()]
    if console.width >= FULL_WIDTH:
        columns = [BarColumn(), *columns, TextColumn("{task.fields[rate]}"), TimeRemainingColumn()]
    # Standard output belongs to the data: nothing may capture, wrap or split it. No thread draws behind our back.
    progress = Progress(
        *columns, console=console, transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
    )
    progress.add_task("", total=total, rate="")
    return progress

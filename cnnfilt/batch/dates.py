"""Dates of files: which outputs are older than what they are made of, and the date that --keep-dates gives them."""

import os
import stat
import time
from collections.abc import Sequence
from pathlib import Path

from cnnfilt.batch.clashes import is_done
from cnnfilt.batch.naming import Target
from cnnfilt.batch.sources import Source
from cnnfilt.errors import counted

_GRAINS = (100, 1_000, 1_000_000, 10_000_000, 1_000_000_000, 2_000_000_000)
"""Nanoseconds of the clocks of file systems: NTFS, HFS+ (a second), exFAT (10 ms) and FAT (2 s) among them."""


class DateCheck:
    """What --if-newer asks of each input; `also_read` are files, such as kernels, that all outputs are made of, too.

    The date of a file is that of its last change, and nothing else counts: not what is in it, not the options. Where
    the run `keeps_dates`, outputs have those of their inputs, and when they were written is told by another clock.
    """

    def __init__(self, also_read: Sequence[str] = (), *, keeps_dates: bool = False, now: int | None = None) -> None:
        dates = (_date_with_links(path) for path in also_read)
        self._others = [date for date in dates if date is not None]
        self._keeps_dates = keeps_dates
        self._now = time.time_ns() if now is None else now
        self._to_come: list[str] = []

    def reason_to_make(self, source: Source, targets: Sequence[Target]) -> str | None:
        """Return why the outputs of `source` are to be made, or None where they are up to date.

        "missing": one of them is; "newer": the input, or what is read beside it, is newer than one of them; "undated":
        a pipe or a device has no date, nor has an input that is not there.
        """
        is_file = not (source.is_stdin or source.typed or source.unlisted)
        date = _date_with_links(source.path) if is_file else None
        paths = [target.path for target in targets if target.path is not None and not _is_special(target.path)]
        if date is None or not targets or len(paths) < len(targets):
            return "undated"
        if not all(is_done(target) for target in targets):
            return "missing"
        if not any(self._is_older(path, date) for path in paths):
            return None
        if date > self._now and not self._keeps_dates:
            self._to_come.append(source.path)
        return "newer"

    def _is_older(self, path: Path, date: int) -> bool:
        """Return whether an output is older than the `date` of its input, or than what is read beside it."""
        made = path.stat()
        written = made.st_ctime_ns if self._keeps_dates else made.st_mtime_ns
        return _is_newer(date, made.st_mtime_ns) or any(_is_newer(other, written) for other in self._others)

    def report(self) -> tuple[str, ...]:
        """Return what to say of inputs that are newer than whatever is made of them, for some time to come."""
        if not self._to_come:
            return ()
        several = len(self._to_come) > 1
        have, are = ("have", "are") if several else ("has", "is")
        count, first = counted(len(self._to_come), "inputs"), self._to_come[0]
        return (
            f"{count} {have} a date in the future, such as {first}, and {are} made again each time until then "
            "(touch or --keep-dates mends it)",
        )


def date_of(source: Source) -> int | None:
    """Return when a file was last changed, in nanoseconds since 1970; None for what is no regular file."""
    if source.is_stdin or source.typed:
        return None
    try:
        status = os.stat(source.path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns if stat.S_ISREG(status.st_mode) else None


def _date_with_links(path: str) -> int | None:
    """Return the date of a regular file, or of the link to it, whichever is later: a link may be led elsewhere."""
    date = date_of(Source(path))
    if date is None:
        return None
    try:
        return max(date, os.lstat(path).st_mtime_ns)
    except OSError:
        return None


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _is_newer(date: int, output: int) -> bool:
    """Return whether `date` is later than that of an output, which may be the same date as a coarser clock has it."""
    return date > output and all(date - date % grain != output for grain in _GRAINS)

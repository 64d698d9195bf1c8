"""What --exclude leaves out: files and folders whose name, or the end of whose path, fits a pattern."""

import fnmatch
import os
import re
from collections.abc import Sequence
from pathlib import PurePath

from cnnfilt.errors import counted
from cnnfilt.windows import ends_as_folder

_ANY_FOLDERS = "**"


class Exclusion:
    """The patterns of one run, and how much each has left out.

    A pattern is that of a name, as shells have it: `*`, `?`, `[ab]`. With a slash in it it is matched with the end of
    the path below the folder that was named, or with all of the path as it was named; `*` and `?` stand for no slash,
    `**` for any number of folders. One that ends in a slash is for folders alone.
    """

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        self._patterns = {pattern: _Pattern(pattern) for pattern in patterns}
        self._matched: set[str] = set()
        self._files = self._folders = 0

    def leaves_out(self, path: str, below: str, *, is_folder: bool = False) -> bool:
        """Return whether `path` is left out, and count it; `below` is its part below the folder that was named."""
        matching = {text for text, pattern in self._patterns.items() if pattern.fits(path, below, is_folder=is_folder)}
        self._matched |= matching
        self._files += bool(matching) and not is_folder
        self._folders += bool(matching) and is_folder
        return bool(matching)

    @property
    def found(self) -> int:
        """Return how many files and folders were left out so far."""
        return self._files + self._folders

    def report(self) -> tuple[str, ...]:
        """Return what to say of it: how much was left out, and each pattern that nothing fits."""
        counts = [counted(count, what) for count, what in ((self._files, "files"), (self._folders, "folders")) if count]
        left_out = (f"--exclude leaves out {' and '.join(counts)}",) if counts else ()
        idle = (f"--exclude {text!r} matches nothing" for text in self._patterns if text not in self._matched)
        return (*left_out, *idle)


class _Pattern:
    """One pattern, its folders apart: what each name on a path has to fit, None for any number of folders."""

    def __init__(self, text: str) -> None:
        self._for_folders = ends_as_folder(text)
        self._has_slash = any(sign in text.rstrip(f"/{os.sep}") for sign in ("/", os.sep))
        parts = list(PurePath(text).parts)
        if parts[-1:] == [_ANY_FOLDERS]:
            parts.append("*")  # What is in a folder, not the folder itself.
        self._wanted = [None if part == _ANY_FOLDERS else re.compile(fnmatch.translate(part)) for part in parts]

    def fits(self, path: str, below: str, *, is_folder: bool) -> bool:
        if self._for_folders and not is_folder:
            return False
        if not self._has_slash:
            return _fit(self._wanted, PurePath(path).parts[-1:])
        return _fit([None, *self._wanted], PurePath(below).parts) or _fit(self._wanted, PurePath(path).parts)


def _fit(wanted: Sequence[re.Pattern[str] | None], parts: Sequence[str]) -> bool:
    """Return whether all of `parts` fit all of `wanted`, in their order."""
    places = _with_skipped({0}, wanted)
    for part in parts:
        further = {place for place in places if place < len(wanted) and _takes(wanted[place], part)}
        places = _with_skipped({place + (wanted[place] is not None) for place in further}, wanted)
    return len(wanted) in places


def _takes(wanted: re.Pattern[str] | None, part: str) -> bool:
    return wanted is None or wanted.match(part) is not None


def _with_skipped(places: set[int], wanted: Sequence[re.Pattern[str] | None]) -> set[int]:
    """Return `places`, and those behind any number of folders: there may be none."""
    found = set(places)
    for place in sorted(places):
        while place < len(wanted) and wanted[place] is None:
            place += 1
            found.add(place)
    return found

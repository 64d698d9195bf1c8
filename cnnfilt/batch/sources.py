"""Which files to read: named ones as they are, folders opened to the images in them."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cnnfilt.errors import InputError
from cnnfilt.files.formats import IMAGE_SUFFIXES, MATRIX_SUFFIXES

STDIN = "-"


@dataclass(frozen=True)
class Source:
    """One input: a path as it was given, or `-` for standard input; `folder` is the one it was found in, if any."""

    path: str
    folder: str | None = None

    @property
    def is_stdin(self) -> bool:
        """Return whether the bytes come from standard input."""
        return self.path == STDIN

    @property
    def name(self) -> str:
        """Return the file name, `stdin` for standard input."""
        return "stdin" if self.is_stdin else os.path.basename(self.path)

    @property
    def stem(self) -> str:
        """Return the file name without its last suffix."""
        return Path(self.name).stem

    @property
    def suffix(self) -> str:
        """Return the last suffix with its dot, as written."""
        return Path(self.name).suffix


def find_sources(inputs: Iterable[str], *, output_folder: Path | None = None) -> tuple[list[Source], tuple[str, ...]]:
    """Return every file to read, in order, and what was passed over. A folder gives the images right in it, by name.

    Raises InputError for a folder that cannot be listed or holds no image. A named file that is missing
    stays in the list: its reading reports it, and the others go on.
    """
    sources: list[Source] = []
    skipped: list[str] = []
    for path in inputs:
        if path == STDIN or not os.path.isdir(path):
            sources.append(Source(path))
            continue
        images = list(_images_in(path, skipped, output_folder))
        if not images:
            raise InputError(f"{path}: no images in this folder ({', '.join(sorted(IMAGE_SUFFIXES))})")
        sources += images
    return sources, tuple(skipped)


def _images_in(folder: str, skipped: list[str], output_folder: Path | None) -> Iterator[Source]:
    for entry in _entries(folder):
        suffix = Path(entry.name).suffix.lower()
        if output_folder is not None and os.path.realpath(entry.path) == os.path.realpath(output_folder):
            continue
        if entry.name.startswith("."):
            skipped.append(f"{entry.path} (a dot-file)")
        elif entry.is_dir():
            skipped.append(f"{entry.path} (a folder)")
        elif suffix in MATRIX_SUFFIXES:
            skipped.append(f"{entry.path} (a matrix; name it to read it)")
        elif suffix not in IMAGE_SUFFIXES:
            skipped.append(f"{entry.path} (no image suffix)")
        elif not _is_regular(entry):
            skipped.append(f"{entry.path} (no regular file)")
        else:
            yield Source(entry.path, folder)


def _entries(folder: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as listing:
            return sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        raise InputError(f"{folder}: cannot list this folder: {error.strerror}") from None


def _is_regular(entry: "os.DirEntry[str]") -> bool:
    try:
        return stat.S_ISREG(entry.stat().st_mode)
    except OSError:
        return False

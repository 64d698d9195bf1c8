"""Which files to read: named ones as they are, folders opened to the images in them."""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cnnfilt.batch.exclusion import Exclusion
from cnnfilt.errors import InputError, PlanError
from cnnfilt.files.formats import IMAGE_FORMATS, IMAGE_SUFFIXES, MATRIX_SUFFIXES, format_of
from cnnfilt.files.signatures import format_of_file
from cnnfilt.frozen import Frozen
from cnnfilt.windows import ON_WINDOWS

STDIN = "-"


class Source(Frozen):
    """One input: a path as it was given, or `-` for standard input.

    `subfolder` is where it was found below the folder that was named ("" right in it), so that the tree is kept. A
    `typed` one is no path but a matrix: "1,2; 3,4". An `unlisted` one is a folder in a folder that cannot be listed.
    """

    path: str
    subfolder: str = ""
    typed: bool = False
    unlisted: bool = False

    @property
    def is_stdin(self) -> bool:
        """Return whether the bytes come from standard input."""
        return self.path == STDIN

    @property
    def name(self) -> str:
        """Return the file name, `stdin` for standard input, `typed.csv` for a matrix that is none."""
        if self.typed:
            return "typed.csv"
        return "stdin" if self.is_stdin else os.path.basename(self.path)

    @property
    def folder(self) -> str:
        """Return the folder that the file is in, as it was given."""
        return "." if self.typed else os.path.dirname(self.path) or "."

    @property
    def stem(self) -> str:
        """Return the file name without its last suffix."""
        return Path(self.name).stem

    @property
    def suffix(self) -> str:
        """Return the last suffix with its dot, as written."""
        return Path(self.name).suffix


class Walk(Frozen):
    """How folders are opened: with the folders in them, without those the results go to, and without what is excluded.

    An exclusion applies to what is named, too. With `matrices` they are taken as images are.
    """

    recursive: bool = False
    output_folders: tuple[Path, ...] = ()
    exclusion: Exclusion = Exclusion()
    matrices: bool = False


def refuse_stdin_twice(inputs: Sequence[str]) -> None:
    """Raise PlanError if standard input is named more than once."""
    if inputs.count(STDIN) > 1:
        raise PlanError("standard input (-) can be read only once; name it once")


def is_typed_matrix(text: str, *, whole: bool = False) -> bool:
    """Return whether `text` begins as a matrix that is typed out; a file of that name wins. A `whole` one has parts."""
    if format_of(text) is not None or os.path.lexists(text):
        return False
    from cnnfilt.describe.number_notations import is_notation  # Files do without.

    begins = re.match(r"\s*(?:[-+\u2212]?\.?\d|[\[({])", text) is not None or is_notation(text)
    return begins and (not whole or re.search(r"[,;\s\[({]", text.strip()) is not None)


def find_sources(inputs: Iterable[str], walk: Walk) -> tuple[list[Source], tuple[str, ...]]:
    """Return every file to read, in order, and what was passed over. A folder gives its images, by name.

    Raises InputError for a folder that cannot be listed or holds no image, and where all is excluded. A named file that
    is missing, or a folder in a folder that cannot be listed, stays in the list: its reading reports it, and the others
    go on. A typed matrix is one where it is the only input.
    """
    inputs = tuple(inputs)
    if len(inputs) == 1 and is_typed_matrix(inputs[0]):
        return [Source(inputs[0], typed=True)], ()
    sources: list[Source] = []
    skipped: list[str] = []
    for path in _spelled_out(inputs) if ON_WINDOWS else inputs:
        is_folder = path != STDIN and os.path.isdir(path)
        if path != STDIN and walk.exclusion.leaves_out(path, "", is_folder=is_folder):
            continue
        if not is_folder:
            sources.append(Source(path))
            continue
        excluded = walk.exclusion.found
        images = list(_images_in(path, walk, skipped))
        if not images and walk.exclusion.found == excluded:
            deeper = "" if walk.recursive else "; -r looks into the folders in it"
            raise InputError(f"{path}: no images in this folder ({', '.join(sorted(IMAGE_SUFFIXES))}){deeper}")
        sources += images
    if not sources:
        raise InputError(
            f"{inputs[0]}{' ...' if inputs[1:] else ''}: no image is left, for {walk.exclusion.report()[0]}"
        )
    return sources, tuple(skipped)


def _spelled_out(inputs: Iterable[str]) -> Iterator[str]:
    """Yield the files that *.jpg stands for, in the place of a shell that hands it on, as those of Windows do."""
    import glob  # Elsewhere no one pays for it.

    for path in inputs:
        found = [] if os.path.lexists(path) else sorted(glob.glob(path))
        yield from found or [path]


def read_list(data: bytes, *, null: bool) -> list[str]:
    """Return the names in `data`: one a line, or (with `null`) each ended by a zero byte, as by `find -print0`.

    In lines a byte order mark and UTF-16 are decoded; InputError if they cannot be. Zero bytes part exact names.
    InputError, too, where the names end in the other way.
    """
    if null:
        if b"\0" not in data and data.count(b"\n") > 1 and not os.path.lexists(data):
            raise InputError("has a name a line and no zero byte; leave out -0")
        return [os.fsdecode(name) for name in data.split(b"\0") if name]
    from cnnfilt.files.encodings import decoded_text, encoding_of  # Few runs read a list.

    mark, encoding = encoding_of(data)
    if encoding != "utf-8":
        data = os.fsencode(decoded_text(data))
    if data.endswith(b"\0"):
        raise InputError("has names that end in zero bytes; add -0")
    # Only a line feed ends a line: a name may hold every other byte.
    lines = (line.removesuffix(b"\r") for line in data.removeprefix(mark).split(b"\n"))
    return [os.fsdecode(name) for name in lines if name]


def without_comments(names: Iterable[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the names without comments, and these; quotes around a name are taken off.

    A line that starts with # is a comment, and quotes are no part of a name, where there is no such file.
    """
    kept: list[str] = []
    comments: list[str] = []
    for name in names:
        if name[0] not in '#"' or os.path.lexists(name):
            kept.append(name)
        elif name[0] == "#":
            comments.append(name)
        else:
            kept.append(name[1:-1] if len(name) > 2 and name[-1] == name[0] else name)
    return kept, tuple(comments)


def _images_in(folder: str, walk: Walk, skipped: list[str]) -> Iterator[Source]:
    # A stack of our own: folders may lie deeper in each other than Python's calls may.
    unfinished = [("", iter(_entries(folder)))]
    while unfinished:
        subfolder, entries = unfinished[-1]
        entry = next(entries, None)
        if entry is None:
            unfinished.pop()
            continue
        is_folder = entry.is_dir()
        if walk.exclusion.leaves_out(entry.path, os.path.join(subfolder, entry.name), is_folder=is_folder):
            continue
        if is_folder and os.path.realpath(entry.path) in map(os.path.realpath, walk.output_folders):
            continue
        if is_folder and walk.recursive and not entry.is_symlink() and not entry.name.startswith("."):
            try:
                unfinished.append((os.path.join(subfolder, entry.name), iter(_entries(entry.path))))
            except InputError:
                # As for a file that cannot be read: its reading reports it, and the others go on.
                yield Source(entry.path, subfolder, unlisted=True)
            continue
        reason = _reason_to_leave(entry, walk) if is_folder else _reason_to_skip(entry, walk)
        if reason is None:
            yield Source(entry.path, subfolder)
        else:
            skipped.append(f"{entry.path} ({reason})")


def _reason_to_leave(folder: "os.DirEntry[str]", walk: Walk) -> str:
    opens = not (walk.recursive or folder.is_symlink() or folder.name.startswith("."))
    return "a folder; -r opens it" if opens else "a folder"


def _reason_to_skip(entry: "os.DirEntry[str]", walk: Walk) -> str | None:
    suffix = Path(entry.name).suffix.lower()
    if entry.name.startswith("."):
        return "a dot-file"
    if suffix in MATRIX_SUFFIXES and not walk.matrices:
        return "a matrix; name it to read it"
    if suffix and suffix not in IMAGE_SUFFIXES | MATRIX_SUFFIXES:
        return "no image suffix"
    if not _is_regular(entry):
        return "no regular file"
    return None if suffix or format_of_file(entry.path) in IMAGE_FORMATS else "no image, and no suffix"


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

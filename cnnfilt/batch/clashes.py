"""What is refused before the first write: outputs that clash, that are inputs, that exist, that cannot be written."""

import contextlib
import functools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from cnnfilt.batch.naming import Target
from cnnfilt.batch.sources import STDIN, Source
from cnnfilt.errors import PlanError
from cnnfilt.windows import ON_WINDOWS, refused_on_windows


def check_outputs(
    outputs: Iterable[tuple[Source, Sequence[Target]]],
    *,
    also_read: Sequence[str] = (),
    remedy: Callable[[], str | None] = lambda: None,
    makes_folders: bool = False,
) -> None:
    """Raise PlanError for two results in one place, an output that is an input, and one that cannot be written.

    `also_read` are the other files that are read: kernels, biases. `remedy` returns the -o, if there is one, that keeps
    results apart. With `makes_folders` the run makes the folder that -o names.
    """
    outputs = tuple(outputs)
    inputs = _identities([*(source for source, _ in outputs), *(Source(path) for path in also_read)])
    for cached in (_real_folder, _folds_case, _refuse_unwritable_folder):
        cached.cache_clear()  # What was true of a folder holds for one plan.
    writers: dict[str, str] = {}
    for source, targets in outputs:
        for target in targets:
            with _refused_by_the_system(target.path):
                if ON_WINDOWS and target.path is not None:
                    _refuse_name(target.path)
                if target.path is None or _is_special(target.path):
                    continue  # pipes and devices take what they are given
                place = _place(target.path)
                if place in writers:
                    _refuse_one_place(writers[place], source.path, target.path, remedy)
                writers[place] = source.path
                _refuse_input_as_output(inputs, target.path)
                _refuse_unwritable(target, makes_folders=makes_folders)


def check_output(path: str | Path, inputs: Sequence[str], *, overwrite: bool) -> None:
    """Raise PlanError if the only output cannot be written, or exists and may not be replaced.

    `inputs` are the files that are read; a folder or standard input among them is passed over.
    """
    target = Target(Path(path), None)
    # With one output it does not matter whose it is.
    check_outputs([(Source(STDIN), (target,))], also_read=inputs)
    if not overwrite:
        refuse_existing([target])


def refuse_existing(targets: Sequence[Target]) -> None:
    """Raise PlanError, with their number, if outputs exist."""
    existing = [target.path for target in targets if exists(target)]
    if not existing:
        return
    if len(targets) == 1:
        raise PlanError(f"{existing[0]} exists; -y (--overwrite) replaces it")
    raise PlanError(
        f"{len(existing):,} of {len(targets):,} outputs exist, such as {existing[0]}; "
        "--skip-existing leaves them, -y (--overwrite) replaces them"
    )


def _refuse_one_place(first: str, second: str, path: Path, remedy: Callable[[], str | None]) -> NoReturn:
    what_to_do = "write to different names"
    if os.path.realpath(first) == os.path.realpath(second):
        what_to_do = "they are the same file; name it once"
    elif apart := remedy():
        what_to_do = f"-o '{apart}' keeps them apart"
    raise PlanError(f"{first} and {second} would both be written to {path}; {what_to_do}")


def exists(target: Target) -> bool:
    """Return whether something is there that writing the output would replace."""
    return target.path is not None and os.path.lexists(target.path) and not _is_special(target.path)


def is_done(target: Target) -> bool:
    """Return whether the output is there.

    An empty file is only a name taken by a run that was killed, and a link may lead nowhere.
    """
    with contextlib.suppress(OSError):
        return exists(target) and target.path is not None and target.path.stat().st_size > 0
    return False


@contextlib.contextmanager
def _refused_by_the_system(path: Path | None) -> Iterator[None]:
    """Turn an error of the system, for a name that is too long, say, into one that is about the output at `path`."""
    try:
        yield
    except OSError as error:
        raise PlanError(f"{path} cannot be written: {error.strerror}") from None


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def _place(path: Path) -> str:
    """Return what tells two outputs apart: the real path, in one case where the file system folds it."""
    folder = _real_folder(path.parent)
    real = os.path.realpath(path) if path.is_symlink() else os.path.join(folder, path.name)
    return real.casefold() if _folds_case(os.path.dirname(real)) else real


@functools.cache
def _real_folder(folder: Path) -> str:
    return os.path.realpath(folder)


@functools.cache
def _folds_case(folder: str) -> bool:
    """Return whether a name in `folder` is found in another case, too; if it has no names, whether its own is."""
    parent, own_name = os.path.split(folder)
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.swapcase() != entry.name:
                return _is_also_called(entry.path, os.path.join(folder, entry.name.swapcase()))
    if own_name.swapcase() == own_name or not os.path.lexists(folder):
        return parent != folder and _folds_case(parent)
    return _is_also_called(folder, os.path.join(parent, own_name.swapcase()))


def _is_also_called(path: str, other: str) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.lstat(path), os.lstat(other))
    return False


def _identities(sources: Iterable[Source]) -> dict[tuple[int, int], str]:
    """Return each existing input by (device, inode), so that a hard or symbolic link to it is known too."""
    found = {}
    for source in sources:
        if not source.is_stdin and os.path.isfile(source.path):
            status = os.stat(source.path)
            found[status.st_dev, status.st_ino] = source.path
    return found


def _refuse_name(path: Path) -> None:
    for name in path.parts[1:] if path.anchor else path.parts:
        if name not in (".", "..") and (why := refused_on_windows(name)):
            raise PlanError(f"{path} cannot be written: {name} {why}; write to another name")


def _refuse_input_as_output(inputs: dict[tuple[int, int], str], path: Path) -> None:
    if not path.exists():
        return
    status = path.stat()
    source = inputs.get((status.st_dev, status.st_ino))
    if source is not None:
        same = "" if os.path.abspath(source) == os.path.abspath(path) else f" (it is {source})"
        raise PlanError(f"{path} is an input{same}, and an input is never overwritten; write to another name")


def _refuse_unwritable(target: Target, *, makes_folders: bool) -> None:
    path = target.path or Path()
    if path.is_dir():
        raise PlanError(f"{path} is a folder; name a file in it")
    if not target.make_folder and not os.path.lexists(path.parent):
        otherwise = ", or end -o in / to have it made" if makes_folders else ""
        raise PlanError(f"the folder {path.parent} does not exist; make it first{otherwise}")
    _refuse_unwritable_folder(path.parent)


@functools.cache
def _refuse_unwritable_folder(folder: Path) -> None:
    while not os.path.lexists(folder):
        folder = folder.parent
    if not folder.is_dir():
        raise PlanError(f"{folder} is not a folder, so nothing can be written to it")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PlanError(f"the folder {folder} is not writable; choose another")

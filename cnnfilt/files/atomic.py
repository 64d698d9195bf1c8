"""A file appears whole or not at all: written beside its target, synced, then put in its place in one step."""

import contextlib
import errno
import os
import re
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from cnnfilt.errors import OutputError, StorageError
from cnnfilt.signals import on_exit
from cnnfilt.windows import ON_WINDOWS

if sys.platform != "win32":
    import fcntl

TEMPORARY_PREFIX = ".cnnfilt-"
"""How the names of our temporary files start; one that is not locked has been left behind by a killed process."""

_TEMPORARY = re.escape(TEMPORARY_PREFIX) + "[0-9a-f]{8}"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""After these no other file can be written there either."""

Target = str | os.PathLike[str]

_OPEN_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_ALL_MAY = 0o666
"""What a new file asks for; the user's umask takes away from it."""

_open_now: dict[str, threading.Thread] = {}
"""The temporary files this process is writing at the moment, and who writes them."""

_given_up: set[threading.Thread] = set()
"""Threads whose time was up; what they still bring is not written."""

_beginning = threading.RLock()
"""Held while a temporary file comes into being, so that whoever discards them knows all there are."""

_SECONDS_FOR_LOCK = 0.8
_SECONDS_IN_USE = 3600
"""A temporary file without a lock is left alone for so long."""


def write_atomically(
    target: Target, write: Callable[[BinaryIO], object], *, overwrite: bool, date: int | None = None
) -> None:
    """Let `write` fill a stream, and make what it wrote the content of `target`, last changed at `date` (None: now).

    If anything fails, an older file is as it was and nothing else is left. Without `overwrite` an existing
    file is refused, also one that appears meanwhile. A symbolic link is followed; a replaced file keeps its
    mode; what is no regular file (/dev/null, a pipe) is written straight through. Raises OutputError, and
    BrokenPipeError when a pipe's reader is gone.
    """
    with _in_one_line(target):
        older = _status(target)
        if older is not None and stat.S_ISDIR(older.st_mode):
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if older is not None and not stat.S_ISREG(older.st_mode):
            # By the name given: /dev/stdout resolves to a name that does not exist.
            with open(target, "wb") as stream:
                write(stream)
            return
        if older is not None and not overwrite:
            raise FileExistsError(errno.EEXIST, "it exists")
        path = os.path.realpath(target)
        mode = None if older is None else stat.S_IMODE(older.st_mode)
        _replace(path, write, mode=mode, overwrite=overwrite, date=date)


def _replace(
    path: str, write: Callable[[BinaryIO], object], *, mode: int | None, overwrite: bool, date: int | None
) -> None:
    temporary, descriptor = _open_temporary(os.path.dirname(path))
    try:
        with os.fdopen(descriptor, "wb") as stream:
            if mode is not None:
                os.chmod(temporary, mode)  # Before the content comes: it may be for few eyes.
            write(stream)
            stream.flush()
            if date is not None:
                _set_date(temporary, date)
            os.fsync(stream.fileno())
            if not ON_WINDOWS:
                # While the lock is still held, so that no one takes the file for one that was left behind.
                _publish(temporary, path, overwrite=overwrite)
        if ON_WINDOWS:  # It lets no one rename a file that is open, or remove it.
            _refuse_given_up()
            _publish(temporary, path, overwrite=overwrite)
    except BaseException:
        _remove(temporary)
        raise
    finally:
        _open_now.pop(temporary, None)


def _set_date(path: str, date: int) -> None:
    try:
        os.utime(path, ns=(os.stat(path).st_atime_ns, date))
    except PermissionError as error:
        raise OSError(error.errno, f"its date cannot be set: {error.strerror}") from error


def settle(folders: Iterable[Target]) -> None:
    """Have the system store the names in these folders, too: what was put in its place is there after a power failure.

    Each costs as much as a small file, so a run does this once, at its end. OutputError when the storage fails; where
    folders cannot be synced at all, they are left to the system.
    """
    for folder in dict.fromkeys(os.fspath(folder) for folder in folders):
        try:
            descriptor = os.open(folder or os.curdir, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            if error.errno == errno.EIO or error.errno in _FULL:
                raise output_error(f"the folder {folder}", error) from error


def give_up(writer: threading.Thread) -> None:
    """Remove what this thread is writing: nothing of it is published any more, nor begun."""
    with _beginning:
        _given_up.add(writer)
        for temporary, thread in tuple(_open_now.items()):
            if thread is writer:
                _remove(temporary)


def discard_temporaries() -> None:
    """Remove what this process is writing; only for a process that ends now, since nothing can be written after."""
    # Never released, so that no thread begins another file; not waited for long, since a writer may hang.
    _beginning.acquire(timeout=_SECONDS_FOR_LOCK)
    for temporary in tuple(_open_now):
        _remove(temporary)


on_exit(discard_temporaries)


def output_error(name: str, error: OSError) -> OutputError:
    """Return what the system refused as one line; a StorageError where no other file can be written either."""
    reasons = {errno.ENOENT: "its folder does not exist", errno.ENOTDIR: "its folder is a file"}
    reason = reasons.get(error.errno or 0, error.strerror or str(error))
    kind = StorageError if error.errno in _FULL else OutputError
    return kind(f"{name} cannot be written: {reason}", parameter="output")


def remove_stale(folder: Target) -> int:
    """Return how many temporary files of killed processes were removed from `folder`; those in use are locked."""
    removed = 0
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if re.fullmatch(_TEMPORARY, entry.name) and entry.is_file(follow_symlinks=False):
                removed += _remove_unlocked(entry.path)
    return removed


def _remove_unlocked(path: str) -> bool:
    if ON_WINDOWS:
        return _remove_old(path)
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
            return True
        finally:
            os.close(descriptor)
    return False


def _remove_old(path: str) -> bool:
    """Remove a file where there are no locks: Windows keeps those that are open, and one just closed is not old."""
    with contextlib.suppress(OSError):
        if time.time() - os.stat(path).st_mtime > _SECONDS_IN_USE:
            os.unlink(path)
            return True
    return False


def _publish(temporary: str, path: str, *, overwrite: bool) -> None:
    if overwrite:
        os.replace(temporary, path)
        return
    try:
        # A link refuses an existing name in the same step; a rename would replace it.
        os.link(temporary, path)
    except (FileExistsError, FileNotFoundError):
        raise  # The second: our file has been discarded, because its writer's time was up.
    except OSError:
        _reserve_and_replace(temporary, path)
    else:
        os.unlink(temporary)


def _reserve_and_replace(temporary: str, path: str) -> None:
    """Take the name with an empty file of our own, where the file system has no links."""
    os.close(os.open(path, _OPEN_NEW, _ALL_MAY))
    try:
        os.replace(temporary, path)
    except BaseException:
        _remove(path)
        raise


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _open_temporary(folder: str) -> tuple[str, int]:
    """Return the path and the descriptor of a new, locked file in `folder`.

    The name is short and does not grow from the target's, which may have all the 255 bytes there are.
    """
    while True:
        temporary = os.path.join(folder, f"{TEMPORARY_PREFIX}{os.urandom(4).hex()}")
        try:
            descriptor = _begin(temporary)
        except FileExistsError:
            continue
        _lock(descriptor)
        if os.fstat(descriptor).st_nlink:
            return temporary, descriptor
        os.close(descriptor)  # A clean-up came between opening and locking, and removed it.
        _open_now.pop(temporary, None)


def _begin(temporary: str) -> int:
    with _beginning:
        _refuse_given_up()
        _open_now[temporary] = threading.current_thread()  # Before it is there: a signal may come at any moment.
        try:
            return os.open(temporary, _OPEN_NEW, _ALL_MAY)
        except OSError:
            del _open_now[temporary]
            raise


def _refuse_given_up() -> None:
    if threading.current_thread() in _given_up:
        raise TimeoutError(errno.ETIMEDOUT, "its time was up")


def _lock(descriptor: int) -> None:
    if sys.platform != "win32":
        # Some network file systems have no locks; the write is no less atomic for that.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)


def _status(path: Target) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _in_one_line(target: Target) -> Iterator[None]:
    """Turn what the system refuses into one line that names the target."""
    name = os.fspath(target)
    try:
        yield
    except BrokenPipeError:
        raise
    except FileExistsError as error:
        raise OutputError(f"{name} exists already; -y/--overwrite replaces it", parameter="output") from error
    except OSError as error:
        raise output_error(name, error) from error

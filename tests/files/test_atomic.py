"""A file appears whole or not at all, whatever fails."""

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import pytest

from cnnfilt.errors import OutputError
from cnnfilt.files import atomic
from cnnfilt.files.atomic import write_atomically
from tests.conftest import ENVIRONMENT


def new(stream: BinaryIO) -> None:
    stream.write(b"new")


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_new_file(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", new, overwrite=False)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert names(tmp_path) == ["a"]


def test_the_umask_applies(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a", new, overwrite=False)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_an_existing_file_is_refused_without_overwrite(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match="a exists already; -y/--overwrite"):
        write_atomically(path, new, overwrite=False)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_file_that_appears_meanwhile_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with pytest.raises(OutputError, match="exists already"):
        write_atomically(path, lambda stream: path.write_bytes(b"other"), overwrite=False)
    assert path.read_bytes() == b"other"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("mode", [0o600, 0o444, 0o755])
def test_an_overwritten_file_keeps_its_mode_from_the_first_byte(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    seen = []

    def look(stream: BinaryIO) -> None:
        new(stream)
        seen.extend(stat.S_IMODE(os.fstat(stream.fileno()).st_mode) for _ in "1")

    write_atomically(path, look, overwrite=True)
    assert path.read_bytes() == b"new"
    assert [*seen, stat.S_IMODE(path.stat().st_mode)] == [mode, mode]


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_file_gets_the_date_it_is_given(tmp_path: Path, overwrite: bool) -> None:
    path = tmp_path / "a"
    if overwrite:
        path.write_bytes(b"old")
    write_atomically(path, new, overwrite=overwrite, date=1_234_567_890_123_456_789)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (b"new", 1_234_567_890_123_456_789)


def test_a_date_that_is_refused_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    os.utime(path, ns=(0, 10**18))

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(atomic.os, "utime", refused)
    with pytest.raises(OutputError, match="a cannot be written: its date cannot be set: Operation not permitted"):
        write_atomically(path, new, overwrite=True, date=5)
    assert (path.read_bytes(), path.stat().st_mtime_ns, names(tmp_path)) == (b"old", 10**18, ["a"])


def test_what_is_no_regular_file_has_no_date(tmp_path: Path) -> None:
    before = os.stat("/dev/null").st_mtime_ns
    write_atomically("/dev/null", new, overwrite=False, date=5)
    assert os.stat("/dev/null").st_mtime_ns == before


@pytest.mark.parametrize("call", ["fsync", "replace", "chmod"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(atomic.os, call, full_disk)
    with pytest.raises(OutputError, match="a cannot be written: No space left on device"):
        write_atomically(path, new, overwrite=True)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_failure_before_anything_was_there_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic.os, "fsync", full_disk)
    with pytest.raises(OutputError):
        write_atomically(tmp_path / "a", new, overwrite=False)
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, ZeroDivisionError])
def test_an_interruption_leaves_nothing_either(tmp_path: Path, error: type[BaseException]) -> None:
    def interrupted(stream: BinaryIO) -> None:
        stream.write(b"half")
        raise error

    with pytest.raises(error):
        write_atomically(tmp_path / "a", interrupted, overwrite=False)
    assert names(tmp_path) == []


def test_where_links_are_refused_the_name_is_reserved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(atomic.os, "link", no_links)
    write_atomically(tmp_path / "a", new, overwrite=False)
    assert (tmp_path / "a").read_bytes() == b"new"
    other = tmp_path / "b"
    with pytest.raises(OutputError, match="exists already"):
        write_atomically(other, lambda _: other.write_bytes(b"other"), overwrite=False)
    assert other.read_bytes() == b"other"
    monkeypatch.setattr(atomic.os, "replace", full_disk)
    with pytest.raises(OutputError, match="No space"):
        write_atomically(tmp_path / "c", new, overwrite=False)
    assert names(tmp_path) == ["a", "b"]


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    real, link = tmp_path / "folder" / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_atomically(link, new, overwrite=True)
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert names(tmp_path / "folder") == ["real"]


def test_a_dangling_link_s_target_is_made(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link", new, overwrite=False)
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("a")
    with pytest.raises(OutputError, match="cannot be written"):
        write_atomically(tmp_path / "a", new, overwrite=True)


def test_a_hard_linked_twin_keeps_the_old_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    os.link(tmp_path / "a", tmp_path / "b")
    write_atomically(tmp_path / "a", new, overwrite=True)
    assert (tmp_path / "b").read_bytes() == b"old"


def test_a_device_is_written_straight_through() -> None:
    write_atomically("/dev/null", new, overwrite=False)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_pipe_is_written_straight_through(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(path.read_bytes()))
    reader.start()
    write_atomically(path, new, overwrite=False)
    reader.join()
    assert received == [b"new"]
    assert stat.S_ISFIFO(path.stat().st_mode)
    assert names(tmp_path) == ["pipe"]


def test_a_pipe_whose_reader_is_gone_is_no_output_error(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def after_the_reader_left(stream: BinaryIO) -> None:
        os.close(reader)
        new(stream)
        stream.flush()

    with pytest.raises(BrokenPipeError):
        write_atomically(path, after_the_reader_left, overwrite=False)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("missing/a", "its folder does not exist"),
        ("file/a", "its folder is a file"),
        (".", "folder"),
        ("n" * 256, "name too long"),
    ],
)
def test_a_target_that_cannot_be_is_one_line(tmp_path: Path, place: str, reason: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError) as caught:
        write_atomically(tmp_path / place, new, overwrite=True)
    assert reason in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_the_longest_name_there_can_be(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write_atomically(path, new, overwrite=False)
    write_atomically(path, new, overwrite=True)
    assert path.read_bytes() == b"new"


def test_the_temporary_file_is_locked_and_in_the_same_folder(tmp_path: Path) -> None:
    import fcntl

    def look(stream: BinaryIO) -> None:
        (name,) = names(tmp_path)
        assert name.startswith(atomic.TEMPORARY_PREFIX)
        with open(tmp_path / name, "rb") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)

    write_atomically(tmp_path / "a", look, overwrite=False)


def test_a_file_system_without_locks_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic.fcntl, "flock", full_disk)
    write_atomically(tmp_path / "a", new, overwrite=False)
    assert names(tmp_path) == ["a"]


WITHOUT_RIGHTS = """
import sys
from cnnfilt.errors import OutputError
from cnnfilt.files.atomic import write_atomically
from tests.rightless import drop_rights

drop_rights()
try:
    write_atomically("a", lambda stream: stream.write(b"new"), overwrite=True)
except OutputError as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize(("mode", "said"), [(0o555, "a cannot be written: Permission denied\n"), (0o777, "")])
def test_a_folder_without_permission(open_to_all: Path, mode: int, said: str) -> None:
    open_to_all.chmod(mode)
    program = [sys.executable, "-c", WITHOUT_RIGHTS]
    done = subprocess.run(program, cwd=open_to_all, env=ENVIRONMENT, capture_output=True, text=True)
    open_to_all.chmod(0o755)
    assert (done.returncode, done.stderr) == (1 if said else 0, said)
    assert names(open_to_all) == ([] if said else ["a"])

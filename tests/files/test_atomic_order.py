"""The steps of a write come in the order that makes it safe, and who holds a lock is waited for."""

import errno
import fcntl
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from cnnfilt.errors import OutputError
from cnnfilt.files import atomic
from cnnfilt.files.atomic import discard_temporaries, give_up, remove_stale, settle, write_atomically
from tests.patience import PATIENCE, wait_until

STEPS = ("open", "chmod", "fsync", "link", "replace", "unlink", "close")


class Recorded:
    """A stream that says what is done with it."""

    def __init__(self, stream: Any, steps: list[str]) -> None:
        self.stream, self.steps = stream, steps

    def __enter__(self) -> "Recorded":
        return self

    def __exit__(self, *_: object) -> None:
        self.steps.append("unlock")  # To close the file is to give up its lock.
        self.stream.close()

    def fileno(self) -> int:
        return int(self.stream.fileno())

    def write(self, data: bytes) -> None:
        self.steps.append("write")
        self.stream.write(data)

    def flush(self) -> None:
        self.steps.append("flush")
        self.stream.flush()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to files from here on, in order."""
    done: list[str] = []

    def recording(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            done.append(name)
            return call(*arguments, **options)

        return step

    for name in STEPS:
        monkeypatch.setattr(atomic.os, name, recording(name, getattr(os, name)))
    monkeypatch.setattr(atomic.fcntl, "flock", recording("lock", fcntl.flock))
    fdopen = os.fdopen
    monkeypatch.setattr(atomic.os, "fdopen", lambda *arguments: Recorded(fdopen(*arguments), done))
    return done


def new(stream: BinaryIO) -> None:
    stream.write(b"new")


def test_a_new_file_is_stored_before_it_has_its_name(tmp_path: Path, steps: list[str]) -> None:
    write_atomically(tmp_path / "a", new, overwrite=False)
    assert steps == ["open", "lock", "write", "flush", "fsync", "link", "unlink", "unlock"]


def test_an_older_file_is_replaced_by_one_that_is_stored(tmp_path: Path, steps: list[str]) -> None:
    (tmp_path / "a").write_bytes(b"old")
    write_atomically(tmp_path / "a", new, overwrite=True)
    assert steps == ["open", "lock", "chmod", "write", "flush", "fsync", "replace", "unlock"]


def test_where_there_are_no_links_the_name_is_taken_first(
    tmp_path: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(atomic.os, "link", no_links)
    write_atomically(tmp_path / "a", new, overwrite=False)
    assert steps == ["open", "lock", "write", "flush", "fsync", "open", "close", "replace", "unlock"]


def test_a_failure_removes_only_what_is_our_own(
    tmp_path: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(atomic.os, "fsync", fail)
    with pytest.raises(OutputError):
        write_atomically(tmp_path / "a", new, overwrite=True)
    assert steps == ["open", "lock", "write", "flush", "unlock", "unlink"]
    assert list(tmp_path.iterdir()) == []


def test_folders_are_stored_once_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = []
    monkeypatch.setattr(
        atomic.os, "fsync", lambda descriptor: stored.append(os.readlink(f"/proc/self/fd/{descriptor}"))
    )
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    before = os.listdir("/proc/self/fd")
    settle([tmp_path / "b", "", str(tmp_path / "b"), tmp_path / "missing"])
    assert stored == [str(tmp_path / "b"), str(tmp_path)]
    assert os.listdir("/proc/self/fd") == before


@pytest.mark.parametrize(("number", "told"), [(errno.EINVAL, False), (errno.EIO, True), (errno.ENOSPC, True)])
def test_only_storage_that_fails_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: bool
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(atomic.os, "fsync", fail)
    if told:
        with pytest.raises(OutputError, match=f"the folder {tmp_path} cannot be written: {os.strerror(number)}"):
            settle([tmp_path])
    else:
        settle([tmp_path])


def test_what_another_run_has_locked_stays(tmp_path: Path) -> None:
    """As do files that are not ours, links and folders."""
    names = [f".cnnfilt-{number:08x}" for number in range(5)]
    for name in names[:2]:
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / names[2]).symlink_to(tmp_path / "a")
    (tmp_path / names[3]).mkdir()
    others = [
        ".cnnfilt-notes",
        ".cnnfilt-0000000",
        ".cnnfilt-000000000",
        ".cnnfilt-0000000G",
        "x.cnnfilt-00000000",
        "a",
    ]
    for name in others:
        (tmp_path / name).write_bytes(b"the user's own")
    with (tmp_path / names[0]).open("rb") as theirs:
        fcntl.flock(theirs, fcntl.LOCK_EX)
        assert remove_stale(tmp_path) == 1
        assert {path.name for path in tmp_path.iterdir()} == {names[0], names[2], names[3], *others}
    assert remove_stale(tmp_path) == 1
    assert {path.name for path in tmp_path.iterdir()} == {names[2], names[3], *others}
    assert remove_stale(tmp_path / "missing") == 0


def test_what_a_clean_up_took_away_before_it_was_locked_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed = []

    def too_late(descriptor: int, how: int) -> None:
        if not removed:
            removed.append(remove_stale(tmp_path))
        fcntl_flock(descriptor, how)

    fcntl_flock = fcntl.flock
    monkeypatch.setattr(atomic, "_lock", lambda descriptor: too_late(descriptor, fcntl.LOCK_EX))
    write_atomically(tmp_path / "a", new, overwrite=False)
    assert removed == [1]
    assert (tmp_path / "a").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert atomic._open_now == {}


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = tmp_path / ".cnnfilt-00000000"
    theirs.write_bytes(b"of another run")
    drawn = iter([bytes(4), bytes(3) + b"\1"])
    monkeypatch.setattr(atomic.os, "urandom", lambda count: next(drawn))
    write_atomically(tmp_path / "a", new, overwrite=False)
    assert theirs.read_bytes() == b"of another run"
    assert sorted(path.name for path in tmp_path.iterdir()) == [theirs.name, "a"]
    assert atomic._open_now == {}


def test_nothing_is_begun_while_what_there_is_is_discarded(tmp_path: Path) -> None:
    begun, done = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        write_atomically(tmp_path / "a", new, overwrite=False)
        done.set()

    with atomic._beginning:
        threading.Thread(target=work, daemon=True).start()
        assert begun.wait(PATIENCE)
        assert not done.wait(0.2)
        assert list(tmp_path.iterdir()) == []
    assert done.wait(PATIENCE)


def test_a_thread_that_was_given_up_begins_nothing(tmp_path: Path) -> None:
    failed = threading.Event()
    told = threading.Event()

    def work() -> None:
        told.wait()
        try:
            write_atomically(tmp_path / "a", new, overwrite=False)
        except OutputError:
            failed.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    give_up(thread)
    told.set()
    assert failed.wait(PATIENCE)
    assert list(tmp_path.iterdir()) == []
    write_atomically(tmp_path / "b", new, overwrite=False)
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_only_what_the_thread_itself_writes_is_given_up(tmp_path: Path) -> None:
    let_go, ended = threading.Event(), threading.Semaphore(0)

    def work(name: str) -> None:
        try:
            write_atomically(tmp_path / name, lambda stream: let_go.wait(), overwrite=False)
        except OutputError:
            pass
        finally:
            ended.release()

    threads = [threading.Thread(target=work, args=(name,), daemon=True) for name in "ab"]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2, "not both have begun")
    give_up(threads[0])
    assert len(list(tmp_path.iterdir())) == 1
    let_go.set()
    for _ in threads:
        assert ended.acquire(timeout=PATIENCE)
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("held", [False, True])
def test_what_is_being_written_is_discarded_even_while_another_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    """It is waited for that, but not for ever; afterwards nothing is begun."""
    lock, waited = threading.RLock(), []

    class Lock:
        def acquire(self, timeout: float) -> bool:
            waited.append(timeout)
            return lock.acquire(timeout=0.01)

    monkeypatch.setattr(atomic, "_beginning", Lock())
    for number in range(3):
        (tmp_path / str(number)).touch()
    monkeypatch.setattr(
        atomic, "_open_now", {str(tmp_path / str(number)): threading.current_thread() for number in (0, 2)}
    )
    holder = threading.Thread(target=discard_temporaries)
    if held:
        lock.acquire()
    holder.start()
    holder.join(PATIENCE)
    assert waited == [atomic._SECONDS_FOR_LOCK]
    assert [path.name for path in tmp_path.iterdir()] == ["1"]
    assert not lock.acquire(blocking=False) or held

"""Worker processes: how they start and how they end."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import pytest

from cnnfilt.batch import processes
from cnnfilt.batch.processes import WorkerPool
from cnnfilt.core.engine.threads import thread_count
from cnnfilt.files.atomic import write_atomically
from cnnfilt.signals import SIGNALS
from tests.patience import PATIENCE, wait_until


def write_for_ever(path: str) -> None:
    def write(stream: BinaryIO) -> None:
        stream.write(b"half")
        stream.flush()
        threading.Event().wait()

    write_atomically(path, write, overwrite=False)


def blocked_signals() -> set[int]:
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def stop_listening() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def complain() -> str:
    os.write(2, b"a fault")
    return os.readlink("/proc/self/fd/2")


def test_a_worker_is_deaf_to_ctrl_c_and_has_no_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    pool = WorkerPool(1)
    blocked = pool.executor.submit(blocked_signals).result()
    assert signal.SIGINT in blocked
    assert signal.SIGTERM not in blocked
    assert pool.executor.submit(complain).result() == os.devnull
    pool.close()
    assert capfd.readouterr().err == ""
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("cpus", "threads"), [(1, 1), (2, 1), (5, 2)])
def test_workers_share_the_processors(cpus: int, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnfilt.batch.processes.granted_cpus", lambda: cpus)
    pool = WorkerPool(2)
    assert pool.executor.submit(thread_count).result() == threads
    pool.close()


def test_all_workers_have_time_to_clean_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnfilt.batch.processes.SECONDS_TO_END", PATIENCE)
    pool = WorkerPool(3)
    for number in range(3):
        pool.executor.submit(write_for_ever, str(tmp_path / str(number)))
    wait_until(lambda: len(list(tmp_path.iterdir())) == 3, "not all have begun")
    pool.end()
    assert list(tmp_path.iterdir()) == []
    assert multiprocessing.active_children() == []


def test_a_worker_that_does_not_listen_is_killed() -> None:
    pool = WorkerPool(2)
    pool.executor.submit(stop_listening).result()
    pool.end()
    assert multiprocessing.active_children() == []


def test_our_own_stderr_and_signals_are_as_before(capfd: pytest.CaptureFixture[str]) -> None:
    before = blocked_signals()
    pool = WorkerPool(1)
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
    assert blocked_signals() == before
    pool.end()


class Child:
    """A worker process that is played; it ends when it is asked to, if it listens, and in any case when killed."""

    def __init__(self, name: str, log: list[str], *, listens: bool) -> None:
        self.name, self.log, self.listens = name, log, listens
        self.sentinel, self._end = os.pipe()

    def terminate(self) -> None:
        self.log.append(f"ask {self.name}")
        if self.listens:
            os.close(self._end)

    def kill(self) -> None:
        self.log.append(f"kill {self.name}")


def test_all_are_asked_before_any_is_waited_for_and_only_who_stays_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a process that was there before the pool is not one of its workers."""
    log: list[str] = []
    children = [Child(name, log, listens=name != "b") for name in "abc"]
    stranger = Child("stranger", log, listens=True)
    wait = processes.connection.wait

    def waiting(sentinels: Iterable[int], seconds: float) -> list[int]:
        log.append(f"wait for {len(list(sentinels))}")
        return wait(sentinels, seconds)  # type: ignore[return-value]

    monkeypatch.setattr(processes.connection, "wait", waiting)
    monkeypatch.setattr(processes, "SECONDS_TO_END", 0.2)
    monkeypatch.setattr(processes.multiprocessing, "active_children", lambda: [*children, stranger])
    pool = object.__new__(WorkerPool)
    pool._before = {stranger}  # type: ignore[arg-type]
    pool.end_workers()
    assert log[:4] == ["ask a", "ask b", "ask c", "wait for 3"]
    assert set(log[4:-1]) <= {"wait for 2", "wait for 1"}
    assert log[-1] == "kill b"


def test_workers_are_born_deaf_and_silent(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Before they are there: what they inherit cannot come too late."""
    found = []

    def look(step: str) -> None:
        found.append((step, blocked_signals() >= set(SIGNALS), os.readlink("/proc/self/fd/2")))

    class Executor:
        def __init__(self, count: int, **_: object) -> None:
            look(f"make {count}")

        def submit(self, function: object) -> None:
            look("start")

    monkeypatch.setattr(processes, "ProcessPoolExecutor", Executor)
    monkeypatch.setattr(processes.resource_tracker, "ensure_running", lambda: look("track"))
    WorkerPool(2)
    assert found == [(step, True, os.devnull) for step in ("track", "make 2", "start", "start")]
    assert not blocked_signals() & set(SIGNALS)
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def test_a_worker_leaves_when_its_parent_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    here, there = os.pipe()
    monkeypatch.setattr(processes, "exit_now", left.append)
    watch = threading.Thread(target=processes._follow, args=(here,), daemon=True)
    watch.start()
    assert left == []
    os.close(there)
    watch.join(PATIENCE)
    assert left == [1]


def test_where_signals_cannot_be_blocked_workers_work_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "signal", SimpleNamespace(SIGTERM=signal.SIGTERM))
    pool = WorkerPool(1)
    assert pool.executor.submit(sum, [2, 3]).result(PATIENCE) == 5
    pool.close()

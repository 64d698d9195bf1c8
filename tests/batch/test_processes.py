"""Worker processes: how they start and how they end."""

import multiprocessing
import os
import signal
import threading
from pathlib import Path
from typing import BinaryIO

import pytest

from cnnfilt.batch.processes import WorkerPool
from cnnfilt.core.engine.threads import thread_count
from cnnfilt.files.atomic import write_atomically
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

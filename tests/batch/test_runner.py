"""Many jobs by several workers: whatever one of them meets, the others are done."""

import fcntl
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Future
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from cnnfilt.batch.pool_runner import PoolRunner
from cnnfilt.batch.processes import WorkerPool
from cnnfilt.batch.runner import run_one_by_one
from cnnfilt.batch.timeout import run_within_limits
from cnnfilt.batch.work import Record, Settings
from cnnfilt.errors import ParameterError
from tests.batch import operations
from tests.batch.operations import UNLUCKY, jobs_in
from tests.conftest import tree

HEIGHTS = [9, 10, 11, UNLUCKY, 12, 14, 15, 16, 17, 18]


def failures(records: Iterable[Record]) -> dict[str, str]:
    """The errors by the name of the file; each file comes once."""
    records = list(records)
    assert len({record.name for record in records}) == len(records)
    return {Path(record.name).name: str(record.error) for record in records if record.error is not None}


def runner_of(operation: operations.Copy, **settings: float) -> PoolRunner:
    make = partial(WorkerPool, carry=operations.carry_patiently)
    return PoolRunner(make, 2, operation, Settings(**settings))  # type: ignore[arg-type]


def test_the_same_files_as_one_by_one(tmp_path: Path) -> None:
    jobs = jobs_in(tmp_path, HEIGHTS)
    assert failures(runner_of(operations.Copy()).run(jobs)) == {}
    by_workers = tree(tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "first")
    assert [record.name for record in run_one_by_one(jobs, operations.Copy(), Settings())] == [
        job.source.path for job in jobs
    ]
    assert tree(tmp_path / "out") == by_workers
    assert len(by_workers) == len(HEIGHTS)


def test_a_file_that_kills_its_worker_is_named_and_the_rest_are_done(tmp_path: Path) -> None:
    jobs = jobs_in(tmp_path, [*HEIGHTS, UNLUCKY])
    failed = failures(runner_of(operations.Deadly()).run(jobs))
    died = "its worker process died (killed, out of memory, or a fault in a decoder)"
    assert failed == {"03.png": died, "10.png": died}
    assert set(tree(tmp_path / "out")) == {Path(job.source.path).name for job in jobs} - set(failed)


def test_files_that_all_kill_their_workers_are_all_named(tmp_path: Path) -> None:
    assert len(failures(runner_of(operations.Deadly()).run(jobs_in(tmp_path, [UNLUCKY] * 3)))) == 3


def test_a_worker_killed_from_outside_costs_no_file(tmp_path: Path) -> None:
    jobs = jobs_in(tmp_path, [200] * 30)
    records = []
    for record in runner_of(operations.Copy()).run(jobs):
        records.append(record)
        if len(records) == 3:
            os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
    assert failures(records) == {}
    assert len(tree(tmp_path / "out")) == 30


class OnItsLastLegs:
    """Workers of which one has died, while another still holds the file it was writing until it is ended."""

    lost: tuple[type[Exception], ...] = ()
    carry = staticmethod(run_within_limits)

    def __init__(self, held: Path | None) -> None:
        self.executor, self.lock = self, None
        if held is not None:
            held.parent.mkdir()
            self.lock = held.open("wb")
            fcntl.flock(self.lock, fcntl.LOCK_EX)

    def submit(self, function: Callable[..., Record], *arguments: object) -> Future[Record]:
        future: Future[Record] = Future()
        if self.lock is not None:
            future.set_exception(BrokenExecutor())
        else:
            future.set_result(function(*arguments))
        return future

    def end(self) -> None:
        if self.lock is not None:
            self.lock.close()

    close = end_workers = end


def test_what_the_others_were_writing_when_one_died_is_removed(tmp_path: Path) -> None:
    jobs, held = jobs_in(tmp_path, HEIGHTS), tmp_path / "out" / ".cnnfilt-0123abcd"
    first = iter([held])
    workers = PoolRunner(lambda _: OnItsLastLegs(next(first, None)), 2, operations.Copy(), Settings())  # type: ignore[arg-type,return-value]
    assert failures(workers.run(jobs)) == {}
    assert set(tree(tmp_path / "out")) == {Path(job.source.path).name for job in jobs}


def test_a_file_that_hangs_costs_its_time_only(tmp_path: Path) -> None:
    jobs = jobs_in(tmp_path, HEIGHTS)
    os.mkfifo(tmp_path / "pipe")
    failed = failures(runner_of(operations.Held(tmp_path / "pipe"), timeout=0.5).run(jobs))
    assert failed == {"03.png": "took longer than 0.5 s and was given up (--timeout changes the limit)"}
    assert len(tree(tmp_path / "out")) == len(HEIGHTS) - 1
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("by_workers", [True, False])
def test_a_request_that_is_wrong_for_every_file_ends_the_run(tmp_path: Path, by_workers: bool) -> None:
    jobs, wrong = jobs_in(tmp_path, HEIGHTS), operations.Wrong()
    with pytest.raises(ParameterError):
        list(runner_of(wrong).run(jobs) if by_workers else run_one_by_one(jobs, wrong, Settings()))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("by_workers", [True, False])
def test_a_full_disk_ends_the_run(tmp_path: Path, by_workers: bool) -> None:
    jobs, full = jobs_in(tmp_path, [UNLUCKY] * 20), operations.Full()
    records = list(runner_of(full).run(jobs) if by_workers else run_one_by_one(jobs, full, Settings()))
    assert 1 <= len(records) <= 4
    assert multiprocessing.active_children() == []


def test_who_stops_listening_ends_the_workers(tmp_path: Path) -> None:
    jobs = jobs_in(tmp_path, [9, *[UNLUCKY] * 5])
    os.mkfifo(tmp_path / "pipe")
    with closing(runner_of(operations.Held(tmp_path / "pipe"), timeout=0).run(jobs)) as records:
        assert next(records).error is None
    assert multiprocessing.active_children() == []
    assert set(tree(tmp_path / "out")) == {"00.png"}

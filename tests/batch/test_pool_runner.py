"""What the runner asks of its workers, and in which order: seen by workers that are played."""

from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import Any

import pytest

from cnnfilt.batch import pool_runner
from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.pool_runner import AHEAD, PoolRunner
from cnnfilt.batch.timeout import run_within_limits
from cnnfilt.batch.work import Record, Settings
from cnnfilt.errors import InputError, StorageError
from tests.batch import operations
from tests.batch.operations import jobs_in

Answer = Callable[[FileJob, Settings], Record]


class Played:
    """Workers that answer at once as they are told to, and a log of all that is asked of them."""

    lost: tuple[type[Exception], ...] = ()
    carry = staticmethod(run_within_limits)

    def __init__(self, count: int, log: list[str], answer: Answer) -> None:
        self.executor, self.log, self.answer = self, log, answer
        self.broken = False
        log.append(f"make {count}")

    def submit(self, function: object, job: FileJob, operation: object, settings: Settings) -> Future[Record]:
        self.log.append(f"{'redo' if settings.write.overwrite else 'do'} {job.source.stem}")
        future: Future[Record] = Future()
        try:
            if self.broken:
                raise BrokenExecutor
            future.set_result(self.answer(job, settings))
        except BrokenExecutor as error:
            self.broken = True
            future.set_exception(error)
        return future

    def close(self) -> None:
        self.log.append("close")

    def end(self) -> None:
        self.log.append("end")

    def end_workers(self) -> None:
        self.log.append("end workers")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happens, in order, with the removal of what dead workers left."""
    found: list[str] = []

    def clean_up_after(jobs: Iterable[FileJob]) -> None:
        found.append(" ".join(["clean", *sorted(job.source.stem for job in jobs)]))

    monkeypatch.setattr(pool_runner, "clean_up_after", clean_up_after)
    return found


def played(log: list[str], answer: Answer, count: int = 1) -> PoolRunner:
    return PoolRunner(lambda count: Played(count, log, answer), count, operations.Copy(), Settings())  # type: ignore[arg-type,return-value]


def done(job: FileJob, settings: Settings) -> Record:
    return Record(job.source.path)


def names(records: Iterable[Record]) -> list[str]:
    return [Path(record.name).stem for record in records]


def test_so_many_are_handed_out_ahead_and_the_workers_are_let_go(tmp_path: Path, log: list[str]) -> None:
    records = played(log, done, 2).run(jobs_in(tmp_path, [9] * 6))
    next(records)
    assert log == ["make 2", *(f"do 0{number}" for number in range(2 * AHEAD))]
    names(records)
    assert log[-3:] == ["do 04", "do 05", "close"]


def test_who_is_under_way_when_a_worker_dies_is_done_again_alone(tmp_path: Path, log: list[str]) -> None:
    """The dead are ended before what they left is removed, and that before anything is done again, by one worker."""

    def answer(job: FileJob, settings: Settings) -> Record:
        if job.source.stem == "01" and not settings.write.overwrite:
            raise BrokenExecutor
        return Record(job.source.path)

    found = list(played(log, answer, 2).run(jobs_in(tmp_path, [9] * 6)))
    assert sorted(names(found)) == ["00", "01", "02", "03", "04", "05"]
    assert [record.error for record in found] == [None] * 6
    assert log[:7] == ["make 2", "do 00", "do 01", "do 02", "do 03", "end", "make 1"]
    assert log[7] == "clean 01 02 03"
    assert sorted(log[8:11]) == ["redo 01", "redo 02", "redo 03"]
    assert log[11:13] == ["end", "make 2"]
    assert log[13:] == ["do 04", "do 05", "close"]


def test_who_kills_its_worker_again_is_named_and_its_leavings_removed(tmp_path: Path, log: list[str]) -> None:
    def answer(job: FileJob, settings: Settings) -> Record:
        if job.source.stem in ("00", "01"):
            raise BrokenExecutor
        return Record(job.source.path)

    found = {Path(record.name).stem: record for record in played(log, answer).run(jobs_in(tmp_path, [9] * 3))}
    assert ["its worker process died" in str(found[name].error) for name in ("00", "01", "02")] == [True, True, False]
    assert log[:6] == ["make 1", "do 00", "do 01", "end", "make 1", "clean 00 01"]
    for redone in (log[6:10], log[10:14]):
        (name,) = redone[0].removeprefix("redo ").split()
        assert redone == [f"redo {name}", "end", "make 1", f"clean {name}"]
    assert log[14:] == ["end", "make 1", "do 02", "close"]


def test_a_redone_job_that_is_abandoned_renews_its_worker_before_the_next(tmp_path: Path, log: list[str]) -> None:
    def answer(job: FileJob, settings: Settings) -> Record:
        if not settings.write.overwrite:
            raise BrokenExecutor
        redone.append(job.source.stem)
        return Record(job.source.path, error=InputError("late"), abandoned=len(redone) == 1)

    redone: list[str] = []
    names(played(log, answer).run(jobs_in(tmp_path, [9] * 2)))
    first, second = redone
    assert log[5:10] == ["clean 00 01", f"redo {first}", "end", "make 1", f"clean {first}"]
    assert log[10:] == [f"redo {second}", "end", "make 1", "end", "close"]


def test_pools_that_break_while_jobs_are_handed_out_lose_none(tmp_path: Path, log: list[str]) -> None:
    class Refusing(Played):
        def submit(self, *arguments: Any) -> Future[Record]:
            if self.broken or len(log) == 3:
                self.broken = True
                raise BrokenExecutor
            return super().submit(*arguments)

    pool = PoolRunner(lambda count: Refusing(count, log, done), 2, operations.Copy(), Settings())  # type: ignore[arg-type,return-value]
    assert sorted(names(pool.run(jobs_in(tmp_path, [9] * 6)))) == ["00", "01", "02", "03", "04", "05"]


def test_workers_with_an_abandoned_decoder_get_nothing_more_and_are_renewed(tmp_path: Path, log: list[str]) -> None:
    def answer(job: FileJob, settings: Settings) -> Record:
        return Record(job.source.path, error=InputError("late"), abandoned=job.source.stem == "01")

    assert len(names(played(log, answer, 1).run(jobs_in(tmp_path, [9] * 5)))) == 5
    assert log == ["make 1", "do 00", "do 01", "end", "make 1", "do 02", "do 03", "do 04", "close"]


def test_workers_with_an_abandoned_decoder_are_ended_not_let_go(tmp_path: Path, log: list[str]) -> None:
    """To wait for them would be to wait for it."""

    def answer(job: FileJob, settings: Settings) -> Record:
        return Record(job.source.path, error=InputError("late"), abandoned=True)

    names(played(log, answer, 2).run(jobs_in(tmp_path, [9] * 2)))
    assert log[:4] == ["make 2", "do 00", "do 01", "end"]
    assert log[4:] in ([], ["close"])


def test_full_storage_ends_the_workers_and_hands_nothing_out(tmp_path: Path, log: list[str]) -> None:
    def answer(job: FileJob, settings: Settings) -> Record:
        return Record(job.source.path, error=StorageError("full") if job.source.stem == "00" else None)

    assert len(names(played(log, answer, 1).run(jobs_in(tmp_path, [9] * 9)))) <= AHEAD
    assert log[:3] == ["make 1", "do 00", "do 01"]
    assert log[3:] in (["close"], ["end", "clean 01"])


def test_a_signal_ends_the_workers_before_their_leavings_are_removed(
    tmp_path: Path, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    duties: list[Callable[[], object]] = []
    monkeypatch.setattr("cnnfilt.signals._cleanups", duties)
    records = played(log, done, 1).run(jobs_in(tmp_path, [9] * 9))
    next(records)
    assert log == ["make 1", "do 00", "do 01"]
    (duty,) = duties
    duty()
    assert log[3] == "end workers"
    assert log[4].startswith("clean")
    assert len(log) == 5
    records.close()
    assert log[5] == "end"
    assert log[6].startswith("clean")
    assert duties == []

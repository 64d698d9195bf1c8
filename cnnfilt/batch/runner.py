"""All jobs of a plan: one after another, or by the workers of an Executor; a bad file does not stop the rest.

The runner speaks only `concurrent.futures.Executor`, so that processes here and a cluster elsewhere are the same to it.
"""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import replace
from typing import Protocol

from cnnfilt.batch.jobs import Job
from cnnfilt.batch.limits import run_within_limits
from cnnfilt.batch.operations.base import Operation
from cnnfilt.batch.work import Record, Settings
from cnnfilt.errors import InputError, ParameterError, StorageError

AHEAD = 2
"""How many jobs each worker has waiting: enough that none is idle, few enough to redo when a worker dies."""


class Workers(Protocol):
    """An Executor, what its workers are to call, and how to be rid of them whatever they do."""

    executor: Executor

    @property
    def carry(self) -> Callable[[Job, Operation, Settings], Record]:
        """Return what a worker calls; it can be sent to one."""

    def close(self) -> None:
        """Let the workers go: their work is done."""

    def end(self) -> None:
        """End the workers at once, whatever they do."""


def run_one_by_one(jobs: Sequence[Job], operation: Operation, settings: Settings) -> Generator[Record]:
    """Yield the record of each job, in order, until the storage is full.

    A ParameterError is wrong whatever the image, and ends the run.
    """
    for job in jobs:
        record = _checked(run_within_limits(job, operation, settings))
        yield record
        if isinstance(record.error, StorageError):
            return


class Crew:
    """`count` workers carrying jobs. When one dies they are made anew, and the files it had are tried one by one."""

    def __init__(self, make: Callable[[int], Workers], count: int, operation: Operation, settings: Settings) -> None:
        self._make, self._count = make, count
        self._operation, self._settings = operation, settings

    def run(self, jobs: Sequence[Job]) -> Generator[Record]:
        """Yield the record of each job as it is done, until the storage is full.

        What is still under way when the caller stops listening is ended.
        """
        waiting, pending = deque(jobs), dict[Future[Record], Job]()
        workers = self._make(self._count)
        try:
            while waiting or pending:
                self._hand_out(workers, waiting, pending)
                records, suspects = _collect(pending)
                if suspects:
                    workers.end()
                    records += [self._alone(job) for job in suspects]
                    workers = self._make(self._count)
                for record in records:
                    yield _checked(record)
                if any(isinstance(record.error, StorageError) for record in records):
                    break
        except BaseException:
            workers.end()
            raise
        if pending:
            workers.end()
        else:
            workers.close()

    def _hand_out(self, workers: Workers, waiting: deque[Job], pending: dict[Future[Record], Job]) -> None:
        try:
            while waiting and len(pending) < AHEAD * self._count:
                future = workers.executor.submit(workers.carry, waiting[0], self._operation, self._settings)
                pending[future] = waiting.popleft()
        except BrokenExecutor as error:
            # It broke while nothing of it was looked at; what is pending tells, or what we just wanted to hand out.
            broken: Future[Record] = Future()
            broken.set_exception(error)
            pending[broken] = waiting.popleft()

    def _alone(self, job: Job) -> Record:
        """Return the record of a job that a worker may have died of, done by a worker of its own."""
        # The one before may have put its output in place already; before this run there was none.
        settings = replace(self._settings, overwrite=True)
        workers = self._make(1)
        try:
            return workers.executor.submit(workers.carry, job, self._operation, settings).result()
        except BrokenExecutor:
            reason = "its worker process died (killed, out of memory, or a fault in a decoder)"
            return Record(job.source.path, error=InputError(reason))
        finally:
            workers.end()


def _collect(pending: dict[Future[Record], Job]) -> tuple[list[Record], list[Job]]:
    """Return the records of what is done, and the jobs that were under way when a worker died; both leave `pending`."""
    records: list[Record] = []
    suspects: list[Job] = []
    done = wait(pending, return_when=FIRST_COMPLETED).done
    while done:
        for future in done:
            job = pending.pop(future)
            try:
                records.append(future.result())
            except BrokenExecutor:
                suspects.append(job)
        # One death breaks all that is pending: each has its result by now, or never will.
        done = set(pending) if suspects else set()
    return records, suspects


def _checked(record: Record) -> Record:
    if isinstance(record.error, ParameterError):
        raise record.error
    return record

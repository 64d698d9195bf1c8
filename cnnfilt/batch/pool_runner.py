"""All jobs of a plan by the workers of an Executor: a bad file, or one that a worker dies of, does not stop the rest.

The runner speaks only `concurrent.futures.Executor`, so that processes here and a cluster elsewhere are the same to it.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from typing import Protocol

from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.runner import checked, clean_up_after
from cnnfilt.batch.work import Record, Settings
from cnnfilt.errors import InputError, StorageError
from cnnfilt.operations.base import Operation
from cnnfilt.signals import on_exit_during

AHEAD = 2
"""How many jobs each worker has waiting: enough that none is idle, few enough to redo when a worker dies."""

_DIED = "its worker process died (killed, out of memory, or a fault in a decoder)"


class Workers(Protocol):
    """An Executor, what its workers are to call, and how to be rid of them whatever they do."""

    executor: Executor

    @property
    def carry(self) -> Callable[[FileJob, Operation, Settings], Record]:
        """Return what a worker calls; it can be sent to one."""

    @property
    def lost(self) -> tuple[type[Exception], ...]:
        """Return the errors which say that a job cost the lives of its workers, and the others go on."""

    def close(self) -> None:
        """Let the workers go: their work is done."""

    def end(self) -> None:
        """End the workers at once, whatever they do."""

    def end_workers(self) -> None:
        """Do so from within a signal's handler, where nothing may be waited for that holds a lock."""


class PoolRunner:
    """`count` workers carrying jobs. When one dies they are made anew, and the files it had are tried one by one."""

    def __init__(self, make: Callable[[int], Workers], count: int, operation: Operation, settings: Settings) -> None:
        self._make, self._count = make, count
        self._operation, self._settings = operation, settings
        self._workers = make(count)
        self._pending: dict[Future[Record], FileJob] = {}

    def run(self, jobs: Sequence[FileJob]) -> Generator[Record]:
        """Yield the record of each job as it is done, until the storage is full.

        What is still under way when the caller stops listening, or a signal comes, is ended.
        """
        with on_exit_during(self._on_exit):
            try:
                yield from self._run(deque(jobs))
            except BaseException:
                self._end()
                raise
            if self._pending:
                self._end()
            else:
                self._workers.close()

    def _run(self, waiting: deque[FileJob]) -> Generator[Record]:
        tired = False  # A decoder that nothing can stop is busy in a worker; it ends with the worker.
        while waiting or self._pending:
            if tired and not self._pending:
                self._renew(self._count)
                tired = False
            if not tired:
                self._hand_out(waiting)
            records, suspects = self._collect()
            if suspects:
                self._renew(1)
                # Not before: the workers that were alive when one died held on to what they were writing.
                clean_up_after(suspects)
                records += self._redo(suspects)
                self._renew(self._count)
            tired = tired or any(record.abandoned for record in records)
            for record in records:
                yield checked(record)
            if any(isinstance(record.error, StorageError) for record in records):
                return
        if tired:
            self._workers.end()

    def _hand_out(self, waiting: deque[FileJob]) -> None:
        try:
            while waiting and len(self._pending) < AHEAD * self._count:
                self._pending[self._submitted(waiting[0], self._settings)] = waiting[0]
                waiting.popleft()
        except BrokenExecutor as error:
            # It broke while nothing of it was looked at; what is pending tells, or what we just wanted to hand out.
            broken: Future[Record] = Future()
            broken.set_exception(error)
            self._pending[broken] = waiting.popleft()

    def _submitted(self, job: FileJob, settings: Settings) -> Future[Record]:
        return self._workers.executor.submit(self._workers.carry, job, self._operation, settings)

    def _collect(self) -> tuple[list[Record], list[FileJob]]:
        """Return the records of what is done, and the jobs that were under way when a worker died."""
        records: list[Record] = []
        suspects: list[FileJob] = []
        done = wait(self._pending, return_when=FIRST_COMPLETED).done
        while done:
            for future in done:
                job = self._pending[future]
                try:
                    records.append(future.result())
                except BrokenExecutor:
                    suspects.append(job)
                except self._workers.lost:
                    records.append(Record(job.source.path, error=InputError(_DIED)))
                del self._pending[future]
            # One death breaks all that is pending: each has its result by now, or never will.
            done = set(self._pending) if suspects else set()
        return records, suspects

    def _redo(self, suspects: Iterable[FileJob]) -> Generator[Record]:
        """Yield the record of each job that a worker may have died of, done by one worker, so that the next tells."""
        # The one before may have put its output in place already; before this run there was none.
        settings = self._settings.overwriting()
        for job in suspects:
            died = False
            try:
                future = self._submitted(job, settings)
                self._pending[future] = job
                record = future.result()
            except BrokenExecutor:
                record, died = Record(job.source.path, error=InputError(_DIED)), True
            if died or record.abandoned:
                self._renew(1)
                clean_up_after([job])
            self._pending.clear()
            yield record

    def _renew(self, count: int) -> None:
        self._workers.end()
        self._workers = self._make(count)

    def _end(self) -> None:
        self._workers.end()
        clean_up_after(self._pending.values())

    def _on_exit(self) -> None:
        self._workers.end_workers()
        clean_up_after(self._pending.values())

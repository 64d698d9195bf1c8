"""The same jobs on a Dask cluster that others have started, over a file system that all of it shares."""

import logging
import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import CancelledError, Executor
from functools import partial
from pathlib import Path
from typing import Any

from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.pool_runner import PoolRunner
from cnnfilt.batch.timeout import run_within_limits
from cnnfilt.batch.work import Record, Settings
from cnnfilt.errors import CnnfiltError, ParameterError, PlanError
from cnnfilt.files.streams import first_line
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Operation

SECONDS_TO_ANSWER = 10


def run_on_cluster(
    address: str, jobs: Sequence[FileJob], operation: Operation, settings: Settings
) -> Generator[Record]:
    """Yield the record of each job as some worker of the cluster at `address` has done it.

    Raises PlanError before the first if that cannot be, CnnfiltError if the cluster is lost or lacks cnnfilt.
    """
    refuse_pipes(jobs)
    cluster = Cluster(address)
    # Dask itself may do a file again, whose output is then there already.
    runner = PoolRunner(lambda _: cluster, cluster.count, operation, settings.overwriting())
    try:
        yield from runner.run(jobs)
    except CancelledError:
        raise CnnfiltError("the connection to the cluster was lost; --skip-existing resumes") from None
    except CnnfiltError:
        raise
    except Exception as error:
        if settings.debug:
            raise
        what = first_line(f"{type(error).__name__}: {error}")
        raise CnnfiltError(f"the cluster cannot do this ({what}); its workers need this version of cnnfilt") from None


class Cluster:
    """The workers behind the scheduler at `address`; Dask itself hands the files of a lost worker to another."""

    def __init__(self, address: str) -> None:
        """Connect. Raises PlanError if nobody answers, ParameterError if dask.distributed is not installed."""
        try:
            from distributed import Client, KilledWorker
        except ImportError:
            raise ParameterError("--cluster needs dask.distributed: pip install 'cnnfilt[cluster]'") from None
        # What it and its parts have to say comes as exceptions, too, which become one line each.
        logging.disable(logging.CRITICAL)
        try:
            client: Any = Client
            self._client = client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
        except (OSError, ValueError) as error:
            raise PlanError(f"no Dask scheduler answers at {address}: {error}") from None
        # A task is done for what it writes, so two calls that look the same are still two.
        self.executor: Executor = self._client.get_executor(pure=False)
        # Paths mean the same file on all machines, but each worker was started in a folder of its own.
        self.carry: Callable[[FileJob, Operation, Settings], Record] = partial(carry_from, os.getcwd())
        self.lost: tuple[type[Exception], ...] = (KilledWorker,)

    @property
    def count(self) -> int:
        """Return how many threads the workers have in all, at least 1."""
        return max(1, sum(int(threads) for threads in self._client.nthreads().values()))

    def close(self) -> None:
        """Disconnect; the cluster stays."""
        self._client.close()

    def end(self) -> None:
        """Give up what is pending, and disconnect."""
        self.executor.shutdown(wait=False)
        self._client.close()

    def end_workers(self) -> None:
        """Do nothing: when we are gone, the scheduler drops what nobody has begun."""


def refuse_pipes(jobs: Sequence[FileJob]) -> None:
    """Raise PlanError for a job that reads standard input or writes standard output: those are here, not there."""
    for job in jobs:
        if job.source.is_stdin or job.source.typed or any(target.path is None for target in job.targets):
            raise PlanError("a cluster works on files; standard input and output (-) exist on this machine only")


def carry_from(folder: str, job: FileJob, operation: Operation, settings: Settings) -> Record:
    """Return the record of `job`, whose paths are taken from `folder`; the record has them as they were given."""
    source = replace(job.source, path=os.path.join(folder, job.source.path))
    targets, sheets = (
        tuple(replace(target, path=Path(folder, target.path or "")) for target in places)
        for places in (job.targets, job.sheets)
    )
    record = run_within_limits(FileJob(source, targets, sheets), operation, settings)
    # A decoder that cannot be stopped stays with the cluster, whose workers are not ours to end.
    outputs = tuple(
        replace(output, name=str(target.path)) for output, target in zip(record.outputs, job.outputs, strict=False)
    )
    return replace(record, name=job.source.path, outputs=outputs, abandoned=False)

"""Two folders compared: each pair of files by a worker, within its time; a bad one does not stop the rest."""

from collections.abc import Generator, Sequence
from functools import partial
from typing import cast

from cnnfilt.batch.diff import Demands, Measures, compare_files
from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.pairs import ImagePair
from cnnfilt.batch.pool_runner import PoolRunner
from cnnfilt.batch.sources import Source
from cnnfilt.batch.timeout import run_within_limits
from cnnfilt.batch.work import Record, Settings
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import Operation


class Compared(Frozen):
    """What became of a pair: its measures, or the line that says why it could not be compared."""

    pair: ImagePair
    measures: Measures | None
    notes: tuple[str, ...] = ()
    problem: str = ""


def compare_pairs(
    pairs: Sequence[ImagePair],
    demands: Demands,
    peak: float | None,
    settings: Settings,
    *,
    jobs: int | None,
    with_ssim: bool = True,
) -> Generator[Compared]:
    """Yield what became of each pair, as they are done: with workers not always in their order.

    `peak` and `with_ssim` are as in `compare_files`.
    """
    by_path = {pair.before: pair for pair in pairs}
    work = [_PairJob(source=Source(pair.before), targets=(), partner=pair.after) for pair in pairs]
    for record in _records(work, _Compare(demands=demands, peak=peak, with_ssim=with_ssim), settings, jobs):
        pair = by_path[record.name]
        if record.error is None and isinstance(record, _ComparedRecord):
            yield Compared(pair, record.measures, record.notes)
        elif record.error is not None:
            said = record.error.message
            # Whoever read the file has named it; who ended its reading has not.
            named = any(said.startswith(path) for path in (pair.before, pair.after))
            yield Compared(pair, None, problem=said if named else record.error.about(pair.before))


class _PairJob(FileJob):
    partner: str = ""


class _ComparedRecord(Record):
    measures: Measures | None = None


class _Compare(Operation, kw_only=True):
    """What is asked of a pair, in the place of what is done to an image."""

    demands: Demands
    peak: float | None
    with_ssim: bool


def compare_within_limits(job: FileJob, operation: Operation, settings: Settings) -> Record:
    """Return the record of comparing one pair, with its measures; errors are in it."""
    return run_within_limits(job, operation, settings, run=_compare)


def _compare(job: FileJob, operation: Operation, settings: Settings) -> Record:
    pair, asked = cast(_PairJob, job), cast(_Compare, operation)
    found = compare_files(
        pair.source.path, pair.partner, settings.read, asked.demands, peak=asked.peak, with_ssim=asked.with_ssim
    )
    return _ComparedRecord(job.source.path, found.measures.shape, notes=found.notes, measures=found.measures)


def _records(
    jobs: Sequence[FileJob], operation: Operation, settings: Settings, wanted: int | None
) -> Generator[Record]:
    from cnnfilt.batch.processes import WorkerPool
    from cnnfilt.batch.resources import worker_count

    count = worker_count(jobs, wanted)
    if count == 1:
        return (compare_within_limits(job, operation, settings) for job in jobs)
    return PoolRunner(partial(WorkerPool, carry=compare_within_limits), count, operation, settings).run(jobs)

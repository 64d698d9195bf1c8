"""All jobs of a plan, one after another: a bad file does not stop the rest."""

from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from cnnfilt.batch.jobs import FileJob
from cnnfilt.batch.timeout import run_within_limits
from cnnfilt.batch.work import Record, Settings
from cnnfilt.errors import ParameterError, StorageError
from cnnfilt.files.atomic import remove_stale
from cnnfilt.operations.base import Operation


def run_one_by_one(jobs: Sequence[FileJob], operation: Operation, settings: Settings) -> Generator[Record]:
    """Yield the record of each job, in order, until the storage is full.

    A ParameterError is wrong whatever the image, and ends the run.
    """
    for job in jobs:
        record = checked(run_within_limits(job, operation, settings))
        yield record
        if isinstance(record.error, StorageError):
            return


def clean_up_after(jobs: Iterable[FileJob]) -> None:
    """Remove what killed runs and workers left where these jobs write."""
    for folder in written_folders(jobs):
        remove_stale(folder)


def written_folders(jobs: Iterable[FileJob]) -> set[Path]:
    """Return the folders that these jobs write to."""
    return {target.path.parent for job in jobs for target in job.outputs if target.path is not None}


def checked(record: Record) -> Record:
    """Return the record of a job; a ParameterError in it is raised, and ends the run."""
    if isinstance(record.error, ParameterError):
        raise record.error
    return record

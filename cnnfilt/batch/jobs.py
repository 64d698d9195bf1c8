"""What to read and where to write, settled as a whole: every clash is refused before the first write."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnfilt.batch.naming import Request, Target, output_folder, targets_of
from cnnfilt.batch.sources import STDIN, Source, find_sources
from cnnfilt.errors import PlanError
from cnnfilt.files.formats import format_of


@dataclass(frozen=True)
class Job:
    """One input and where its results go."""

    source: Source
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Plan:
    """All jobs of a run in order, and what was passed over in the folders."""

    jobs: tuple[Job, ...]
    skipped: tuple[str, ...] = ()


def plan_jobs(inputs: Sequence[str], request: Request) -> Plan:
    """Return the plan for `inputs`: files, folders and `-`.

    Raises PlanError for a clash (nothing has been written), InputError for a folder without images.
    """
    _refuse_forgotten_option(inputs, request)
    if list(inputs).count(STDIN) > 1:
        raise PlanError("standard input (-) can be read only once; name it once")
    several = len(inputs) > 1 or any(os.path.isdir(path) for path in inputs)
    if several and request.output is None:
        raise PlanError("several inputs need a folder for the results, such as -o out/")
    folder = output_folder(request, several=several)
    _refuse_own_folder(inputs, folder)
    sources, skipped = find_sources(inputs, output_folder=folder)
    if request.is_stdout and len(sources) > 1:
        raise PlanError("several inputs cannot share standard output; give a folder, such as -o out/")
    jobs = tuple(Job(source, targets_of(source, request, folder)) for source in sources)
    check_targets(jobs, overwrite=request.overwrite)
    return Plan(jobs, skipped)


def check_targets(jobs: Sequence[Job], *, overwrite: bool) -> None:
    """Refuse two results in one place, an output that is an input, one that cannot be written, an existing one."""
    inputs = _identities(job.source.path for job in jobs)
    writers: dict[str, str] = {}
    existing: list[Path] = []
    for job in jobs:
        for target in job.targets:
            path = target.path
            if path is None or (path.exists() and not path.is_file() and not path.is_dir()):
                continue  # pipes and devices take what they are given
            first = writers.setdefault(os.path.realpath(path), job.source.path)
            if first != job.source.path or len(set(job.targets)) < len(job.targets):
                raise PlanError(f"{first} and {job.source.path} would both be written to {path}")
            _refuse_input_as_output(inputs, path)
            _refuse_unwritable(path, make_folder=target.make_folder)
            if os.path.lexists(path):
                existing.append(path)
    if existing and not overwrite:
        total = sum(len(job.targets) for job in jobs)
        if total == 1:
            raise PlanError(f"{existing[0]} exists; -y (--overwrite) replaces it")
        raise PlanError(
            f"{len(existing):,} of {total:,} outputs exist, such as {existing[0]}; -y (--overwrite) replaces them"
        )


def _refuse_forgotten_option(inputs: Sequence[str], request: Request) -> None:
    """Answer `edges in.jpg out.png` with the option that is missing."""
    last = inputs[-1]
    if len(inputs) > 1 and request.output is None and format_of(last) and not os.path.lexists(last):
        raise PlanError(f"{last} does not exist; if it is to be the output, use -o {last}")


def _refuse_own_folder(inputs: Iterable[str], folder: Path | None) -> None:
    if folder is None:
        return
    for path in inputs:
        if os.path.isdir(path) and os.path.realpath(path) == os.path.realpath(folder):
            raise PlanError(f"{path} is the input and the output folder; give another folder with -o")


def _identities(paths: Iterable[str]) -> dict[tuple[int, int], str]:
    """Return each existing input by (device, inode), so that a hard or symbolic link to it is known too."""
    found = {}
    for path in paths:
        if path != STDIN and os.path.isfile(path):
            status = os.stat(path)
            found[status.st_dev, status.st_ino] = path
    return found


def _refuse_input_as_output(inputs: dict[tuple[int, int], str], path: Path) -> None:
    if not path.exists():
        return
    status = path.stat()
    source = inputs.get((status.st_dev, status.st_ino))
    if source is not None:
        same = "" if os.path.abspath(source) == os.path.abspath(path) else f" (it is {source})"
        raise PlanError(f"{path} is an input{same}; an input is never overwritten, write to another name")


def _refuse_unwritable(path: Path, *, make_folder: bool) -> None:
    if path.is_dir():
        raise PlanError(f"{path} is a folder; name a file in it")
    folder = path.parent
    if not make_folder and not folder.is_dir():
        raise PlanError(f"the folder {folder} does not exist; make it first, or end -o in / to have it made")
    while not os.path.lexists(folder):
        folder = folder.parent
    if not folder.is_dir():
        raise PlanError(f"{folder} is no folder, so {path} cannot be written")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PlanError(f"the folder {folder} is not writable; choose another with -o")

"""What to read and where to write, settled as a whole: every clash is refused before the first write."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from cnnfilt.batch.clashes import check_outputs, is_done, refuse_existing
from cnnfilt.batch.naming import OutputRequest, Target, output_folder, sheets_of, targets_of, unwritten
from cnnfilt.batch.sources import Source, Walk, find_sources, refuse_stdin_twice
from cnnfilt.errors import PlanError
from cnnfilt.files.formats import IMAGE_FORMATS, format_of
from cnnfilt.frozen import Frozen


class FileJob(Frozen):
    """One input and where its results go, if anywhere; `sheets` are the places of pictures beside them."""

    source: Source
    targets: tuple[Target, ...]
    sheets: tuple[Target, ...] = ()

    @property
    def outputs(self) -> tuple[Target, ...]:
        """Return every place that is written to."""
        return self.targets + self.sheets


class BatchPlan(Frozen):
    """All jobs of a run in order, those left out because their outputs exist, and what was passed over in folders."""

    jobs: tuple[FileJob, ...]
    existing: tuple[FileJob, ...] = ()
    skipped: tuple[str, ...] = ()


def plan_jobs(
    inputs: Sequence[str], request: OutputRequest, *, recursive: bool = False, listed: bool = False
) -> BatchPlan:
    """Return the plan for `inputs`: files, folders and `-`; `listed` ones come from a list, which counts as several.

    Raises PlanError for a clash (nothing has been written), InputError for a folder without images.
    """
    _refuse_forgotten_option(inputs, request)
    refuse_stdin_twice(inputs)
    several = listed or len(inputs) > 1 or any(os.path.isdir(path) for path in inputs)
    only_sheets = _wants_only_sheets(inputs, request, several=several)
    if several and request.output is None and not only_sheets:
        raise PlanError("several inputs need a folder for the results, such as -o out/")
    folder = output_folder(request, several=several)
    written_to = tuple(path for path in (folder, request.sheet_folder) if path is not None)
    _refuse_own_folder(inputs, written_to)
    sources, skipped = find_sources(inputs, Walk(recursive, written_to))
    if request.is_stdout and len(sources) > 1:
        raise PlanError("several inputs cannot share standard output; give a folder, such as -o out/")
    jobs = tuple(
        FileJob(
            source,
            () if only_sheets else targets_of(source, request, folder),
            sheets_of(source, request, several=several),
        )
        for source in sources
    )
    check_outputs(((job.source, job.outputs) for job in jobs), also_read=request.also_read)
    if request.skip_existing:
        existing = [job for job in jobs if all(is_done(target) for target in job.outputs)]
        done = {id(job) for job in existing}
        # What a killed run left half-done, one map of several, is made again as a whole.
        return BatchPlan(tuple(job for job in jobs if id(job) not in done), tuple(existing), skipped)
    if not request.overwrite:
        refuse_existing([target for job in jobs for target in job.outputs])
    return BatchPlan(jobs, (), skipped)


def plan_unwritten(inputs: Sequence[str], request: OutputRequest, *, recursive: bool = False) -> BatchPlan:
    """Return the plan for `inputs` whose results are only looked at, and written nowhere. Raises as `plan_jobs`."""
    _refuse_forgotten_option(inputs, request)
    refuse_stdin_twice(inputs)
    sources, skipped = find_sources(inputs, Walk(recursive))
    return BatchPlan(tuple(FileJob(source, (unwritten(source, request),)) for source in sources), (), skipped)


def _wants_only_sheets(inputs: Sequence[str], request: OutputRequest, *, several: bool) -> bool:
    """Return whether pictures are asked for and no place for results; those of one matrix or pipe are printed."""
    if request.output is not None or request.sheet_folder is None:
        return False
    return several or format_of(inputs[0]) in IMAGE_FORMATS


def _refuse_forgotten_option(inputs: Sequence[str], request: OutputRequest) -> None:
    """Answer `edges in.jpg out.png` with the option that is missing, `edges -- in.jpg -o out.png` with its place."""
    last = inputs[-1]
    for option in ("-o", "--output"):
        if option in inputs and not os.path.lexists(option):
            raise PlanError(f"{option} is taken for an input, for it comes after --; put options before --")
    if len(inputs) > 1 and request.output is None and format_of(last) and not os.path.lexists(last):
        raise PlanError(f"{last} does not exist; if it is to be the output, use -o {last}")


def _refuse_own_folder(inputs: Iterable[str], folders: Iterable[Path]) -> None:
    written_to = {os.path.realpath(folder) for folder in folders}
    for path in inputs:
        if os.path.isdir(path) and os.path.realpath(path) in written_to:
            raise PlanError(f"{path} is the input and the output folder; write to another folder")

"""What to read and where to write, settled as a whole: every clash is refused before the first write."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from cnnfilt.batch.clashes import check_outputs, is_done, refuse_existing
from cnnfilt.batch.exclusion import Exclusion
from cnnfilt.batch.naming import OutputRequest, Target, output_folder, sheets_of, targets_of, unwritten
from cnnfilt.batch.patterns import check_fields, filled, has_field, patterns_apart
from cnnfilt.batch.sources import Source, Walk, find_sources, is_typed_matrix, refuse_stdin_twice
from cnnfilt.errors import CnnfiltError, PlanError
from cnnfilt.files.formats import IMAGE_FORMATS, format_of
from cnnfilt.frozen import Frozen, replace

UP_TO_DATE = "up to date"
"""The reason of a job that is left because its outputs are as new as what they are made of."""


class FileJob(Frozen):
    """One input and where its results go, if anywhere; `sheets` are the places of pictures beside them.

    `extra` is that of an array beside the result. `reason` says why the job is done, or left, where dates settle that.
    """

    source: Source
    targets: tuple[Target, ...]
    sheets: tuple[Target, ...] = ()
    extra: Target | None = None
    reason: str = ""

    @property
    def outputs(self) -> tuple[Target, ...]:
        """Return every place of a picture or matrix that shows the result."""
        return self.targets + self.sheets

    @property
    def places(self) -> tuple[Target, ...]:
        """Return every place that is written to."""
        return self.outputs if self.extra is None else (*self.outputs, self.extra)


class BatchPlan(Frozen):
    """All jobs of a run in order, those left out because their outputs are there, and what was passed over in folders.

    `notes` are what else to say beforehand.
    """

    jobs: tuple[FileJob, ...]
    existing: tuple[FileJob, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def plan_jobs(
    inputs: Sequence[str],
    request: OutputRequest,
    *,
    recursive: bool = False,
    listed: bool = False,
    exclude: Sequence[str] = (),
) -> BatchPlan:
    """Return the plan for `inputs`: files, folders and `-`; `listed` ones come from a list, which counts as several.

    What fits one of the patterns in `exclude` is left out.

    Raises PlanError for a clash (nothing has been written), InputError for a folder without images.
    """
    _refuse_forgotten_option(inputs, request)
    _refuse_empty_fields(inputs, request)
    refuse_stdin_twice(inputs)
    several = listed or len(inputs) > 1 or any(os.path.isdir(path) for path in inputs)
    only_sheets = _wants_only_sheets(inputs, request, several=several)
    if several:
        _refuse_no_folder(inputs, request, only_sheets=only_sheets)
    folder = output_folder(request, several=several)
    written_to = tuple(path for path in (folder, request.sheet_folder) if path is not None)
    _refuse_own_folder(inputs, written_to)
    exclusion = Exclusion(exclude)
    sources, skipped = find_sources(inputs, Walk(recursive, written_to, exclusion))
    if request.is_stdout and len(sources) > 1:
        raise PlanError("several inputs cannot share standard output; give a folder, such as -o out/")
    jobs = tuple(_job_of(source, request, folder, several=several, only_sheets=only_sheets) for source in sources)
    check_outputs(
        ((job.source, job.outputs) for job in jobs),
        also_read=request.also_read,
        remedy=lambda: _pattern_apart(sources, request, folder),
        makes_folders=True,
    )
    left, existing, notes = _left_to_do(_with_extra(jobs, request), request)
    return BatchPlan(left, existing, skipped, exclusion.report() + notes)


def _job_of(
    source: Source, request: OutputRequest, folder: Path | None, *, several: bool, only_sheets: bool
) -> FileJob:
    """Return the job of one source; one that stands for a folder that cannot be listed has no outputs."""
    if source.unlisted:
        return FileJob(source, ())
    targets = () if only_sheets else _targets_of(source, request, folder)
    return FileJob(source, targets, sheets_of(source, request, several=several))


def _with_extra(jobs: tuple[FileJob, ...], request: OutputRequest) -> tuple[FileJob, ...]:
    """Return the only job with the place of --indices or --angle, checked as the others are."""
    path = request.extra
    if path is None:
        return jobs
    if len(jobs) > 1:
        raise PlanError(f"{path} can hold the array of one input only; name a single input")
    if Path(path).suffix != ".npy":
        raise PlanError(f"{path} must be a .npy file")
    job = jobs[0]
    check_fields(path, [job.source.path], option="the name", known=("stem", "name", "parent"))
    extra = Target(Path(filled(path, job.source, ext="npy")), "npy")
    check_outputs([(job.source, (*job.targets, extra))])
    return (replace(job, extra=extra),)


def _left_to_do(
    jobs: tuple[FileJob, ...], request: OutputRequest
) -> tuple[tuple[FileJob, ...], tuple[FileJob, ...], tuple[str, ...]]:
    """Return the jobs that are left to do, those that are done already, and notes on them.

    What a killed run left half-done, one map of several, is made again as a whole.
    """
    if request.if_newer:
        from cnnfilt.batch.dates import DateCheck  # Most runs do without.

        check = DateCheck(request.also_read, keeps_dates=request.keeps_dates)
        reasons = [(job, check.reason_to_make(job.source, job.places)) for job in jobs]
        left = tuple(replace(job, reason=reason) for job, reason in reasons if reason)
        return left, tuple(replace(job, reason=UP_TO_DATE) for job, reason in reasons if not reason), check.report()
    if request.skip_existing:
        existing = [job for job in jobs if job.outputs and all(is_done(target) for target in job.places)]
        done = {id(job) for job in existing}
        return tuple(job for job in jobs if id(job) not in done), tuple(existing), ()
    if not request.overwrite:
        refuse_existing([target for job in jobs for target in job.outputs])
        refuse_existing([job.extra for job in jobs if job.extra is not None])
    return jobs, (), ()


def plan_unwritten(
    inputs: Sequence[str], request: OutputRequest, *, recursive: bool = False, exclude: Sequence[str] = ()
) -> BatchPlan:
    """Return the plan for `inputs` whose results are only looked at, and written nowhere. Raises as `plan_jobs`."""
    _refuse_forgotten_option(inputs, request)
    refuse_stdin_twice(inputs)
    exclusion = Exclusion(exclude)
    sources, skipped = find_sources(inputs, Walk(recursive, exclusion=exclusion))
    jobs = tuple(FileJob(source, (unwritten(source, request),)) for source in sources)
    return BatchPlan(jobs, (), skipped, exclusion.report())


def _targets_of(source: Source, request: OutputRequest, folder: Path | None) -> tuple[Target, ...]:
    """Return the outputs of one source, of each of its frames where names tell these apart."""
    if not request.takes_each_frame:
        return targets_of(source, request, folder)
    count = _frames_in(source)
    return tuple(
        replace(target, frame=number)
        for number in range(1, count + 1)
        # As many digits for all, so that they are in order by name.
        for target in targets_of(source, replace(request, frame=f"{number:0{len(str(count))}}"), folder)
    )


def _frames_in(source: Source) -> int:
    if source.is_stdin or (os.path.lexists(source.path) and not os.path.isfile(source.path)):
        raise PlanError(f"the frames of {source.name} cannot be counted beforehand; {{frame}} needs a file")
    # Only patterns with {frame} need this, and Pillow for it.
    from cnnfilt.files.animation import count_frames

    try:
        return count_frames(source.path)
    except CnnfiltError:
        return 1  # What is wrong with the file is said when it is read.


def _pattern_apart(sources: Sequence[Source], request: OutputRequest, folder: Path | None) -> str | None:
    """Return the -o that gives every source outputs of its own, or None if there is no telling."""
    if request.output is None or request.is_stdout or request.sheet_folder is not None:
        return None
    pattern = request.output if folder is None else os.path.join(folder, "{stem}.{ext}")
    for apart in patterns_apart(pattern):
        renamed = replace(request, output=apart)
        try:
            outputs = [(source, _targets_of(source, renamed, None)) for source in sources]
            check_outputs(outputs, also_read=request.also_read)
        except PlanError:
            continue
        return apart
    return None


def _refuse_empty_fields(inputs: Sequence[str], request: OutputRequest) -> None:
    """Refuse braces in -o that are no field, fields that nothing stands for, and one name for several regions."""
    if len(request.regions) > 1 and not has_field(request.output, "region"):
        count = len(request.regions)
        raise PlanError(
            f"--crop of {count} regions writes {count} results; tell them apart with {{region}}, as in "
            "-o 'out/{stem}-{region}.{ext}'"
        )
    if request.sheet_folder is not None:
        check_fields(str(request.sheet_folder), inputs, option="--maps", known=("stem", "name", "parent"))
    if request.output is None or request.is_stdout:
        return
    check_fields(request.output, inputs)
    if has_field(request.output, "kernel") and request.labels == ("",):
        raise PlanError("{kernel} in -o is the name of a kernel or map, and this result has none; leave it out")
    if has_field(request.output, "region") and request.regions == ("",):
        raise PlanError("{region} in -o is the number of a region that --crop writes alone; leave it out")
    if has_field(request.output, "frame") and not (request.all_frames or request.frame):
        raise PlanError("{frame} in -o is the number of a frame; say which, with --frames all or --frames N")


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
            raise PlanError(f"{option} is taken for an input because it comes after --; put options before --")
    if len(inputs) > 1 and request.output is None and format_of(last) and not os.path.lexists(last):
        raise PlanError(f"{last} does not exist; if it is to be the output, use -o {last}")


def _refuse_no_folder(inputs: Sequence[str], request: OutputRequest, *, only_sheets: bool) -> None:
    """Refuse several inputs, one of which is a matrix that is typed out, or whose results have no place to go."""
    typed = next((path for path in inputs if is_typed_matrix(path, whole=True)), None)
    if typed is not None:
        raise PlanError(f"{typed!r} is not a file; a matrix that is typed out must be the only input")
    if request.output is None and not only_sheets:
        raise PlanError("several inputs need a folder for the results, such as -o out/")


def _refuse_own_folder(inputs: Iterable[str], folders: Iterable[Path]) -> None:
    written_to = {os.path.realpath(folder) for folder in folders}
    for path in inputs:
        if os.path.isdir(path) and os.path.realpath(path) in written_to:
            raise PlanError(f"{path} is both the input and the output folder; write to another folder")

"""From a command's options to files: plan, choose who works, run, and say on stderr what happened."""

import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from cnnfilt.batch.jobs import BatchPlan, FileJob, plan_jobs, plan_unwritten
from cnnfilt.batch.naming import OutputRequest
from cnnfilt.batch.runner import clean_up_after, run_one_by_one, written_folders
from cnnfilt.batch.sources import STDIN, read_list, without_comments
from cnnfilt.batch.work import Record, Settings
from cnnfilt.cli.inspect.inspection import Inspection
from cnnfilt.cli.messages import print_line
from cnnfilt.cli.options import FileOptions
from cnnfilt.cli.reporter import Reporter, print_plan
from cnnfilt.cli.stray_words import refuse_stray_words
from cnnfilt.errors import InputError, PlanError, StorageError, counted
from cnnfilt.files.atomic import settle
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Operation

NOTHING = Inspection()


def run_operation(
    operation: Operation,
    files: FileOptions,
    *,
    also_read: tuple[str, ...] = (),
    extra: str | None = None,
    gray: bool = False,
    inspection: Inspection = NOTHING,
    picture_folder: str | None = None,
) -> int:
    """Return the exit code of carrying `operation` to all inputs: 0, or 1 if any file failed.

    `also_read` are files that no output may replace, `extra` is the file for an array that goes beside the result,
    `gray` is the command's default for --gray. Where there is an `inspection` and no -o, results are only shown. The
    operation's pictures go to `picture_folder`.
    """
    operation, also_read = files.around(operation, gray=gray), (*also_read, *files.also_read)
    writes = not (files.output is extra is picture_folder is None)
    _refuse_contradictions(files, inspection, has_outputs=writes and files.output != STDIN)
    refuse_stray_words(files.inputs, click.get_current_context())
    request = _requested(operation, files, also_read, extra, picture_folder)
    walks = inspection.walks(files.output)
    plan = _planned(
        files, _of_a_walk(request) if walks else request, inspection, only_shown=inspection.wanted and not writes
    )
    if files.dry_run:
        print_plan(plan, json=files.json, page=inspection.page)
        return 0
    if walks:
        plan, inspection = _as_a_walk(plan, inspection, request, files)
    planned = (*plan.jobs, *plan.existing)
    settings = _settings(files, inspection, gray=gray, inputs=len(planned))
    if len(planned) > 1:  # For one file it may take longer than the work, in a folder of a million.
        clean_up_after(planned)
    reporter = _reporter(operation.command, plan, inspection, files)
    # Closing the records ends what is still under way, however we leave.
    made = closing(_records(plan.jobs, operation, settings, files))
    with reporter, made as records, closing(_shown(records, plan, inspection, operation, files)) as shown:
        storage_is_full = _tell_all(shown, reporter, fail_fast=files.fail_fast)
        if len(planned) > 1 and not storage_is_full:  # A single file is soon made again.
            settle(written_folders(plan.jobs))
    return 1 if reporter.failed else 0


def _shown(
    records: Iterable[Record], plan: BatchPlan, inspection: Inspection, operation: Operation, files: FileOptions
) -> Generator[Record]:
    """Yield the records once what shows them is written: their walk, the page of each, or one page of them all."""
    if inspection.walk is not None:
        records = inspection.walk.as_outputs(records)
    if inspection.page is None:
        yield from records
    elif len(plan.jobs) + len(plan.existing) > 1:
        from cnnfilt.cli.inspect.folder_page import FolderPage  # Most runs do without.

        yield from FolderPage(plan, inspection, operation.command, overwrite=files.overwrite).shown(records)
    else:
        from cnnfilt.cli.inspect.page import with_page

        for record in records:
            yield with_page(record, inspection, operation.command, overwrite=files.overwrite)


def _reporter(command: str, plan: BatchPlan, inspection: Inspection, files: FileOptions) -> Reporter:
    return Reporter(
        command,
        plan,
        quiet=files.quiet,
        verbose=files.verbose,
        json=files.json,
        inspection=inspection,
        resume=_what_resumes(files),
    )


def _what_resumes(files: FileOptions) -> str:
    """Return what completes a run that is ended before its time: nothing tells what -y has replaced from the rest."""
    if files.if_newer:
        return "the same command"
    return "" if files.overwrite else "--skip-existing"


def _tell_all(records: Iterable[Record], reporter: Reporter, *, fail_fast: bool) -> bool:
    """Report each record, up to the first failure if `fail_fast`; return whether the storage was full in the end."""
    error = None
    for record in records:
        reporter.tell(record)
        error = record.error
        if error is not None and fail_fast:
            break
    return isinstance(error, StorageError)


def _requested(
    operation: Operation,
    files: FileOptions,
    also_read: tuple[str, ...],
    extra: str | None,
    picture_folder: str | None,
) -> OutputRequest:
    return OutputRequest(
        files.output,
        files.format,
        files.overwrite,
        files.skip_existing,
        operation.labels,
        also_read,
        files.frames == "all",
        recorded=files.json,
        regions=operation.regions,
        frame=str(files.frames) if isinstance(files.frames, int) else "",
        sheets=() if picture_folder is None else operation.pictures,
        sheet_folder=None if picture_folder is None else Path(picture_folder),
        extra=extra,
        if_newer=files.if_newer,
        keeps_dates=files.keep_dates,
    )


def _of_a_walk(request: OutputRequest) -> OutputRequest:
    """Return the request for one animation, whatever the results are."""
    if request.extra is not None or request.sheets:
        raise click.UsageError(f"{request.output} takes the steps of --explain all; write other results in another run")
    return replace(request, labels=("",), regions=("",), all_frames=True)


def _as_a_walk(
    plan: BatchPlan, inspection: Inspection, request: OutputRequest, files: FileOptions
) -> tuple[BatchPlan, Inspection]:
    """Return the plan whose output is left to the walk, and the inspection that draws this."""
    from cnnfilt.cli.inspect.walk import plan_walk

    plan, walk = plan_walk(plan, request, files.write_options)
    return plan, replace(inspection, walk=walk)


def _planned(files: FileOptions, request: OutputRequest, inspection: Inspection, *, only_shown: bool) -> BatchPlan:
    found: dict[str, Any] = {"recursive": files.recursive, "exclude": files.exclude}
    if only_shown:
        plan = plan_unwritten(_inputs(files), request, **found)
    else:
        plan = plan_jobs(_inputs(files), request, listed=files.files_from is not None, **found)
    if inspection.page is not None:
        from cnnfilt.cli.inspect.page import check_page

        check_page(inspection.page, plan, also_read=request.also_read, overwrite=files.overwrite)
    if inspection.emit is not None and len(plan.jobs) > 1:
        raise PlanError("--emit writes a script for one input; name a single one")
    if inspection.emit is not None and any(job.source.typed for job in plan.jobs):
        raise PlanError("--emit writes a script that reads a file; save the matrix in one first")
    return plan


def _refuse_contradictions(files: FileOptions, inspection: Inspection, *, has_outputs: bool) -> None:
    if files.json and files.output == STDIN:
        raise click.UsageError("--json and -o - both write to standard output; write to files")
    if inspection.takes_stdout and files.output == STDIN:
        raise click.UsageError(f"{inspection.takes_stdout} and -o - both write to standard output; write to a file")
    if inspection.wanted and files.frames == "all":
        raise click.UsageError(
            "--explain, --preview, --emit and --page take one image of a file; choose one with --frames N"
        )
    if files.cluster is not None and files.jobs is not None:
        raise click.UsageError("--cluster uses all workers of the cluster; leave out -j")
    if files.if_newer and files.skip_existing:
        raise click.UsageError("--if-newer makes some outputs again that --skip-existing leaves; give one of them")
    for asked, option in ((files.if_newer, "--if-newer"), (files.keep_dates, "--keep-dates")):
        if asked and not has_outputs:
            raise click.UsageError(f"{option} is about the dates of outputs; name a file or folder for them with -o")


def _inputs(files: FileOptions) -> Sequence[str]:
    """Return the inputs as named, and those of --files-from after them."""
    if files.files_from is None:
        if files.null:
            raise click.UsageError("-0 says how names in --files-from end; give --files-from, too")
        if not files.inputs:
            raise click.UsageError("missing argument 'INPUT...'")
        return files.inputs
    if STDIN in files.inputs and files.files_from == STDIN:
        raise click.UsageError("standard input cannot be an image and the list of files at once")
    names = [*files.inputs, *_listed(files.files_from, null=files.null, quiet=files.quiet)]
    if not names:
        raise InputError(f"{files.files_from}: names no files")
    return names


def _listed(path: str, *, null: bool, quiet: bool) -> list[str]:
    """Return the names in the list at `path`, - for standard input; what is skipped there is said unless `quiet`."""
    try:
        data = sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()
        names = read_list(data, null=null)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except InputError as error:
        raise InputError(error.about(path)) from None
    if null:
        return names
    names, comments = without_comments(names)
    if comments and not quiet:
        print_line(f"{path}: skipped {counted(len(comments), 'comments')}: {comments[0]:.60}")
    return names


def _settings(files: FileOptions, inspection: Inspection, *, gray: bool, inputs: int) -> Settings:
    return Settings(
        read=files.read_options(gray=gray),
        write=files.write_options,
        timeout=files.timeout,
        debug=click.get_current_context().find_object(bool) or False,
        frames=files.frames,
        keep_dates=files.keep_dates,
        inspectors=inspection.inspectors(files, gray=gray, inputs=inputs),
    )


def _records(
    jobs: Sequence[FileJob], operation: Operation, settings: Settings, files: FileOptions
) -> Generator[Record]:
    """Return the records of `jobs` as they are done: by a cluster, by worker processes, or one after another."""
    if files.cluster is not None:
        from cnnfilt.batch.cluster import run_on_cluster

        return run_on_cluster(files.cluster, jobs, operation, settings)
    if len(jobs) == 1:
        return run_one_by_one(jobs, operation, settings)
    from cnnfilt.batch.pool_runner import PoolRunner
    from cnnfilt.batch.processes import WorkerPool
    from cnnfilt.batch.resources import worker_count

    count = worker_count(jobs, files.jobs, bytes_per_pixel=operation.bytes_per_pixel)
    if count == 1:
        return run_one_by_one(jobs, operation, settings)
    return PoolRunner(WorkerPool, count, operation, settings).run(jobs)

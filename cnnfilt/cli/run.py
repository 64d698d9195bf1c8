"""From a command's options to files: plan, run, and say on stderr what happened."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from cnnfilt.batch.jobs import Plan, check_targets, plan_jobs
from cnnfilt.batch.naming import Request, Target
from cnnfilt.batch.operations.base import Values
from cnnfilt.batch.operations.convolve import Convolve
from cnnfilt.batch.operations.edges import Edges
from cnnfilt.batch.operations.pad import Pad
from cnnfilt.batch.operations.pool import Pool
from cnnfilt.batch.runner import Record, Settings, run_jobs
from cnnfilt.cli.options import FileOptions
from cnnfilt.cli.report import print_error, print_line
from cnnfilt.core.levels import NO_LOSS, Loss
from cnnfilt.errors import PlanError


def run_operation(
    command: str,
    operation: Convolve | Pad | Pool | Edges,
    files: FileOptions,
    *,
    labels: tuple[str, ...] = ("",),
    extra: str | None = None,
    gray: bool = False,
) -> int:
    """Return the exit code of carrying `operation` to all inputs: 0, or 1 if any file failed.

    `labels` tell the results of one input apart, `extra` is the file for an array that goes beside the result,
    `gray` is the command's default for --gray.
    """
    operation = replace(operation, values=Values(files.values, files.value_range), alpha=files.alpha)
    plan = plan_jobs(files.inputs, Request(files.output, files.format, files.overwrite, labels))
    settings = Settings(
        gray=gray if files.gray is None else files.gray,
        auto_orient=not files.no_auto_orient,
        alpha=files.alpha,
        background=files.background,
        overwrite=files.overwrite,
        quality=files.quality,
        metadata=files.metadata,
        extra=_extra_target(plan, extra, overwrite=files.overwrite),
    )
    return _report(command, plan, run_jobs(plan, operation, settings), files)


def _extra_target(plan: Plan, path: str | None, *, overwrite: bool) -> Target | None:
    """Return the target of --indices or --angle, checked as the outputs are."""
    if path is None:
        return None
    if len(plan.jobs) > 1:
        raise PlanError(f"{path} can hold the array of one input only; name a single input")
    if Path(path).suffix != ".npy":
        raise PlanError(f"{path} must be a .npy file")
    target = Target(Path(path), "npy")
    job = plan.jobs[0]
    check_targets([replace(job, targets=(*job.targets, target))], overwrite=overwrite)
    return target


def _report(command: str, plan: Plan, records: Iterable[Record], files: FileOptions) -> int:
    """Print what happened to each file as it happens, a summary for several, and return the exit code."""
    several = len(plan.jobs) > 1
    done, failed, loss = 0, 0, NO_LOSS
    if not files.quiet:
        _print_skipped(plan.skipped)
    for record in records:
        if record.error is not None:
            print_error(command, record.error.about(record.name))
            failed += 1
            continue
        done, loss = done + 1, loss + record.loss
        if files.quiet:
            continue
        for note in record.notes:
            print_line(f"{record.name}: {note}")
        if not several or files.verbose:
            _print_status(record)
        if not several:
            _print_loss(record.name, loss)
    if several and not files.quiet:
        print_line(f"{done:,} of {len(plan.jobs):,} done" + (f", {failed:,} failed" if failed else ""))
        _print_loss("in all", loss)
    return 1 if failed else 0


def _print_status(record: Record) -> None:
    for output in record.outputs:
        print_line(f"{record.name} {_spelled(record.shape)} -> {output.name} {_spelled(output.shape)} ({output.how})")


def _print_loss(name: str, loss: Loss) -> None:
    if loss.clipped:
        print_line(
            f"{name}: values ran from {_number(loss.lowest)} to {_number(loss.highest)}; {_percent(loss.fraction)} "
            "fell outside the levels and were clipped (--values shows other mappings)"
        )


def _print_skipped(skipped: tuple[str, ...]) -> None:
    if skipped:
        others = f" and {len(skipped) - 3:,} more" if len(skipped) > 3 else ""
        print_line(f"skipped {', '.join(skipped[:3])}{others}")


def _spelled(shape: tuple[int, ...]) -> str:
    return "x".join(str(n) for n in shape)


def _number(value: float) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _percent(fraction: float) -> str:
    return f"{fraction:.1%}" if fraction >= 0.0005 else "under 0.1%"

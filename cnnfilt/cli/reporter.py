"""What a run says as it goes: a status line for one file; progress, failures and a summary for many."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any

from cnnfilt.batch.jobs import BatchPlan, FileJob
from cnnfilt.batch.work import Record, Written
from cnnfilt.cli.inspect.inspection import Inspection
from cnnfilt.cli.messages import print_error, print_line, printable
from cnnfilt.core.levels import NO_LOSS, Loss
from cnnfilt.errors import StorageError
from cnnfilt.files.records import Lost
from cnnfilt.signals import cleared_first, on_exit_during, say_at_once
from cnnfilt.spelling import spelled_number, spelled_size

if TYPE_CHECKING:
    from cnnfilt.cli.progress import ProgressBar


class Reporter(AbstractContextManager["Reporter"]):
    """Tells each record on stderr (with `json`, also as a line on stdout) and, for several, a summary at the end.

    `resume` says what completes a run that is ended before its time.
    """

    def __init__(
        self,
        command: str,
        plan: BatchPlan,
        *,
        quiet: bool,
        verbose: bool,
        json: bool,
        inspection: Inspection,
        resume: str = "",
    ) -> None:
        self.command, self.plan, self.resume = command, plan, resume
        self.quiet, self.verbose, self.json, self.inspection = quiet, verbose, json, inspection
        self.several = len(plan.jobs) + len(plan.existing) > 1
        self.done, self.failed, self.bytes_read, self.loss = 0, 0, 0, NO_LOSS
        self.started = time.monotonic()
        self._bar: ProgressBar | None = None
        # Workers finish in any order: what is named is the first of the inputs, whenever it was done.
        self._place = {job.source.path: place for place, job in enumerate(plan.jobs)}
        self._hints: dict[str, tuple[int, str]] = {}
        self._hinted: Counter[str] = Counter()
        self._here = ExitStack()

    def __enter__(self) -> "Reporter":
        self._here.enter_context(on_exit_during(self._on_exit))
        if not self.quiet:
            print_beforehand(self.plan)
        for job in self.plan.existing if self.json else ():
            self._print_json(_as_planned(job, "skipped"))
        if not (self.several or self.quiet):  # Of several, the summary says it.
            for job in self.plan.existing:
                print_line(_as_skipped(job))
        if self.several and not self.quiet:
            self._show_bar()
        return self

    def _show_bar(self) -> None:
        from cnnfilt.cli.progress import ProgressBar, bar_fits  # One file has none.

        if bar_fits(records=self.json):
            self._bar = ProgressBar(len(self.plan.jobs))
            self._here.enter_context(cleared_first(self._bar.clear_at_once))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._here.close()
        begun = error is None or self.done + self.failed > 0
        if self.several and begun and not self.quiet:
            print_line(self._summary())
            _print_loss("in all", self.loss, self.command)
        if not self.quiet:
            self._print_hints()

    def tell(self, record: Record) -> None:
        """Say what became of one file; the progress bar makes way for it."""
        self.bytes_read += record.bytes_read
        with nullcontext() if self._bar is None else self._bar.out_of_the_way(self._shows_on_terminal(record)):
            self._tell(record)
        if self._bar is not None:
            self._bar.advance()

    def _shows_on_terminal(self, record: Record) -> bool:
        """Tell whether a line of this record comes to where the bar is."""
        on_stdout = self.json and sys.stdout is not None and sys.stdout.isatty()
        return on_stdout or self.verbose or record.error is not None or bool(record.notes) or self.inspection.wanted

    def _tell(self, record: Record) -> None:
        if self.json:
            self._print_json(_as_json(record) | self.inspection.as_json(record))
        if record.error is not None:
            self.failed += 1
            print_error(self.command, record.error.about(record.name))
            if self.several and isinstance(record.error, StorageError):
                print_error(self.command, "the run stops here, because no other file could be written either")
            return
        self.done, self.loss = self.done + 1, self.loss + record.loss
        self.inspection.show(record, json=self.json, several=self.several)
        if not self.quiet:
            self._tell_success(record)
            return
        for note in record.notes:
            if isinstance(note, Lost):
                print_line(f"{record.name}: {note}")

    def _tell_success(self, record: Record) -> None:
        for note in record.notes:
            print_line(f"{record.name}: {note}")
        self._gather_hints(record)
        if (not self.several or self.verbose) and self._shows_results(record):
            # Maps that are only shown have no names: one line is for all of them.
            for line in dict.fromkeys(line for output in record.outputs for line in self._lines(record, output)):
                print_line(line)
        if not self.several and self._shows_results(record):
            _print_loss(record.name, record.loss, self.command)

    def _lines(self, record: Record, output: Written) -> Iterator[str]:
        """Yield what is said of one output: sizes and how, and with -v how it was computed."""
        name = f"{output.name} " if output.name else ""
        shapes = f"{record.name} {spelled_size(record.shape)} -> {name}{spelled_size(output.shape)}"
        page = f", shown in {self.inspection.page}" if self.inspection.page is not None else ""
        yield f"{shapes} ({output.how}){page}"
        if self.verbose and output.plan:
            yield f"{record.name}: {output.plan}"

    def _gather_hints(self, record: Record) -> None:
        """Keep what would help, to be said once for all the results that the same would help."""
        for output in record.outputs if self._shows_results(record) else ():
            for hint in output.hints:
                name = record.name if len(record.outputs) == 1 else output.name or record.name
                said = self._place.get(record.name, 0), f"{name} {hint.seen}: {hint.help}"
                if hint.help not in self._hints or said[0] < self._hints[hint.help][0]:
                    self._hints[hint.help] = said
                self._hinted[hint.help] += 1

    def _print_hints(self) -> None:
        for help, (_, first) in sorted(self._hints.items(), key=lambda item: item[1][0]):
            more = self._hinted[help] - 1
            print_line(first + (f" (and {more:,} more)" if more else ""))

    def _shows_results(self, record: Record) -> bool:
        return record.written or self.inspection.preview or self.inspection.page is not None

    def _on_exit(self) -> None:
        if self.several and not self.quiet:
            say_at_once(self._summary() + (f"; {self.resume} resumes" if self.resume else ""))

    def _summary(self) -> str:
        seconds = time.monotonic() - self.started
        left = len(self.plan.jobs) - self.done - self.failed
        counts = [f"{self.done:,} done"]
        counts += [f"{len(self.plan.existing):,} {_why_left(self.plan.existing)}"] if self.plan.existing else []
        counts += [f"{self.failed:,} failed"] if self.failed else []
        counts += [f"{left:,} not begun or not finished"] if left else []
        return f"{', '.join(counts)}; {seconds:.1f} s, {self.bytes_read / 1e6 / max(seconds, 1e-9):.1f} MB/s"

    def _print_json(self, data: dict[str, Any]) -> None:
        from cnnfilt.cli.json_text import json_text  # Only --json needs it.

        sys.stdout.write(json_text(data) + "\n")
        sys.stdout.flush()


def print_plan(plan: BatchPlan, *, json: bool = False, page: str | None = None) -> None:
    """Print what would be read and written, a line each on stdout: `a.png -> out/a.png`, or JSON.

    `page` is the file of the page that shows it.
    """
    shown = {} if page is None else {"page": page}
    if json:
        from cnnfilt.cli.json_text import json_text

        for jobs, status in ((plan.jobs, "planned"), (plan.existing, "skipped")):
            print(*(json_text(_as_planned(job, status) | shown) + "\n" for job in jobs), sep="", end="")
        return
    for job in plan.jobs:
        print(f"{printable(job.source.path)} -> {_targets_of(job, page)}{f' ({job.reason})' if job.reason else ''}")
    for job in plan.existing:
        print(_as_skipped(job))
    print_beforehand(plan)


def _as_skipped(job: FileJob) -> str:
    several = len(job.outputs) > 1
    is_there = f"{'are' if several else 'is'} {job.reason}" if job.reason else "exist" if several else "exists"
    return f"{printable(job.source.path)}: skipped, {_targets_of(job)} {is_there}"


def _why_left(jobs: Sequence[FileJob]) -> str:
    return jobs[0].reason or "skipped (their outputs exist)"


def _targets_of(job: FileJob, page: str | None = None) -> str:
    if job.source.unlisted:
        return "nothing, for this folder cannot be listed"
    beside = [] if page is None else [printable(page)]
    if job.targets and job.targets[0].unwritten:
        return ", ".join(beside) or "nothing is written"
    names = ("stdout" if target.path is None else printable(str(target.path)) for target in job.outputs)
    return ", ".join([*names, *beside])


def _as_planned(job: FileJob, status: str) -> dict[str, Any]:
    paths = [None if target.path is None else str(target.path) for target in job.outputs]
    data = {"input": job.source.path, "status": status, "outputs": [{"path": path} for path in paths]}
    return data | {"reason": job.reason} if job.reason else data


def _as_json(record: Record) -> dict[str, Any]:
    """Return what a program wants to know of one file."""
    data: dict[str, Any] = {"input": record.name, "status": "failed" if record.error else "done"}
    if record.error is not None:
        # Every record has the list, so that a program can go through those of all.
        return data | {"outputs": [], "error": record.error.about(record.name), "seconds": round(record.seconds, 3)}
    data["size"] = list(record.shape)
    data["outputs"] = [_output_as_json(output) for output in record.outputs if record.written]
    hints = [f"{hint.seen}: {hint.help}" for output in record.outputs for hint in output.hints]
    data |= {"hints": hints} if hints else {}
    return data | {"clipped": record.loss.fraction, "notes": list(record.notes), "seconds": round(record.seconds, 3)}


def _output_as_json(output: Written) -> dict[str, Any]:
    data: dict[str, Any] = {"path": output.name, "size": list(output.shape)}
    if output.columns:
        data |= {"columns": list(output.columns)}
    return data if output.values is None else data | {"values": output.values}


def _print_loss(name: str, loss: Loss, command: str) -> None:
    outside = loss.clipped - loss.not_numbers
    if outside:
        print_line(
            f"{name}: values ran from {spelled_number(loss.lowest)} to {spelled_number(loss.highest)}; "
            f"{_percent(outside / loss.total)} fell outside the levels and were clipped "
            f'(other mappings: --values in "cnnfilt {command} --help-all")'
        )
    if loss.not_numbers:
        print_line(f"{name}: NaN (not a number) became black in {loss.not_numbers:,} of {loss.total:,} values")


def print_beforehand(plan: BatchPlan) -> None:
    """Print on stderr what was passed over in folders, and what else is to be said before the work begins."""
    if plan.skipped:
        others = f" and {len(plan.skipped) - 3:,} more" if len(plan.skipped) > 3 else ""
        print_line(f"skipped {', '.join(plan.skipped[:3])}{others}")
    for note in plan.notes:
        print_line(note)


def _percent(fraction: float) -> str:
    return f"{fraction:.1%}" if fraction >= 0.0005 else "under 0.1%"

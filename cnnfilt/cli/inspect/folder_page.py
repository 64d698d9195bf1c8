"""The page of a run over many files: gathered record by record, written in the end, also when that comes early."""

from collections.abc import Generator, Iterable
from contextlib import suppress
from typing import Any

from cnnfilt.batch.jobs import BatchPlan, FileJob
from cnnfilt.batch.work import Record
from cnnfilt.cli.inspect.inspection import Inspection
from cnnfilt.cli.inspect.page import write_page
from cnnfilt.cli.messages import printable
from cnnfilt.core.levels import Loss
from cnnfilt.errors import OutputError, counted
from cnnfilt.page.document import Section
from cnnfilt.page.folder import MOST_BYTES, MOST_RESULTS, Pictures, folder_page
from cnnfilt.signals import on_exit_during
from cnnfilt.spelling import spelled_number, spelled_size

_SECONDS_TO_WRITE = 10.0
"""How long the page may take to be written when a signal has come."""


class FolderPage:
    """What became of each file so far, and the page that shows it."""

    def __init__(self, plan: BatchPlan, inspection: Inspection, command: str, *, overwrite: bool) -> None:
        self.plan, self.inspection, self.command, self.overwrite = plan, inspection, command, overwrite
        self._place = {job.source.path: place for place, job in enumerate(plan.jobs)}
        self._found: dict[int, dict[str, Any]] = {}
        self._bytes = self._without = 0

    def shown(self, records: Iterable[Record]) -> Generator[Record]:
        """Yield the records; then, or when no more are wanted, or by a signal, the page is written. OutputError."""
        with on_exit_during(self._write_on_exit, seconds=_SECONDS_TO_WRITE):
            try:
                for record in records:
                    self._add(record)
                    yield record
            finally:
                self._write()

    def _add(self, record: Record) -> None:
        place = self._place.get(record.name, len(self._place))
        self._found[place] = _entry(record, self._pictures(record))

    def _pictures(self, record: Record) -> Pictures | None:
        if record.error is not None:
            return None
        pictures: Pictures = self.inspection.answer(record, "page")
        if self._bytes + pictures.size > MOST_BYTES:
            self._without += 1
            return None
        self._bytes += pictures.size
        return pictures

    def _write_on_exit(self) -> None:
        with suppress(OutputError):  # A signal has been heard, and its line is what is said.
            self._write()

    def _write(self) -> None:
        files = [self._found[place] for place in sorted(self._found)] + [_skipped(job) for job in self.plan.existing]
        left = len(self.plan.jobs) - len(self._found)
        facts = (("command", self.command), ("files", f"{len(self.plan.jobs) + len(self.plan.existing):,}"))
        sections = [Section("What was asked", facts)]
        page = folder_page(files, without_pictures=self._without, left=left, sections=sections)
        title = f"{self.command}: {counted(len(self.plan.jobs) + len(self.plan.existing), 'files')}"
        write_page(self.inspection.page or "", title, page, overwrite=self.overwrite)


def _entry(record: Record, pictures: Pictures | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": printable(record.name), "state": "failed" if record.error else "done"}
    if record.error is not None:
        return entry | {"error": printable(record.error.about(record.name))}
    entry["size"] = spelled_size(record.shape)
    entry["outputs"] = [
        {"name": printable(one.name), "size": spelled_size(one.shape), "how": one.how} for one in record.outputs
    ]
    entry["notes"] = [printable(note) for note in record.notes]
    if clipped := _clipped(record.loss):
        entry["clipped"] = clipped
    if pictures is not None:
        before, after = pictures.before, pictures.after
        entry["before"] = {"caption": before[0], "picture": before[1]}
        entry["after"] = [{"caption": caption, "picture": picture} for caption, picture in after]
        entry["more"] = max(len(record.outputs) - MOST_RESULTS, 0)
    return entry


def _clipped(loss: Loss) -> str:
    """Return what clipping lost in words; "" where that is nothing."""
    outside = loss.clipped - loss.not_numbers
    parts = []
    if outside:
        share = outside / loss.total
        words = f"{share:.1%}" if share >= 0.0005 else "under 0.1%"
        parts.append(
            f"values ran from {spelled_number(loss.lowest)} to {spelled_number(loss.highest)}; {words} were clipped"
        )
    if loss.not_numbers:
        parts.append(f"NaN became black in {loss.not_numbers:,} of {loss.total:,} values")
    return "; ".join(parts)


def _skipped(job: FileJob) -> dict[str, Any]:
    reason = job.reason or "its outputs exist"
    return {"name": printable(job.source.path), "state": "skipped", "error": f"skipped: {reason}"}

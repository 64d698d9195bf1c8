"""The page of a run: where it may go, refused before anything is computed, and written when its data are there."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnnfilt.batch.clashes import check_output
from cnnfilt.cli.messages import printable
from cnnfilt.errors import OutputError, PlanError
from cnnfilt.files.atomic import write_atomically
from cnnfilt.frozen import replace
from cnnfilt.page.document import Page, document

if TYPE_CHECKING:  # The pages of sizes need no arrays.
    from cnnfilt.batch.jobs import BatchPlan
    from cnnfilt.batch.work import Record
    from cnnfilt.cli.inspect.inspection import Inspection


def check_page(path: str, plan: "BatchPlan", *, also_read: Sequence[str], overwrite: bool) -> None:
    """Raise PlanError where the page may not be written: it exists, is an input, or is the place of a result."""
    check_output(path, [*(job.source.path for job in plan.jobs), *also_read], overwrite=overwrite)
    name = Path(path).name.casefold()
    for job in plan.jobs:
        for target in job.places:
            # Few results have such a name, and only those are worth a look at the disk.
            if target.path is not None and target.path.name.casefold() == name and _are_one(target.path, Path(path)):
                raise PlanError(f"{path} would be both a result and the page; write them to different names")


def _are_one(one: Path, other: Path) -> bool:
    return one.resolve().parent == other.resolve().parent


def write_page(path: str, title: str, page: Page, *, overwrite: bool) -> None:
    """Write the page to the file at `path`, whole or not at all; `title` may hold names from outside. OutputError."""
    text = document(printable(title), page.kind, page.sections, page.data)
    write_atomically(path, lambda stream: stream.write(text.encode("utf-8", "backslashreplace")), overwrite=overwrite)


def with_page(record: "Record", inspection: "Inspection", command: str, *, overwrite: bool) -> "Record":
    """Return the record once the page of its image is written, where one was asked for; or with what went wrong."""
    if inspection.page is None or record.error is not None:
        return record
    page: Page = inspection.answer(record, "page")
    try:
        write_page(inspection.page, f"{command}: {record.name}", page, overwrite=overwrite)
    except OutputError as error:
        return replace(record, error=error)
    return record

"""What a run shows beside its files, or instead of them: values explained, a preview, a script, a page."""

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import click

from cnnfilt.cli.inspect.page_option import page_option
from cnnfilt.cli.messages import print_line
from cnnfilt.cli.option_types import Parsed, Word
from cnnfilt.cli.options import FileOptions
from cnnfilt.errors import ParameterError
from cnnfilt.files.formats import format_of
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import parse_numbers
from cnnfilt.terms import Pair

if TYPE_CHECKING:
    from cnnfilt.batch.work import Inspector, Record
    from cnnfilt.cli.inspect.walk import WriteWalk

Place = Pair | Literal["all"]


WALKS = ("gif", "webp", "png")
"""The formats that --explain all is drawn in, step by step."""


class Inspection(Frozen):
    """What was asked to be shown; without -o nothing else is done.

    Of a walk the steps are drawn into the output, by what `WriteWalk` makes; nothing of them is printed.
    """

    explain: Place | None = None
    preview: bool = False
    emit: str | None = None
    page: str | None = None
    walk: "WriteWalk | None" = None

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the names of what is to be shown, in the order of the inspectors."""
        given = {"explain": self.explain is not None, "preview": self.preview, "emit": self.emit is not None}
        return tuple(name for name, is_given in (given | {"page": self.page is not None}).items() if is_given)

    @property
    def wanted(self) -> bool:
        """Return whether anything is to be shown."""
        return bool(self.asked)

    @property
    def takes_stdout(self) -> str | None:
        """Return the option that prints on standard output, if one does."""
        if self.emit is not None:
            return "--emit"
        return "--explain" if self.explain is not None else None

    def walks(self, output: str | None) -> bool:
        """Tell whether it is the steps of --explain all that go to `output`, and not the result."""
        return self.explain == "all" and output is not None and format_of(output) in WALKS

    def inspectors(self, files: FileOptions, *, gray: bool, inputs: int = 1) -> "tuple[Inspector, ...]":
        """Return what is to be learned from each of so many inputs, in the order of `asked`."""
        found: list[Inspector] = []
        if self.walk is not None:
            found.append(self.walk)
        elif self.explain is not None:
            from cnnfilt.operations.inspect.explanation import Explain

            found.append(Explain(None if self.explain == "all" else self.explain))
        if self.preview:
            from cnnfilt.cli.inspect.preview import box, terminal_size
            from cnnfilt.operations.inspect.thumbnails import Thumbnails

            found.append(Thumbnails(*box(*terminal_size(sys.stderr))))
        if self.emit is not None:
            from cnnfilt.operations.inspect.emitted_run import DescribeRun

            found.append(DescribeRun(files.read_options(gray=gray), files.frames, files.output, files.format))
        if self.page is not None and inputs > 1:
            from cnnfilt.page.folder import ShowInFolder, side_for

            found.append(ShowInFolder(side_for(inputs)))
        elif self.page is not None:
            from cnnfilt.page.kinds import ShowOnPage

            found.append(ShowOnPage())
        return tuple(found)

    def answer(self, record: "Record", name: str) -> Any:
        """Return what was learned from one image by the inspector for `name`, which is one of `asked`."""
        return record.answers[self.asked.index(name)]

    def show(self, record: "Record", *, json: bool, several: bool) -> None:
        """Print what was learned from one image; with `json` that is in a line of its own, but for the preview.

        Of `several` images each preview is under the name of its file.
        """
        if self.explain is not None and self.walk is None and not json:
            from cnnfilt.cli.inspect.explain import print_explanations

            print_explanations(record.name, self.answer(record, "explain"), sys.stdout)
        if self.emit is not None and not json:
            sys.stdout.write(self._script(record))
        if self.preview and sys.stderr is not None:
            from cnnfilt.cli.inspect.preview import print_preview

            if several:
                print_line(f"{record.name}:")
            print_preview(self.answer(record, "preview"), sys.stderr)

    def _script(self, record: "Record") -> str:
        from cnnfilt.cli.inspect.emit.script import script

        return script(self.emit or "", self.answer(record, "emit"), record.name)

    def as_json(self, record: "Record") -> dict[str, Any]:
        """Return what was learned from one image as data."""
        if not record.answers:
            return {}
        page = {} if self.page is None else {"page": self.page}
        if self.emit is not None:
            return {"emit": self._script(record)} | page
        if self.explain is None:
            return page
        from cnnfilt.cli.inspect.explain import as_data

        return {"explain": as_data(self.answer(record, "explain"))} | page


def parse_place(text: str, name: str) -> Place:
    """Return (row, column) from `ROW,COL`, or "all"."""
    if text == "all":
        return "all"
    try:
        row, column = parse_numbers(text, name)
    except ValueError:  # There are more or fewer than two, or (ParameterError) they are no numbers.
        row = column = -1
    if min(row, column) < 0:
        raise ParameterError(f"{name} {text!r} is neither ROW,COL (counted from 0) nor all", parameter="explain")
    return row, column


_EXPLAIN = click.option(
    "--explain",
    type=Parsed(parse_place, "place"),
    metavar="ROW,COL|all",
    help="Print how this value of the result comes about (counted from 0), or walk through all; needs no -o.\f With "
    "all, -o FILE.gif, .webp or .png takes the walk as an animation for slides: the window on a small image, the sum, "
    "the result filling up.",
)


_PREVIEW = click.option("--preview", is_flag=True, help="Show before and after in the terminal; needs no -o.")


EVERY_LIBRARY = ("torch", "keras", "opencv")

OF_NETWORKS = ("torch", "keras")
"""The libraries that have layers."""


def _emit(libraries: tuple[str, ...]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--emit",
        type=Word(libraries),
        metavar="|".join(libraries),
        help="Print a script that does the same with that library; needs no -o.",
    )


def inspection_options(
    *, explains: bool, emits: tuple[str, ...] = EVERY_LIBRARY, pages: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the decorator for --preview, --emit, --explain and --page; the command gets them as `inspection`."""
    shown: list[Callable[[Callable[..., Any]], Callable[..., Any]]] = [
        *([_EXPLAIN] if explains else []),
        _PREVIEW,
        *([_emit(emits)] if emits else []),
        *([page_option] if pages else []),
    ]

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def command(
            *,
            explain: Place | None = None,
            preview: bool,
            emit: str | None = None,
            page: str | None = None,
            **parameters: Any,
        ) -> Any:
            if explain is not None and emit is not None:
                raise click.UsageError("--explain and --emit both write to standard output; ask for one at a time")
            return function(inspection=Inspection(explain, preview, emit, page), **parameters)

        # The topmost decorator is the first in the help.
        return functools.reduce(lambda made, add: add(made), reversed(shown), command)

    return decorate

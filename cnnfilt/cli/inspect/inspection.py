"""What a run shows beside its files, or instead of them: values explained, a preview, a script for another tool."""

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import click

from cnnfilt.cli.messages import print_line
from cnnfilt.cli.option_types import Parsed, Word
from cnnfilt.cli.options import FileOptions
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import parse_numbers
from cnnfilt.terms import Pair

if TYPE_CHECKING:
    from cnnfilt.batch.work import Inspector, Record

Place = Pair | Literal["all"]


class Inspection(Frozen):
    """What was asked to be shown; without -o nothing else is done."""

    explain: Place | None = None
    preview: bool = False
    emit: str | None = None

    @property
    def wanted(self) -> bool:
        """Return whether anything is to be shown."""
        return self.explain is not None or self.preview or self.emit is not None

    @property
    def takes_stdout(self) -> str | None:
        """Return the option that prints on standard output, if one does."""
        if self.emit is not None:
            return "--emit"
        return "--explain" if self.explain is not None else None

    def inspectors(self, files: FileOptions, *, gray: bool) -> "tuple[Inspector, ...]":
        """Return what is to be learned from each image, in the order of `show`."""
        found: list[Inspector] = []
        if self.explain is not None:
            from cnnfilt.operations.inspect.explanation import Explain

            found.append(Explain(None if self.explain == "all" else self.explain))
        if self.preview:
            from cnnfilt.cli.inspect.preview import box, terminal_size
            from cnnfilt.operations.inspect.thumbnails import Thumbnails

            found.append(Thumbnails(*box(*terminal_size(sys.stderr))))
        if self.emit is not None:
            from cnnfilt.operations.inspect.emitted_run import DescribeRun

            found.append(DescribeRun(files.read_options(gray=gray), files.frames, files.output, files.format))
        return tuple(found)

    def show(self, record: "Record", *, json: bool, several: bool) -> None:
        """Print what was learned from one image; with `json` that is in a line of its own, but for the preview.

        Of `several` images each preview is under the name of its file.
        """
        if self.explain is not None and not json:
            from cnnfilt.cli.inspect.explain import print_explanations

            print_explanations(record.name, record.answers[0], sys.stdout)
        if self.emit is not None and not json:
            sys.stdout.write(self._script(record))
        if self.preview and sys.stderr is not None:
            from cnnfilt.cli.inspect.preview import print_preview

            if several:
                print_line(f"{record.name}:")
            print_preview(record.answers[1 if self.explain is not None else 0], sys.stderr)

    def _script(self, record: "Record") -> str:
        from cnnfilt.cli.inspect.emit.script import script

        return script(self.emit or "", record.answers[-1], record.name)

    def as_json(self, record: "Record") -> dict[str, Any]:
        """Return what was learned from one image as data."""
        if not record.answers:
            return {}
        if self.emit is not None:
            return {"emit": self._script(record)}
        if self.explain is None:
            return {}
        from cnnfilt.cli.inspect.explain import as_data

        return {"explain": as_data(record.answers[0])}


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
    help="Print how this value of the result comes about (counted from 0), or walk through all; needs no -o.",
)


_PREVIEW = click.option("--preview", is_flag=True, help="Show before and after in the terminal; needs no -o.")


_EMIT = click.option(
    "--emit",
    type=Word(("torch", "keras", "opencv")),
    metavar="torch|keras|opencv",
    help="Print a script that does the same with that library; needs no -o.",
)


def inspection_options(*, explains: bool, emits: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the decorator for --preview, --emit and --explain; the command gets them as `inspection`."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def command(*, explain: Place | None = None, preview: bool, emit: str | None = None, **parameters: Any) -> Any:
            if explain is not None and emit is not None:
                raise click.UsageError("--explain and --emit both write to standard output; ask for one at a time")
            return function(inspection=Inspection(explain, preview, emit), **parameters)

        shown = _PREVIEW(_EMIT(command) if emits else command)
        return _EXPLAIN(shown) if explains else shown

    return decorate

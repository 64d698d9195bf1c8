"""What `cnnfilt shape` may be asked to answer with, and what an answer holds besides its text."""

from typing import TYPE_CHECKING, Literal

import click

from cnnfilt.describe.windows import Windows
from cnnfilt.frozen import Frozen

if TYPE_CHECKING:  # Few answers have one.
    from cnnfilt.page.document import Page

TableFormat = Literal["markdown", "csv"]
Library = Literal["torch", "keras"]


class Columns(Frozen):
    """What a table of layers tells: how far repeats are opened, for how many images, and what is counted."""

    depth: int | None = None
    batch: int | None = None
    flops: bool = False
    memory: bool = False

    @property
    def asked(self) -> dict[str, object]:
        """Return what was asked for, by its options."""
        return {"--depth": self.depth, "--batch": self.batch, "--flops": self.flops, "--memory": self.memory}


class PageRequest(Frozen):
    """The file for a page, what it is about, and whether it may replace another and goes without a line on stderr."""

    path: str
    about: str
    overwrite: bool = False
    quiet: bool = False


class AnswerOptions(Frozen):
    """What to print in the place of one size or a table."""

    explain: bool = False
    coverage: bool = False
    json: bool = False
    table: TableFormat | None = None
    emit: Library | None = None
    columns: Columns = Columns()
    page: PageRequest | None = None

    def __post_init__(self) -> None:
        """Refuse two answers at once."""
        asked: dict[str, object] = {"--json": self.json, "--coverage": self.coverage, "--explain": self.explain}
        asked |= {"--table": self.table, "--emit": self.emit}
        flags = [flag for flag, value in asked.items() if value]
        if len(flags) > 1 and flags != ["--json", "--coverage"]:
            raise click.UsageError(f"{flags[0]} and {flags[1]} cannot be combined; leave one out")
        told = next((flag for flag, value in self.columns.asked.items() if value), None)
        if told and (self.explain or self.coverage or self.emit):
            raise click.UsageError(f"{told} is for the table of layers, and cannot be combined with {flags[-1]}")

    @property
    def printed(self) -> bool:
        """Return whether an answer is printed: a page alone is all that is wanted where nothing else is asked for."""
        asked = self.longer or self.json or self.of_layers is not None
        return self.page is None or asked

    @property
    def longer(self) -> bool:
        """Return whether a text replaces the size."""
        return self.explain or self.coverage

    @property
    def of_layers(self) -> str | None:
        """Return the option that is for layers alone, if there is one."""
        asked = {"--table": self.table, "--emit": self.emit, **self.columns.asked}
        return next((flag for flag, value in asked.items() if value), None)


class LayerWindows(Frozen):
    """The windows of one layer, and the words that an error about them starts with: none for a lone window."""

    where: str
    windows: Windows


class Answer(Frozen):
    """The text to print, the windows of each layer that has any, and the output: (H, W, C), or (features,).

    There is a `page` where one was asked for.
    """

    text: str
    layers: tuple[LayerWindows, ...]
    output: tuple[int, ...]
    page: "Page | None" = None

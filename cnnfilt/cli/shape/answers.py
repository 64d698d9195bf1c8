"""What `cnnfilt shape` may be asked to answer with, and what an answer holds besides its text."""

from typing import Literal

import click

from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Windows
from cnnfilt.frozen import Frozen

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


class AnswerOptions(Frozen):
    """What to print in the place of one size or a table."""

    explain: bool = False
    coverage: bool = False
    json: bool = False
    table: TableFormat | None = None
    emit: Library | None = None
    columns: Columns = Columns()

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
    """The text to print, the windows of each layer that has any, and the output: (H, W, C), or (features,)."""

    text: str
    layers: tuple[LayerWindows, ...]
    output: tuple[int, ...]


def formula_of_notes(window: Window) -> int:
    """Return floor((n-f+1)/s), which lecture notes give: one too few whenever s does not divide n-f+1."""
    return (window.padded_size - window.span + 1) // window.stride

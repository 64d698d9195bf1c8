"""The table of layers, as it is read on a terminal, in Markdown or as CSV."""

import shutil
import sys
from collections.abc import Callable, Sequence

from cnnfilt.cli.messages import printable
from cnnfilt.cli.shape.answers import Columns, TableFormat
from cnnfilt.cli.shape.memory import in_units
from cnnfilt.cli.shape.rows import Row
from cnnfilt.cli.shape.sizes import pair_text
from cnnfilt.cli.tables import aligned, bold
from cnnfilt.describe.layers import Shape
from cnnfilt.frozen import Frozen

SHORTEST_WORD = 12
SHORTEST_OPERATOR = 4


class LayerTable(Frozen):
    """The rows of a table, what the input is called in it, and its size."""

    input_label: str
    size: Shape
    rows: tuple[Row, ...]
    columns: Columns

    @property
    def params(self) -> int:
        """Return how many parameters there are to train."""
        return sum(row.params for row in self.rows)

    @property
    def statistics(self) -> int:
        """Return how many running means and variances are kept beside them."""
        return sum(row.statistics for row in self.rows)

    @property
    def images(self) -> int:
        """Return how many images go in at once."""
        return self.columns.batch or 1

    @property
    def macs(self) -> int:
        """Return the multiply-accumulates for all of them."""
        return self.images * sum(row.macs for row in self.rows)

    @property
    def memory(self) -> int:
        """Return the bytes of all outputs together, for all of them."""
        return self.images * sum(row.memory for row in self.rows)

    @property
    def headings(self) -> tuple[str, ...]:
        """Return what stands above the columns."""
        counted = "FLOPs" if self.columns.flops else "MACs"
        return ("layer", "output", "params", counted, *["memory"] * self.columns.memory, "field", "jump", "unread")

    def cells(self, number: Callable[[int], str], size: Callable[[int], str], *, whole: bool) -> list[list[str]]:
        """Return the texts of all rows; labels of folded blocks are `whole` or short."""
        empty = [""] * 3
        found = [[self.input_label, self._shape(self.size), "", "", *[""] * self.columns.memory, *empty]]
        for row in self.rows:
            counts = self._counts(row.params, self.images * row.macs, self.images * row.memory, number, size)
            reach = [pair_text(pair) for pair in (row.receptive_field, row.jump, row.unread)]
            label = printable(row.label if whole else row.short_label)
            found.append([label, self._shape(row.output), *counts, *reach])
        found.append(["total", "", *self._counts(self.params, self.macs, self.memory, number, size), *empty])
        if self.statistics:
            found.append(["not trained", "", number(self.statistics), "", *[""] * self.columns.memory, *empty])
        return found

    def _shape(self, shape: Shape) -> str:
        # Of what is not known there are no values.
        return f"{self.columns.batch}x{shape}" if self.columns.batch and shape.values else str(shape)

    def _counts(
        self, params: int, macs: int, memory: int, number: Callable[[int], str], size: Callable[[int], str]
    ) -> list[str]:
        operations = 2 * macs if self.columns.flops else macs
        return [number(params), number(operations), *([size(memory)] if self.columns.memory else [])]


def plain(table: LayerTable) -> list[str]:
    """Return the lines of the table for people: words to the left and numbers to the right."""
    rows = [table.headings, *table.cells("{:,}".format, in_units, whole=False)]
    heading, *lines = _aligned(rows, names=any(row.operator for row in table.rows))
    return [bold(heading), *lines]


def markdown(table: LayerTable) -> list[str]:
    """Return the lines of the table in Markdown, its columns aligned in the text, too."""
    rows = [table.headings, *table.cells("{:,}".format, in_units, whole=False)]
    cells = [[_without_markup(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    sides = [":" + "-" * (width - 1) if at < 2 else "-" * (width - 1) + ":" for at, width in enumerate(widths)]
    padded = [
        [
            cell.ljust(width) if at < 2 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in cells
    ]
    return [f"| {' | '.join(row)} |" for row in (padded[0], sides, *padded[1:])]


def as_csv(table: LayerTable) -> list[str]:
    """Return the lines of the table as CSV: plain numbers, memory in bytes."""
    # Few ask for it.
    import csv
    import io

    text = io.StringIO()
    headings = [heading.lower() for heading in table.headings]
    csv.writer(text, lineterminator="\n").writerows([headings, *table.cells(str, str, whole=True)])
    return text.getvalue().splitlines()


TABLES: dict[TableFormat | None, Callable[[LayerTable], list[str]]] = {None: plain, "markdown": markdown, "csv": as_csv}
"""How each format is written; None is that for people."""


def _short_words(words: str, width: int) -> str:
    return f"{words[: width - 3]}..."


def _short_name(label: str, width: int) -> str:
    """Return an operator cut short and its name, or the end of the name alone where that is longer."""
    operator, _, name = label.rpartition(" ")
    room = width - len(name) - len("... ")
    return f"{operator[:room]}... {name}" if operator and room >= SHORTEST_OPERATOR else f"...{name[3 - width :]}"


def _without_markup(cell: str) -> str:
    # A star would begin an emphasis, a bar a cell.
    return "".join("\\" + sign if sign in "\\|*_`[]" else sign for sign in cell)


def _aligned(rows: Sequence[Sequence[str]], *, names: bool) -> list[str]:
    """Return `rows` in columns, words to the left and numbers to the right; long words shortened on a terminal.

    Of words what stands first tells most, of `names` in files what stands last.
    """
    width = max(len(word) for word, *_ in rows)
    if sys.stdout.isatty():
        others = [max(map(len, column)) + 2 for column in list(zip(*rows, strict=True))[1:]]
        width = min(width, max(shutil.get_terminal_size().columns - sum(others), SHORTEST_WORD))
    short = _short_name if names else _short_words
    shown = [(word if len(word) <= width else short(word, width), *others) for word, *others in rows]
    return aligned(shown, "ll" + "r" * (len(rows[0]) - 2))

"""Small tables of numbers, side by side: drawn by rich on a terminal, as plain columns elsewhere."""

from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from cnnfilt.frozen import Frozen

PLAIN_WIDTH = 80
"""How wide lines may be where no terminal says otherwise."""

MOST_ROWS = 25
"""Of higher tables the middle is left out."""

PADDED, USED, KEPT = "padded", "used", "kept"
"""What a cell may be marked as: it is in the padding, the window lies on it, it is the one that pooling keeps."""

_STYLES = {"": "", PADDED: "dim", USED: "bold", KEPT: "bold green"}
_GAP = 4


class Cell(Frozen):
    """A number as it is shown, and what it is marked as."""

    text: str
    mark: str = ""


class Matrix(Frozen):
    """A table under a title."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]


Item = str | list[Matrix]
"""A line, or tables that stand side by side where they fit."""


def print_items(items: Iterable[Item], stream: TextIO) -> None:
    """Print lines and tables on `stream`."""
    if not stream.isatty():
        for item in items:
            lines = [item] if isinstance(item, str) else _side_by_side(item)
            stream.writelines(f"{line}\n" for line in lines)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)
    for item in items:
        console.print(Text(item) if isinstance(item, str) else _drawn(item, console.width))


def wrapped(terms: Sequence[str], total: str) -> list[str]:
    """Return the terms of a sum in lines, ` = total` after them; further lines are indented."""
    lines = [terms[0]]
    for part in [*terms[1:], f"= {total}"]:
        if len(lines[-1]) + 1 + len(part) < PLAIN_WIDTH:
            lines[-1] += f" {part}"
        else:
            lines.append(f"  {part}")
    return lines


def _side_by_side(matrices: list[Matrix]) -> list[str]:
    """Return the lines of the tables, beside each other if they fit, else below each other."""
    blocks = [_lines(_cut(matrix, PLAIN_WIDTH)) for matrix in matrices]
    widths = [max(map(len, block)) for block in blocks]
    if sum(widths) + _GAP * (len(widths) - 1) > PLAIN_WIDTH:
        return [line for number_, block in enumerate(blocks) for line in ([""] if number_ else []) + block]
    height = max(map(len, blocks))
    columns = [
        [line.ljust(width) for line in block + [""] * (height - len(block))]
        for block, width in zip(blocks, widths, strict=True)
    ]
    return [(" " * _GAP).join(parts).rstrip() for parts in zip(*columns, strict=True)]


def _lines(matrix: Matrix) -> list[str]:
    widths = [max(len(cell.text) for cell in column) for column in zip(*matrix.rows, strict=True)]
    rows = ["  ".join(cell.text.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in matrix.rows]
    return [matrix.title, *rows]


def _cut(matrix: Matrix, width: int, *, border: int = 0) -> Matrix:
    """Return the table no wider than `width` and not too high: what is left out of its middle shows as dots."""
    rows = _without_middle(matrix.rows, MOST_ROWS, tuple(Cell("...") for _ in matrix.rows[0]))
    widths = [max(len(cell.text) for cell in column) for column in zip(*rows, strict=True)]
    if sum(widths) + 2 * (len(widths) - 1) + border <= width:
        return Matrix(matrix.title, rows)
    kept = 2
    while sum(widths[: kept + 1]) + widths[-1] + 3 + 2 * (kept + 2) + border <= width:
        kept += 1
    return Matrix(matrix.title, tuple((*row[:kept], Cell("..."), row[-1]) for row in rows))


def _without_middle(
    rows: tuple[tuple[Cell, ...], ...], most: int, dots: tuple[Cell, ...]
) -> tuple[tuple[Cell, ...], ...]:
    return rows if len(rows) <= most else (*rows[: most - 4], dots, *rows[-3:])


def _drawn(matrices: list[Matrix], width: int) -> Any:
    from rich.console import Group
    from rich.table import Table

    tables = [_table(_cut(matrix, width, border=4)) for matrix in matrices]
    widths = [_drawn_width(_cut(matrix, width, border=4)) for matrix in matrices]
    if sum(widths) + 2 * (len(widths) - 1) > width:
        return Group(*tables)
    beside = Table.grid(padding=(0, 2))
    beside.add_row(*tables)
    return beside


def _drawn_width(matrix: Matrix) -> int:
    widths = [max(len(cell.text) for cell in column) for column in zip(*matrix.rows, strict=True)]
    return max(sum(widths) + 2 * (len(widths) - 1) + 4, len(matrix.title))


def _table(matrix: Matrix) -> Any:
    from rich.box import ROUNDED
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(matrix.title, "bold"),
        title_justify="left",
        box=ROUNDED,
        show_header=False,
        show_edge=True,
        padding=(0, 1, 0, 0),
        pad_edge=True,
        border_style="dim",
        min_width=len(matrix.title),
    )
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in matrix.rows[0]:
        grid.add_column(justify="right", no_wrap=True)
    for row in matrix.rows:
        grid.add_row(*(Text(cell.text, _STYLES[cell.mark]) for cell in row))
    table.add_row(grid)
    return table

"""Plain tables: columns side by side, for terminals and for programs that read them."""

import os
from collections.abc import Sequence

import click


def aligned(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Return `rows` in columns two blanks apart; `sides` holds l or r for each column, the side it keeps to."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_cell(*column) for column in zip(row, widths, sides, strict=True)).rstrip() for row in rows]


def bold(line: str) -> str:
    """Return `line` in bold; click takes that off again where no terminal shows it."""
    return line if "NO_COLOR" in os.environ else click.style(line, bold=True)


def shortened(cells: Sequence[str], width: int) -> list[str]:
    """Return `cells`, or the first and the last with "..." between them, so that two blanks apart they fit `width`."""
    widest = max(map(len, cells))
    fit = max((width + 2) // (widest + 2), 5)
    if len(cells) <= fit:
        return list(cells)
    first, last = fit // 2, (fit - 1) // 2
    return [*cells[:first], "...", *cells[-last:]]


def _cell(text: str, width: int, side: str) -> str:
    return text.rjust(width) if side == "r" else text.ljust(width)

"""A text of numbers taken apart: lines of cells, and the numbers in them. No arrays."""

import math
import re
from collections.abc import Sequence

from cnnfilt.describe.number_lines import Line
from cnnfilt.errors import ParameterError, counted
from cnnfilt.frozen import Frozen

Number = int | float

BLANKS, MIXED = " ", ", "
"""What parts the cells of a line beside a single character: any blanks; commas and blanks alike."""

QUOTED = re.compile(r'(?:^|(?<=[,;\t ]))"((?:[^"]|"")*)"(?=[,;\t ]|$)')
SWAP = str.maketrans(",.", ".,")
"""Turns a decimal comma into a point, and back."""

_NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?:/([0-9]+))?")
_NO_NUMBER = re.compile(r"[^\d\s.,;+/-]")
"""What a name has, and no number but those with an exponent, nan and inf."""

_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_MISSING = frozenset({"na", "n/a", "#n/a", "null", "none", "missing"})
_MASK = str.maketrans(",;\t \n", "\ue000\ue001\ue002\ue003\ue004")
_UNMASK = str.maketrans("\ue000\ue001\ue002\ue003\ue004", ",;\t \n")
_LONGEST_CELL = 30


class Table(Frozen):
    """A text taken apart: its numbered `lines`, what parts their cells, and what was said on the way.

    `scale` divides the numbers (libvips keeps it apart from them).
    """

    lines: tuple[Line, ...]
    separator: str
    decimal_comma: bool = False
    typed: bool = False
    notes: tuple[str, ...] = ()
    scale: Number = 1

    def cells(self, text: str) -> list[str]:
        """Return the cells of one line, without quotes and with a point before decimals."""
        quoted = '"' in text
        if quoted:
            text = QUOTED.sub(lambda cell: cell[1].replace('""', '"').translate(_MASK), text)
        if self.decimal_comma and not quoted:
            text = text.translate(SWAP)
        cells = self._parted(text)
        if quoted:
            cells = [cell.translate(_UNMASK) for cell in cells]
            return [cell.translate(SWAP) for cell in cells] if self.decimal_comma else cells
        return cells

    def _parted(self, text: str) -> list[str]:
        if self.separator == BLANKS:
            return text.split()
        if self.separator == MIXED:
            return re.split(r"\s*,\s*|\s+", text.strip())
        return text.split(self.separator)

    def quotes_all(self, text: str) -> bool:
        """Return whether every cell of the line stands in quotes, and none of them for a comma that it holds."""
        quoted = QUOTED.findall(text)
        all_are = not QUOTED.sub("", text).strip(" ,;\t") and len(quoted) == len(self.cells(text))
        return all_are and not any("," in cell for cell in quoted)

    def numbers(self, word: str = "") -> tuple[tuple[Number, ...], ...]:
        """Return the rows, nan and infinity as they are written; ParameterError for the first that cannot be read.

        The message names its row and column (in a file, its line), and calls the cell what `word` says.
        """
        rows: list[tuple[Number, ...]] = []
        for line in self.lines:
            cells = self.cells(line[1])
            self._check_width(line, cells, len(rows[0]) if rows else len(cells))
            rows.append(tuple(self._number(cell, line[0], column, word) for column, cell in enumerate(cells, 1)))
        return tuple(tuple(value / self.scale for value in row) for row in rows) if self.scale != 1 else tuple(rows)

    def _check_width(self, line: Line, cells: Sequence[str], width: int) -> None:
        (place, text), first = line, self.lines[0][0]
        if not text.strip():
            raise ParameterError(f"row {place}, column 1 is empty" if self.typed else f"line {place} is empty")
        if len(cells) == width:
            return
        if self.typed:
            raise ParameterError(
                f"row {place} has {counted(len(cells), 'values')}, row {first} has {width}; give every row as many"
            )
        values = counted(len(cells), "values")
        raise ParameterError(f"line {place} has {values}, line {first} has {width}; give every line as many")

    def _number(self, cell: str, row: int, column: int, word: str) -> Number:
        place = f"{'row' if self.typed else 'line'} {row}, column {column}"
        written = (cell.translate(SWAP) if self.decimal_comma else cell).strip()
        if not written:
            raise ParameterError(f"{place} is empty" if self.typed else f"{place}: no number")
        shown = repr(written if len(written) <= _LONGEST_CELL else written[:_LONGEST_CELL] + "...")
        try:
            return number(cell)
        except OverflowError:
            raise ParameterError(f"{place}: {word}{shown} is too large") from None
        except (ValueError, ZeroDivisionError):
            raise ParameterError(f"{place}: {word}{shown} is not a number{self._advice(written)}") from None

    def _advice(self, written: str) -> str:
        if written.lower() in _MISSING and not self.typed:
            return "; write nan where a value is missing"
        return "; others here have a decimal comma" if self.decimal_comma and "." in written else ""


def number(cell: str) -> Number:
    """Return the number in a cell: 3, -2.5, 1e-3, 1/9, nan, -inf; whole ones stay int.

    ValueError if it is none, OverflowError if no float is as large.
    """
    parts = _NUMBER.fullmatch(cell.strip())
    if parts is None:
        if _NOT_FINITE.fullmatch(cell.strip()):
            return float(cell)
        raise ValueError(cell)
    numerator, denominator = parts.groups()
    value = float(numerator) if set(numerator) & set(".eE") else int(numerator)
    if denominator is not None:
        value = value / int(denominator)
    if isinstance(value, float) and math.isinf(value):
        raise OverflowError(cell)
    return value


def is_number(cell: str) -> bool:
    """Return whether `number` reads the cell."""
    cell = cell.strip()
    return _NUMBER.fullmatch(cell) is not None or _NOT_FINITE.fullmatch(cell) is not None


def is_name(cell: str) -> bool:
    """Return whether the cell holds what cannot be meant as a number, not even as one that is misspelt."""
    return _NO_NUMBER.search(cell) is not None and not is_number(cell)

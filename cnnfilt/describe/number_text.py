"""Text of numbers, typed by people or written by other programs, taken apart into rows. No arrays.

The text itself tells what parts its numbers. Where it can be read in two ways, both are named and neither is taken.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from cnnfilt.describe.number_lines import Line, logical_lines, typed_lines, without_line_ends
from cnnfilt.describe.number_notations import from_libvips, in_brackets, is_notation, of_imagemagick
from cnnfilt.describe.number_table import BLANKS, MIXED, QUOTED, SWAP, Number, Table, is_name, is_number
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import replace
from cnnfilt.parsing import PRINTED_SIGNS

__all__ = ["Table", "is_typed", "read_table"]

_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+")

_PROBED = 10
"""So many lines tell readings apart that are wrong; the whole text is tried only where two are left."""

_LONGEST_LINE = 40


def read_table(text: str, *, typed: bool = False) -> Table:
    """Return `text` taken apart; ParameterError for what can be read in two ways, or in none.

    In what is `typed`, a semicolon parts rows as the end of a line does; in a file the lines are the rows.
    """
    if not text.isascii():
        text = text.removeprefix("\ufeff").translate(PRINTED_SIGNS)
    if found := of_imagemagick(text):
        rows, notes = found
        return Table(rows, ",", typed=True, notes=notes)
    if (bracketed := in_brackets(text)) is not None:
        if isinstance(bracketed, str):
            return _chosen(_typed_readings(bracketed), (), typed=True)
        return _chosen(_readings(bracketed, parts_rows=False), (), typed=True)
    if typed:
        lines, scale, notes = from_libvips(typed_lines(text, semicolons=False))
        readings = _readings(lines, parts_rows=True) if scale is not None else _typed_readings(text)
        return _chosen(readings, notes, typed=True, scale=scale or 1)
    lines, separator, notes = logical_lines(text)
    if not lines:
        raise ParameterError("{image} is empty")
    lines, scale, more = from_libvips(lines)
    lines, ends = without_line_ends(lines)
    readings = _readings(lines, parts_rows=True) if separator in (None, ",") else _separated(lines, separator)
    return _chosen(readings, (*notes, *more, *ends), scale=scale or 1)


def is_typed(text: str) -> bool:
    """Return whether `text` begins as numbers do that are typed out, and names do not."""
    return text.strip().translate(PRINTED_SIGNS)[:1] in tuple("0123456789+-.[({") or is_notation(text)


def _typed_readings(text: str) -> Iterator[Table]:
    """Yield how typed text may be meant: semicolons part rows, or in several lines also columns."""
    text = text.replace("\t", " ")
    lines, rows = typed_lines(text, semicolons=False), typed_lines(text, semicolons=True)
    yield from _readings(rows, parts_rows=True)
    if len(lines) > 1 and len(rows) > len(lines):
        yield from _separated(lines, ";")


def _readings(lines: tuple[Line, ...], *, parts_rows: bool) -> Iterator[Table]:
    """Yield how these lines may be meant, the likeliest first. `parts_rows`: a single line may hold several rows."""
    body = lines[1:] if len(lines) > 1 and _has_words(lines[0][1]) else lines
    outside = [(QUOTED.sub("0", text) if '"' in text else text).strip() for _, text in body]
    semicolons, tabs, commas = (any(mark in text for text in outside) for mark in ";\t,")
    quoted_commas = any('"' in text and any("," in cell for cell in QUOTED.findall(text)) for _, text in body)
    blanks = any(" " in text and re.search(r"[^\s,;] +[^\s,;]", text) for text in outside)
    if semicolons:
        yield from _separated(lines, ";")
        if parts_rows and len(lines) == 1 and (commas or blanks or tabs):
            rows = typed_lines(lines[0][1], semicolons=True)
            yield from (replace(table, typed=True) for table in _readings(rows, parts_rows=False))
    elif tabs and (commas or quoted_commas):
        yield from _separated(lines, "\t")
        yield Table(lines, ",")
    elif tabs and not blanks:
        yield Table(lines, "\t")
    elif commas and blanks:
        even = _parted_evenly(lines[0][1]) if parts_rows and len(lines) == 1 else None
        yield even or Table(lines, MIXED)
        # Between rows that commas part evenly, decimal commas would stand by chance.
        if even is None or even.separator == ",":
            yield Table(lines, BLANKS, decimal_comma=True)
    elif commas:
        yield Table(lines, ",")
        if quoted_commas:
            yield Table(lines, ",", decimal_comma=True)
    else:
        yield Table(lines, BLANKS)


def _separated(lines: tuple[Line, ...], separator: str) -> Iterator[Table]:
    """Yield the lines parted by one character, with decimal commas first where there are commas."""
    if separator != "," and any("," in text for _, text in lines):
        yield Table(lines, separator, decimal_comma=True)
    yield Table(lines, separator)


def _parted_evenly(text: str) -> Table | None:
    """Return the rows of "0,1,0 1,-4,1" or "1 0 -1, 1 0 -1": of two separators the outer one parts rows."""
    by_blanks = ",".join(part.strip() for part in text.split(",")).split()
    for groups, inner in ((by_blanks, ","), (text.split(","), BLANKS)):
        widths = {len(group.split(None if inner == BLANKS else inner)) for group in groups}
        if len(groups) > 1 and len(widths) == 1 and widths != {1}:
            return Table(tuple(enumerate(groups, 1)), inner, typed=True)
    return None


def _has_words(text: str) -> bool:
    """Return whether there are letters in `text` that are part of no number."""
    return re.search(r"[^\W\d_]", re.sub(r"nan|inf(?:inity)?|e[+-]?\d", "", text, flags=re.IGNORECASE)) is not None


def _chosen(readings: Iterable[Table], notes: tuple[str, ...], *, typed: bool = False, scale: Number = 1) -> Table:
    """Return the only reading that gives numbers; of none, the one that gets furthest, to say where it fails."""
    tables = [_without_header(replace(table, typed=typed or table.typed)) for table in readings]
    left = [table for table in tables if _reaches(table, _PROBED)]
    if len(left) > 1:
        left = [table for table in left if _reaches(table, len(table.lines))]
    if len(left) > 1:
        both = " and as ".join(f"{_size(table)} ({_shown(table)})" for table in left[:2])
        raise ParameterError(f"can be read as {both}; write it as one of these")
    table = left[0] if left else max(tables, key=lambda table: _good_lines(table, len(table.lines)))
    if not left:
        _refuse_names_of_rows(table)
    return replace(table, notes=(*notes, *table.notes, *_decimal_note(table)), scale=scale)


def _without_header(table: Table) -> Table:
    """Return the table without a first line of names, one for each column; a note says so."""
    if table.typed or len(table.lines) < 2:
        return table
    names, first = (table.cells(text) for _, text in table.lines[:2])
    if len(names) != len(first) or not any(map(is_number, first)):
        return table
    if not (all(map(is_name, names)) or _quotes_first_line_alone(table)):
        return table
    place, text = table.lines[0]
    note = f"skipped line {place}, a header: {_shortened(text)}"
    return replace(table, lines=table.lines[1:], notes=(*table.notes, note))


def _quotes_first_line_alone(table: Table) -> bool:
    """Return whether all of the first line is in quotes and nothing below: so numbers are told from their names."""
    (_, text), *below = table.lines
    return '"' in text and table.quotes_all(text) and not any('"' in line for _, line in below)


def _refuse_names_of_rows(table: Table) -> None:
    """Refuse what R and pandas write with names of rows: the header is silent on the first column."""
    if table.typed or len(table.lines) < 2:
        return
    names, first = (table.cells(text) for _, text in table.lines[:2])
    unnamed = len(names) == len(first) > 1 and not names[0].strip()
    in_order = names[1:] == [str(place) for place in range(len(names) - 1)]
    if any(map(is_number, names)) and not (unnamed and in_order):
        return
    if unnamed or len(names) + 1 == len(first):
        raise ParameterError(
            f"line {table.lines[0][0]} has no name for column 1, which may hold names of rows or numbers; "
            "leave the column out, or give it a name"
        )


def _reaches(table: Table, count: int) -> bool:
    count = min(count, len(table.lines))
    return _good_lines(table, count) == count


def _good_lines(table: Table, count: int) -> int:
    """Return how many of the first `count` lines are numbers, as many in each."""
    width = 0
    for place, (_, text) in enumerate(table.lines[:count]):
        cells = table.cells(text)
        width = width or len(cells)
        if not cells or len(cells) != width or not all(map(is_number, cells)):
            return place
        if table.decimal_comma and not all(_may_be_decimal(cell, table.separator) for cell in cells):
            return place
    return count


def _may_be_decimal(cell: str, separator: str) -> bool:
    """Return whether the comma of a cell, a point by now, stands as in a decimal: in "1, 2" and "1 ,2" it parts."""
    cell = cell.strip()
    return not cell.endswith(".") and (separator != BLANKS or cell.lstrip("+-")[:1] != ".")


def _decimal_note(table: Table) -> tuple[str, ...]:
    """Return the note on decimal commas; ParameterError where each of them may as well part thousands."""
    if not table.decimal_comma:
        return ()
    cells = (cell.strip().translate(SWAP) for _, text in table.lines for cell in table.cells(text))
    with_comma = (cell for cell in cells if "," in cell)
    one = next(with_comma, None)
    if one is None:
        return ()
    if table.separator != ";" and all(map(_THOUSANDS.fullmatch, chain([one], with_comma))):
        whole = one.replace(",", "")
        raise ParameterError(f"{one} can be read as {one.replace(',', '.')} and as {whole}; write it without a comma")
    return (f"read its commas as decimal points: {one} as {one.replace(',', '.')}",)


def _size(table: Table) -> str:
    return f"{len(table.lines)}x{len(table.cells(table.lines[0][1]))}"


def _shown(table: Table) -> str:
    """Return the beginning of the table as we write it ourselves."""
    rows = (",".join(cell.strip() for cell in table.cells(text)) for _, text in table.lines[:4])
    return _shortened("; ".join(rows))


def _shortened(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= _LONGEST_LINE else text[:_LONGEST_LINE] + "..."

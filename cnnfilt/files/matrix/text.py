"""Matrices as rows of numbers in text, read strictly: whatever is wrong is named with its line and column."""

import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from cnnfilt.describe.number_table import Number, Table, number
from cnnfilt.describe.number_text import read_table
from cnnfilt.errors import InputError, OutputError, ParameterError
from cnnfilt.files.encodings import decoded_text
from cnnfilt.files.formats import Format
from cnnfilt.files.image import Array
from cnnfilt.files.streams import check_size
from cnnfilt.spelling import spelled_size

_SEPARATORS = {"csv": ",", "tsv": "\t"}
_BLANK = " "
_PLAIN = b"0123456789+-.eE, \t\r\n"
_BY_TYPE: dict[type, Callable[[str], Number]] = {np.int64: int, np.float64: float}
"""What makes a number of each cell of a plain text."""


def text_format(data: bytes) -> str:
    """Return "json", "tsv", "csv" or "txt", by the look of the first line."""
    text = decoded_text(data).lstrip()
    first_line = text.partition("\n")[0]
    if text.startswith("["):
        return "json"
    return next((format for format, separator in _SEPARATORS.items() if separator in first_line), "txt")


def read(data: bytes, about: Format, max_pixels: int) -> tuple[Array, tuple[str, ...]]:
    """Return the (H, W) matrix written in `data`, int64 if all numbers are whole, else float64, and notes.

    What parts its columns, and what of it is no number, is told by the text itself (`number_text.read_table`).
    InputError names the line and column of whatever is wrong, or both ways to read what can be read in two.
    """
    text = decoded_text(data)
    if _is_plain(text, _PLAIN):
        rows = _simple_rows(text, max_pixels)
        if rows is not None:
            return rows, _counted_names(rows)
    try:
        table = read_table(text)
        check_size(len(table.lines), len(table.cells(table.lines[0][1])), max_pixels)
        rows = _rows_of(table)
        return rows, (*table.notes, *_counted_names(rows))
    except ParameterError as error:
        raise InputError(error.message) from None


def read_typed(text: str) -> tuple[Array, tuple[str, ...]]:
    """Return the (H, W) matrix that is typed out in `text`, "1,2; 3,4", as `read` does of a file, and notes."""
    try:
        table = read_table(text, typed=True)
        return _rows_of(table), table.notes
    except ParameterError as error:
        raise InputError(error.message) from None


def write(array: Array, about: Format) -> bytes:
    """Return `array` a row on a line, in columns separated by commas, tabs or blanks. OutputError for more axes."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim != 2:
        shape = spelled_size(array.shape)
        raise OutputError(f"{about.title} holds rows and columns and the result is {shape}; use npy or json")
    separator = _SEPARATORS.get(about.name, _BLANK)
    return "".join(separator.join(cells(row)) + "\n" for row in array).encode()


DIGITS = 15
"""So many significant digits of a double are the same as by hand: 0.1 + 0.2 is 0.3, not 0.30000000000000004."""


def readable(array: Array) -> Array:
    """Return `array` with doubles of at most 15 significant digits, as people read them; whole ones as they are."""
    if array.dtype != np.float64:
        return array
    return np.array([_rounded(value) for value in array.ravel().tolist()], np.float64).reshape(array.shape)


def _rounded(value: float) -> float:
    if not math.isfinite(value) or (value.is_integer() and abs(value) < 2**53):
        return value
    rounded = float(f"{value:.{DIGITS}g}")
    return rounded if math.isfinite(rounded) else value  # The very largest would be rounded past the range.


def cells(row: Array) -> Iterator[str]:
    """Return each number as the shortest text that comes back the same."""
    # A single precision number written out in double precision would show digits that are noise.
    texts = map(str, row) if row.dtype.kind == "f" and row.dtype != np.float64 else map(repr, row.tolist())
    return (text.removesuffix(".0") for text in texts)


def _simple_rows(text: str, max_pixels: int) -> Array | None:
    """Return the rows of plain numbers that one character parts throughout; None for any other text."""
    lines = text.splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        return None
    separator = next((mark for mark in _SEPARATORS.values() if mark in lines[0]), None)
    first = lines[0].split(separator)
    # What may be a header of libvips's is looked at more closely.
    if separator != "," and len(first) in (2, 3, 4) and first[1].strip() == str(len(lines) - 1):
        return None
    check_size(len(lines), len(first), max_pixels)
    dtype = _type_of(text)
    return _converted((line.split(separator) for line in lines), _BY_TYPE[dtype], dtype)


def _counted_names(rows: Array) -> tuple[str, ...]:
    """Return a note on a first row that may be what pandas calls columns without names: 0, 1, 2 over fractions."""
    if rows.dtype != np.float64 or min(rows.shape) < 2 or (rows[0] != np.arange(rows.shape[1])).any():
        return ()
    with np.errstate(invalid="ignore"):
        fractions = rows[1:] % 1 != 0
    if not fractions.any(axis=0).all():
        return ()
    return ("its first line counts the columns from 0, and was read as numbers; if these are names, leave it out",)


def _rows_of(table: Table) -> Array:
    """Return the numbers of a text of any kind; ParameterError for the first that cannot be read."""
    body = "\n".join(text for _, text in table.lines)
    dtype = np.float64 if table.decimal_comma else _type_of(body)
    convert = _BY_TYPE[dtype] if _is_plain(body, _PLAIN + b';"') else number
    rows = _converted((table.cells(text) for _, text in table.lines), convert, dtype)
    if rows is None:
        rows = _in_64_bits(table)
    if table.scale == 1:
        return rows
    quotients: Array = rows / table.scale
    return quotients.astype(np.int64) if dtype is np.int64 and (quotients % 1 == 0).all() else quotients


def _in_64_bits(table: Table) -> Array:
    """Return the numbers by way of the table itself, which names what is wrong; whole ones must fit in 64 bits."""
    rows = table.numbers()
    for (line, _), row in zip(table.lines, rows, strict=True):
        for column, value in enumerate(row, 1):
            if isinstance(value, int) and not -(2**63) <= value < 2**63:
                raise ParameterError(f"line {line}, column {column}: '{value}' is too large")
    return np.array(rows)


def _converted(lines: Iterable[list[str]], convert: Callable[[str], Number], dtype: type) -> Array | None:
    """Return the cells of all lines as numbers; None if one of them is none, or a line is longer than another."""
    rows: list[Array] = []
    try:
        for cells in lines:
            row: Array = np.array([convert(cell) for cell in cells], dtype)
            if row.shape != (rows[0] if rows else row).shape or not (convert is number or np.isfinite(row).all()):
                return None
            rows.append(row)
    except (ValueError, OverflowError, ZeroDivisionError):
        return None
    return np.stack(rows)


def _type_of(text: str) -> type:
    """Return the type that holds all numbers in `text`: any point, exponent, fraction, nan or inf makes them floats."""
    return np.float64 if any(mark in text for mark in ".eE/nN") else np.int64


def _is_plain(text: str, characters: bytes) -> bool:
    # Python's int and float would take 1_000, nan and the digits of other scripts.
    return text.isascii() and not text.encode().translate(None, characters)

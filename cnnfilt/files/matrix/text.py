"""Matrices as rows of numbers in text, read strictly: whatever is wrong is named with its line and column."""

import math
import re
from collections.abc import Callable, Iterator

import numpy as np

from cnnfilt.errors import InputError, OutputError, counted
from cnnfilt.files.formats import Format
from cnnfilt.files.image import Array
from cnnfilt.files.streams import check_size
from cnnfilt.spelling import spelled_size

_SEPARATORS = {"csv": ",", "tsv": "\t"}
_BLANK = " "
_PLAIN = b"0123456789+-.eE, \t\r\n"
_NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?:/([0-9]+))?")
_LONGEST_CELL = 30


def decoded_text(data: bytes) -> str:
    """Return `data` as text, without a byte order mark; InputError if it is none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise InputError("not text")
    return text


def text_format(data: bytes) -> str:
    """Return "json", "tsv", "csv" or "txt", by the look of the first line."""
    text = decoded_text(data).lstrip()
    first_line = text.partition("\n")[0]
    if text.startswith("["):
        return "json"
    return next((format for format, separator in _SEPARATORS.items() if separator in first_line), "txt")


def read(data: bytes, about: Format, max_pixels: int) -> Array:
    """Return the (H, W) matrix written in `data`: int64 if all numbers are whole, else float64.

    Columns are separated by commas in csv, tabs in tsv, and by either or by blanks in txt. InputError names the
    line and column of whatever is no finite number, and lines of unequal length.
    """
    lines = decoded_text(data).splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise InputError("{image} is empty")
    separator = _SEPARATORS.get(about.name) or _SEPARATORS.get(text_format(data))
    width = len(lines[0].split(separator))
    check_size(len(lines), width, max_pixels)
    convert, dtype = _conversion(data)
    rows = []
    for number, line in enumerate(lines, 1):
        cells = line.split(separator)
        if not line.strip():
            raise InputError(f"line {number} is empty")
        if len(cells) != width:
            raise InputError(
                f"line {number} has {counted(len(cells), 'values')}, line 1 has {width:,}; give every line as many"
            )
        rows.append(_row(cells, number, convert, dtype))
    return np.stack(rows)


def write(array: Array, about: Format) -> bytes:
    """Return `array` a row on a line, in columns separated by commas, tabs or blanks. OutputError for more axes."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim != 2:
        shape = spelled_size(array.shape)
        raise OutputError(f"{about.title} holds rows and columns and the result is {shape}; use npy or json")
    separator = _SEPARATORS.get(about.name, _BLANK)
    return "".join(separator.join(cells(row)) + "\n" for row in array).encode()


def cells(row: Array) -> Iterator[str]:
    """Return each number as the shortest text that comes back the same."""
    # A single precision number written out in double precision would show digits that are noise.
    texts = map(str, row) if row.dtype.kind == "f" and row.dtype != np.float64 else map(repr, row.tolist())
    return (text.removesuffix(".0") for text in texts)


def _conversion(data: bytes) -> tuple[Callable[[str], int | float], type]:
    """Return what makes a number of a cell, and of what type."""
    whole = not any(mark in data for mark in b".eE/")
    if data.translate(None, _PLAIN):
        # Something but plain numbers is in it: a fraction, or what must be refused. Python's int and float would
        # take 1_000, nan and the digits of other scripts.
        return _number, np.int64 if whole else np.float64
    return (int, np.int64) if whole else (float, np.float64)


def _row(cells: list[str], number: int, convert: Callable[[str], int | float], dtype: type) -> Array:
    try:
        row: Array = np.array([convert(cell) for cell in cells], dtype)
        if np.isfinite(row).all():
            return row
    except (ValueError, OverflowError, ZeroDivisionError):
        pass
    faults = ((column, _fault(cell)) for column, cell in enumerate(cells, 1))
    column, fault = next((column, fault) for column, fault in faults if fault)
    raise InputError(f"line {number}, column {column}: {fault}")


def _number(cell: str) -> int | float:
    parts = _NUMBER.fullmatch(cell.strip())
    if parts is None:
        raise ValueError(cell)
    numerator, denominator = parts.groups()
    value = float(numerator) if set(numerator) & set(".eE") else int(numerator)
    return value if denominator is None else value / int(denominator)


def _fault(cell: str) -> str:
    """Return what is wrong with a cell, or "" if nothing is."""
    shown = repr(cell.strip() if len(cell.strip()) <= _LONGEST_CELL else cell.strip()[:_LONGEST_CELL] + "...")
    if not cell.strip():
        return "no number"
    if cell.strip().lstrip("+-").lower() in ("nan", "inf", "infinity"):
        return f"{shown} is not finite; text holds finite numbers only (.npy may hold nan)"
    try:
        value = _number(cell)
    except (ValueError, OverflowError, ZeroDivisionError):
        advice = "; separate columns with commas" if ";" in cell else ""
        return f"{shown} is not a number{advice}"
    outside = not -(2**63) <= value < 2**63 if isinstance(value, int) else not math.isfinite(value)
    return f"{shown} is too large" if outside else ""

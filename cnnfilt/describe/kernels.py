"""Kernels as people write them: a name, rows of numbers, or JSON. Nested tuples, no arrays."""

import math
import re
import sys
from typing import Any

from cnnfilt.describe.named_kernels import NAMED, NamedKernel, Number, Rows
from cnnfilt.errors import KernelError, ParameterError, counted
from cnnfilt.frozen import Frozen, replace
from cnnfilt.parsing import PRINTED_SIGNS, nearest, parse_number, words_near

__all__ = [
    "NAMED",
    "Kernel",
    "NamedKernel",
    "Number",
    "Rows",
    "hint",
    "kernel",
    "parse_kernel",
    "scaled",
    "split_scale",
]


_TIMES = r"\*|×(?!\d+[\d@<>+-]*\s*:)"
"""What stands behind a scale; the cross in ImageMagick's 3×3: stands between two sizes."""


class Kernel(Frozen):
    """The coefficients of one filter: `rows` from top to bottom.

    `name` is the label for file names ("sobel-x", "gaussian-2"), "" for coefficients that were typed out. `notes`
    tell what the user should know about the reading. `channels` has rows for each channel of the input where they
    differ (`rows` is then its first); without them `rows` meets all channels alike.
    """

    name: str
    rows: Rows
    source: str
    notes: tuple[str, ...] = ()
    channels: tuple[Rows, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Return (height, width)."""
        return len(self.rows), len(self.rows[0])


def kernel(text: str) -> Rows:
    """Return the coefficients of `text` as nested tuples, ready for `convolve`.

    `text` is a name ("sobel-x", "gaussian:2,13"), rows ("1,0,-1; 1,0,-1; 1,0,-1", fractions allowed), JSON, or what
    ImageMagick, MATLAB or NumPy write, each with an optional leading scale ("1/16 * 1,2,1; 2,4,2; 1,2,1"). Raises
    KernelError.

    >>> kernel("roberts-1")
    ((1, 0), (0, -1))
    """
    return parse_kernel(text).rows


def parse_kernel(text: str) -> Kernel:
    """Return the Kernel written in `text` (see `kernel`); whole coefficients stay int. Raises KernelError."""
    if not isinstance(text, str):
        raise _error(f"kernel {text!r} is not text; give a name or rows of numbers (an array needs no reading)")
    scale, body = split_scale(text)
    if not body:
        raise _error(f"kernel {text!r} is empty; give a name or rows such as '1,0,-1; 1,0,-1'")
    if body.startswith("@"):
        raise _error(f"kernel {body!r} is a file, which only the command line reads; pass its numbers")
    if _is_name(body):
        named = _parse_name(body)
        return Kernel(named.name, _scaled(named.rows, scale), named.source)
    rows, notes = _parse_brackets(body) if body.startswith("[") else _parse_rows(body)
    return Kernel("", _scaled(rows, scale), "typed", notes)


def split_scale(text: str) -> tuple[Number, str]:
    """Return the leading scale of `1/16 * REST` (1 when there is none) and the rest, stripped."""
    times = re.search(_TIMES, text)
    # A file's name may hold a star of its own.
    if times is None or text.lstrip().startswith("@"):
        return 1, text.strip()
    try:
        return parse_number(text[: times.start()].strip(), "scale"), text[times.end() :].strip()
    except ParameterError as error:
        raise _error(f"kernel {text!r}: {error.message}; write it as '1/16 * KERNEL'") from None


def scaled(kernel: Kernel, scale: Number) -> Kernel:
    """Return `kernel` times `scale`; KernelError if it is no rectangle of finite numbers, before or after that."""
    channels = tuple(_scaled(rows, scale) for rows in kernel.channels)
    return replace(kernel, rows=_scaled(kernel.rows, scale), channels=channels)


def hint(kernel: Kernel, text: str = "") -> str | None:
    """Return a warning for a kernel of one row, typed as `text`, that may have been meant as several; else None."""
    columns = kernel.size[1]
    if kernel.name or len(kernel.rows) > 1 or columns == 1:
        return None
    side = math.isqrt(columns)
    if side > 2 and side * side == columns:
        return f"the kernel is one row of {columns}; for {side}x{side} write ';' between its rows"
    # Who typed a blank has quoted the text already.
    if re.search(r"\s", text):
        return None
    return f"the kernel is one row of {columns}; if more was typed, quote it: to a shell ';' ends the command"


def _is_name(text: str) -> bool:
    # "nan, 1; 0, 1" is a kernel with a bad cell, not a name.
    if not text[0].isalpha() or re.match(r"(nan|inf|infinity)\b", text, re.IGNORECASE) is not None:
        return False
    if not any(mark in text for mark in "=([{"):
        return True
    if _meant(text):
        return True  # "gaussian=2" is not the number 2 that has been given a name.
    # Imported here because names need no reader of numbers.
    from cnnfilt.describe.number_notations import is_notation

    return not is_notation(text)


def _meant(text: str) -> str:
    """Return the named kernel and its numbers that `text` writes in another way, as gaussian:2; "" if none."""
    parts = re.fullmatch(r"([A-Za-z][\w-]*)\s*[\s:=(]\s*([\d.,/\s]*\d)\s*\)?", text)
    if parts is None:
        return ""
    typed = parts[1].lower()
    numbers = re.split(r"\s*,\s*|\s+", parts[2])
    for name in [typed] if typed in NAMED else words_near(typed, tuple(NAMED)):
        most = len(NAMED[name].arguments)
        if len(numbers) <= max(most, 1):
            return f"{name}:{','.join(numbers)}" if most else name
    return ""


def _parse_name(text: str) -> Kernel:
    name, colon, rest = text.translate(PRINTED_SIGNS).partition(":")
    entry = NAMED.get(name)
    if entry is None:
        if meant := _meant(text):
            raise _error(f"kernel {text!r} is unknown; did you mean {meant}?")
        if re.search(r"[./\\]", name):
            raise _error(f"kernel {text!r} is not the name of a kernel; if it is a file, write '@{text}'")
        several = re.split(r"[,+;\s]+", text.strip())
        if len(several) > 1 and all(one.partition(":")[0] in NAMED for one in several):
            apart, joined = " -k ".join(several), "+".join(several)
            raise _error(f"{text!r} is {len(several)} kernels; give each its own: -k {apart} (in a layer: {joined})")
        raise _error(f"kernel {text!r} is unknown; {nearest(name.lower(), tuple(NAMED))}")
    typed = rest.split(",") if colon else []
    if len(typed) > len(entry.arguments):
        raise _error(f"kernel {text!r} has too many arguments; write {entry.usage}")
    try:
        values = [_argument(value, word) for value, word in zip(typed, entry.arguments, strict=False)]
        rows = entry.build(*values)
    except ParameterError as error:
        raise _error(f"kernel {text!r}: {error.message}") from None
    # The label is made from the values, because a typed "1/2" would open a folder in a file name.
    return Kernel("-".join([name, *(f"{value:g}" for value in values)]), rows, entry.source)


def _argument(text: str, word: str) -> Number:
    if word == "AMOUNT" and text.endswith("%"):
        return parse_number(text[:-1], word) / 100
    return parse_number(text, word)


def _parse_rows(text: str) -> tuple[Rows, tuple[str, ...]]:
    # Imported here because names need no reader of numbers.
    from cnnfilt.describe.number_text import read_table

    try:
        table = read_table(text, typed=True)
        rows = table.numbers("coefficient ")
    except ParameterError as error:
        raise _error(f"kernel {error.message}") from None
    for y, row in enumerate(rows, 1):
        for x, value in enumerate(row, 1):
            if not math.isfinite(value):
                raise _error(f"kernel row {y}, column {x}: coefficient '{value}' is not finite")
    return rows, table.notes


def _parse_brackets(text: str) -> tuple[Rows, tuple[str, ...]]:
    # Imported here because `cnnfilt shape` should not wait for it.
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        from cnnfilt.describe.number_notations import is_enclosed

        if not is_enclosed(text):
            raise _error(f"kernel is not valid JSON: {error}") from None
        return _parse_rows(text)
    return _of_json(value), ()


def _of_json(value: list[Any]) -> Rows:
    lists = [isinstance(row, list) for row in value]
    if any(lists) and not all(lists):
        raise _error(f"kernel row {lists.index(False) + 1} is not a list")
    rows = value if any(lists) else [value]
    for y, row in enumerate(rows, 1):
        for x, cell in enumerate(row, 1):
            if isinstance(cell, list):
                raise _error("kernel has more than rows and columns; keep it in a file: '@kernel.json'")
            if isinstance(cell, bool) or not isinstance(cell, int | float):
                raise _error(f"kernel row {y}, column {x}: {cell!r} is not a number")
    return tuple(tuple(row) for row in rows)


def _scaled(rows: Rows, scale: Number) -> Rows:
    """Return `rows` times `scale`, once they are known to be a rectangle of finite numbers."""
    width = len(rows[0])
    for y, row in enumerate(rows, 1):
        if not row:
            raise _error(f"kernel row {y} is empty")
        if len(row) != width:
            raise _error(f"kernel row {y} has {counted(len(row), 'values')}, row 1 has {width}; give every row as many")
    return tuple(tuple(_product(v, scale, y, x) for x, v in enumerate(row, 1)) for y, row in enumerate(rows, 1))


def _product(value: Number, scale: Number, row: int, column: int) -> Number:
    product = value * scale
    if not abs(product) <= sys.float_info.max:
        raise _error(f"kernel row {row}, column {column} is not finite")
    if isinstance(product, int):
        # No array holds a wider whole number than 64 bits.
        return product if -(2**63) <= product < 2**63 else float(product)
    return int(product) if isinstance(value, int) and product.is_integer() and abs(product) < 2**53 else product


def _error(message: str) -> KernelError:
    return KernelError(message, parameter="kernel")

"""A line of names over the columns of a matrix: the classes over a network's probabilities."""

import csv
import io
from collections.abc import Sequence
from typing import Literal

from cnnfilt.describe.number_table import is_name


def names_line(names: Sequence[str], format: str) -> bytes:
    """Return the names as the first line of csv, tsv or txt; nothing for formats without such a line.

    A name with a separator or a quotation mark in it is quoted; all are where one may pass for a number or a comment,
    for a line of quoted cells over numbers without quotes is a header. In txt it is a comment, as NumPy writes and
    reads it.
    """
    shown = [_printable(name) for name in names]
    if format == "txt":
        return f"# {' '.join(shown)}\n".encode()
    if format not in ("csv", "tsv"):
        return b""
    stream = io.StringIO()
    plain = all(is_name(name) and "#" not in name for name in shown)
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL if plain else csv.QUOTE_ALL
    separator = "," if format == "csv" else "\t"
    csv.writer(stream, delimiter=separator, quoting=quoting, lineterminator="\n").writerow(shown)
    return stream.getvalue().encode()


def _printable(name: str) -> str:
    """Return `name` without what could steer a terminal: it may come from a model file of anyone's."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode("ascii")
        for letter in name
    )

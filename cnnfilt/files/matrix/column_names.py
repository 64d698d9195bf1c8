"""A line of names over the columns of a matrix: the classes over a network's probabilities."""

import csv
import io
from collections.abc import Sequence


def names_line(names: Sequence[str], format: str) -> bytes:
    """Return the names as the first line of csv, tsv or txt; nothing for formats without such a line.

    A name with a separator or a quotation mark in it is quoted. In txt it is a comment, as NumPy writes and reads it.
    """
    shown = [_printable(name) for name in names]
    if format == "txt":
        return f"# {' '.join(shown)}\n".encode()
    if format not in ("csv", "tsv"):
        return b""
    stream = io.StringIO()
    csv.writer(stream, delimiter="," if format == "csv" else "\t", lineterminator="\n").writerow(shown)
    return stream.getvalue().encode()


def _printable(name: str) -> str:
    """Return `name` without what could steer a terminal: it may come from a model file of anyone's."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode("ascii")
        for letter in name
    )

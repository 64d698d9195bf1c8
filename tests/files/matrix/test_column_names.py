"""Names over the columns of a matrix, as other programs read them."""

import csv
import io

import numpy as np
import pytest

from cnnfilt.files.image import Image
from cnnfilt.files.matrix.column_names import names_line
from cnnfilt.files.matrix.matrices import read_noted_matrix
from cnnfilt.files.writing import encode

NAMES = ("cats", "dogs, wild", 'the "other"', "a\tb", "ünder\nline")


@pytest.mark.parametrize(("format", "separator"), [("csv", ","), ("tsv", "\t")])
def test_a_reader_of_csv_finds_the_names(format: str, separator: str) -> None:
    (row,) = csv.reader(io.StringIO(names_line(NAMES, format).decode(), newline=""), delimiter=separator)
    assert row == ["cats", "dogs, wild", 'the "other"', "a\\tb", "ünder\\nline"]


def test_nothing_in_a_name_steers_a_terminal() -> None:
    line = names_line(("\x1b[2J", "\u202egpj", "\ud800"), "csv").decode()
    assert line.rstrip("\n").isprintable()


def test_numpy_passes_over_the_names() -> None:
    text = names_line(("cats", "dogs"), "txt") + b"1 2\n"
    assert np.loadtxt(io.BytesIO(text)).tolist() == [1, 2]
    data = encode(Image(np.array([[0.25, 0.75]]), kind="matrix", columns=("cats", "dogs")), "csv").data
    assert data == b"cats,dogs\n0.25,0.75\n"


NUMBERS = [("0", "1"), ("cat", "7"), ("7",), ("nan", "inf"), ("1e5", "x"), ("-1", "+1"), ("01/02", "b")]


@pytest.mark.parametrize("names", [*NUMBERS, ("cats", "dogs"), ("cat #1", "#2"), ('a"b', "2"), ("class 1", "2")])
@pytest.mark.parametrize(("format", "separator"), [("csv", ","), ("tsv", "\t"), ("txt", " ")])
def test_we_tell_the_names_from_the_numbers_below(names: tuple[str, ...], format: str, separator: str) -> None:
    row = separator.join(["0.25"] * len(names))
    data = names_line(names, format) + f"{row}\n{row}\n".encode()
    for told in (format, None):
        numbers, notes = read_noted_matrix(data, told)
        assert numbers.tolist() == [[0.25] * len(names)] * 2
        assert len(notes) == 1
        assert notes[0].startswith(("skipped line 1, a header: ", "skipped a comment in line 1: "))


@pytest.mark.parametrize("names", NUMBERS)
def test_a_reader_of_csv_finds_names_that_are_numbers(names: tuple[str, ...]) -> None:
    (row,) = csv.reader(io.StringIO(names_line(names, "csv").decode(), newline=""))
    assert row == list(names)


def test_other_formats_hold_numbers_alone() -> None:
    assert names_line(NAMES, "json") == names_line(NAMES, "npy") == b""

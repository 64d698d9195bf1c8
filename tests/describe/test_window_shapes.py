"""Windows that are no rectangles, as they are typed."""

import pytest

from cnnfilt.describe.operations import Morphology, Pooling
from cnnfilt.describe.window_shapes import WindowShape, parse_window, shape_in_file, typed_window
from cnnfilt.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "size", "rows"),
    [
        ("cross", None, ["010", "111", "010"]),
        ("diamond", None, ["010", "111", "010"]),
        ("cross", (3, 5), ["00100", "11111", "00100"]),
        ("diamond", (5, 5), ["00100", "01110", "11111", "01110", "00100"]),
        ("diamond", (3, 5), ["00100", "11111", "00100"]),
        ("disk:1", None, ["010", "111", "010"]),
        ("disk:2", None, ["00100", "01110", "11111", "01110", "00100"]),
        ("disk:2.5", None, ["01110", "11111", "11111", "11111", "01110"]),
    ],
)
def test_taps(text, size, rows):
    shape = parse_window(text, "--window")
    assert shape.taps(size) == tuple(tuple(map(int, row)) for row in rows)
    assert shape.size(size) == (len(rows), len(rows[0]))


@pytest.mark.parametrize(("text", "size"), [("disk:1.5", None), ("cross", (1, 5)), ("diamond", (5, 1))])
def test_a_full_rectangle_is_one(text, size):
    assert parse_window(text, "--window").taps(size) is None


def test_shapes_in_words():
    assert Pooling(window=parse_window("disk:7", "")).in_words == "disk:7"
    assert Pooling(window=parse_window("cross", "")).in_words == "cross 3x3"
    assert Morphology(operation="open").in_words == "3x3"
    assert Pooling().in_words == "2x2"


def test_a_window_of_its_own_size_strides_by_it():
    assert Pooling(window=parse_window("disk:2", "")).slide.stride == (5, 5)
    assert Pooling(window=parse_window("cross", "")).slide.stride == (3, 3)


def test_a_file():
    shape = shape_in_file("@w.csv", ((0, 2.5, 0), (-1, 1, 0)))
    assert shape.rows == ((0, 1, 0), (1, 1, 0))
    assert shape.turned.rows == ((0, 1, 1), (0, 1, 0))
    assert (shape.path, shape.in_words(None)) == ("w.csv", "@w.csv")
    assert parse_window("@w.csv", "--window") == WindowShape("@w.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("disk", "'disk' has no radius; write disk:3"),
        ("disk:", "'disk:' has no radius"),
        ("disk:0", "R is 0; it must be from 1 to 500"),
        ("disk:x", "R 'x' is not a number"),
        ("cross:5", "the size of a cross is that of -f"),
        ("circle", "'circle' is unknown; use disk:R, cross, diamond or @file"),
        ("@", "'@' is unknown"),
    ],
)
def test_refusals(text, said):
    with pytest.raises(ParameterError, match=said):
        parse_window(text, "--window")


def test_files_are_for_the_command_line():
    with pytest.raises(ParameterError, match="which only the command line reads"):
        typed_window("@w.csv")
    with pytest.raises(ParameterError, match="all zeros"):
        shape_in_file("@w.csv", ((0, 0),))


@pytest.mark.parametrize(
    ("text", "size", "said"),
    [("disk:2", (5, 5), "leave out -f"), ("cross", (4, 3), "its size is 4x3, and must be odd")],
)
def test_sizes_that_do_not_go_with_a_shape(text, size, said):
    with pytest.raises(ParameterError, match=said):
        Pooling(window=parse_window(text, "--window"), kernel_size=size)

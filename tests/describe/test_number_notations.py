"""A matrix in one piece, as ImageMagick, MATLAB, NumPy, Mathematica, C and libvips write it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from cnnfilt.describe.number_text import read_table
from cnnfilt.errors import ParameterError

LAPLACIAN = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]


def rows(text: str, *, typed: bool = True) -> list[list[float]]:
    return [list(row) for row in read_table(text, typed=typed).numbers()]


@pytest.mark.parametrize("typed", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "3x3: 0,1,0 1,-4,1 0,1,0",
        "3x3:0,1,0,1,-4,1,0,1,0",
        "3X3 : 0 1 0  1 -4 1  0 1 0",
        "3\u00d73: 0,1,0; 1,-4,1; 0,1,0",
        "3x3+1+1: 0,1,0 1,-4,1 0,1,0",
        "3x3:\n  0,1,0\n  1,-4,1\n  0,1,0\n",
        "3: 0,1,0 1,-4,1 0,1,0",
        "[0 1 0; 1 -4 1; 0 1 0]",
        "[0, 1, 0; 1, -4, 1; 0, 1, 0];",
        "h = [0 1 0\n1 -4 1\n0 1 0];",
        "[0 1 0; ...\n 1 -4 1; ...\n 0 1 0]",
        "h =\n\n     0     1     0\n     1    -4     1\n     0     1     0\n\n",
        "[[0 1 0]\n [1 -4 1]\n [0 1 0]]",
        "[[ 0.  1.  0.]\n [ 1. -4.  1.]\n [ 0.  1.  0.]]",
        "[[0, 1, 0], [1, -4, 1], [0, 1, 0]]",
        "array([[ 0,  1,  0],\n       [ 1, -4,  1],\n       [ 0,  1,  0]])",
        "np.array([[0., 1., 0.], [1., -4., 1.], [0., 1., 0.]], dtype=np.float32)",
        "tensor([[ 0.,  1.,  0.],\n        [ 1., -4.,  1.],\n        [ 0.,  1.,  0.]], device='cuda:0')",
        "k = np.asarray(((0, 1, 0), (1, -4, 1), (0, 1, 0)), np.int8)",
        "((0, 1, 0), (1, -4, 1), (0, 1, 0))",
        "(0,1,0;1,-4,1;0,1,0)",
        "{{0, 1, 0}, {1, -4, 1}, {0, 1, 0}}",
        "{ { 0, 1, 0 },\n  { 1, -4, 1 },\n  { 0, 1, 0 }, };",
        "[0 1 0; 1 \u22124 1; 0 1 0]",
    ],
)
def test_one_kernel_as_many_programs_write_it(text: str, typed: bool) -> None:
    assert rows(text, typed=typed) == LAPLACIAN


def test_width_comes_before_height_in_imagemagick() -> None:
    assert rows("3x2: 1,2,3 4,5,6") == [[1, 2, 3], [4, 5, 6]]
    assert rows("1x3: 1,2,3") == [[1], [2], [3]]


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("3x3+1+1: 0,1,0 1,-4,1 0,1,0", ()),
        ("3x3+0+2: 0,1,0 1,-4,1 0,1,0", ("its origin is +0+2; here results go to the middle, +1+1",)),
        ("2x2+0+0: 1,2 3,4", ()),
        ("2x2+1+1: 1,2 3,4", ("its origin is +1+1; here results go to the middle, +0+0",)),
    ],
)
def test_an_origin_elsewhere_gets_a_note(text: str, notes: tuple[str, ...]) -> None:
    assert read_table(text, typed=True).notes == notes


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("3x3: 1,2,3 4,5", "'3x3:' announces 9 numbers, but has 5"),
        ("3x3:", "'3x3:' announces 9 numbers, but has 0"),
        ("3x3>: 1,2,3 4,5,6 7,8,9", "'3x3>:' stands for several rotated kernels"),
        ("3x3@: 1,2,3 4,5,6 7,8,9", "'3x3@:' stands for several rotated kernels"),
        ("12:30", "row 1, column 1: '12:30' is not a number"),
        ("2x2: 1,x 3,4", "row 1, column 2: 'x' is not a number"),
        ("[0 1; 1]", "row 2 has 1 value, row 1 has 2"),
        ("[0 1; 1 x]", "row 2, column 2: 'x' is not a number"),
        ("[1 - 2]", "row 1, column 2: '-' is not a number"),
        ("[[0 1 ... 8 9]\n ...\n [0 1 ... 8 9]]", "leaves numbers out"),
        ("[[[1 2]\n  [3 4]]]", "more than rows and columns"),
        ("array([[[1, 2]]])", "more than rows and columns"),
        ("[[1;2],[3;4]]", "is not a list of rows"),
        ("[[1 2] 3]", "is not a list of rows"),
    ],
)
def test_what_is_wrong_is_said(text: str, complaint: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_table(text, typed=True).numbers()
    assert complaint in str(caught.value)


@pytest.mark.parametrize("typed", [True, False])
@pytest.mark.parametrize(
    ("text", "expected", "note"),
    [
        ("3 2\n1 2 3\n4 5 6\n", [[1, 2, 3], [4, 5, 6]], "read line 1, '3 2', as a libvips header: 2x3"),
        ("3 2 1 0\n1 2 3\n4 5 6\n", [[1, 2, 3], [4, 5, 6]], "2x3"),
        ("2 1 2\n1 4\n", [[0.5, 2]], "1x2, divided by 2"),
        ("3 1 9 0\n1 3 9\n", [[1 / 9, 1 / 3, 1]], "1x3, divided by 9"),
        ("3\t2\n1\t2\t3\n4\t5\t6\n", [[1, 2, 3], [4, 5, 6]], "2x3"),
        # As long as the others, the first line is one of them.
        ("2 2\n1 2\n3 4\n", [[2, 2], [1, 2], [3, 4]], "read '2 2' as numbers; to libvips it would be a header"),
        ("4 1 1 0\n1 2 3 4\n", [[4, 1, 1, 0], [1, 2, 3, 4]], "to libvips it would be a header"),
    ],
)
def test_a_header_of_libvips(text: str, expected: list[list[float]], note: str, typed: bool) -> None:
    table = read_table(text, typed=typed)
    assert [list(row) for row in table.numbers()] == expected
    assert note in table.notes[0]


@pytest.mark.parametrize("text", ["2,2\n1,2\n3,4\n", "5 6\n1 2\n", "2 2\n1 2\n3 4\n5 6\n"])
def test_other_first_lines_are_no_header_of_libvips(text: str) -> None:
    table = read_table(text)
    assert table.notes == ()
    assert len(table.numbers()) == text.count("\n")


def test_an_offset_has_no_place_in_a_kernel() -> None:
    with pytest.raises(ParameterError, match="has the offset 128; make it 0 and use --bias"):
        read_table("3 2 1 128\n1 2 3\n4 5 6\n")


matrices = st.one_of(
    npst.arrays("int64", npst.array_shapes(min_dims=2, max_dims=2, max_side=30), elements=st.integers(-(10**6), 10**6)),
    npst.arrays(
        "float64",
        npst.array_shapes(min_dims=2, max_dims=2, max_side=12),
        elements=st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3) + 0.0),
    ),
)


def of_imagemagick(matrix: np.ndarray) -> str:
    height, width = matrix.shape
    return f"{width}x{height}: " + "  ".join(",".join(map(repr, row)) for row in matrix.tolist())


def of_matlab(matrix: np.ndarray) -> str:
    return "[" + "; ".join(" ".join(map(repr, row)) for row in matrix.tolist()) + "]"


def of_mathematica(matrix: np.ndarray) -> str:
    return str(matrix.tolist()).replace("[", "{").replace("]", "}")


def of_libvips(matrix: np.ndarray) -> str:
    height, width = matrix.shape
    return f"{width} {height} 1 0\n" + "".join(" ".join(map(repr, row)) + "\n" for row in matrix.tolist())


@given(
    matrices,
    st.sampled_from([str, repr, of_imagemagick, of_matlab, of_mathematica, of_libvips, lambda m: str(m.tolist())]),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_back(matrix: np.ndarray, write: object, typed: bool) -> None:
    if write is of_libvips and (matrix.shape[1] == 4 or matrix.size == 1):
        return
    with np.printoptions(threshold=10**6, floatmode="unique"):
        text = write(matrix)  # type: ignore[operator]
    np.testing.assert_array_equal(rows(text, typed=typed), matrix)

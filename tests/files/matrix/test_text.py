"""Matrices in text: what we write comes back, what other programs write is read, and all of it in the right type."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.matrix.matrices import read_matrix, read_noted_matrix, write_matrix


@given(
    npst.arrays(
        st.sampled_from(["float32", "float64"]),
        npst.array_shapes(min_dims=2, max_dims=2, max_side=4),
        elements={"allow_nan": True, "allow_infinity": True},
    ),
    st.sampled_from(["csv", "tsv", "txt"]),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_nan_and_infinity_come_back_as_they_are_written(array: np.ndarray, format: str, is_known: bool) -> None:
    back = read_matrix(write_matrix(array, format), format if is_known else None)
    assert back.shape == array.shape
    np.testing.assert_array_equal(back.astype(array.dtype), array)


@pytest.mark.parametrize("text", ["nan,1\n-inf,inf\n", "NaN 1\n-Infinity INF\n", "nan\t+1\n-inf\t+inf\n"])
def test_values_that_are_not_finite_may_be_written_in_many_ways(text: str) -> None:
    matrix = read_matrix(text.encode(), None)
    assert matrix.dtype == np.float64
    np.testing.assert_array_equal(matrix, [[np.nan, 1], [-np.inf, np.inf]])


@pytest.mark.parametrize(
    ("text", "dtype"),
    [
        ("red,green\n1,2\n", "int64"),
        ("# 1.5 is no number here\n1,2\n", "int64"),
        ('"1";"2"\n', "int64"),
        ("1;2\n3;4\n", "int64"),
        ("1;2,5\n", "float64"),
        ("1;nan\n", "float64"),
        ("1;2e1\n", "float64"),
        ("1;4/2\n", "float64"),
        ("3 1 2 0\n2 4 6\n", "int64"),
        ("3 1 2 0\n2 4 7\n", "float64"),
        ("9223372036854775807;0\n", "int64"),
        ("9223372036854775808;0,5\n", "float64"),
    ],
)
def test_whole_numbers_stay_whole_whatever_stands_around_them(text: str, dtype: str) -> None:
    assert read_matrix(text.encode(), "csv").dtype == dtype


@pytest.mark.parametrize("format", ["csv", "tsv", "txt", None])
@pytest.mark.parametrize(
    "text", ["1;2\n3;4\n", "1\t2\n3\t4\n", "1 2\n3 4\n", "1,2\n3,4\n", "[1 2; 3 4]", "2x2: 1,2 3,4"]
)
def test_the_text_says_more_than_the_suffix(text: str, format: str | None) -> None:
    np.testing.assert_array_equal(read_matrix(text.encode(), format), [[1, 2], [3, 4]])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_other_encodings(encoding: str) -> None:
    np.testing.assert_array_equal(read_matrix("a;b\r\n1;2\r\n".encode(encoding), "csv"), [[1, 2]])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("1;2\n3;x\n", "line 2, column 2: 'x' is not a number"),
        ("1;9223372036854775808\n", "line 1, column 2: '9223372036854775808' is too large"),
        ("1;-9223372036854775809\n", "line 1, column 2: '-9223372036854775809' is too large"),
        ("1;1e999\n", "line 1, column 2: '1e999' is too large"),
        ("1,5 2,5\n3,5 4,5\n", "can be read as 2x4"),
        ("[[1, 2], [3, 4]", "not JSON"),
        ("[[1;2],[3;4]]", "is not a list of rows"),
    ],
)
def test_what_is_wrong_is_said(text: str, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        read_matrix(text.encode(), None)
    assert complaint in str(caught.value)


def test_a_matrix_of_any_kind_may_be_too_large() -> None:
    for text in ("1;2;3\n4;5;6\n", "a,b,c\n1,2,3\n4,5,6\n", "1,5;2;3\n4;5;6\n"):
        with pytest.raises(ShapeError, match="2x3 = 6 pixels; the limit is 5"):
            read_matrix(text.encode(), "csv", max_pixels=5)
        assert read_matrix(text.encode(), "csv", max_pixels=6).shape == (2, 3)


def test_notes_come_with_the_matrix() -> None:
    assert read_noted_matrix(b"1,2\n", "csv")[1] == ()
    assert read_noted_matrix(b"a,b\n1,2\n", "csv")[1] == ("skipped line 1, a header: a,b",)
    assert read_noted_matrix(b"2 1\n5 6\n", "txt")[1] == ("read '2 1' as numbers; to libvips it would be a header",)


@pytest.mark.parametrize("text", [b"0,1,2\n1.5,2.5,3.5\n4,5.5,6\n", b'"0";1;2\n"1,5";2,5;3,5\n', b"0 1\n.5 nan\n"])
def test_columns_counted_by_pandas_are_numbers_with_a_note(text):
    rows, notes = read_noted_matrix(text, "csv")
    assert rows[0].tolist() == list(range(rows.shape[1]))
    assert "its first line counts the columns from 0, and was read as numbers" in notes[-1]


@pytest.mark.parametrize("text", [b"0,1,2\n3,4,5\n", b"0,1\n", b"0,1,2\n1.5,2,3.5\n", b"1,2\n.5,.5\n", b"0\n1\n"])
def test_other_first_lines_are_not_spoken_of(text):
    assert read_noted_matrix(text, "csv")[1] == ()

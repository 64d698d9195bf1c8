"""Matrices are read strictly, and written so that they come back the same."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from cnnfilt.errors import InputError, OutputError, ShapeError
from cnnfilt.files.matrix.matrices import read_matrix, read_matrix_file, write_matrix

TEXT = ["csv", "tsv", "txt", "json"]


def npy(array: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("1,2\n-3,4\n", "csv"),
        ("\ufeff1, 2\r\n-3 , +4\r\n\r\n", "csv"),
        ("1\t2\n-3\t4", "tsv"),
        ("1 2\n -3   4\n", "txt"),
        ("1,2\n-3,4\n", "txt"),
        ("1\t2\n-3\t4\n", "txt"),
        ("[[1, 2], [-3, 4]]", "json"),
    ],
)
def test_whole_numbers(text: str, format: str) -> None:
    for known in (format, None):
        matrix = read_matrix(text.encode(), known)
        assert matrix.dtype == np.int64
        np.testing.assert_array_equal(matrix, [[1, 2], [-3, 4]])


@pytest.mark.parametrize("text", ["1,.5\n1e-3,1/8\n", "1 .5\n1e-3 1/8", "[[1, 0.5], [1e-3, 0.125]]"])
def test_other_numbers(text: str) -> None:
    matrix = read_matrix(text.encode(), None)
    assert matrix.dtype == np.float64
    np.testing.assert_array_equal(matrix, [[1, 0.5], [0.001, 0.125]])


@pytest.mark.parametrize(
    ("text", "format", "complaint"),
    [
        ("1,2\n3,x\n", "csv", "line 2, column 2: 'x' is not a number"),
        ("1,2\n3\n", "csv", "line 2 has 1 value, line 1 has 2"),
        ("1,2\n3,4,\n", "csv", "line 2 has 3 values"),
        ("1,2\n,4\n", "csv", "line 2, column 1: no number"),
        ("1,2\n\n3,4\n", "csv", "line 2 is empty"),
        ("1,1e999\n", "csv", "column 2: '1e999' is too large"),
        ("1,9223372036854775808\n", "csv", "column 2: '9223372036854775808' is too large"),
        ("1," + "9" * 5000, "csv", "column 2"),
        ("1_0,2\n", "csv", "'1_0' is not a number"),
        ("\u0661,2\n", "csv", "is not a number"),
        ("1,1/0\n", "csv", "'1/0' is not a number"),
        ("0x10,2\n", "csv", "'0x10' is not a number"),
        ("a,b\n", "csv", "line 1, column 1: 'a' is not a number"),
        ("", "csv", "empty"),
        (" \n\n", "csv", "empty"),
        ("1 2\n3 four\n", "txt", "line 2, column 2: 'four' is not a number"),
        ("[[1, 2], [3]]", "json", "row 2: 1 item where there should be a list of 2"),
        ("[[1, 2], [3, null]]", "json", "row 2, column 2: None is not a number"),
        ("[[1, true]]", "json", "row 1, column 2: True is not a number"),
        ("[[1, NaN]]", "json", "NaN"),
        ("[[1, 1e999]]", "json", "row 1, column 2: a number is too large"),
        ("[[1, 2],\n [3, 4]", "json", "line 2, column 8: not JSON"),
        ("[" * 100_000, "json", "not JSON"),
        ("[]", "json", "empty"),
        ("[1, 2]", "json", "1 dimension"),
        ("{}", "json", "{} is not a number"),
        ("[[[[1]]]]", "json", "4 dimensions"),
        ("1,2\0\n", "csv", "not text"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, format: str, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        read_matrix(text.encode(), format)
    assert complaint in str(caught.value)
    assert len(str(caught.value)) < 160


def test_too_many_numbers_are_refused() -> None:
    for data, format in ((b"1,2,3\n4,5,6\n", "csv"), (npy(np.ones((2, 3))), "npy"), (b"[[1,2,3],[4,5,6]]", "json")):
        with pytest.raises(ShapeError, match="2x3 = 6 pixels; the limit is 5"):
            read_matrix(data, format, max_pixels=5)
        assert read_matrix(data, format, max_pixels=6).shape == (2, 3)


@given(
    npst.arrays(
        st.sampled_from(["int64", "int32", "uint8", "float32", "float64"]),
        npst.array_shapes(min_dims=2, max_dims=2, max_side=4),
        elements={"allow_nan": False, "allow_infinity": False},
    ),
    st.sampled_from([*TEXT, "npy"]),
)
@settings(max_examples=60, deadline=None)
def test_what_is_written_comes_back(array: np.ndarray, format: str) -> None:
    data = write_matrix(array, format)
    back = read_matrix(data, format)
    np.testing.assert_array_equal(back.astype(array.dtype), array)


@given(st.floats(), st.sampled_from(["csv", "tsv", "txt"]))
def test_what_is_written_for_people_is_the_same_to_15_digits(value: float, format: str) -> None:
    array = np.array([[value]])
    back = read_matrix(write_matrix(array, format, for_people=True), format)
    np.testing.assert_allclose(back.astype(np.float64), array, rtol=5e-15, atol=0)
    assert write_matrix(array, "json" if np.isfinite(value) else "npy", for_people=True) == write_matrix(
        array, "json" if np.isfinite(value) else "npy"
    )


def test_whole_numbers_are_written_without_a_point_and_single_floats_short() -> None:
    assert write_matrix(np.array([[1, -2], [3, 4]]), "csv") == b"1,-2\n3,4\n"
    assert write_matrix(np.array([[1, -2]]), "txt") == b"1 -2\n"
    assert write_matrix(np.array([[0.1, 2]], np.float32), "csv") == b"0.1,2\n"
    assert write_matrix(np.array([[0.1, 1e20]]), "csv") == b"0.1,1e+20\n"
    assert write_matrix(np.array([[1, 2], [3, 4]]), "json") == b"[[1, 2],\n [3, 4]]\n"


def test_only_json_and_npy_hold_channels() -> None:
    array = np.arange(24).reshape(2, 3, 4)
    for format in ("json", "npy"):
        np.testing.assert_array_equal(read_matrix(write_matrix(array, format), format), array)
    with pytest.raises(OutputError, match="2x3x4; use npy or json"):
        write_matrix(array, "csv")
    assert write_matrix(array[..., :1], "csv") == b"0,4,8\n12,16,20\n"


def test_a_file_s_error_starts_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "kernel.csv"
    path.write_text("1,x\n")
    with pytest.raises(InputError, match=r"kernel\.csv: line 1, column 2: 'x' is not a number"):
        read_matrix_file(path)


def test_a_file_may_have_more_or_fewer_dimensions_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "kernel.npy"
    np.save(path, np.ones((3, 3, 2, 4)))
    assert read_matrix_file(path, most_dimensions=4).shape == (3, 3, 2, 4)
    np.save(path, np.ones(4))
    assert read_matrix_file(path, fewest_dimensions=1).shape == (4,)


def test_sums_of_decimals_read_as_by_hand():
    doubles = np.array([[0.1 + 0.2, 4.9 * 3, 1 / 3], [-0.1 * 3, 1e300, 12345678901234568.5e3]])
    assert (
        write_matrix(doubles, "csv", for_people=True)
        == b"0.3,14.7,0.333333333333333\n-0.3,1e+300,1.23456789012346e+19\n"
    )
    assert (
        write_matrix(doubles, "tsv", for_people=True)
        == b"0.3\t14.7\t0.333333333333333\n-0.3\t1e+300\t1.23456789012346e+19\n"
    )
    np.testing.assert_array_equal(read_matrix(write_matrix(doubles, "json"), "json"), doubles)
    assert write_matrix(np.array([[2.0**52 + 1, -3.0]]), "csv", for_people=True) == b"4503599627370497,-3\n"
    assert write_matrix(np.array([[np.float32(0.1), 2]], np.float32), "csv", for_people=True) == b"0.1,2\n"
    assert write_matrix(np.array([[np.nan, np.inf, -np.inf]]), "csv", for_people=True) == b"nan,inf,-inf\n"

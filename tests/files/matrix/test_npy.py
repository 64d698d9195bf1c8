"""A .npy keeps its type and its numbers; whatever else it may hold is refused."""

import io

import numpy as np
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.matrix.matrices import read_matrix


def npy(array: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def test_npy_keeps_its_type() -> None:
    for dtype in ("uint8", "int16", ">u2", "int64", "float32", ">f8"):
        array = np.arange(12).reshape(3, 4).astype(dtype)
        matrix = read_matrix(npy(array), "npy")
        assert matrix.dtype == np.dtype(dtype).newbyteorder("=")
        np.testing.assert_array_equal(matrix, array)


def test_npy_may_be_in_fortran_order_and_hold_nan() -> None:
    array = np.asfortranarray([[1.0, np.nan], [np.inf, 2.0]])
    matrix = read_matrix(npy(array), "npy")
    assert matrix.flags.c_contiguous
    np.testing.assert_array_equal(matrix, array)


@pytest.mark.parametrize(("dtype", "read_as"), [("bool", "uint8"), ("float16", "float32"), ("longdouble", "float64")])
def test_npy_of_unusual_types_becomes_a_usual_one(dtype: str, read_as: str) -> None:
    assert read_matrix(npy(np.ones((2, 2), dtype)), "npy").dtype == read_as


@pytest.mark.parametrize(
    "array",
    [
        np.ones((2, 2), complex),
        np.array([["a", "b"]]),
        np.array([[object()]], dtype=object),
        np.array(3),
        np.ones(3),
        np.ones((2, 2, 2, 2)),
        np.ones((0, 3)),
        np.array([["2020-01-01"]], "datetime64[D]"),
        np.zeros((2, 2), [("a", int)]),
    ],
    ids=lambda array: f"{array.dtype}-{array.ndim}",
)
def test_npy_of_anything_else_is_refused(array: np.ndarray) -> None:
    with pytest.raises(InputError):
        read_matrix(npy(array), "npy")


@pytest.mark.parametrize("length", [4, 9, 60, 130, 150])
def test_a_truncated_npy_is_refused(length: int) -> None:
    with pytest.raises(InputError, match="npy"):
        read_matrix(npy(np.arange(20.0).reshape(4, 5))[:length], "npy")

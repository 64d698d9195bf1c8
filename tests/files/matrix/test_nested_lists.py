"""A matrix in JSON is lists of finite numbers, as deep as it has axes."""

import numpy as np
import pytest

from cnnfilt.errors import OutputError
from cnnfilt.files.matrix.matrices import read_matrix, write_matrix


def test_json_holds_no_nan() -> None:
    with pytest.raises(OutputError, match="use npy"):
        write_matrix(np.array([[np.nan]]), "json")


def test_channels_are_the_innermost_lists() -> None:
    data = write_matrix(np.arange(8).reshape(2, 2, 2), "json")
    assert data == b"[[[0, 1], [2, 3]],\n [[4, 5], [6, 7]]]\n"
    np.testing.assert_array_equal(read_matrix(data, "json"), np.arange(8).reshape(2, 2, 2))

"""Gray from colour."""

import numpy as np
import pytest

from cnnfilt.core.gray import to_gray
from cnnfilt.errors import ShapeError
from tests.files.odd_files import random_levels


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int32"])
def test_gray_is_exact_in_every_integer_type(dtype: str) -> None:
    levels = random_levels(70, 5, 3, dtype=dtype)
    red, green, blue = (levels[..., channel].astype(object) for channel in range(3))
    expected = (19595 * red + 38470 * green + 7471 * blue + 32768) // 65536
    gray = to_gray(levels)
    assert gray.dtype == dtype
    np.testing.assert_array_equal(gray, expected.astype(dtype))


def test_gray_of_floats_and_of_one_channel() -> None:
    np.testing.assert_allclose(to_gray(np.ones((2, 2, 3), np.float32)), np.ones((2, 2)))
    assert to_gray(np.zeros((2, 3, 1))).shape == (2, 3)
    assert to_gray(np.zeros((2, 3))).shape == (2, 3)


def test_gray_of_other_channels_or_huge_values_is_refused() -> None:
    with pytest.raises(ShapeError, match="2 channels"):
        to_gray(np.zeros((2, 3, 2)))
    with pytest.raises(ShapeError, match="too large"):
        to_gray(np.full((2, 2, 3), 2**60))


def test_values_that_are_not_numbers_are_no_cause_for_a_warning() -> None:
    signalling = np.full((2, 2, 3), 0x7F800001, np.uint32).view(np.float32)
    assert np.isnan(to_gray(signalling)).all()

"""A factor for each channel."""

import numpy as np

from cnnfilt.nn.scale import Scale
from tests.nn.gradients import check_gradients_of


def test_gradients_against_central_differences() -> None:
    check_gradients_of("scale")
    check_gradients_of("flatten scale")


def test_each_channel_has_its_own() -> None:
    np.testing.assert_array_equal(Scale(np.array([2.0, -1.0])).forward(np.array([[3.0, 4.0]])), [[6, -4]])

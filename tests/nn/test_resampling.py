"""More rows and columns: repeated, or between."""

import numpy as np
import pytest

from cnnfilt.nn.resampling import Interpolate, Repeat
from tests.nn.gradients import check_gradients_of
from tests.nn.torch_twins import check_against_torch


@pytest.mark.parametrize("words", ["up:2", "up:3x1", "up:3x2,mode=bilinear", "up:1x4,mode=bilinear"])
def test_gradients_against_central_differences(words: str) -> None:
    check_gradients_of(words)


def test_each_value_is_repeated() -> None:
    assert Repeat((1, 2)).forward(np.array([[[[1], [5]]]])).ravel().tolist() == [1, 1, 5, 5]


@pytest.mark.parametrize(
    ("factor", "expected"), [(2, [0, 0.25, 0.75, 1]), (3, [0, 0, 1 / 3, 2 / 3, 1, 1]), (1, [0, 1])]
)
def test_values_lie_between_half_pixel_centres(factor: int, expected: list[float]) -> None:
    y = Interpolate((factor, 1)).forward(np.array([0.0, 1.0]).reshape(1, 2, 1, 1))
    np.testing.assert_allclose(y.ravel(), expected, atol=1e-12)


def test_a_single_row_stays_what_it_is() -> None:
    np.testing.assert_array_equal(Interpolate((4, 4)).forward(np.full((1, 1, 1, 2), 7.0)), np.full((1, 4, 4, 2), 7.0))


def test_values_and_gradients_are_those_of_torch() -> None:
    nn = pytest.importorskip("torch").nn
    check_against_torch("up:2x3", nn.Upsample(scale_factor=(2, 3)), (4, 5, 3))
    for rows, columns in ((2, 2), (3, 4)):
        module = nn.Upsample(scale_factor=(rows, columns), mode="bilinear")
        check_against_torch(f"up:{rows}x{columns},mode=bilinear", module, (4, 5, 3))

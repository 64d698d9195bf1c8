"""Which types numbers are computed in: by the image's type, never by its values."""

import numpy as np
import pytest

from cnnfilt import convolve, edges, kernel, pool
from tests.asking import plan_of

WIDE = [1_700_000_000, 1_700_000_001, 1_700_000_003, 1_700_000_007]
FRACTIONS = [[-0.5, 0.5]]


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.int64, np.uint64])
def test_whole_numbers_wider_than_16_bits_meet_fractions_in_double_precision(dtype):
    image = np.array([WIDE], dtype)
    assert convolve(image, FRACTIONS).tolist() == [[0.5, 1, 2]]
    assert convolve(image, [[-1, 1]], bias=0.5).tolist() == [[1.5, 2.5, 4.5]]
    assert convolve(image, [[-1, 1]], input_scale=0.5).tolist() == [[0.5, 1, 2]]
    assert pool(image, (1, 2), kind="avg").tolist() == [[1_700_000_000.5, 1_700_000_005]]
    assert convolve(image, FRACTIONS).dtype == pool(image, (1, 2), kind="avg").dtype == np.float64


def test_small_values_of_a_wide_type_are_averaged_in_double_precision():
    """By type, never by value: their sums would fit 16 bits."""
    image = np.arange(16).reshape(4, 4)
    image[0, 0] = 2
    assert pool(image, 3, stride=1, kind="avg").tolist() == [[47 / 9, 6], [9, 10]]


def test_edges_of_wide_whole_numbers_are_those_of_doubles():
    image = np.tile(np.array(WIDE), (7, 1))
    for method in ("farid", "sobel", "log", "prewitt"):
        np.testing.assert_allclose(edges(image, method=method), edges(image.astype(float), method=method), rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16, np.float16, np.float32, bool])
def test_narrow_numbers_stay_in_single_precision(dtype):
    image = np.ones((4, 4), dtype)
    assert convolve(image, FRACTIONS).dtype == np.float32
    assert pool(image, kind="avg").dtype == np.float32


class TestLargeRange:
    """|error| <= 1e-5 * (the sum of |k * x| over that window + 0.001 * sum|k| * mean|x|), for float images."""

    def within(self, image, coefficients):
        coefficients = np.asarray(coefficients, np.float64)
        exact = convolve(image.astype(np.float64), coefficients)
        local = convolve(np.abs(image.astype(np.float64)), np.abs(coefficients))
        bound = 1e-5 * (local + 0.001 * np.abs(coefficients).sum() * np.abs(image.astype(np.float64)).mean())
        assert (np.abs(convolve(image, coefficients) - exact) <= bound).all()

    def test_one_bright_pixel_stays_in_its_own_windows(self):
        rng = np.random.default_rng(0)
        image = np.ones((1200, 1200), np.float32)
        image[600, 400] = 1e9
        dense = rng.uniform(0, 1, (15, 15))
        result = convolve(image, dense)
        far = np.abs(np.arange(result.shape[1]) - 393) > 20
        np.testing.assert_allclose(result[:, far], dense.sum(), rtol=1e-5)

    def test_factors_leak_nothing_through_a_kernels_zeros(self):
        image = np.ones((60, 60), np.float32)
        image[30, 30] = 1e9
        cross = np.zeros((13, 13))
        cross[4:9] = 1
        cross[:, 4:9] = 1
        result = convolve(image, cross * 0.5)
        beside = [result[30 - y, 30 - x] for y, x in np.argwhere(cross == 0)]
        np.testing.assert_allclose(beside, cross.sum() / 2, rtol=1e-5)

    @pytest.mark.parametrize("seed", range(4))
    def test_dark_parts_of_float_images_stay_within_the_bound(self, seed):
        rng = np.random.default_rng(seed)
        image = rng.random((1200, 1200)).astype(np.float32)
        image[:500] *= 1e-6
        image[700:, 300:] = 0
        self.within(image, rng.normal(size=(15, 15)))
        self.within(image[:300, :300], kernel("log:2"))

    def test_even_images_are_still_transformed(self):
        image = np.random.default_rng(1).random((1200, 1200)).astype(np.float32)
        assert "Fourier" in plan_of(image, np.random.default_rng(2).normal(size=(15, 15)))

"""Blends and fades, beside plain arithmetic."""

import numpy as np
import pytest
from scipy import ndimage

from cnnfilt.core.blending import blended, faded, faded_rectangle


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_whole_numbers_are_blended_exactly_and_rounded_to_even(dtype: type, channels: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    before, after = (rng.integers(0, np.iinfo(dtype).max + 1, (4000, *channels)).astype(dtype) for _ in range(2))
    parts = rng.integers(0, 256, 4000)
    shares = parts / 255
    weights = parts.reshape(-1, *(1,) * len(channels)).astype(object)
    exact = before.astype(object) * 255 + (after.astype(object) - before.astype(object)) * weights
    floor, rest = exact // 255, exact % 255  # 255 is odd: nothing lies halfway.
    expected = (floor + (rest * 2 > 255)).astype(dtype)
    np.testing.assert_array_equal(blended(before, after, shares), expected)


def test_halves_go_to_the_even_number() -> None:
    before = np.array([0, 1, 2, 3], np.uint8)
    assert blended(before, before + np.uint8(1), np.full(4, 0.5)).tolist() == [0, 2, 2, 4]


def test_what_is_all_of_one_image_knows_nothing_of_the_other() -> None:
    before, after = np.array([np.nan, 1, np.inf, 2], np.float32), np.array([3, np.nan, 4, np.inf], np.float32)
    assert blended(before, after, np.array([1.0, 0, 1, 0])).tolist() == [3, 1, 4, 2]
    assert np.isnan(blended(before, after, np.full(4, 0.5))[:2]).all()


def test_the_type_is_that_of_the_result() -> None:
    before, after = np.array([10.0, 20]), np.array([20, 30], np.float32)
    assert blended(before, after, np.array([0.25, 1])).dtype == np.float32


@pytest.mark.parametrize("width", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("outside", [((3, 9), (2, 5)), ((0, 3), (4, 0)), ((0, 0), (0, 0)), ((1, 0), (0, 1))])
def test_a_rectangle_fades_as_a_mask_of_its_shape_does(
    width: int, outside: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    (above, _), (left, _) = outside
    mask = np.pad(np.ones((17, 18)), outside)
    shares = faded(mask, width)
    inner = shares[above : above + 17, left : left + 18]
    np.testing.assert_allclose(inner, faded_rectangle((17, 18), width, outside), atol=1e-12)
    assert shares.sum() == pytest.approx(inner.sum())


def test_a_fade_is_a_ramp_inside_the_edge() -> None:
    assert faded_rectangle((1, 8), 3, ((0, 0), (1, 0)))[0].tolist() == [0.25, 0.5, 0.75, 1, 1, 1, 1, 1]
    assert faded_rectangle((9, 1), 3, ((1, 1), (0, 0)))[:, 0].tolist() == [0.25, 0.5, 0.75, 1, 1, 1, 0.75, 0.5, 0.25]


@pytest.mark.parametrize("width", [1, 2, 5, 6])
def test_gray_masks_fade_as_plain_loops_say(width: int) -> None:
    rng = np.random.default_rng(width)
    mask = ndimage.gaussian_filter(rng.random((30, 41)), 2)
    padded = np.pad(mask, width, mode="edge")
    lowest = [
        [padded[y : y + width + 1, x : x + width + 1].min() for x in range(41 + width)] for y in range(30 + width)
    ]
    expected = [[np.array(lowest)[y : y + width + 1, x : x + width + 1].mean() for x in range(41)] for y in range(30)]
    np.testing.assert_allclose(faded(mask, width), expected, atol=1e-12)


def test_no_fade_changes_nothing() -> None:
    mask = np.random.default_rng(0).random((3, 4))
    assert faded(mask, 0) is mask
    np.testing.assert_array_equal(faded(np.ones((1, 1)), 5), [[1]])

"""A filter on the gray whose change is added to the colours, beside the formula in float64."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import correlate

from cnnfilt import convolve
from cnnfilt.core.convolution import convolve_to_levels
from cnnfilt.core.explain.luma import explain_luma
from cnnfilt.core.levels import Levels
from cnnfilt.describe.operations import Convolution
from cnnfilt.errors import KernelError, ParameterError, ShapeError

SHARPEN = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
SOFT = np.array([[0.1, 0.2, 0.1], [0.05, 0.1, 0.3]])


def gray_of(pixels: Any) -> Any:
    red, green, blue = (
        pixels[..., channel].astype(object if pixels.dtype.kind == "u" else float) for channel in range(3)
    )
    if pixels.dtype.kind == "u":
        return ((19595 * red + 38470 * green + 7471 * blue + 32768) // 65536).astype(float)
    return (19595 * red + 38470 * green + 7471 * blue) / 65536


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.sampled_from([np.uint8, np.uint16, np.float32]),
    st.sampled_from([SHARPEN, SOFT]),
)
def test_the_change_of_the_gray_is_added_to_each_colour(height: int, width: int, dtype: Any, kernel: Any) -> None:
    rng = np.random.default_rng(height * 10 + width)
    top = np.iinfo(dtype).max if dtype != np.float32 else 1
    pixels = (rng.random((height, width, 3)) * top).astype(dtype)
    gray = gray_of(pixels)
    # SciPy's windows of two rows reach up, as those of same-lower.
    filtered = correlate(gray, kernel.astype(float), mode="nearest")
    expected = pixels + (filtered - gray)[..., np.newaxis]
    found = convolve(pixels, kernel, padding="same-lower", padding_mode="replicate", channels="luma")
    if dtype != np.float32 and kernel is SHARPEN:
        assert found.dtype.kind == "i"
        np.testing.assert_array_equal(found, expected)
    else:
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=2e-5 * top)


def test_colours_keep_their_distance() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    found = convolve(pixels, SHARPEN, padding="same", channels="luma")
    np.testing.assert_array_equal(found[..., 0] - found[..., 1], pixels[..., 0].astype(int) - pixels[..., 1])


def test_the_identity_changes_nothing_and_a_bias_lifts_all() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 6, 3)).astype(np.uint8)
    np.testing.assert_array_equal(convolve(pixels, [[1]], channels="luma"), pixels)
    np.testing.assert_array_equal(convolve(pixels, [[1]], channels="luma", bias=7), pixels.astype(int) + 7)


def test_smaller_results_have_the_colours_at_the_centres_of_their_windows() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 11, 3)).astype(np.uint8)
    whole = convolve(pixels, SHARPEN, padding="same", channels="luma")
    np.testing.assert_array_equal(convolve(pixels, SHARPEN, channels="luma"), whole[1:-1, 1:-1])
    np.testing.assert_array_equal(convolve(pixels, SHARPEN, channels="luma", stride=2), whole[1:-1:2, 1:-1:2])


def test_levels_are_rounded_and_clipped_at_the_end() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    asked = Convolution(padding="same", channels="luma")
    mapped = convolve_to_levels(pixels, SHARPEN, asked, Levels("clip", np.uint8))
    exact = convolve(pixels, SHARPEN, padding="same", channels="luma")
    np.testing.assert_array_equal(mapped.pixels, np.clip(exact, 0, 255))
    assert mapped.loss.clipped == ((exact < 0) | (exact > 255)).sum()


def test_gray_images_are_filtered_as_they_are() -> None:
    gray = np.random.default_rng(0).integers(0, 256, (5, 6)).astype(np.uint8)
    for image in (gray, gray[..., np.newaxis]):
        np.testing.assert_array_equal(convolve(image, SHARPEN, channels="luma"), convolve(image, SHARPEN))
    nan = np.full((3, 3, 3), np.nan, np.float32)
    assert np.isnan(convolve(nan, SHARPEN, channels="luma")).all()


def test_what_has_no_gray_is_refused() -> None:
    with pytest.raises(ShapeError, match="channels luma is for red, green and blue, or gray; the image has 2 channels"):
        convolve(np.zeros((3, 3, 2)), SHARPEN, channels="luma")
    with pytest.raises(ShapeError, match="holds int64"):
        convolve(np.zeros((3, 3, 3), np.int64), SHARPEN, channels="luma")
    with pytest.raises(KernelError, match="kernels of two dimensions; this one has 3"):
        convolve(np.zeros((3, 3, 3)), np.ones((3, 3, 3)), channels="luma")
    for about in ({"activation": "relu"}, {"input_scale": 2}):
        with pytest.raises(ParameterError, match="leave out activation and input scale"):
            convolve(np.zeros((3, 3, 3)), SHARPEN, channels="luma", **about)  # type: ignore[arg-type]


@pytest.mark.parametrize("stride", [1, 2])
def test_explanations_end_in_the_values(stride: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 9, 3)).astype(np.uint8)
    asked = Convolution(padding="valid", stride=(stride, stride), channels="luma")
    found = convolve(pixels, SHARPEN, channels="luma", stride=stride, bias=3)
    explained = explain_luma(pixels, SHARPEN, (1, 2), asked, bias=3)
    assert [one.value for one in explained] == found[1, 2].tolist()
    assert [one.map for one in explained] == [0, 1, 2]
    assert explained[1].steps[-1].words.startswith("minus gray ")

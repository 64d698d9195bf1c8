"""Rounding noise is no signal: where nothing changes, angles are 0 and mappings that stretch show nothing."""

import numpy as np
import pytest

from cnnfilt import convolve, kernel
from cnnfilt.core.edges import edge_angles
from cnnfilt.core.levels import Levels, apply_levels
from tests.asking import convolve_to_levels, edges_to_levels, pool_to_levels

FLAT = np.full((16, 18), 77, np.uint8)
IMAGES = {
    "8-bit": FLAT,
    "16-bit": FLAT.astype(np.uint16) * 257,
    "single": (FLAT / np.float32(255)).astype(np.float32),
    "double": FLAT / 255,
    "negative": np.repeat(-(FLAT / 7)[..., None], 3, axis=2),
}
METHODS = ("prewitt", "sobel", "scharr", "farid", "roberts", "canny")


@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES)
@pytest.mark.parametrize("method", METHODS)
def test_angles_of_a_flat_image_are_0(method, image):
    assert not edge_angles(image, method=method).any()


@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES)
@pytest.mark.parametrize(("values", "level"), [("minmax", 0), ("symmetric", 128)])
def test_a_flat_image_stays_flat_when_it_is_stretched(image, values, level):
    for name in ("farid-x", "log:2", "kirsch:45"):
        pixels, _ = convolve_to_levels(image, kernel(name), Levels(values, np.uint8))
        assert (pixels == level).all()
    for method in ("farid", "log", "kirsch"):
        pixels, _ = edges_to_levels(image, Levels(values, np.uint8), method=method)
        assert (pixels == level).all()


SMOOTHING = ("gaussian:2,9", "box:7", "motion:9,30", "sharpen")


@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES)
@pytest.mark.parametrize(
    "options",
    [{}, {"bias": 5.3}, {"activation": "relu"}, {"activation": "tanh", "bias": 0.1}, {"activation": "sigmoid"}],
    ids=str,
)
def test_a_result_that_is_the_same_all_over_is_not_stretched(image, options):
    drawn = np.random.default_rng(0).random((5, 6))
    for one in (*map(kernel, SMOOTHING), drawn, kernel("farid-x"), drawn - 0.45):
        for around in ({}, {"padding": "same", "padding_mode": "replicate", "stride": 3}):
            pixels, _ = convolve_to_levels(image, one, Levels("minmax", np.uint8), **options, **around)
            assert not pixels.any()
            pixels, _ = convolve_to_levels(image, one, Levels("symmetric", np.uint8), **options, **around)
            assert (pixels == pixels[0, 0]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_even_slopes_are_not_stretched(dtype):
    ramp = (np.arange(40) * 0.1 + np.zeros((30, 1))).astype(dtype)
    for method in ("farid", "prewitt", "kirsch"):
        pixels, _ = edges_to_levels(ramp, Levels("minmax", np.uint8), method=method, padding="valid")
        assert not pixels.any()


@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES)
@pytest.mark.parametrize(("size", "options"), [(7, {"stride": 5, "padding": "same"}), ((5, 3), {})])
def test_averages_of_a_flat_image_are_not_stretched(image, size, options):
    pixels, _ = pool_to_levels(image, size, Levels("minmax", np.uint8), kind="avg", **options)
    assert not pixels.any()


def test_what_rounding_cannot_make_is_stretched():
    """One level among 255 in a large window, what doubles tell apart, and what is picked, not computed."""
    image = np.full((60, 60), 254, np.uint8)
    image[30, 30] = 255
    doubles = np.full((60, 60), 1000.0)
    doubles[30, 30] += 1e-7
    for one in (image, doubles):
        pixels, _ = convolve_to_levels(one, kernel("gaussian:3"), Levels("minmax", np.uint8))
        assert pixels.max() == 255
    singles = np.full((6, 6), 1000, np.float32)
    singles[3, 3] = np.nextafter(singles[3, 3], np.float32(np.inf))
    assert pool_to_levels(singles, 2, Levels("minmax", np.uint8))[0].max() == 255
    wide = np.full((6, 6), 10**9)
    wide[3, 3] += 1
    assert convolve_to_levels(wide, [[1, 1]], Levels("minmax", np.uint8))[0].max() == 255


def test_one_infinity_leaves_the_others_alike():
    image = np.full((20, 20), np.float32(0.3))
    image[4, 4] = np.inf
    pixels, loss = convolve_to_levels(image, kernel("gaussian:1,5"), Levels("minmax", np.uint8))
    assert sorted({*pixels.ravel().tolist()}) == [0, 255]
    assert loss.clipped == 25


def test_raw_responses_keep_their_noise():
    responses = convolve(FLAT, kernel("farid-x"))
    pixels, _ = convolve_to_levels(FLAT, kernel("farid-x"), Levels("raw", np.float32))
    np.testing.assert_array_equal(pixels, responses)


def test_a_faint_edge_is_no_noise():
    image = FLAT.astype(np.float64)
    image[:, 9:] += 1e-3
    angles = edge_angles(image, method="farid")
    assert np.abs(angles[8, 8:10]).max() < 1e-3
    assert (convolve_to_levels(image, kernel("farid-x"), Levels("minmax", np.uint8))[0][8, 6:9] > 0).any()
    image[:, 9:] = 77 - 1e-3
    np.testing.assert_allclose(edge_angles(image, method="farid")[8, 8:10], np.pi, rtol=1e-3)


def test_each_window_is_judged_by_what_it_meets():
    """A bright corner makes no noise elsewhere, and hides no faint edge."""
    image = np.full((40, 40), 0.1)
    image[0, 0] = 1e9
    image[:, 30:] += 1e-4
    angles = edge_angles(image, method="sobel")
    assert not angles[10:, :28].any()
    assert np.abs(convolve(image, kernel("sobel-x"), padding="same", padding_mode="replicate")[20, 29]) > 1e-4


def test_noise_free_strips_are_the_same_for_any_number(monkeypatch):
    image = np.random.default_rng(1).normal(size=(40, 30))
    expected = convolve_to_levels(image, kernel("farid-x"), Levels("symmetric", np.uint8))[0]
    monkeypatch.setattr("cnnfilt.core.engine.strips.SCRATCH_BYTES", 2000)
    np.testing.assert_array_equal(
        convolve_to_levels(image, kernel("farid-x"), Levels("symmetric", np.uint8))[0], expected
    )


@pytest.mark.parametrize("values", ["minmax", "symmetric"])
def test_an_infinity_is_no_noise(values):
    image = np.array([[1, np.inf, 3], [4, 5, 6]])
    for name in ([[1.5]], [[0.5, -0.5]]):
        pixels, loss = convolve_to_levels(image, name, Levels(values, np.uint8))
        expected, expected_loss = apply_levels(convolve(image, name), Levels(values, np.uint8))
        np.testing.assert_array_equal(pixels, expected)
        assert loss == expected_loss

"""Rounding noise is no signal: where nothing changes, angles are 0 and mappings that stretch show nothing."""

import numpy as np
import pytest

from cnnfilt import convolve, kernel
from cnnfilt.core.edges import edge_angles
from cnnfilt.core.levels import Levels, apply_levels
from tests.asking import convolve_to_levels, edges_to_levels

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

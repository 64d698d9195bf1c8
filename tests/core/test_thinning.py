"""Edges one pixel wide, beside plain loops over each pixel and its two neighbours."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import convolve, edges, kernel
from cnnfilt.core.edges import edges_to_levels
from cnnfilt.core.levels import Levels
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.errors import ParameterError

METHODS = ["prewitt", "sobel", "scharr", "farid", "roberts"]


def gradient(image: Any, method: str, direction: str | None) -> tuple[Any, Any]:
    """The growth to the right and downward, in float64."""
    names = ("roberts-1", "roberts-2") if method == "roberts" else (f"{method}-x", f"{method}-y")
    first, second = (
        convolve(image.astype(np.float64), kernel(name), padding="same", padding_mode="replicate") for name in names
    )
    if method == "roberts":
        first, second = second - first, -(first + second)
    zeros = np.zeros_like(first)
    return (zeros if direction == "horizontal" else first), (zeros if direction == "vertical" else second)


def naive(image: Any, method: str, direction: str | None = None) -> Any:
    """Where a pixel clearly beats the one before it along its direction, and is not clearly beaten by the one after."""
    across, down = gradient(image, method, direction)
    across[np.abs(across) < 1e-9 * (1 + float(image.max()))] = 0
    down[np.abs(down) < 1e-9 * (1 + float(image.max()))] = 0
    strength = np.hypot(across, down)
    height, width = image.shape
    kept = np.zeros(image.shape, np.bool_)
    for y in range(height):
        for x in range(width):
            angle = math.degrees(math.atan2(down[y, x], across[y, x])) % 180
            dy, dx = {0: (0, 1), 1: (1, 1), 2: (1, 0), 3: (1, -1)}[round(angle / 45) % 4]

            def at(row: int, column: int) -> float:
                return float(strength[row, column]) if 0 <= row < height and 0 <= column < width else 0.0

            own = at(y, x)
            kept[y, x] = own > at(y - dy, x - dx) * (1 + 1e-5) and own * (1 + 1e-5) >= at(y + dy, x + dx)
    return kept


def is_clear(image: Any, method: str, direction: str | None) -> bool:
    """Tell whether no gradient points halfway between two directions, where rounding would decide."""
    across, down = gradient(image, method, direction)
    steps = (np.degrees(np.arctan2(down, across)) % 180) / 45
    return bool((np.abs(steps - np.floor(steps) - 0.5) > 1e-6).all())


@settings(deadline=None, max_examples=150)
@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 50),
    st.sampled_from(METHODS),
    st.sampled_from([None, "vertical", "horizontal"]),
    st.sampled_from([np.uint8, np.uint16, np.float32]),
    st.booleans(),
)
def test_what_is_kept_are_the_crests(
    height: int, width: int, seed: int, method: Any, direction: Any, dtype: Any, few: bool
) -> None:
    rng = np.random.default_rng(seed)
    # Few levels make ties.
    image = rng.integers(0, 3 if few else 256, (height, width)).astype(dtype)
    if method == "roberts":
        direction = None
    if not is_clear(image, method, direction):
        return
    kept = naive(image, method, direction)
    magnitudes = edges(image, method=method, direction=direction)
    thin = edges(image, method=method, direction=direction, thin=True)
    assert thin.dtype == magnitudes.dtype
    np.testing.assert_array_equal(thin != 0, kept & (magnitudes != 0))
    np.testing.assert_array_equal(thin[kept], magnitudes[kept])


@pytest.mark.parametrize("method", METHODS)
def test_a_step_gives_a_line_of_one_pixel(method: Any) -> None:
    image = np.zeros((9, 12), np.uint8)
    image[:, 6:] = 200
    lines = edges(image, method=method, thin=True) > 0
    assert (lines.sum(axis=1) == 1).all()
    assert lines[:, 5].all()
    turned = edges(image.T.copy(), method=method, thin=True) > 0
    assert (turned.sum(axis=0) == 1).all()


def test_the_borders_of_the_strips_are_not_seen() -> None:
    image = np.random.default_rng(0).integers(0, 256, (200, 30)).astype(np.uint8)
    np.testing.assert_array_equal(edges(image, thin=True)[40:160][2:-2], edges(image[40:160], thin=True)[2:-2])


def test_colours_are_thinned_one_by_one() -> None:
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    thin = edges(image, thin=True)
    for channel in range(3):
        np.testing.assert_array_equal(thin[..., channel], edges(image[..., channel], thin=True))


def test_a_threshold_sees_what_is_thin() -> None:
    image = np.random.default_rng(0).integers(0, 256, (20, 30)).astype(np.uint8)
    thin = edges(image, thin=True)
    np.testing.assert_array_equal(edges(image, thin=True, threshold=200) == 255, thin >= 200)


def test_flat_images_and_small_ones_have_no_crests() -> None:
    assert not edges(np.full((4, 4), 0.1, np.float32), method="farid", thin=True).any()
    assert not edges(np.array([[7]], np.uint8), thin=True).any()


def test_what_is_no_number_stays_so() -> None:
    image = np.zeros((9, 9), np.float32)
    image[4, 4] = np.nan
    assert (np.isnan(edges(image, thin=True)) == np.isnan(edges(image))).all()


def test_pixels_are_those_of_the_magnitudes() -> None:
    image = np.random.default_rng(0).integers(0, 256, (20, 30)).astype(np.uint8)
    mapped = edges_to_levels(image, EdgeDetection(thin=True), Levels("clip", np.uint8))
    np.testing.assert_array_equal(mapped.pixels, np.rint(np.clip(edges(image, thin=True), 0, 255)))
    part = edges_to_levels(image, EdgeDetection(thin=True), Levels("minmax", np.uint8), within=np.s_[3:9, 4:20])
    some = edges(image, thin=True)[3:9, 4:20].astype(np.float64)
    np.testing.assert_allclose(part.pixels, some * 255 / some.max(), atol=0.51)


@pytest.mark.parametrize("method", ["canny", "laplacian", "log", "kirsch"])
def test_methods_without_directions_are_refused(method: Any) -> None:
    with pytest.raises(ParameterError, match="thin is for prewitt, sobel, scharr, roberts, farid"):
        edges(np.zeros((5, 5)), method=method, thin=True)

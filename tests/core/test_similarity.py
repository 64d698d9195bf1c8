"""SSIM as its authors define it: held against the plainest of loops, and against scikit-image where it is installed."""

from math import exp, inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.similarity import TILE_ROWS, TILE_VALUES, has_windows, structural_similarity
from cnnfilt.errors import ShapeError


def oracle(a: np.ndarray, b: np.ndarray, peak: float) -> float:
    """The mean over all windows and channels of equation 13, each written out."""
    across = np.array([exp(-(n**2) / (2 * 1.5**2)) for n in range(-5, 6)])
    weights = np.outer(across, across) / across.sum() ** 2
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    found = []
    for channel in range(a.shape[2]):
        for row in range(a.shape[0] - 10):
            for column in range(a.shape[1] - 10):
                place = slice(row, row + 11), slice(column, column + 11), channel
                x, y = a[place].astype(float), b[place].astype(float)
                mx, my = (weights * x).sum(), (weights * y).sum()
                vx, vy = (weights * (x - mx) ** 2).sum(), (weights * (y - my) ** 2).sum()
                cov = (weights * (x - mx) * (y - my)).sum()
                found.append((2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2)))
    return sum(found) / len(found)


def drawn(seed: int, shape: tuple[int, ...], kind: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Two images with something in common, and the range of their values."""
    rng = np.random.default_rng(seed)
    a, noise = rng.random(shape), rng.normal(size=shape) * rng.choice([0.01, 0.1, 1])
    b = a * rng.uniform(0.5, 1) + noise
    if kind.startswith("uint"):
        top = np.iinfo(kind).max
        return *((np.clip(image, 0, 1) * top).astype(kind) for image in (a, b)), top
    spread = float(rng.choice([1e-3, 1, 1e4]))
    return (a * spread - spread / 2).astype(kind), (b * spread).astype(kind), spread


@given(
    st.integers(0, 2**32),
    st.tuples(st.integers(11, 17), st.integers(11, 17), st.integers(1, 4)),
    st.sampled_from(["uint8", "uint16", "float32", "float64"]),
)
@settings(max_examples=60)
def test_it_is_that_of_a_loop(seed: int, shape: tuple[int, ...], kind: str) -> None:
    a, b, peak = drawn(seed, shape, kind)
    assert structural_similarity(a, b, peak=peak) == pytest.approx(oracle(a, b, peak), rel=1e-9, abs=1e-9)
    assert structural_similarity(b, a, peak=peak) == pytest.approx(structural_similarity(a, b, peak=peak), rel=1e-12)


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32", "float64"])
@pytest.mark.parametrize(
    "shape",
    [
        (11, 11),
        (60, 47),
        (23, 31, 3),
        (TILE_ROWS + 10, TILE_VALUES + 10),
        (TILE_ROWS + 11, TILE_VALUES + 11),
        (90, 200, 4),
    ],
)
def test_it_is_that_of_scikit_image(kind: str, shape: tuple[int, ...]) -> None:
    """Its Gaussian weights, without the sample's own covariance, are what the paper has."""
    metrics = pytest.importorskip("skimage.metrics")
    a, b, peak = drawn(sum(shape), shape, kind)
    constants = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "K1": 0.01, "K2": 0.03}
    a_exact, b_exact = a.astype(float), b.astype(float)
    channel_axis = None if len(shape) == 2 else -1
    theirs = metrics.structural_similarity(a_exact, b_exact, data_range=peak, channel_axis=channel_axis, **constants)
    assert structural_similarity(a, b, peak=peak) == pytest.approx(theirs, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32", "float64"])
def test_the_same_image_is_exactly_one(kind: str) -> None:
    a, _, peak = drawn(7, (40, 300, 3), kind)
    assert structural_similarity(a, a.copy(), peak=peak) == 1
    assert structural_similarity(np.full((20, 20), 9, kind), np.full((20, 20), 9, kind), peak=peak) == 1


def test_flat_images_are_compared_by_their_light_alone() -> None:
    a, b = np.full((15, 15), 100, np.uint8), np.full((15, 15), 200, np.uint8)
    c1 = (0.01 * 255) ** 2
    light = (2 * 100 * 200 + c1) / (100**2 + 200**2 + c1)
    assert structural_similarity(a, b, peak=255) == pytest.approx(light, rel=1e-12)


def test_a_negative_has_a_similarity_below_zero() -> None:
    a = np.random.default_rng(1).integers(0, 256, (30, 30), dtype=np.uint8)
    assert structural_similarity(a, 255 - a, peak=255) < 0


@pytest.mark.parametrize("factor", [1e-300, 1e-30, 1, 1e30, 1e300])
def test_the_unit_of_the_values_makes_no_difference(factor: float) -> None:
    a, b, _ = drawn(3, (20, 20), "float64")
    expected = structural_similarity(a, b, peak=1)
    assert structural_similarity(a * factor, b * factor, peak=factor) == pytest.approx(expected, rel=1e-9)


def test_nothing_but_zeros_is_the_same() -> None:
    assert structural_similarity(np.zeros((12, 12)), np.zeros((12, 12)), peak=0) == 1


@pytest.mark.parametrize("odd", [nan, inf, -inf])
@pytest.mark.parametrize("shape", [(40, 40), (40, 40, 3)])
def test_windows_with_a_nan_in_both_do_not_count(odd: float, shape: tuple[int, ...]) -> None:
    a, b, _ = drawn(5, shape, "float64")
    left = structural_similarity(a[:, 21:], b[:, 21:], peak=1)
    a[:, 10:21] = b[:, 10:21] = odd
    assert structural_similarity(a, b, peak=1) == pytest.approx(left, rel=1e-12)
    b[3, 35] += 0.5
    assert structural_similarity(a, b, peak=1) != left
    a[:] = b[:] = odd
    assert isnan(structural_similarity(a, b, peak=1))


@pytest.mark.parametrize(("one", "other"), [(nan, 0.5), (0.5, inf), (inf, -inf), (nan, inf)])
def test_what_is_no_number_in_one_alone_leaves_none(one: float, other: float) -> None:
    a, b, _ = drawn(5, (40, 40), "float32")
    a[20, 20], b[20, 20] = one, other
    assert isnan(structural_similarity(a, b, peak=1))


def test_what_cannot_be_compared_is_refused() -> None:
    assert [has_windows(shape) for shape in ((11, 11), (10, 99), (99, 10, 3))] == [True, False, False]
    with pytest.raises(ShapeError, match="SSIM looks at windows of 11x11, which 10x99 does not hold"):
        structural_similarity(np.zeros((10, 99)), np.zeros((10, 99)), peak=1)
    with pytest.raises(ShapeError, match="20x20 and 20x21 differ in size"):
        structural_similarity(np.zeros((20, 20)), np.zeros((20, 21)), peak=1)


def test_the_arrays_stay_as_they_were() -> None:
    a, b, _ = drawn(2, (30, 30, 3), "float64")
    before = a.copy(), b.copy()
    structural_similarity(a, b, peak=1)
    np.testing.assert_array_equal((a, b), before)

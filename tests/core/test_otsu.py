"""Otsu's threshold, beside scikit-image's and whole numbers."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt import edges
from cnnfilt.core.edge_masks import threshold_of
from cnnfilt.core.otsu import otsu_level
from cnnfilt.describe.edge_detection import EdgeDetection


def naive(counts: list[int]) -> int | None:
    """The level that parts best, by fractions; the first of those that part as well."""
    best, found = Fraction(0), None
    for level in range(1, len(counts)):
        below, above = counts[:level], counts[level:]
        if not sum(below) or not sum(above):
            continue
        mean = Fraction(sum(i * n for i, n in enumerate(below)), sum(below))
        other = Fraction(sum(i * n for i, n in enumerate(above, level)), sum(above))
        variance = sum(below) * sum(above) * (other - mean) ** 2
        if variance > best:
            best, found = variance, level
    return found


@given(st.lists(st.integers(0, 20), min_size=1, max_size=12))
def test_levels_part_as_fractions_say(counts: list[int]) -> None:
    assert otsu_level(np.array(counts, np.int64)) == naive(counts)


def test_ties_go_to_the_lowest_level() -> None:
    assert otsu_level(np.array([5, 0, 0, 5])) == 1
    assert otsu_level(np.array([1, 1, 1])) == naive([1, 1, 1]) == 1
    assert otsu_level(np.array([0, 7, 0])) is None
    assert otsu_level(np.array([3])) is None


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_levels_are_those_of_scikit_image(dtype: type) -> None:
    filters = pytest.importorskip("skimage.filters")
    rng = np.random.default_rng(2)
    levels = np.clip(np.concatenate([rng.normal(60, 15, 4000), rng.normal(170, 25, 1500)]), 0, 255).astype(dtype)
    assert otsu_level(np.bincount(levels, minlength=256)) == filters.threshold_otsu(levels) + 1


def variance(counts: list[int], level: int) -> Fraction:
    """w0 w1 (m1 - m0)^2, exactly."""
    below, above = sum(counts[:level]), sum(counts[level:])
    sums = sum(i * n for i, n in enumerate(counts[:level])), sum(i * n for i, n in enumerate(counts[level:], level))
    return Fraction((sums[1] * below - sums[0] * above) ** 2, below * above)


@pytest.mark.parametrize("seed", range(40))
def test_sixteen_bits_part_at_least_as_well_as_in_scikit_image(seed: int) -> None:
    """It counts in float32, which where two levels are about as good takes the second best."""
    filters = pytest.importorskip("skimage.filters")
    rng = np.random.default_rng(seed)
    groups = [rng.normal(rng.uniform(0, 65535), rng.uniform(1, 16000), rng.integers(2, 3000)) for _ in range(2)]
    levels = np.clip(np.concatenate(groups), 0, 65535).astype(np.uint16)
    counts = np.bincount(levels, minlength=65536).tolist()
    ours, theirs = otsu_level(np.array(counts)), int(filters.threshold_otsu(levels)) + 1
    assert ours is not None
    assert 0 <= variance(counts, ours) / variance(counts, theirs) - 1 < 1e-6


@pytest.mark.parametrize("method", ["prewitt", "scharr", "log", "kirsch"])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_edges_are_parted_at_a_whole_level(method: str, channels: tuple[int, ...]) -> None:
    blocks = np.random.default_rng(3).integers(0, 256, (7, 9, *channels))
    image = blocks.repeat(6, axis=0).repeat(6, axis=1).astype(np.uint8)
    found = threshold_of(image if channels else image[..., np.newaxis], EdgeDetection(method=method, threshold="auto"))
    magnitudes = edges(image, method=method)
    floors = np.floor(np.clip(magnitudes, 0, 255)).astype(np.int64)
    assert found == naive(np.bincount(floors.ravel(), minlength=256).tolist())
    np.testing.assert_array_equal(
        edges(image, method=method, threshold="auto"), edges(image, method=method, threshold=found)
    )


def test_floats_are_parted_in_256_steps() -> None:
    rng = np.random.default_rng(0)
    image = np.kron(rng.random((5, 5)), np.ones((8, 8))).astype(np.float32) * 1e-3
    image[3, 3] = np.nan
    magnitudes = edges(image)
    known = magnitudes[np.isfinite(magnitudes)].astype(np.float64)
    step = (known.max() - known.min()) / 256
    counts = np.bincount(np.clip((known - known.min()) / step, 0, 255).astype(int), minlength=256)
    level = naive(counts.tolist())
    assert level is not None
    asked = EdgeDetection(threshold="auto")
    assert threshold_of(image[..., np.newaxis], asked) == pytest.approx(known.min() + level * step)


@pytest.mark.parametrize("image", [np.full((5, 5), 90, np.uint8), np.zeros((1, 1), np.uint16), np.ones((4, 4))])
def test_where_nothing_differs_there_is_no_edge(image: np.ndarray) -> None:
    assert not edges(image, threshold="auto").any()

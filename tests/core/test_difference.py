"""How images differ, held against the plainest of loops."""

from math import inf, isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnfilt.core.difference import STRIP_VALUES, compare, difference_picture, magnitudes
from cnnfilt.errors import ShapeError

DTYPES = [np.uint8, np.uint16, np.int16, np.int64, np.uint64, np.float32, np.float64]


def apart(a: float, b: float) -> float:
    """The oracle: two Python numbers."""
    if a == b or (a != a and b != b):
        return 0
    return inf if isnan(a) or isnan(b) else abs(a - b)


@given(st.data(), st.sampled_from(DTYPES), st.sampled_from(DTYPES))
@settings(max_examples=60)
def test_largest_place_mean_and_rms_are_those_of_a_loop(data: st.DataObject, first: type, second: type) -> None:
    shape = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 3)))
    whole = np.dtype(first).kind != "f" and np.dtype(second).kind != "f"
    a, b = (data.draw(arrays.arrays(dtype, shape, elements=_elements(dtype, whole))) for dtype in (first, second))
    each = [apart(x, y) for x, y in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)]
    tolerance = data.draw(st.sampled_from([0, 0.5, 1, 100, inf]))
    found = compare(a, b, tolerance=tolerance)
    assert found.largest == max(each)
    if max(each):
        place = each.index(max(each))
        assert found.place == tuple(int(n) for n in np.unravel_index(place, shape))
        assert found.values is not None
        np.testing.assert_equal(found.values, (a.flat[place].item(), b.flat[place].item()))
    else:
        assert found.place is found.values is None
    assert found.mean == pytest.approx(sum(each) / len(each), nan_ok=True)
    assert found.rms == pytest.approx(sqrt(sum(n * n for n in each) / len(each)))
    assert found.differing == sum(n > 0 for n in each)
    assert found.odd == sum(n == inf for n in each)
    assert found.total == len(each)
    pixels = [max(each[start : start + shape[2]]) for start in range(0, len(each), shape[2])]
    assert (found.pixels, found.pixels_over) == (len(pixels), sum(n > tolerance for n in pixels))


def _elements(dtype: type, whole: bool) -> st.SearchStrategy[float]:
    if np.dtype(dtype).kind == "f":
        odd = st.sampled_from([nan, inf, -inf])
        return st.one_of(st.integers(-1000, 1000).map(lambda n: n / 4), odd)
    limits = np.iinfo(dtype)
    low, high = int(limits.min), int(limits.max)
    return st.integers(low, high) if whole else st.integers(max(low, -1000), min(high, 1000))


def test_the_ends_of_64_bits_are_exactly_as_far_apart_as_they_are() -> None:
    low, high = np.array([[-(2**63), 5]]), np.array([[2**63 - 1, 4]])
    assert magnitudes(low, high).tolist() == [[2**64 - 1, 1]]
    assert magnitudes(low, np.array([[2**64 - 1, 5]], np.uint64))[0, 1] == 0


def test_the_first_of_several_largest_is_told_whatever_the_strips() -> None:
    a = np.zeros((300, 4000), np.uint8)
    b = a.copy()
    b[[70, 70, 299], [3999, 2, 0]] = 9
    b[10, 10] = 8
    found = compare(a, b)
    assert (found.largest, found.place, found.differing) == (9, (70, 2), 4)


def test_psnr_of_one_level_everywhere() -> None:
    """20 log10(255), the number in every textbook: 48.13 dB."""
    zeros = np.zeros((8, 8), np.uint8)
    assert compare(zeros, zeros + np.uint8(1)).psnr(255) == pytest.approx(48.1308, abs=1e-4)
    assert compare(zeros, zeros).psnr(255) == inf


def test_a_picture_is_white_where_most_differs() -> None:
    a = np.zeros((2, 3, 3), np.uint8)
    b = a.copy()
    b[0, 1], b[1, 2] = (0, 4, 2), (1, 0, 0)
    assert difference_picture(a, b, largest=4).tolist() == [[0, 255, 0], [0, 0, 64]]
    assert difference_picture(a, b, largest=4, gain=1).tolist() == [[0, 4, 0], [0, 0, 1]]
    assert difference_picture(a, b, largest=4, gain=100).max() == 255
    assert difference_picture(a, a, largest=0).max() == 0
    odd = np.full((1, 1), nan)
    assert difference_picture(odd, np.zeros((1, 1)), largest=1).tolist() == [[255]]


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(ShapeError):
        compare(np.zeros((2, 3)), np.zeros((3, 2)))


def test_distances_past_64_bits() -> None:
    a, b = np.array([[-1, 5]], np.int16), np.array([[2**64 - 1, 2**64 - 1]], np.uint64)
    found = compare(a, b)
    assert (found.largest, found.place, found.values) == (2**64, (0, 0), (-1, 2**64 - 1))
    assert difference_picture(a, b, largest=float(found.largest)).tolist() == [[255, 255]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32])
@pytest.mark.parametrize("shape", [(5, STRIP_VALUES + 3), (4, STRIP_VALUES // 2, 3), (1, 2 * STRIP_VALUES)], ids=str)
def test_rows_longer_than_a_strip_are_compared_whole(shape: tuple[int, ...], dtype: type) -> None:
    rng = np.random.default_rng(1)
    a = rng.integers(0, 100, shape).astype(dtype)
    b = a.copy()
    last = tuple(n - 1 for n in shape)
    b[0, 7], b[last] = a[0, 7] + 3, a[last] + 50
    found = compare(a, b)
    assert (found.largest, found.place, found.values) == (50, last, (a[last].item(), b[last].item()))
    depth = shape[2] if len(shape) == 3 else 1
    assert (found.differing, found.total) == (depth + 1, a.size)
    assert (found.total_magnitude, found.total_square) == (50 + 3 * depth, 2500 + 9 * depth)
    drawn = difference_picture(a, b, largest=50)
    assert drawn.shape == shape[:2]
    assert {place: int(drawn[place]) for place in zip(*map(list, np.nonzero(drawn)), strict=True)} == {
        (0, 7): round(3 * 255 / 50),
        last[:2]: 255,
    }

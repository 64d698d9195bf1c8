"""The equations of a filter: sums over all windows, however they are cut up."""

import numpy as np
import pytest

from cnnfilt.core.convolution import convolve
from cnnfilt.errors import ShapeError
from cnnfilt.fitting.equations import Equations, equations_of, overlap
from cnnfilt.fitting.least_squares import levels_off, solve
from tests.fitting.noise import CLIPPED, NOISE, RAW, RNG, as_levels


def test_the_sums_are_those_of_every_window_written_out() -> None:
    """The oracle: loops, one window after the other, in the order of the kernel's memory."""
    before = RNG.normal(size=(9, 8, 2))
    after = RNG.normal(size=(9, 8, 3))
    # 3 rows: one of padding on either side; 4 columns: one of padding before, two after.
    places = [(y, x) for y in range(1, 8) for x in range(8 - 4 + 1)]
    rows = [[*before[y - 1 : y + 2, x : x + 4].ravel(), 1.0] for y, x in places]
    answers = after[1:8, 1 : 1 + 5].reshape(-1, 3)
    x = np.array(rows)
    equations = equations_of(before, after, (3, 4), channels="sum", inverse=RAW)
    np.testing.assert_allclose(equations.gram, x.T @ x, atol=1e-12)
    np.testing.assert_allclose(equations.moments, x.T @ answers, atol=1e-12)
    np.testing.assert_allclose(equations.power, (answers**2).sum(axis=0))
    assert (equations.windows, equations.left_out) == (35, 0)
    assert equations.largest == np.abs(answers).max()


def test_pixels_at_black_and_white_are_left_out() -> None:
    kernel = RNG.uniform(-0.5, 0.7, (3, 3))
    after = as_levels(convolve(NOISE, kernel, padding="same"))
    equations = equations_of(NOISE, after, (3, 3), inverse=CLIPPED)
    cut_off = np.count_nonzero((after[1:-1, 1:-1] == 0) | (after[1:-1, 1:-1] == 255))
    assert 0 < equations.left_out == cut_off
    assert equations.windows + equations.left_out == 58 * 68
    learned = solve(equations)
    np.testing.assert_allclose(learned.coefficients.reshape(3, 3), kernel, atol=0.005)
    assert levels_off(learned, CLIPPED) == pytest.approx(12**-0.5, rel=0.1)


def test_each_channel_adds_its_windows_and_sum_is_one_filter_over_all() -> None:
    colour = RNG.integers(0, 256, (20, 21, 3)).astype(np.uint8)
    kernel = np.array([[1, -2], [3, 1]])
    each = equations_of(colour, convolve(colour, kernel), (2, 2), inverse=RAW)
    assert each.windows == 19 * 20 * 3
    np.testing.assert_allclose(solve(each).coefficients.reshape(2, 2), kernel, atol=1e-9)
    deep = RNG.normal(size=(2, 2, 3, 2))
    both = equations_of(colour, convolve(colour, deep), (2, 2), channels="sum", inverse=RAW)
    np.testing.assert_allclose(solve(both).coefficients.reshape(deep.shape), deep, atol=1e-5)


def test_pairs_add_up() -> None:
    kernel = np.array([[2, 0, -1]])
    parts = [NOISE[:30], NOISE[30:]]
    total = sum_of([equations_of(part, convolve(part, kernel), (1, 3), inverse=RAW) for part in parts])
    whole = equations_of(NOISE, convolve(NOISE, kernel), (1, 3), inverse=RAW)
    np.testing.assert_array_equal(total.gram, whole.gram)
    assert total.windows == whole.windows


def sum_of(parts: list[Equations]) -> Equations:
    return parts[0] + parts[1]


def test_a_large_image_is_summed_in_blocks_to_the_same_whole_numbers() -> None:
    wide = RNG.integers(0, 256, (40, 9000)).astype(np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(wide, (5, 5)).reshape(-1, 25).astype(np.int64)
    equations = equations_of(wide, wide, (5, 5), inverse=RAW)
    np.testing.assert_array_equal(equations.gram[:-1, :-1], windows.T @ windows)


@pytest.mark.parametrize("step", [2, 3, 7])
def test_rows_are_thinned_out_where_there_are_more_than_enough(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    image, kernel = RNG.integers(0, 256, (203, 64)).astype(np.uint8), RNG.integers(-5, 6, (4, 5))
    monkeypatch.setattr("cnnfilt.fitting.equations.MOST_PRODUCTS", 200 * 60 * 21**2 // step)
    equations = equations_of(image, convolve(image, kernel), (4, 5), inverse=RAW)
    assert equations.windows == -(-200 // step) * 60
    np.testing.assert_allclose(solve(equations).coefficients.reshape(4, 5), kernel, atol=1e-8)


@pytest.mark.parametrize(("before", "after", "size"), [(10, 5, 3), (10, 14, 3), (2, 2, 3), (5, 3, 1)])
def test_sizes_that_cannot_belong_together_are_refused(before: int, after: int, size: int) -> None:
    with pytest.raises(ShapeError):
        overlap(before, after, size, "rows")


def test_channels_that_cannot_belong_together_are_refused() -> None:
    with pytest.raises(ShapeError, match="3 channels and AFTER 1"):
        equations_of(np.zeros((9, 9, 3)), np.zeros((9, 9)), (3, 3), inverse=RAW)

"""Filters recovered from images that were made with them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.convolution import convolve
from cnnfilt.core.inverse_levels import InverseLevels
from cnnfilt.errors import DemandError, ParameterError, ShapeError
from cnnfilt.fitting.descent import descend
from cnnfilt.fitting.equations import Equations, equations_of, overlap
from cnnfilt.fitting.least_squares import decimals_of, levels_off, rounded, simplified, solve
from cnnfilt.nn.conv2d import Conv2D
from cnnfilt.nn.optimizers import SGD

RAW = InverseLevels()
CLIPPED = InverseLevels(top=255, white=255)
RNG = np.random.default_rng(11)
NOISE = RNG.integers(0, 256, (60, 70)).astype(np.uint8)


def as_levels(responses: np.ndarray) -> np.ndarray:
    return np.rint(responses).clip(0, 255).astype(np.uint8)


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


@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from(["valid", "same", "full"]), st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_a_filter_comes_back_whatever_its_size_and_padding(height: int, width: int, padding: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image, kernel = rng.normal(size=(22, 25)), rng.normal(size=(height, width))
    after = convolve(image, kernel, padding=padding)  # type: ignore[arg-type]
    learned = solve(equations_of(image, after, (height, width), inverse=RAW))
    np.testing.assert_allclose(learned.coefficients.reshape(height, width), kernel, atol=1e-9)


def test_a_wider_size_than_the_filters_gives_zeros_around_it() -> None:
    kernel = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])
    for padding in ("valid", "same"):
        after = convolve(NOISE, kernel, padding=padding)  # type: ignore[arg-type]
        learned = simplified(solve(equations_of(NOISE, after, (5, 5), inverse=RAW)))
        np.testing.assert_array_equal(learned.coefficients.reshape(5, 5), np.pad(kernel, 1))
        assert learned.whole_over == 1


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


def test_the_spread_is_that_of_many_tries() -> None:
    """The standard error is what it says: how far coefficients of many noisy pairs lie apart."""
    kernel = np.array([[0.2, 0.5], [0.1, -0.4]])
    exact = convolve(NOISE.astype(float), kernel)
    tries = [
        solve(equations_of(NOISE, exact + RNG.normal(0, 3, exact.shape), (2, 2), inverse=RAW), bias=True)
        for _ in range(200)
    ]
    apart = np.std([one.unknowns[:, 0] for one in tries], axis=0)
    np.testing.assert_allclose(tries[0].spread[:, 0], apart, rtol=0.2)
    assert np.mean([one.rms for one in tries]) == pytest.approx(3, rel=0.01)


def test_a_bias_is_found_and_told_from_none() -> None:
    after = as_levels(convolve(NOISE, [[0.25, 0.25], [0.25, 0.125]], bias=7))
    learned = simplified(solve(equations_of(NOISE, after, (2, 2), inverse=CLIPPED), bias=True))
    assert learned.biases.tolist() == [7]
    assert learned.coefficients.ravel().tolist() == [0.25, 0.25, 0.25, 0.125]
    assert learned.whole_over == 8


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


@pytest.mark.parametrize(
    "image",
    [np.full((30, 30), 7, np.uint8), np.tile(np.arange(30, dtype=np.uint8), (30, 1)), np.eye(2, dtype=np.uint8)],
    ids=["flat", "ramp", "tiny"],
)
def test_images_that_settle_nothing_are_refused(image: np.ndarray) -> None:
    with pytest.raises((DemandError, ShapeError), match=r"too much alike|no window|windows for"):
        solve(equations_of(image, image, (3, 3), inverse=RAW))


def test_what_is_black_and_white_alone_teaches_nothing() -> None:
    image = (NOISE > 128).astype(np.uint8) * 255
    with pytest.raises(DemandError, match="cut off"):
        solve(equations_of(image, image, (3, 3), inverse=CLIPPED))


@pytest.mark.parametrize(("before", "after", "size"), [(10, 5, 3), (10, 14, 3), (2, 2, 3), (5, 3, 1)])
def test_sizes_that_cannot_belong_together_are_refused(before: int, after: int, size: int) -> None:
    with pytest.raises(ShapeError):
        overlap(before, after, size, "rows")


def test_channels_that_cannot_belong_together_are_refused() -> None:
    with pytest.raises(ShapeError, match="3 channels and AFTER 1"):
        equations_of(np.zeros((9, 9, 3)), np.zeros((9, 9)), (3, 3), inverse=RAW)


def test_decimals_are_as_many_as_are_sure() -> None:
    kernel = RNG.uniform(-0.3, 0.5, (3, 3))
    learned = solve(equations_of(NOISE, as_levels(convolve(NOISE, kernel)), (3, 3), inverse=CLIPPED))
    decimals = decimals_of(learned)
    assert 10**-decimals <= learned.spread.max() / 10 <= 10 ** (1 - decimals)
    plain = simplified(learned)
    assert plain.whole_over == 0
    assert np.abs(plain.coefficients - learned.coefficients).max() <= learned.spread.max() / 10
    assert rounded(learned, 1).coefficients.tolist() == np.round(learned.coefficients, 1).tolist()
    assert rounded(learned, 1).rms > learned.rms


def test_descent_takes_the_very_steps_of_the_notes_loop() -> None:
    """Forward, dL/dZ = (Z - Y) / windows, backward, K = K - alpha dL/dK: by the layers and the optimizer themselves."""
    image, alpha = NOISE[:12, :13].astype(float), 1e-6
    after = convolve(image, [[1.0, 2.0], [3.0, -1.0]]) + 5
    layer = Conv2D(np.zeros((2, 2, 1, 1)), np.zeros(1))
    optimizer = SGD(alpha)
    for _ in range(50):
        z = layer.forward(image[np.newaxis, :, :, np.newaxis])
        layer.backward((z - after[np.newaxis, :, :, np.newaxis]) / after.size)
        optimizer.step([layer])
    descent = descend(equations_of(image, after, (2, 2), inverse=RAW), learning_rate=alpha, steps=50)
    np.testing.assert_allclose(descent.unknowns[:-1].ravel(), layer.parameters["kernel"].ravel(), rtol=1e-9)
    np.testing.assert_allclose(descent.unknowns[-1], layer.parameters["bias"], rtol=1e-9)
    assert [step.number for step in descent.steps] == [0, 1, 10, 50]
    assert not descent.at_rest


def test_descent_comes_to_rest_where_least_squares_is() -> None:
    equations = equations_of(NOISE, convolve(NOISE, [[1, 0, -1]] * 3), (3, 3), inverse=RAW).without_bias()
    descent = descend(equations, steps=100_000)
    assert descent.at_rest
    np.testing.assert_allclose(descent.unknowns.reshape(3, 3), [[1, 0, -1]] * 3, atol=1e-6)
    errors = [step.rms for step in descent.steps]
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("rate", [0.0, -1.0, 1.0, float("nan")])
def test_a_learning_rate_that_diverges_is_refused_with_the_one_that_does_not(rate: float) -> None:
    equations = equations_of(NOISE, NOISE, (3, 3), inverse=RAW)
    with pytest.raises(ParameterError, match="below"):
        descend(equations, learning_rate=rate, steps=10)

"""Filters recovered from images that were made with them, and how sure they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.convolution import convolve
from cnnfilt.errors import DemandError, ShapeError
from cnnfilt.fitting.equations import equations_of
from cnnfilt.fitting.least_squares import decimals_of, rounded, simplified, solve
from tests.fitting.noise import CLIPPED, NOISE, RAW, RNG, as_levels


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


def test_a_bias_is_found() -> None:
    after = as_levels(convolve(NOISE, [[0.25, 0.25], [0.25, 0.125]], bias=7))
    learned = simplified(solve(equations_of(NOISE, after, (2, 2), inverse=CLIPPED), bias=True))
    assert learned.biases.tolist() == [7]
    assert learned.coefficients.ravel().tolist() == [0.25, 0.25, 0.25, 0.125]
    assert learned.whole_over == 8


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


def test_a_bias_that_is_zero_has_no_sign() -> None:
    rng = np.random.default_rng(0)
    image = rng.uniform(0, 100, (40, 40))
    for sign in (1, -1):
        after = convolve(image, [[0, 0.5], [0.5, 0]]) + rng.normal(0, 0.1, (39, 39)) + sign * 1e-4
        biases = simplified(solve(equations_of(image, after, (2, 2), inverse=RAW), bias=True)).biases
        assert biases.tolist() == [0]
        assert not np.signbit(biases).any()

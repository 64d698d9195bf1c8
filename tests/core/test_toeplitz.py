"""Dense kernels as banded matrices."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.engine import toeplitz
from cnnfilt.core.engine.fourier import Fourier
from cnnfilt.core.engine.separable import Separable
from cnnfilt.core.engine.taps import Taps
from cnnfilt.core.engine.toeplitz import Toeplitz
from tests.core.techniques import assert_close, cases, convolve_by, plain


@settings(max_examples=60, deadline=None)
@given(cases())
def test_as_plain_loops(case):
    image, size, rng, options = case
    kernel = rng.normal(size=size)
    responses = convolve_by(Toeplitz, image, kernel, bias=0.5, **options)
    assert_close(responses, plain(image, kernel, options) + 0.5, image, kernel)


@settings(max_examples=60, deadline=None)
@given(cases(), st.sampled_from([1, 900, 6000, 20000]))
def test_panels_narrower_than_the_image(case, most_products):
    image, size, rng, options = case
    kernel = rng.normal(size=size)
    with patch.object(toeplitz, "MOST_PRODUCTS", most_products):
        responses = convolve_by(Toeplitz, image, kernel, bias=0.5, **options)
    assert_close(responses, plain(image, kernel, options) + 0.5, image, kernel)


@pytest.mark.parametrize(
    ("columns", "reach", "width"),
    [(6000, 98, 656), (6000, 18, 3008), (40, 98, 48), (6000, 98 * 60, 11), (6000, 1 << 17, 1), (1, 9, 16)],
)
def test_panels_are_nearly_equal_and_one_threads_work(columns, reach, width):
    assert toeplitz.panel_width(columns, reach) == width


@pytest.mark.parametrize("technique", [Toeplitz, Separable, Fourier])
class TestNotFinite:
    """What would spread through the zeros of a matrix, or over a whole tile, stays where the taps put it."""

    kernel = np.outer([1.5, 0.0, 2.5, 1.0, 0.5], [0.5, 0.0, 1.0, 0.25, 2.0])

    @pytest.mark.parametrize("odd", [np.inf, -np.inf, np.nan, 3e38])
    def test_as_the_taps(self, technique, odd):
        image = np.random.default_rng(0).normal(size=(40, 30, 3)).astype(np.float32)
        image[11, 7, 1] = odd
        with np.errstate(over="ignore"):
            expected = convolve_by(Taps, image, self.kernel, padding=2)
        responses = convolve_by(technique, image, self.kernel, padding=2)
        np.testing.assert_array_equal(np.isfinite(responses), np.isfinite(expected))
        if not np.isfinite(odd):
            np.testing.assert_array_equal(responses[~np.isfinite(expected)], expected[~np.isfinite(expected)])
        finite = np.isfinite(expected)
        bound = 1e-5 * np.abs(self.kernel).sum() * np.abs(image[np.isfinite(image)]).max()
        assert np.abs(responses[finite] - expected[finite]).max() <= bound

    def test_sums_that_pass_the_range_only_in_between(self, technique):
        image = np.full((40, 30), 2e38, np.float32)
        kernel = np.outer([1.0, -1.0, 1.0], [1.0, 1.0, -1.0]) / 8
        responses = convolve_by(technique, image, kernel)
        np.testing.assert_allclose(responses, 2e38 / 8, rtol=1e-4)

"""What no sum may spread: an infinity, a NaN, or a range that is passed only in between."""

import numpy as np
import pytest

from cnnfilt.core.engine import native
from cnnfilt.core.engine.correlate import Correlate
from cnnfilt.core.engine.fourier import Fourier
from cnnfilt.core.engine.separable import Separable
from cnnfilt.core.engine.taps import Taps
from tests.core.techniques import convolve_by

TECHNIQUES = [Separable, Fourier, *([Correlate] if native.loops else [])]

KERNEL = np.outer([1.5, 0.0, 2.5, 1.0, 0.5], [0.5, 0.0, 1.0, 0.25, 2.0])


@pytest.mark.parametrize("technique", TECHNIQUES)
@pytest.mark.parametrize("odd", [np.inf, -np.inf, np.nan, 3e38])
def test_it_stays_where_the_taps_put_it(technique, odd):
    image = np.random.default_rng(0).normal(size=(40, 30, 3)).astype(np.float32)
    image[11, 7, 1] = odd
    with np.errstate(over="ignore"):
        expected = convolve_by(Taps, image, KERNEL, padding=2)
    responses = convolve_by(technique, image, KERNEL, padding=2)
    np.testing.assert_array_equal(np.isfinite(responses), np.isfinite(expected))
    if not np.isfinite(odd):
        np.testing.assert_array_equal(responses[~np.isfinite(expected)], expected[~np.isfinite(expected)])
    finite = np.isfinite(expected)
    bound = 1e-5 * np.abs(KERNEL).sum() * np.abs(image[np.isfinite(image)]).max()
    assert np.abs(responses[finite] - expected[finite]).max() <= bound


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_sums_that_pass_the_range_only_in_between(technique):
    image = np.full((40, 30), 2e38, np.float32)
    kernel = np.outer([1.0, -1.0, 1.0], [1.0, 1.0, -1.0]) / 8
    responses = convolve_by(technique, image, kernel)
    np.testing.assert_allclose(responses, 2e38 / 8, rtol=1e-4)

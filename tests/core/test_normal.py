"""The normal distribution."""

import math

import numpy as np

from cnnfilt.core.normal import below, density


def test_it_is_that_of_the_error_function() -> None:
    x = np.linspace(-8, 8, 401)
    expected = [(1 + math.erf(one / math.sqrt(2))) / 2 for one in x]
    np.testing.assert_allclose(below(x), expected, atol=1e-15)
    assert below(x.astype(np.float32)).dtype == np.float32


def test_the_density_is_its_slope() -> None:
    x = np.linspace(-4, 4, 81)
    np.testing.assert_allclose(density(x), (below(x + 1e-6) - below(x - 1e-6)) / 2e-6, atol=1e-9)
    assert density(x.astype(np.float32)).dtype == np.float32

"""The error function against that of Python's own mathematics."""

import math

import numpy as np
import pytest

from cnnfilt.core.error_function import erf


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_it_is_that_of_mathematics_in_the_type_of_its_numbers(kind: type) -> None:
    x = np.linspace(-4, 4, 33).astype(kind)
    made = erf(x)
    assert made.dtype == kind
    np.testing.assert_allclose(made, [math.erf(one) for one in x], rtol=1e-6)

"""The normal distribution, as GELU weighs values by it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def below(x: NDArray[Any]) -> NDArray[Any]:
    """Return P(X < x) for X of mean 0 and variance 1, in the floats of `x`: (1 + erf(x / sqrt(2))) / 2."""
    # SciPy is imported by the networks that need it alone.
    from scipy.special import ndtr

    return np.asarray(ndtr(x))


def density(x: NDArray[Any]) -> NDArray[Any]:
    """Return the slope of `below`: exp(-x^2 / 2) / sqrt(2 pi)."""
    return np.asarray(np.exp(x * x * -0.5) * (2 * np.pi) ** -0.5)

"""The error function, which the normal distribution is made of."""

from cnnfilt.core.engine.images import Array


def erf(x: Array) -> Array:
    """Return 2 / sqrt(pi) * the integral of exp(-t^2) from 0 to x, for each number of `x`, in its type.

    >>> import numpy as np
    >>> erf(np.array([0.0, 1.0])).round(6).tolist()
    [0.0, 0.842701]
    """
    from scipy import special

    made: Array = special.erf(x)
    return made

"""First values for weights, drawn from a generator that is passed in, so that a seed settles them."""

import numpy as np

from cnnfilt.nn.layer import Array, Shape

Fans = tuple[float, float]
"""(fan_in, fan_out): how many inputs a value sums over, and how many sums an input takes part in."""


def first_weights(
    part: str,
    shape: Shape,
    generator: np.random.Generator,
    *,
    before_relu: bool,
    summed: Fans | None = None,
    factor: float = 1,
) -> Array:
    """Return the first values of a layer's array called `part`, float32.

    A bias and a running mean are 0, a variance is 1, and what each channel is multiplied by is `factor`. `summed` are
    the fans of weights whose shape does not tell them.
    """
    if part in ("bias", "mean"):
        return np.zeros(shape, np.float32)
    if len(shape) == 1:
        return np.full(shape, 1 if part == "variance" else factor, np.float32)
    return (he_normal if before_relu else glorot_uniform)(shape, generator, summed)


def glorot_uniform(shape: Shape, generator: np.random.Generator, summed: Fans | None = None) -> Array:
    """Return weights within +-sqrt(6 / (fan_in + fan_out)), float32: for tanh and sigmoid (Glorot & Bengio 2010)."""
    limit = np.sqrt(6 / sum(summed or fans(shape)))
    weights: Array = generator.uniform(-limit, limit, shape).astype(np.float32)
    return weights


def he_normal(shape: Shape, generator: np.random.Generator, summed: Fans | None = None) -> Array:
    """Return normal weights of variance 2 / fan_in, float32: for ReLU, which silences half of them (He et al. 2015)."""
    weights: Array = (generator.standard_normal(shape) * np.sqrt(2 / (summed or fans(shape))[0])).astype(np.float32)
    return weights


def fans(shape: Shape) -> Fans:
    """Return the fans of weights (inputs, outputs) or (height, width, in_channels, out_channels)."""
    window = int(np.prod(shape[:-2]))
    return window * shape[-2], window * shape[-1]

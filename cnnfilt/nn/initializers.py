"""First values for weights, drawn from a generator that is passed in, so that a seed settles them."""

import numpy as np

from cnnfilt.nn.layer import Array, Shape


def first_weights(part: str, shape: Shape, generator: np.random.Generator, *, before_relu: bool) -> Array:
    """Return the first values of a layer's array called `part`, float32: a bias is 0, a factor for each channel 1."""
    if part == "bias":
        return np.zeros(shape, np.float32)
    if len(shape) == 1:
        return np.ones(shape, np.float32)
    return he_normal(shape, generator) if before_relu else glorot_uniform(shape, generator)


def glorot_uniform(shape: Shape, generator: np.random.Generator) -> Array:
    """Return weights within +-sqrt(6 / (fan_in + fan_out)), float32: for tanh and sigmoid (Glorot & Bengio 2010)."""
    fan_in, fan_out = fans(shape)
    limit = np.sqrt(6 / (fan_in + fan_out))
    weights: Array = generator.uniform(-limit, limit, shape).astype(np.float32)
    return weights


def he_normal(shape: Shape, generator: np.random.Generator) -> Array:
    """Return normal weights of variance 2 / fan_in, float32: for ReLU, which silences half of them (He et al. 2015)."""
    weights: Array = (generator.standard_normal(shape) * np.sqrt(2 / fans(shape)[0])).astype(np.float32)
    return weights


def fans(shape: Shape) -> tuple[int, int]:
    """Return (fan_in, fan_out): how many inputs a value sums over, and how many sums an input takes part in.

    `shape` is (inputs, outputs) or (height, width, in_channels, out_channels).
    """
    window = int(np.prod(shape[:-2]))
    return window * shape[-2], window * shape[-1]

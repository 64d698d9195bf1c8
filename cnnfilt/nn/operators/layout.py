"""Where channels lie in memory: last, beside each other, under axes that stay as the file names them."""

import numpy as np

from cnnfilt.nn.layer import Array


def last(x: Array) -> Array:
    """Return (N, C, ...) seen as (N, ..., C); what has no rows or columns stays."""
    return np.moveaxis(x, 1, -1) if x.ndim > 2 else x


def first(x: Array) -> Array:
    """Return (N, ..., C) seen as (N, C, ...): what `last` is undone by."""
    return np.moveaxis(x, -1, 1) if x.ndim > 2 else x


def in_rows(x: Array) -> Array:
    """Return (N, C, ...) as (N, ..., C), whose numbers lie in this order in memory; copied where they do not."""
    return np.ascontiguousarray(last(x))


def is_last(x: Array) -> bool:
    """Return whether the channels of (N, C, H, W) lie beside each other; of other axes nothing is said."""
    return x.ndim != 4 or x.shape[1] == 1 or x.size == x.shape[0] * x.shape[1] or x.strides[1] == x.itemsize


def per_channel(numbers: Array, rank: int) -> Array:
    """Return a number for each channel so that it meets (N, C, ...) of that many axes."""
    return numbers.reshape(-1, *(1,) * (rank - 2))

"""Memory that is used again: the system clears what it hands out anew, which takes as long as the work in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import Any

import numpy as np

from cnnfilt.nn.layer import Array, Shape

KEPT = 8 << 20
"""Larger pieces are given back."""

_free: list[Array] = []


@contextmanager
def scratch(shape: Shape, dtype: "np.dtype[Any]") -> Iterator[Array]:
    """Lend an array with whatever is in it; there are as many pieces as threads that had one at once."""
    size = prod(shape) * dtype.itemsize
    try:
        memory = _free.pop()
    except IndexError:
        memory = np.empty(KEPT, np.uint8)
    if size > len(memory):
        memory = np.empty(size, np.uint8)
    yield memory[:size].view(dtype).reshape(shape)
    if len(memory) <= KEPT:
        _free.append(memory)

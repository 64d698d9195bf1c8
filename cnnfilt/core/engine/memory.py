"""Memory for results: that of a large one which nobody holds any more is used again for the next.

The system clears each page of new memory before it gives it out, which takes as long as a small filter of a photograph.
"""

from collections.abc import Sequence
from contextlib import suppress
from math import prod
from typing import Any

import numpy as np

from cnnfilt.core.engine.images import Array

LARGE = 1 << 24
"""Bytes. Less the system's library keeps for itself and gives out again as it was."""

MOST_KEPT = 1 << 28
"""Bytes: no more is kept while nobody uses it."""

_spare: list[Array] = []
"""One block of bytes at most. Of two threads that give one back, the later's is kept."""


class _Loan:
    """Bytes that arrays are views of; once the last of these is gone they are spare."""

    def __init__(self, memory: Array) -> None:
        self._memory = memory
        self.__array_interface__ = memory.__array_interface__

    def __del__(self) -> None:
        if self._memory.nbytes <= MOST_KEPT:
            _spare[:] = [self._memory]


def room(shape: Sequence[int], dtype: "np.dtype[Any]") -> Array:
    """Return an array of this shape and type with any values in it."""
    count = prod(shape) * dtype.itemsize
    if count < LARGE:
        return np.empty(shape, dtype)
    return np.asarray(_Loan(_bytes(count)))[:count].view(dtype).reshape(shape)


def _bytes(count: int) -> Array:
    """Return at least so many bytes, the spare ones unless they are too few, or more than twice as many."""
    with suppress(IndexError):
        memory = _spare.pop()
        if count <= memory.nbytes <= 2 * count:
            return memory
    return np.empty(count, np.uint8)

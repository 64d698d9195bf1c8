"""Memory for results: that of a large one which nobody holds any more is used again for the next.

The system clears each page of new memory before it gives it out, which takes as long as a small filter of a photograph.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from cnnfilt.core.engine.images import Array

LARGE = 1 << 18
"""Bytes. Of less, little is to be cleared."""

MOST_KEPT = 1 << 29
"""Bytes: no more is kept while nobody uses it."""

MOST_BLOCKS = 8

_spare: dict[int, Array] = {}
"""Blocks of bytes that nobody uses, the oldest first. Any thread may put one in or take one out."""


class _Loan:
    """Bytes that arrays are views of; once the last of these is gone they are spare."""

    def __init__(self, memory: Array) -> None:
        self._memory = memory
        self.__array_interface__ = memory.__array_interface__

    def __del__(self) -> None:
        _spare[id(self._memory)] = self._memory
        blocks = [*_spare.items()]
        kept = sum(memory.nbytes for _, memory in blocks)
        for number, (key, memory) in enumerate(blocks):
            if kept <= MOST_KEPT and len(blocks) - number <= MOST_BLOCKS:
                break
            kept -= memory.nbytes
            _spare.pop(key, None)


LINE = 64
"""Bytes that the processor moves at once: what begins with such a line is faster to read and to write."""


def aligned(shape: Sequence[int], dtype: "np.dtype[Any]") -> Array:
    """Return an array of this shape and type, with any values in it, that begins with such a line."""
    count = prod(shape) * dtype.itemsize
    memory = np.empty(count + LINE, np.uint8)
    first = -memory.__array_interface__["data"][0] % LINE
    return memory[first : first + count].view(dtype).reshape(shape)


def room(shape: Sequence[int], dtype: "np.dtype[Any]") -> Array:
    """Return an array of this shape and type with any values in it."""
    count = prod(shape) * dtype.itemsize
    if count < LARGE:
        return np.empty(shape, dtype)
    return np.asarray(_Loan(_bytes(count)))[:count].view(dtype).reshape(shape)


def _bytes(count: int) -> Array:
    """Return at least so many bytes: spare ones, if there are some that are not more than twice as many."""
    for key, memory in [*_spare.items()]:
        if count <= memory.nbytes <= 2 * count and (mine := _spare.pop(key, None)) is not None:
            return mine
    return aligned([count], np.dtype(np.uint8))

"""Scratch memory that is quick to come by.

The system hands memory out page by page, at the first touch, and threads that touch theirs side by side wait for
each other: for a few megabytes in 4 kB pages as long as the computing itself takes. NumPy asks for pages of 2 MB,
where the system has them, but only for arrays of 4 MB and more.
"""

from math import prod

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.images import Array

PAGE = 1 << 21
ASKS_FOR_LARGE_PAGES = 1 << 22


def scratch(shape: int | tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """Return memory for an array, with anything in it; large arrays begin on a page of 2 MB."""
    dtype = np.dtype(dtype)
    size = dtype.itemsize * (shape if isinstance(shape, int) else prod(shape))
    if size < PAGE // 4:
        return np.empty(shape, dtype)
    # What is asked for but never touched takes no memory.
    block = np.empty(max(size + PAGE, ASKS_FOR_LARGE_PAGES), np.uint8)
    start = -block.ctypes.data % PAGE
    return block[start : start + size].view(dtype).reshape(shape)

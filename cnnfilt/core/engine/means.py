"""Sums divided by how many values they are of: as floats, or rounded to levels half to even at once."""

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.images import Array

HAS_LOOP = {("H", "B"), ("i", "B"), ("I", "B"), ("i", "H"), ("I", "H"), ("H", "f"), ("i", "f"), ("I", "f")}


def means(sums: Array, tall: Array, wide: Array, out: Array) -> None:
    """Write sums[y][x] / (tall[y] * wide[x]) to `out` of the same shape (rows, width); rounded for whole levels."""
    if native.loops and (sums.dtype.char, out.dtype.char) in HAS_LOOP:
        native.loops.means(sums, tall.astype(np.int32), wide.astype(np.int32), out)
    else:
        divided(sums, tall, wide, out)


def divided(sums: Array, tall: Array, wide: Array, out: Array) -> None:
    """Write what `means` writes, in NumPy.

    The quotient is rounded once before it is rounded to a level: that never makes a half of what is none.
    """
    # Whole numbers of 16 bits, and the few windows they come from, are exact in float32.
    precise = np.float32 if sums.dtype == np.uint16 and out.dtype != np.float64 else np.float64
    counts = np.multiply.outer(tall, wide).astype(precise)
    with np.errstate(invalid="ignore", over="ignore"):
        quotients = np.divide(sums, counts, dtype=precise)
        if out.dtype.kind != "f":
            np.rint(quotients, out=quotients)
        np.copyto(out, quotients, casting="unsafe")

"""Sums divided by how many values they are of: as floats, or rounded to levels half to even at once."""

from typing import Any

import numpy as np

from cnnfilt.core.engine.images import Array


def divided(sums: Array, tall: Array, wide: Array, out: Array) -> None:
    """Write sums[y][x] / (tall[y] * wide[x]) to `out` of the same shape (rows, width): what `native/means.h` does.

    Levels are rounded half to even from the quotient, which is rounded once before: that never makes a half of what
    is none.
    """
    is_one = (tall == tall[0]).all() and (wide == wide[0]).all()
    quotients(sums, tall[0] * wide[0] if is_one else np.multiply.outer(tall, wide), out)


def quotients(sums: Array, counts: Array | np.integer[Any], out: Array) -> None:
    """Write sums / counts, of each or one for all, to `out`; rounded for whole levels."""
    # Whole numbers of 16 bits, and the few windows they come from, are exact in float32.
    precise = np.float32 if sums.dtype == np.uint16 and out.dtype != np.float64 else np.float64
    with np.errstate(invalid="ignore", over="ignore"):
        values = np.divide(sums, counts.astype(precise), dtype=precise)
        if out.dtype.kind != "f":
            np.rint(values, out=values)
        np.copyto(out, values, casting="unsafe")

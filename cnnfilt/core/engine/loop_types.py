"""Which types of values and sums the compiled loops have, and in which type they read others."""

import numpy as np

from cnnfilt.core.engine import native

_READ_AS = {"b1": "u1", "u1": "u1", "i1": "i2", "i2": "i2", "u2": "u2", "f2": "f4", "f4": "f4"}
_SUMS = {("u1", "i2"), ("u1", "i4"), ("u2", "i4"), ("i2", "i4"), ("u1", "f4"), ("u2", "f4"), ("i2", "f4"), ("f4", "f4")}


def read_as(dtype: np.dtype) -> np.dtype | None:
    """Return the type in which the loops read values of `dtype`, which holds them all; None if they do not."""
    known = _READ_AS.get(f"{dtype.kind}{dtype.itemsize}")
    return np.dtype(known) if known else None


def sums_of(dtype: np.dtype, sums: np.dtype) -> np.dtype | None:
    """Return the type in which values of `dtype` are read for sums of type `sums`; None where no loop does that."""
    read = read_as(dtype) if native.loops else None
    if read is None or sums.byteorder == ">":
        return None
    return read if (f"{read.kind}{read.itemsize}", f"{sums.kind}{sums.itemsize}") in _SUMS else None

"""Matrix products in pieces so small that BLAS computes each in the thread that asks for it.

The engine puts its threads over strips. If BLAS then starts threads of its own, which it does in any process that
has not set OPENBLAS_NUM_THREADS, they all wait for each other: a 64 -> 64 convolution took 10 to 40 times as long on
two busy cores. Small pieces cost a tenth. On our command line BLAS has one thread, and is given the whole.
"""

import os

import numpy as np

from cnnfilt.core.engine.images import Array

BLAS_IS_ALONE = os.environ.get("OPENBLAS_NUM_THREADS") == "1"
"""Whether products are computed in the thread that asks for them, however large they are."""

MOST_PRODUCTS = (1 << 19) - 1
"""Rows times inner size times columns up to which OpenBLAS (interface/gemm.c, 0.3.31) stays in one thread."""

FEWEST_ROWS = 24
"""Thinner pieces than this would spend their time on packing the other matrix; sooner its columns are cut too."""


def multiply(left: Array, right: Array, out: Array) -> None:
    """Write left @ right, (rows, inner) @ (inner, columns), to `out`."""
    rows, columns = out.shape
    if BLAS_IS_ALONE:
        np.matmul(left, right, out=out)
        return
    inner = len(right)
    parts = -(-columns // max(1, MOST_PRODUCTS // (min(FEWEST_ROWS, rows) * inner)))
    width = -(-columns // parts)
    for first in range(0, columns, width):
        part = slice(first, first + width)
        _multiply_rows(left, right[:, part], out[:, part])


def _multiply_rows(left: Array, right: Array, out: Array) -> None:
    rows, columns = out.shape
    size = _even_size(rows, max(1, MOST_PRODUCTS // (len(right) * columns)))
    whole = rows - rows % size
    np.matmul(_in_pieces(left[:whole], size), right, out=_in_pieces(out[:whole], size))
    if whole < rows:
        np.matmul(left[whole:], right, out=out[whole:])


def _even_size(rows: int, most: int) -> int:
    """Return the size of equal pieces of at most `most` rows, if there is one not too small."""
    fewest = -(-rows // most)
    even = (rows // pieces for pieces in range(fewest, 2 * fewest) if rows % pieces == 0)
    return next(even, most)


def _in_pieces(matrix: Array, size: int) -> Array:
    """Return a view of `matrix` (rows, columns) as (rows / size, size, columns)."""
    return matrix.reshape(-1, size, matrix.shape[1])

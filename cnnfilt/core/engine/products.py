"""Matrix products in pieces so small that BLAS computes each in the thread that asks for it.

The engine puts its threads over strips. If BLAS then starts threads of its own, which it does in any process that
has not set OPENBLAS_NUM_THREADS, they all wait for each other: a 64 -> 64 convolution took 10 to 40 times as long on
two busy cores. Small pieces cost nothing measurable, and make the library as fast as the command line.
"""

import numpy as np

from cnnfilt.core.engine.images import Array

MOST_PRODUCTS = (1 << 19) - 1
"""Rows times inner size times columns up to which OpenBLAS (interface/gemm.c, 0.3.31) stays in one thread."""

FEWEST_ROWS = 24
"""Thinner pieces than this would spend their time on packing the other matrix; sooner its columns are cut too."""


def multiply(left: Array, right: Array, out: Array) -> None:
    """Write left @ right to `out`: (rows, inner) or (n, rows, inner) @ (inner, columns), or a stack of both.

    In pieces that never overlap.
    """
    *_, inner, columns = right.shape
    parts = -(-columns // _widest(left.shape[-2], inner))
    width = -(-columns // parts)
    for first in range(0, columns, width):
        part = slice(first, first + width)
        _multiply_rows(left, right[..., part], out[..., part])


def _multiply_rows(left: Array, right: Array, out: Array) -> None:
    *_, inner, columns = right.shape
    rows = left.shape[-2]
    size = _even_size(rows, max(1, MOST_PRODUCTS // (inner * columns)))
    whole = rows - rows % size
    np.matmul(_in_rows(left[..., :whole, :], size), right, out=_in_rows(out[..., :whole, :], size))
    if whole < rows:
        np.matmul(left[..., whole:, :], right, out=out[..., whole:, :])


def _even_size(rows: int, most: int) -> int:
    """Return the size of equal pieces of at most `most` rows, if there is one not too small."""
    fewest = -(-rows // most)
    even = (rows // pieces for pieces in range(fewest, 2 * fewest) if rows % pieces == 0)
    return next(even, most)


def _in_rows(matrix: Array, size: int) -> Array:
    """Return a view of `matrix` (rows, columns) or (n, rows, columns) as (rows / size, [n,] size, columns)."""
    *stack, rows, columns = matrix.shape
    return matrix.reshape(*stack, rows // size, size, columns).swapaxes(0, -3)


def _widest(rows: int, inner: int) -> int:
    """Return how many columns of the right matrix go into one piece, at most."""
    return max(1, MOST_PRODUCTS // (min(FEWEST_ROWS, rows) * inner))

"""Banded (Toeplitz) matrices: a filter as a matrix product.

k0 k1 k2  .  .         three results from five values, for every column of the second factor at once.
 .  k0 k1 k2 .         BLAS multiplies the zeros too, but so much faster than NumPy adds up taps that
 .   . k0 k1 k2        it wins as long as there are not many more zeros than coefficients.
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.passes import Pass
from cnnfilt.core.engine.products import product


def banded(kernel: Array, count: int, dilation: int) -> Array:
    """Return the matrix (count, reach) whose row i holds `kernel` (h,) moved on by i places.

    A kernel (h, w) is laid out row by row, and moved on by i * w places.
    """
    span = dilation * (len(kernel) - 1) + 1
    matrix = np.zeros((count, count + span - 1, *kernel.shape[1:]), kernel.dtype)
    for row in range(count):
        matrix[row, row : row + span : dilation] = kernel
    return matrix.reshape(count, -1)


def down(matrix: Array, rows: Array, out: Array) -> Iterator[Pass]:
    """Yield the passes that write to `out` (n, width) the banded matrix (count, reach) times the rows it meets.

    That gives `count` results at a time. `rows` has as many rows as n results reach.
    """
    count, reach = matrix.shape
    whole, left = divmod(len(out), count)
    width = out.shape[1]
    row, value = rows.strides
    blocks = as_strided(rows, (whole, reach, width), (count * row, row, value))
    if whole:
        yield product(matrix[np.newaxis], blocks, out[: whole * count].reshape(whole, count, width))
    if left:
        rest = rows[whole * count :]
        yield product(matrix[:left, : len(rest)], rest, out[-left:])


def along(matrix: Array, rows: Array, out: Array) -> Iterator[Pass]:
    """Yield the passes that write to `out` (n, width) what `rows` holds times the matrix (reach, count).

    That gives `count` results at a time. `rows` is (n, as many values as `width` results reach); the matrix is a
    banded one, transposed.
    """
    reach, count = matrix.shape
    whole, left = divmod(out.shape[1], count)
    tiles = as_strided(rows, (whole, len(rows), reach), (count * rows.strides[1], *rows.strides))
    results = as_strided(out, (whole, len(out), count), (count * out.strides[1], *out.strides))
    if whole:
        yield product(tiles, matrix, results)
    if left:
        rest = rows[:, whole * count :]
        yield product(rest, matrix[: rest.shape[1], :left], out[:, -left:])

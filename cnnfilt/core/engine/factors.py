"""Kernels as sums of products of a column and a row: h x w taps then cost h + w for each product."""

from math import gcd

import numpy as np

from cnnfilt.core.engine.images import Array

Factors = tuple[Array, Array]
"""A column (h,) and a row (w,), whose products are meant."""

RESIDUE = 1e-7
"""What the products may leave out of a kernel, as a part of the sum of its magnitudes: float32's own rounding."""

TERMS = 160
"""Sums of so many float32 terms, one after the other, are off by at most TERMS * 2**-24 = 1e-5 of the magnitudes'."""


def float_factors(kernel: Array, most: int) -> list[Factors] | None:
    """Return at most `most` pairs whose products add up to `kernel` (h, w) but for rounding; None if it takes more.

    They are the first terms of the singular value decomposition, the largest first, in float64. None also where
    two float32 passes, a column's and a row's, would be wrong by more than 1e-5: where their sums are too long, or
    where large products cancel.
    """
    left = kernel.astype(np.float64)
    total = np.abs(left).sum()
    columns, sizes, rows = np.linalg.svd(left, full_matrices=False)
    # What is the same upside down has such columns, but for rounding: exactly so, two rows share a weight.
    if (left == left[::-1]).all():
        columns = (columns + columns[::-1]) / 2
    factors: list[Factors] = []
    for column, size, row in zip(columns.T[:most], sizes, rows, strict=False):
        factors.append((column * np.sqrt(size), row * np.sqrt(size)))
        left = left - np.outer(*factors[-1])
        if np.abs(left).sum() <= RESIDUE * total:
            growth = sum(np.abs(column).sum() * np.abs(row).sum() for column, row in factors)
            return factors if growth * sum(kernel.shape) <= TERMS * total else None
    return None


def integer_factors(kernel: Array) -> list[Factors] | None:
    """Return the one pair of whole numbers (column, row) whose products are `kernel`; None if it has not rank 1.

    >>> integer_factors(np.array([[2, 0, -2], [4, 0, -4]]))
    [(array([2, 4]), array([ 1,  0, -1]))]
    """
    rows = kernel.tolist()
    first = next((row for row in rows if any(row)), None)
    if first is None:
        return None
    row = [weight // gcd(*first) for weight in first]
    place = next(j for j, weight in enumerate(row) if weight)
    column = [line[place] // row[place] for line in rows]
    return [(np.array(column), np.array(row))] if [[c * r for r in row] for c in column] == rows else None

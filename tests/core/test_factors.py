"""Kernels as sums of products of a column and a row."""

import numpy as np
import pytest

from cnnfilt import kernel as named
from cnnfilt.core.engine.factors import float_factors


@pytest.mark.parametrize(("name", "rank"), [("gaussian:3", 1), ("box:9", 1), ("sobel-x", 1), ("log:2", 3)])
def test_named_kernels(name, rank):
    kernel = np.array(named(name), float)
    factors = float_factors(kernel, 3)
    assert len(factors) == rank
    rebuilt = sum(np.outer(column, row) for column, row in factors)
    assert np.abs(rebuilt - kernel).sum() <= 1e-7 * np.abs(kernel).sum()


def test_more_products_than_wanted():
    kernel = np.random.default_rng(0).normal(size=(5, 7))
    assert float_factors(kernel, 4) is None
    assert len(float_factors(kernel, 5)) == 5


def test_products_that_cancel_are_no_factors():
    column, row = np.ones(9), np.linspace(1, 2, 9)
    kernel = np.outer(column, row) - np.outer(column + 1e-4 * row, row)
    assert len(float_factors(kernel, 2)) == 1
    long = np.outer(np.ones(101), np.ones(101))
    assert float_factors(long, 2) is None

"""Matrix products in pieces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.engine import products
from cnnfilt.core.engine.passes import run_passes

SIZES = st.integers(1, 40)


@settings(max_examples=100, deadline=None)
@given(SIZES, SIZES, SIZES, st.sampled_from(["", "left", "right", "both"]), st.integers(1, 3000))
def test_pieces_make_the_whole_product(rows, inner, columns, stacked, most):
    rng = np.random.default_rng(rows)
    left = rng.integers(-9, 9, (*(3,) * (stacked in ("left", "both")), rows, inner)).astype(np.float32)
    right = rng.integers(-9, 9, (*(3,) * (stacked in ("right", "both")), inner, columns)).astype(np.float32)
    out = np.full((*(3,) * bool(stacked), rows, columns), np.nan, np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "MOST_PRODUCTS", most)
        run_passes([products.product(left, right, out)])
        np.testing.assert_array_equal(out, left @ right)
        if stacked != "right":
            out[...] = np.nan
            products.multiply(left, right, out)
            np.testing.assert_array_equal(out, left @ right)


@settings(max_examples=100, deadline=None)
@given(SIZES, SIZES, SIZES, st.integers(1, 3000))
def test_no_piece_has_more_products_than_one_thread_takes(rows, inner, columns, most):
    left, right, out = (np.zeros(shape) for shape in ((rows, inner), (inner, columns), (rows, columns)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "MOST_PRODUCTS", most)
        _, (pieces, others), _ = products.product(left, right, out)
    assert pieces.shape[-2] * inner * others.shape[-1] <= max(most, inner)

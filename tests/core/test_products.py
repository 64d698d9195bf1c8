"""Matrix products in pieces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.engine import products

SIZES = st.integers(1, 40)


@settings(max_examples=100, deadline=None)
@given(SIZES, SIZES, SIZES, st.booleans(), st.integers(1, 3000), st.sampled_from([1, 24]), st.booleans())
def test_pieces_make_the_whole_product(rows, inner, columns, turned, most, fewest, alone):
    rng = np.random.default_rng(rows)
    left = rng.integers(-9, 9, (inner, rows) if turned else (rows, inner)).astype(np.float32)
    left = left.T if turned else left
    right = rng.integers(-9, 9, (inner, columns)).astype(np.float32)
    out = np.full((rows, columns), np.nan, np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "MOST_PRODUCTS", most)
        patch.setattr(products, "FEWEST_ROWS", fewest)
        patch.setattr(products, "BLAS_IS_ALONE", alone)
        products.multiply(left, right, out)
    np.testing.assert_array_equal(out, left @ right)

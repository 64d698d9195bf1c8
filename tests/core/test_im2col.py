"""Matrix products against the loops: few channels and many, one chunk of the kernel and several, any geometry."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import convolve
from cnnfilt.core.engine import im2col, native, products, strips
from cnnfilt.core.engine.products import multiply
from tests import oracles
from tests.core.test_convolution import geometries, oracle, ours


@settings(max_examples=200, deadline=None)
@given(
    case=geometries(),
    channels=st.integers(1, 6),
    filters=st.integers(4, 6),
    many=st.sampled_from([1, 99]),
    longest=st.sampled_from([1, 2, 7, 256]),
    block=st.sampled_from([1, 2000]),
    scratch=st.sampled_from([1, 1 << 20]),
    in_numpy=st.booleans(),
)
def test_any_geometry_equals_the_loops(case, channels, filters, many, longest, block, scratch, in_numpy):
    rng = np.random.default_rng(case["seed"])
    image = rng.normal(size=(*case["size"], channels)).astype(np.float32)
    kernel = rng.normal(size=(*case["kernel"], channels, filters))
    bias = rng.normal(size=filters)
    with pytest.MonkeyPatch.context() as patch:
        if in_numpy:
            patch.setattr(native, "loops", None)
        patch.setattr(im2col, "MANY_CHANNELS", many)
        patch.setattr(im2col, "LONGEST", longest)
        patch.setattr(im2col, "BLOCK_BYTES", block)
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        result = convolve(image, kernel, bias=bias, **ours(case))
    expected = oracles.correlate_channels(image, kernel, **oracle(case)).astype(float) + bias
    largest = max(np.abs(image).max(), case["value"])
    bound = 1e-5 * (np.abs(kernel).sum(axis=(0, 1, 2)) * largest + np.abs(bias))
    assert (np.abs(result - expected) <= bound).all()


def test_long_sums_of_equal_terms_stay_within_the_bound():
    image = np.full((64, 64, 20), 0.7, np.float32)
    kernel = np.full((31, 31, 20, 4), 0.1)
    result = convolve(image, kernel)
    np.testing.assert_allclose(result, 31 * 31 * 20 * 0.1 * np.float64(np.float32(0.7)), rtol=1e-5)


def test_an_infinity_reaches_only_its_own_windows():
    rng = np.random.default_rng(0)
    image = rng.normal(size=(12, 12, 20)).astype(np.float32)
    kernel = rng.normal(size=(2, 2, 20, 5))
    kernel[0, 0] = 0
    image[6, 6, 2] = np.inf
    infinite = np.argwhere(~np.isfinite(convolve(image, kernel)).all(axis=2)).tolist()
    assert infinite == [[5, 5], [5, 6], [6, 5]]


@settings(max_examples=100, deadline=None)
@given(
    rows=st.integers(1, 60),
    inner=st.integers(1, 9),
    columns=st.integers(1, 9),
    stack=st.sampled_from([(), (3,)]),
    turned=st.booleans(),
    most=st.sampled_from([1, 100, 1 << 19]),
    fewest=st.sampled_from([1, 32]),
)
def test_products_in_pieces_are_products(rows, inner, columns, stack, turned, most, fewest):
    rng = np.random.default_rng(rows)
    left = rng.integers(-9, 9, (*stack, inner, rows) if turned else (*stack, rows, inner)).astype(np.float32)
    left = left.swapaxes(-1, -2) if turned else left
    right = rng.integers(-9, 9, (*stack, inner, columns)).astype(np.float32)
    out = np.empty((*stack, columns, rows), np.float32).swapaxes(-1, -2) if turned else left @ right * np.nan
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "MOST_PRODUCTS", most)
        patch.setattr(products, "FEWEST_ROWS", fewest)
        multiply(left, right, out=out)
    np.testing.assert_array_equal(out, left @ right)

"""Dense kernels as products with Toeplitz matrices, against plain loops: how NumPy alone, and doubles, are summed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import convolve
from cnnfilt import kernel as named
from cnnfilt.core.engine import native
from cnnfilt.core.engine.plan import plan, sum_dtype
from cnnfilt.core.engine.toeplitz import Toeplitz, floats_for, toeplitz
from tests import oracles
from tests.asking import as_job
from tests.core.techniques import assert_close, cases, convolve_by, plain


@settings(max_examples=80, deadline=None)
@given(cases())
def test_as_plain_loops(case):
    image, size, rng, options = case
    kernel = rng.normal(size=size)
    responses = convolve_by(Toeplitz, image, kernel, bias=0.5, **options)
    assert_close(responses, plain(image, kernel, options) + 0.5, image, kernel)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([np.uint8, np.int16, np.uint16]),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.integers(3, 6), st.integers(3, 6)),
    st.integers(1, 70),
    st.integers(0, 9999),
)
def test_whole_numbers_are_exact_at_any_stride(dtype, stride, size, width, seed):
    rng = np.random.default_rng(seed)
    limits = np.iinfo(dtype)
    image = rng.integers(limits.min, limits.max, (9, width + 6), dtype, endpoint=True)
    kernel = rng.integers(-9, 10, size)
    responses = convolve_by(Toeplitz, image, kernel, stride=stride)
    np.testing.assert_array_equal(responses, oracles.correlate(image, kernel, stride=stride))


def test_whole_numbers_are_summed_in_floats_that_hold_them():
    image = np.zeros((9, 9), np.uint8)

    def floats(kernel, **options):
        job = as_job(image, np.array(kernel), **options)
        return floats_for(job, sum_dtype(job))

    assert floats([[1, 2], [3, 4]]) == np.float32
    assert floats([[2**16, 0]]) == np.float32
    assert floats([[2**16, 1]]) == np.float64
    assert floats([[1, 2]], padding=1, padding_value=2**24) == np.float64
    assert floats([[2**50, 0]]) is None


def test_numpy_alone_sums_dense_kernels_so(monkeypatch):
    monkeypatch.setattr(native, "loops", None)
    image = np.arange(3000, dtype=np.uint8).reshape(50, 60)
    kernel = np.arange(25).reshape(5, 5) ** 2
    assert plan(as_job(image, kernel)).technique is Toeplitz
    assert plan(as_job(image, kernel)).why == "5x5 integer, 24 taps, a product for each row: int32 sums"
    assert plan(as_job(image, kernel, stride=5)).technique is not Toeplitz
    np.testing.assert_array_equal(convolve(image, kernel), oracles.correlate(image, kernel))


def test_an_infinity_under_a_zero_tap_does_not_spread(monkeypatch):
    monkeypatch.setattr(native, "loops", None)
    image, kernel = np.ones((20, 30), np.float32), np.full((4, 4), 0.3)
    kernel[0] = 0
    image[10, 10] = np.inf
    assert plan(as_job(image, kernel)).technique is Toeplitz
    assert np.argwhere(np.isinf(convolve(image, kernel))).tolist() == [[y, x] for y in (7, 8, 9) for x in range(7, 11)]


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_columns_and_rows_of_floats_without_loops(stride, monkeypatch):
    monkeypatch.setattr(native, "loops", None)
    rng = np.random.default_rng(0)
    image = rng.uniform(0, 255, (70, 90, 3)).astype(np.float32)
    kernel = np.array(named("gaussian:2"))
    responses = convolve(image, kernel, stride=stride)
    expected = np.stack([oracles.correlate(image[:, :, c], kernel, stride=(stride, stride)) for c in range(3)], axis=2)
    assert_close(responses, np.asarray(expected, float), image, kernel)


def test_a_matrix_holds_the_taps_in_each_column():
    np.testing.assert_array_equal(toeplitz(np.array([1, 2]), 2, 3, 2), [[1, 0], [0, 0], [2, 0], [0, 1], [0, 0], [0, 2]])

"""Whole-number sums: whatever is factored or compiled, the plain loops' numbers exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.convolution import convolve
from cnnfilt.core.engine import strips
from cnnfilt.core.engine.factors import integer_factors
from tests import oracles
from tests.asking import plan_of

LAPLACIAN = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
PREWITT = [[1, 0, -1]] * 3


@st.composite
def kernels(draw):
    """Draw a kernel of few different weights, so that there is much to share; every second one of rank 1."""
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    weights = st.sampled_from([0, 1, 1, 1, -1, -1, 2, -3])
    if draw(st.booleans()):
        column, row = ([draw(weights) for _ in range(n)] for n in (height, width))
        return np.outer(column, row)
    return np.array([[draw(weights) for _ in range(width)] for _ in range(height)])


@settings(max_examples=250, deadline=None)
@given(
    kernels(),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(0, 7), st.integers(0, 7)),
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
    st.sampled_from(["uint8", "int8", "uint16", ">i2", "int32", "int64"]),
    st.integers(-3, 3),
    st.sampled_from([1, 200, 1 << 20]),
    st.integers(0, 999),
)
def test_sums_equal_the_loops(kernel, stride, dilation, room, pad, dtype, bias, scratch, seed):
    size = [d * (k - 1) + 1 + more for k, d, more in zip(kernel.shape, dilation, room, strict=True)]
    image = np.random.default_rng(seed).integers(-99 if "u" not in dtype else 0, 100, (*size, 2)).astype(dtype)
    pads = tuple((n, n + 1) for n in pad)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        ours = convolve(image, kernel, stride=stride, dilation=dilation, padding=pads, padding_value=5, bias=bias)
    for channel in range(2):
        expected = oracles.correlate(image[:, :, channel], kernel, stride=stride, dilation=dilation, pads=pads, value=5)
        np.testing.assert_array_equal(ours[:, :, channel], np.array(expected) + bias)


@pytest.mark.parametrize(
    ("kernel", "factors"),
    [
        (PREWITT, ([1, 1, 1], [1, 0, -1])),
        ([[2, -2], [4, -4]], ([2, 4], [1, -1])),
        ([[0, 0], [0, -3]], ([0, 3], [0, -1])),
        ([[6, 4], [9, 6]], ([2, 3], [3, 2])),
        ([[6, 4], [9, 7]], None),
        (LAPLACIAN, None),
        ([[0, 0], [0, 0]], None),
    ],
)
def test_whole_factors_are_found_where_there_are_any(kernel, factors):
    found = integer_factors(np.array(kernel))
    assert (found and [(column.tolist(), row.tolist()) for column, row in found]) == (factors and [factors])


@pytest.mark.parametrize(
    ("kernel", "options", "line"),
    [
        (PREWITT, {}, "3x3 integer, rank 1: int16 sums, 1 thread, one strip"),
        (LAPLACIAN, {}, "3x3 integer, 5 taps: int16 sums, 1 thread, one strip"),
        (LAPLACIAN, {"stride": 2}, "3x3 integer, 5 taps: int16 sums, 1 thread, one strip"),
        ([[300]], {"channels": "sum"}, "1x1 integer, 3 taps: int32 sums, 1 thread, one strip"),
    ],
)
def test_the_plan_in_one_line(kernel, options, line):
    assert plan_of(np.zeros((9, 9, 3), np.uint8), kernel, **options) == line


def test_a_wide_kernel_of_few_weights():
    kernel = np.where(np.random.default_rng(3).random((9, 9)) < 0.9, 1, -2)
    image = np.random.default_rng(4).integers(0, 256, (12, 11), np.uint8)
    assert convolve(image, kernel).tolist() == oracles.correlate(image, kernel)


@pytest.mark.parametrize("value", [-5, 256, 300, 0.5])
def test_padding_values_that_the_image_could_not_hold(value):
    image = np.full((2, 2), 255, np.uint8)
    ours = convolve(image, [[1, 1, 1]], padding=((0, 0), (1, 1)), padding_value=value)
    assert ours.tolist() == [[510 + value, 510 + value]] * 2

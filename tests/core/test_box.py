"""Kernels of equal coefficients."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import convolve
from cnnfilt.core.engine.box import Box
from cnnfilt.core.levels import Levels, apply_levels
from tests.asking import convolve_to_levels
from tests.core.techniques import assert_close, cases, convolve_by, plain


@settings(max_examples=60, deadline=None)
@given(cases(dtypes=("bool", "uint8", "uint16"), longest_kernel=20), st.sampled_from([1, -3]))
def test_whole_coefficients_are_exact(case, weight):
    image, size, _, options = case
    options["padding_value"] = 1
    kernel = np.full(size, weight)
    responses = convolve_by(Box, image, kernel, bias=-2, **options)
    assert responses.dtype.kind == "i"
    np.testing.assert_array_equal(responses, plain(image, kernel, options) - 2)


def test_a_single_coefficient_on_words():
    """Their sums would fit into 16 bits, for which there is no loop."""
    image = np.array([[[65535]]], np.uint16)
    assert convolve_by(Box, image, np.ones((1, 1), int)).item() == 65535


@settings(max_examples=40, deadline=None)
@given(cases(dtypes=("uint8", "uint16"), longest_kernel=20))
def test_means_as_plain_loops(case):
    image, size, _, options = case
    kernel = np.full(size, 1 / np.prod(size))
    assert_close(convolve_by(Box, image, kernel, **options), plain(image, kernel, options), image, kernel)


@settings(max_examples=40, deadline=None)
@given(cases(dtypes=("uint8", "uint16"), longest_kernel=20), st.sampled_from(["clip", "abs"]))
def test_means_as_levels_are_the_rounded_means(case, values):
    image, size, _, options = case
    kernel, levels = np.full(size, 1 / np.prod(size)), Levels(values, image.dtype)
    expected, expected_loss = apply_levels(convolve(image, kernel, **options), levels)
    pixels, loss = convolve_to_levels(image, kernel, levels, **options)
    np.testing.assert_array_equal(pixels, expected)
    assert (loss.clipped, loss.total) == (0, pixels.size)
    np.testing.assert_allclose([loss.lowest, loss.highest], [expected_loss.lowest, expected_loss.highest], rtol=1e-5)


def test_sums_past_32_bits_are_not_taken_in_32_bits():
    image = np.full((300, 300), 65535, np.uint16)
    assert convolve(image, np.ones((300, 300), int)).tolist() == [[300 * 300 * 65535]]


def test_a_bias_that_brings_sums_back_into_16_bits():
    image = np.full((15, 15), 255, np.uint8)
    responses = convolve(image, np.ones((15, 15), int), bias=-40000)
    assert responses.tolist() == [[225 * 255 - 40000]]

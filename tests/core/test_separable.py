"""Kernels of low rank, down and along."""

import numpy as np
import pytest
from hypothesis import given, settings

from cnnfilt import kernel as named
from cnnfilt.core.engine.separable import Separable
from tests.core.techniques import assert_close, cases, convolve_by, plain


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_product_as_plain_loops(case):
    image, (height, width), rng, options = case
    kernel = np.outer(rng.normal(size=height), rng.normal(size=width))
    responses = convolve_by(Separable, image, kernel, bias=0.5, **options)
    assert_close(responses, plain(image, kernel, options) + 0.5, image, kernel)


@settings(max_examples=30, deadline=None)
@given(cases())
def test_a_sum_of_two_products_as_plain_loops(case):
    image, (height, width), rng, options = case
    kernel = sum(np.outer(rng.uniform(1, 2, height), rng.uniform(1, 2, width)) for _ in range(2))
    responses = convolve_by(Separable, image, kernel, **options)
    assert_close(responses, plain(image, kernel, options), image, kernel)


@pytest.mark.parametrize("name", ["gaussian:2", "motion:9", "gaussian:12"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_brightest_image_keeps_the_promise(name, dtype):
    kernel = np.array(named(name))
    image = np.full((len(kernel) + 3, len(kernel) + 40, 1), np.iinfo(dtype).max, dtype)
    responses = convolve_by(Separable, image, kernel)
    assert_close(responses, kernel.sum() * float(image.max()), image, kernel)

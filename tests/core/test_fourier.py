"""Large kernels through Fourier transforms of tiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.engine import fourier
from cnnfilt.core.engine.fourier import Fourier
from tests.core.techniques import assert_close, cases, convolve_by, plain


@pytest.fixture(autouse=True, scope="module")
def small_tiles():
    """Tiles so small that an image of 40 pixels has several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fourier, "TILE", 16)
        patch.setattr(fourier, "SPANS", 2)
        yield


@settings(max_examples=60, deadline=None)
@given(cases(longest_kernel=12))
def test_as_plain_loops(case):
    image, size, rng, options = case
    kernel = rng.normal(size=size)
    responses = convolve_by(Fourier, image, kernel, bias=0.5, **options)
    assert_close(responses, plain(image, kernel, options) + 0.5, image, kernel)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**16), st.sampled_from([255, 65535, 1e9]))
def test_one_huge_value_among_small_ones(seed, huge):
    rng = np.random.default_rng(seed)
    image = rng.uniform(0, 1, (50, 60, 1)).astype(np.float32)
    image[tuple(rng.integers(0, 50, 2))] = huge
    kernel = rng.normal(size=(9, 11))
    assert_close(convolve_by(Fourier, image, kernel), plain(image, kernel, {}), image, kernel)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kernel", [np.ones((31, 31)) / 961, np.eye(31) / 2, -np.ones((1, 31)) / 7])
def test_the_brightest_image_keeps_the_promise(dtype, kernel, monkeypatch):
    monkeypatch.setattr(fourier, "TILE", 256)
    image = np.full((300, 290, 1), np.iinfo(dtype).max, dtype)
    responses = convolve_by(Fourier, image, kernel)
    assert_close(responses, kernel.sum() * float(image.max()), image, kernel)

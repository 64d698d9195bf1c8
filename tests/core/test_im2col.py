"""Many filters, by whichever technique, against plain loops: matrix products, one part of the kernel and several."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import conv2d, convolve
from cnnfilt.core.engine import im2col, native, products, strips
from tests import oracles
from tests.core.test_convolution import geometries, oracle, ours


def assert_equals_the_loops(case, channels, filters):
    """Hold many filters over all channels against loops over Python numbers, for a geometry of `geometries`."""
    rng = np.random.default_rng(case["seed"])
    image = rng.normal(size=(*case["size"], channels)).astype(np.float32)
    kernel = rng.normal(size=(*case["kernel"], channels, filters))
    bias = rng.normal(size=filters)
    result = convolve(image, kernel, bias=bias, **ours(case))
    expected = oracles.correlate_channels(image, kernel, **oracle(case)).astype(float) + bias
    largest = max(np.abs(image).max(), case["value"])
    bound = 1e-5 * (np.abs(kernel).sum(axis=(0, 1, 2)) * largest + np.abs(bias))
    assert (np.abs(result - expected) <= bound).all()


@settings(max_examples=200, deadline=None)
@given(
    case=geometries(),
    channels=st.integers(1, 6),
    filters=st.integers(4, 6),
    longest=st.sampled_from([1, 2, 7, 256]),
    block=st.sampled_from([1, 2000]),
    scratch=st.sampled_from([1, 1 << 20]),
)
def test_any_geometry_equals_the_loops(case, channels, filters, longest, block, scratch):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "loops", None)
        patch.setattr(im2col, "LONGEST", longest)
        patch.setattr(im2col, "BLOCK_BYTES", block)
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        assert_equals_the_loops(case, channels, filters)


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


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), st.sampled_from([0, 0.02, 0.1, 1]), st.booleans(), st.booleans())
def test_few_taps_and_extreme_images_stay_within_the_bound(seed, density, signs, same):
    rng = np.random.default_rng(seed)
    x = rng.choice([-1, 1], (18, 18, 48)) if signs else np.ones((18, 18, 48))
    x = np.rint(x * 30_000 * (0.7 if same else rng.random((18, 18, 48)))).astype(np.int16)
    weights = rng.normal(size=(3, 3, 48, 48)) * (rng.random((3, 3, 48, 48)) < density)
    weights[rng.integers(3), rng.integers(3), 0] += 1
    expected = sum(x[i : i + 16, j : j + 16].astype(float) @ weights[i, j] for i in range(3) for j in range(3))
    bound = 1e-5 * np.abs(weights).sum(axis=(0, 1, 2)) * np.abs(x).max()
    assert (np.abs(convolve(x, weights) - expected) <= bound).all()


@pytest.mark.parametrize("alone", [False, True])
def test_torch(alone, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(products, "BLAS_IS_ALONE", alone)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 37, 50, 96)).astype(np.float32)
    weight = rng.normal(size=(3, 3, 48, 96)).astype(np.float32)
    expected = torch.nn.functional.conv2d(
        torch.from_numpy(x.transpose(0, 3, 1, 2).copy()),
        torch.from_numpy(weight.transpose(3, 2, 0, 1).copy()),
        padding=2,
        dilation=2,
        groups=2,
    ).numpy()
    result = conv2d(x, weight, padding=2, dilation=2, groups=2)
    np.testing.assert_allclose(result, expected.transpose(0, 2, 3, 1), atol=1e-3)

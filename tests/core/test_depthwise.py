"""A filter for each channel against the same filters one by one: exactly for whole numbers, within the bound else."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnfilt import conv2d
from cnnfilt.core.engine import strips
from tests import oracles


@st.composite
def cases(draw):
    pair = st.tuples(st.integers(1, 3), st.integers(1, 3))
    return {
        "size": draw(st.tuples(st.integers(1, 12), st.integers(1, 12))),
        "kernel": draw(st.tuples(st.integers(1, 4), st.integers(1, 4))),
        "stride": draw(pair),
        "dilation": draw(pair),
        "pads": tuple((n, n + draw(st.integers(0, 2))) for n in draw(st.tuples(*[st.integers(0, 3)] * 2))),
        "channels": draw(st.integers(2, 5)),
        "seed": draw(st.integers(0, 999)),
    }


def drawn(case, *, whole=False):
    """Return (image, weights, expected) of a case; the weights hold some zeros."""
    rng = np.random.default_rng(case["seed"])
    spans = [d * (k - 1) + 1 for d, k in zip(case["dilation"], case["kernel"], strict=True)]
    assume(all(n + sum(p) >= span for n, p, span in zip(case["size"], case["pads"], spans, strict=True)))
    x = rng.integers(0, 256, (*case["size"], case["channels"]))
    x = x.astype(np.uint8) if whole else x.astype(np.float32)
    weights = rng.integers(-9, 10, (*case["kernel"], 1, case["channels"]))
    weights = weights if whole else weights * 0.37
    geometry = {name: case[name] for name in ("stride", "dilation", "pads")}
    expected = [oracles.correlate(x[..., c], weights[:, :, 0, c], **geometry) for c in range(case["channels"])]
    return x, weights, np.moveaxis(np.array(expected), 0, 2)


def ours(x, weights, case, bias=None):
    geometry = {"stride": case["stride"], "dilation": case["dilation"], "padding": case["pads"]}
    return conv2d(x[np.newaxis], weights, bias, groups=case["channels"], **geometry)[0]


@settings(max_examples=80, deadline=None)
@given(cases(), st.sampled_from([1, 1 << 20]))
def test_whole_numbers_equal_the_loops_exactly(case, scratch):
    x, weights, expected = drawn(case, whole=True)
    bias = np.arange(case["channels"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        result = ours(x, weights, case, bias)
    assert result.dtype.kind == "i"
    np.testing.assert_array_equal(result, expected + bias)


@settings(max_examples=80, deadline=None)
@given(cases(), st.sampled_from([1, 1 << 20]))
def test_floats_equal_the_loops_within_the_bound(case, scratch):
    x, weights, expected = drawn(case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        result = ours(x, weights, case)
    assert result.dtype == np.float32
    bound = 1e-5 * np.abs(weights).sum(axis=(0, 1, 2)) * x.max()
    assert (np.abs(result - expected) <= bound).all()


def test_an_infinity_spreads_only_where_its_channel_has_a_coefficient():
    x = np.zeros((1, 5, 5, 2), np.float32)
    x[0, 2, 2] = np.inf, np.nan
    weights = np.array([[1.5, 0], [0, 2.5]])[:, :, np.newaxis, np.newaxis].repeat(2, axis=3)
    weights[0, 0, 0, 1] = 0
    result = conv2d(x, weights, groups=2)[0]
    assert np.argwhere(~np.isfinite(result)).tolist() == [[1, 1, 0], [1, 1, 1], [2, 2, 0]]


def test_long_sums_of_equal_terms_stay_within_the_bound():
    x = np.full((1, 70, 70, 2), 0.7, np.float32)
    result = conv2d(x, np.full((63, 63, 1, 2), 0.1), groups=2)
    np.testing.assert_allclose(result, 63 * 63 * 0.1 * np.float64(np.float32(0.7)), rtol=1e-5)

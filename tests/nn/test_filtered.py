"""Batches by the compiled loops against plain loops: however the work is shared out, for groups and for 1x1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.engine import native, threads
from cnnfilt.core.engine.direct import Filters
from cnnfilt.describe.windows import windows
from cnnfilt.nn import filtered as module
from cnnfilt.nn.filtered import filtered, has_loops
from tests import oracles

pytestmark = pytest.mark.skipif(native.loops is None, reason="the compiled core was not built, or is switched off")


@settings(max_examples=200, deadline=None)
@given(
    size=st.tuples(st.integers(3, 12), st.integers(3, 12)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    images=st.integers(1, 3),
    groups=st.integers(1, 3),
    maps=st.integers(1, 40),
    shared=st.sampled_from([1, 1 << 25]),
    seed=st.integers(0, 9999),
)
def test_a_batch_equals_the_loops(size, kernel, stride, images, groups, maps, shared, seed):
    rng = np.random.default_rng(seed)
    channels = int(rng.integers(1, 5))
    batch = rng.normal(size=(images, *size, groups * channels)).astype(np.float32)
    weights = rng.normal(size=(groups, *kernel, channels, maps)).astype(np.float32)
    bias = rng.normal(size=(groups, maps)).astype(np.float32)
    filters = [Filters(*each) for each in zip(weights, bias, strict=True)]
    threads.limit_threads(2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SHARED", shared)
        result = filtered(batch, filters, windows(size, kernel, stride=stride))
    threads.limit_threads(0)
    for number, (some, offset) in enumerate(zip(weights, bias, strict=True)):
        met = batch[..., number * channels : (number + 1) * channels]
        each = [oracles.correlate_channels(image, some, stride=stride).astype(float) + offset for image in met]
        np.testing.assert_allclose(result[..., number * maps : (number + 1) * maps], each, rtol=1e-4, atol=1e-4)


def test_loops_are_for_32_bit_floats_along_two_axes():
    assert has_loops(np.zeros((3, 3, 1, 1), np.float32))
    assert not has_loops(np.zeros((3, 3, 1, 1)))
    assert not has_loops(np.zeros((3, 1, 1), np.float32))

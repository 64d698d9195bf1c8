"""Filters over all channels in compiled loops: any geometry, panels of every size, what is not finite."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import convolve
from cnnfilt.core.engine import direct, native, strips
from cnnfilt.core.engine.direct import Direct, in_panels, panel_of
from cnnfilt.core.engine.plan import plan
from tests.asking import as_job
from tests.core.test_convolution import geometries
from tests.core.test_im2col import assert_equals_the_loops

pytestmark = pytest.mark.skipif(native.loops is None, reason="the compiled core was not built, or is switched off")


@settings(max_examples=200, deadline=None)
@given(
    case=geometries(),
    channels=st.integers(1, 6),
    filters=st.integers(2, 70),
    longest=st.sampled_from([1, 2, 7, 256]),
    scratch=st.sampled_from([1, 1 << 20]),
)
def test_any_geometry_equals_the_loops(case, channels, filters, longest, scratch):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(direct, "LONGEST", longest)
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        assert_equals_the_loops(case, channels, filters)


@pytest.mark.parametrize("size", [8, 16, 32])
def test_every_panel_gives_the_same_maps(size, monkeypatch):
    rng = np.random.default_rng(0)
    image = rng.normal(size=(20, 33, 5)).astype(np.float32)
    kernel = rng.normal(size=(3, 3, 5, 35)).astype(np.float32)
    expected = convolve(image, kernel, padding="same", padding_mode="reflect")
    monkeypatch.setattr(direct, "panel_of", lambda maps: size)
    result = convolve(image, kernel, padding="same", padding_mode="reflect")
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


def test_panels_hold_all_filters_and_little_else():
    assert [panel_of(maps) for maps in (1, 8, 9, 16, 17)] == [8, 8, 16, 16, 8 if native.loops.PANEL == 16 else 32]
    weights = np.arange(6).reshape(2, 3)
    np.testing.assert_array_equal(in_panels(weights, 2), [[0, 1], [3, 4], [2, 0], [5, 0]])


def test_an_infinity_under_a_zero_tap_does_not_spread():
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(40, 40, 3)).astype(np.float32), rng.normal(size=(3, 3, 3, 9))
    kernel[0] = 0
    image[20, 20, 1] = np.inf
    assert plan(as_job(image, kernel)).technique is Direct
    finite = np.isfinite(convolve(image, kernel)).all(axis=2)
    assert np.argwhere(~finite).tolist() == [[y, x] for y in (18, 19) for x in (18, 19, 20)]

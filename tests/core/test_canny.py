"""Canny's edges: on steps and lines whose edges are known, against plain loops, and turned around."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import edges
from cnnfilt.core.engine import strips
from cnnfilt.errors import ParameterError, ShapeError
from tests import oracles_edges as oracles
from tests.asking import canny


@pytest.fixture(scope="module", params=[None, 1], ids=["whole", "strips"], autouse=True)
def _strip_height(request):
    """Run every test twice: with strips as they are, and with strips of one row, whose seams must not show."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param:
            patch.setattr(strips, "SCRATCH_BYTES", request.param)
        yield


def step(height=12, width=20, at=9, bright=255, dtype=np.uint8):
    """Return a dark image, bright from column `at` on."""
    image = np.zeros((height, width), dtype)
    image[:, at:] = bright
    return image


@pytest.mark.parametrize("sigma", [0.5, 1, 2.3])
def test_a_step_is_one_pixel_wide_from_border_to_border(sigma):
    mask = canny(step(), sigma=sigma)
    assert mask.dtype == bool
    assert mask[:, 8].all()
    assert mask.sum() == 12
    assert (canny(step().T, sigma=sigma) == mask.T).all()
    # Of the two equal pixels beside it the left one, also when the bright side is the other.
    assert (canny(255 - step(), sigma=sigma) == mask).all()


@pytest.mark.parametrize(("slope", "most"), [(1, 2), (-1, 2), (2, 1.5), (0.5, 1.5), (0.3, 1), (-3, 1)])
def test_a_slanted_step_is_a_thin_line(slope, most):
    y, x = np.mgrid[-15:15, -15:15]
    mask = canny(np.where(y > slope * x, 255, 0).astype(np.uint8))
    crossed = mask.any(axis=1 if abs(slope) >= 1 else 0)
    assert crossed[2:-2].all()
    # Near 45 degrees the diagonals on both sides of the step are equally close to it and make a staircase.
    assert mask.sum() <= most * crossed.sum()
    assert not (mask[1:, 1:] & mask[:-1, 1:] & mask[1:, :-1] & mask[:-1, :-1]).any()


def test_a_line_of_one_pixel_has_two_edges_as_far_apart_as_the_smoothing_says():
    image = np.zeros((9, 21), np.uint8)
    image[:, 10] = 255
    mask = canny(image, sigma=1)
    assert [set(np.flatnonzero(row)) for row in mask] == [{9, 11}] * 9


@pytest.mark.parametrize(
    ("dtype", "top"), [("uint8", 255), ("uint16", 65535), (">u2", 65535), ("float32", 1), ("float64", 1)]
)
def test_thresholds_are_fractions_of_a_full_step(dtype, top):
    for sigma in (0.5, 1, 3):
        full = step(bright=top, dtype=dtype)
        assert canny(full, sigma=sigma, low=1, high=1).sum() == 12
        half = step(bright=top * 0.5 if top == 1 else top // 2, dtype=dtype)
        assert canny(half, sigma=sigma, high=0.49).sum() == 12
        assert not canny(half, sigma=sigma, high=0.51).any()
    answer = edges(full, method="canny")
    assert answer.dtype == np.dtype(dtype).newbyteorder("=")
    assert np.unique(answer).tolist() == [0, top]


def test_answers_of_other_types():
    assert edges(step(bright=1, dtype=bool), method="canny").dtype == bool
    assert edges(step(dtype=np.int64), method="canny").max() == 255
    assert edges(step(bright=127, dtype=np.int8), method="canny").max() == 127


def fading(from_, to):
    """Return a step, 60 rows high, whose height goes from one level to another on its way down."""
    image = np.zeros((60, 16))
    image[:, 8:] = np.linspace(from_, to, 60)[:, np.newaxis]
    return image


def test_weak_edges_are_followed_from_strong_ones_only():
    assert canny(fading(0.3, 0.15), low=0.1, high=0.2).any(axis=1).all()
    assert not canny(fading(0.18, 0.15), low=0.1, high=0.2).any()
    kept = canny(fading(0.3, 0.05), low=0.1, high=0.2).any(axis=1)
    assert kept[:45].all()
    assert not kept[50:].any()


def test_a_corner_connects():
    # The edge moves over by one column on its way from strong to weak.
    image = fading(0.3, 0.12)
    image[30:, 8] = 0
    mask = canny(image, low=0.1, high=0.25)
    assert (mask.sum(axis=1) == 1).all()
    assert set(np.flatnonzero(mask.any(axis=0))) == {7, 8, 9}
    image[27:33] = 0
    assert not canny(image, low=0.1, high=0.25)[36:].any()


def test_flat_and_tiny_images_have_no_edges():
    assert not canny(np.full((9, 9), 200, np.uint8)).any()
    assert canny([[7]]).tolist() == [[False]]
    assert not canny(np.zeros((1, 5, 3))).any()


def test_a_steady_slope_is_one_edge_at_most():
    # The gradient is the same all along it but for rounding, which must not make edges.
    for rise in (1, 7):
        slope = np.clip(np.arange(-20, 60) * rise, 0, 30 * rise)
        for dtype in (np.uint8, np.float32):
            image = np.tile(slope, (9, 1)).astype(dtype) / (255 if np.dtype(dtype).kind == "f" else 1)
            mask = canny(image.astype(dtype), low=0.001 * rise, high=0.001 * rise)
            assert (mask.sum(axis=1) <= 1).all()
            assert (canny(image.T.astype(dtype), low=0.001 * rise, high=0.001 * rise).sum(axis=0) <= 1).all()


def smooth_noise(seed, shape):
    """Return random values with edges of every direction, and hardly a tie."""
    rng = np.random.default_rng(seed)
    return rng.random(shape)


@settings(max_examples=12, deadline=None)
@given(
    st.tuples(st.integers(1, 11), st.integers(1, 11)),
    st.sampled_from([0.4, 0.8, 1.2]),
    st.floats(0.01, 0.3),
    st.floats(0.0, 0.3),
    st.integers(0, 9999),
)
def test_plain_loops(size, sigma, low, more, seed):
    image = smooth_noise(seed, size)
    mask = canny(image, sigma=sigma, low=low, high=low + more)
    assert mask.tolist() == oracles.canny(image.tolist(), sigma, low, low + more, 1)


@pytest.mark.parametrize("size", [(1, 2), (2, 1)])
@pytest.mark.parametrize("seed", range(20))
def test_of_two_equal_pixels_the_first_is_the_edge(size, seed):
    """Their gradients are one number computed twice, so rounding alone must never choose."""
    image = smooth_noise(seed, size)
    mask = canny(image, sigma=0.4, low=0.0, high=0.0)
    assert mask.ravel().tolist() == [True, False]


def test_turned_images_have_turned_edges():
    image = smooth_noise(2, (40, 33, 2))
    mask = canny(image)
    for turns in (1, 2, 3):
        assert (canny(np.rot90(image, turns)) == np.rot90(mask, turns)).mean() > 0.999
    assert (canny(image[:, ::-1]) == mask[:, ::-1]).mean() > 0.999


def test_channels_are_on_their_own_and_levels_only_scale():
    image = np.random.default_rng(2).integers(0, 256, (30, 30, 3), np.uint8)
    mask = canny(image)
    for channel in range(3):
        assert (canny(image[..., channel]) == mask[..., channel]).all()
    assert (canny(image.astype(np.uint16) * 257) == mask).all()
    assert (canny(image / 255.0) == mask).mean() > 0.999


def test_not_a_number_is_no_edge():
    image = step().astype(np.float32)
    image[3, 3] = np.nan
    image[9, 16] = np.inf
    assert not canny(image)[1:6, 1:6].any()


def test_padding():
    image = step()
    assert canny(image, padding="valid").shape == (12 - 8, 20 - 8)
    assert canny(image, padding="valid").sum() == 4
    # Zeros around a bright image are a step of their own, the false frame that replicating avoids.
    assert canny(np.full((20, 20), 255, np.uint8), padding_mode="zeros").sum() > 60
    with pytest.raises(ShapeError, match="reflect"):
        canny(np.zeros((3, 3)), padding_mode="reflect")
    with pytest.raises(ShapeError, match="spans 9 rows"):
        canny(np.zeros((3, 30)), padding="valid")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"low": 0.3}, "low is 0.3 and high 0.2; low must not be above high"),
        ({"low": -0.1}, "low is -0.1; it is a fraction of a full step, from 0 to 1"),
        ({"high": 150}, "high is 150; it is a fraction"),
        ({"high": float("nan")}, "high is nan"),
        ({"sigma": 0}, "SIGMA is 0; it must be from 0.01"),
        ({"sigma": -1}, "SIGMA is -1"),
        ({"sigma": float("inf")}, "not finite"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(ParameterError, match=message) as raised:
        edges(step(), method="canny", **options)
    assert raised.value.parameter == next(iter(options))


def test_steps_of_float_images_may_be_higher_than_full():
    assert canny(step(bright=1000.0, dtype=np.float32), low=500, high=900).sum() == 12
    assert not canny(step(bright=1000.0, dtype=np.float32), low=500, high=1100).any()

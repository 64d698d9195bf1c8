"""Winograd's tiles against the loops, wherever the plan chooses them, and within the bound of every float result."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import conv2d, convolve
from cnnfilt.core.engine import faint_tiles, strips, winograd
from cnnfilt.core.engine.im2col import Im2col
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.plan import plan
from cnnfilt.core.engine.winograd import A_T, B_T, WINOGRAD_CHANNELS, G, Winograd
from cnnfilt.describe.windows import windows


def plainly(x, weights, bias=0, dilation=(1, 1), pads=((0, 0), (0, 0))):
    """Return the sums of `x` (H, W, C) and `weights` (3, 3, C, N) in float64, tap by tap."""
    seen = np.pad(np.asarray(x, np.float64), (*pads, (0, 0)))
    height, width = (n - 2 * d for n, d in zip(seen.shape, dilation, strict=False))
    out = np.zeros((height, width, weights.shape[3])) + bias
    for i in range(3):
        for j in range(3):
            y, x0 = i * dilation[0], j * dilation[1]
            out += seen[y : y + height, x0 : x0 + width] @ weights[i, j]
    return out


def bound(x, weights, bias=0):
    return 1e-5 * (np.abs(weights).sum(axis=(0, 1, 2)) * np.abs(x).max() + np.abs(bias))


def job_of(x, weights, **geometry):
    rows, columns = windows(x.shape[:2], weights.shape[:2], **geometry)
    return Job(x, weights, False, np.zeros(weights.shape[3]), rows, columns)


def test_a_tile_of_one_row_is_the_sum_itself():
    rng = np.random.default_rng(0)
    values, kernel = rng.normal(size=6), rng.normal(size=3)
    np.testing.assert_allclose(A_T @ ((G @ kernel) * (B_T @ values)), np.correlate(values, kernel), atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(3, 40), st.integers(3, 40)),
    dilation=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    pads=st.tuples(st.tuples(*[st.integers(0, 3)] * 2), st.tuples(*[st.integers(0, 3)] * 2)),
    channels=st.integers(1, 5),
    filters=st.integers(1, 5),
    block=st.sampled_from([1, 3, 64]),
    scratch=st.sampled_from([1, 5000, 1 << 20]),
    seed=st.integers(0, 999),
)
def test_any_geometry_equals_the_sums(size, dilation, pads, channels, filters, block, scratch, seed):
    size = tuple(max(n, 2 * d + 1) for n, d in zip(size, dilation, strict=True))
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(*size, channels)).astype(np.float32)
    weights, bias = rng.normal(size=(3, 3, channels, filters)), rng.normal(size=filters)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(winograd, "WINOGRAD_CHANNELS", 1)
        patch.setattr(winograd, "WINOGRAD_PIXELS", 1)
        patch.setattr(winograd, "BLOCK_TILES", block)
        patch.setattr(faint_tiles, "LEAST_EVENNESS", 0)
        patch.setattr(faint_tiles, "MOST_OF_SUM", 1)
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        assert plan(job_of(x, weights, padding=pads, dilation=dilation)).technique is Winograd
        result = convolve(x, weights, bias=bias, dilation=dilation, padding=pads)
    assert result.dtype == np.float32
    expected = plainly(x, weights, bias, dilation, pads)
    assert (np.abs(result - expected) <= bound(x, weights, bias)).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), st.sampled_from([0, 0.02, 0.1, 1]), st.booleans(), st.booleans())
def test_few_taps_and_extreme_images_stay_within_the_bound(seed, density, signs, same):
    many = WINOGRAD_CHANNELS
    rng = np.random.default_rng(seed)
    x = rng.choice([-1, 1], (18, 18, many)) if signs else np.ones((18, 18, many))
    # Of whole numbers: those that dwarf others are within what is promised.
    x = np.rint(x * 30_000 * (0.7 if same else rng.random((18, 18, many)))).astype(np.int16)
    weights = rng.normal(size=(3, 3, many, many)) * (rng.random((3, 3, many, many)) < density)
    weights[rng.integers(3), rng.integers(3), 0] += 1
    assert plan(job_of(x, weights)).technique is Winograd
    result = convolve(x, weights)
    assert (np.abs(result - plainly(x, weights)) <= bound(x, weights)).all()


def test_an_infinity_or_nan_reaches_only_its_own_windows():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20, 30, 48)).astype(np.float32)
    weights = rng.normal(size=(3, 3, 48, 48))
    expected = plainly(x, weights)
    x[5, 7, 3], x[18, 29, 0] = np.inf, np.nan
    result = convolve(x, weights)
    touched = np.zeros(result.shape[:2], bool)
    touched[3:6, 5:8] = touched[16:18, 27:28] = True
    assert not np.isfinite(result[touched]).any()
    np.testing.assert_allclose(result[~touched], expected[~touched], atol=1e-3)


def test_a_transform_past_the_float_range_does_not_spoil_the_sums():
    x = np.full((18, 18, 48), 1e38, np.float32)
    weights = np.full((3, 3, 48, 48), 1e-3)
    np.testing.assert_allclose(convolve(x, weights), 0.432e38, rtol=1e-5)


@pytest.mark.parametrize(
    ("dtype", "shape", "options"),
    [
        ("f8", (3, 3, 48, 48), {}),
        ("f4", (3, 3, 48, 48), {"stride": 2}),
        ("f4", (3, 3, 48, 48), {"stride": (1, 2)}),
        ("f4", (3, 5, 48, 48), {}),
        ("f4", (3, 3, WINOGRAD_CHANNELS - 1, 48), {}),
        ("f4", (3, 3, 48, WINOGRAD_CHANNELS - 1), {}),
    ],
)
def test_where_it_does_not_apply_another_technique_does(dtype, shape, options):
    x = np.zeros((40, 40, shape[2]), dtype)
    assert plan(job_of(x, np.full(shape, 0.5), **options)).technique is Im2col


def test_torch():
    torch = pytest.importorskip("torch")
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


def float_bound(x, weights, pads=((0, 0), (0, 0))):
    """What is promised for images of floats: beside what each window adds up, and a little beside the whole."""
    magnitudes, weight = np.abs(np.asarray(x, np.float64)), np.abs(weights)
    floor = np.einsum("ijcn,c->n", weight, magnitudes.mean(axis=(0, 1)))
    return 1e-5 * (plainly(magnitudes, weight, pads=pads) + 0.001 * floor)


def drawn_floats(rng, channels):
    """Images whose windows add up to very little beside what lies next to them, and such that do not."""
    height, width = rng.integers(18, 40, 2)
    x = rng.normal(size=(height, width, channels))
    match int(rng.integers(9)):
        case 1:
            x = np.maximum(x - rng.uniform(0, 2.5), 0)
        case 2:
            x *= np.exp(rng.uniform(1, 4) * rng.normal(size=(height, width, 1)))
        case 3:
            x *= np.exp(rng.uniform(1, 4) * rng.normal(size=x.shape))
        case 4:
            x = np.ones(x.shape) * np.exp(rng.uniform(1, 9) * rng.random((height, width, 1)).round())
        case 5:
            x *= np.exp(rng.uniform(1, 6) * rng.normal(size=(1, 1, channels)))
        case 6:
            x[:, : width // 2] = rng.choice([0, 1e-3])
        case 7:
            x = (rng.random(x.shape) < rng.uniform(0.01, 0.2)) * 1.0
        case 8:
            x = (rng.random((height, width, 1)) < rng.uniform(0.01, 0.2)) + rng.uniform(0, 0.1) * np.abs(x)
    return (x * 10.0 ** rng.integers(-25, 25)).astype(np.float32)


def drawn_filters(rng, channels):
    shape = (3, 3, channels, WINOGRAD_CHANNELS)
    match int(rng.integers(6)):
        case 0:
            return rng.random(shape)
        case 1:
            return rng.standard_t(3, size=shape)
        case 2:
            return rng.normal(size=shape) * (rng.random(shape) < rng.uniform(0.05, 1))
        case 3:
            return np.exp(rng.uniform(0, 2) * rng.normal(size=shape)) * rng.choice([-1, 1], shape)
        case 4:
            return np.full(shape, rng.normal())
    return rng.normal(size=shape)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99_999), st.sampled_from([48, 64, 128, 256]), st.sampled_from([0, 1, 2]))
def test_floats_stay_within_what_is_promised_beside_each_window(seed, channels, pad):
    rng = np.random.default_rng(seed)
    x, weights, pads = drawn_floats(rng, channels), drawn_filters(rng, channels), ((pad, pad), (pad, pad))
    errors = np.abs(convolve(x, weights, padding=pads) - plainly(x, weights, pads=pads))
    assert (errors <= float_bound(x, weights, pads)).all()


@pytest.mark.parametrize("faint", [0, 1e-3])
def test_bright_squares_do_not_reach_faint_windows_beside_them(faint):
    rng = np.random.default_rng(0)
    x = np.full((64, 64, 64), faint, np.float32)
    x[20:40, 21:43] = 255
    weights = rng.normal(size=(3, 3, 64, 64))
    assert plan(job_of(x, weights)).technique is Winograd
    result = convolve(x, weights)
    assert (np.abs(result - plainly(x, weights)) <= float_bound(x, weights)).all()
    if not faint:
        assert not result[:18].any()


def test_the_values_of_many_channels_do_not_add_up_to_an_error():
    """Alike all over, with filters alike: every rounding of a long sum goes the same way."""
    for value in (0.21, 0.347, 0.9):
        x, weights = np.full((18, 18, 1024), value, np.float32), np.full((3, 3, 1024, 48), 0.77)
        assert (np.abs(convolve(x, weights) - plainly(x, weights)) <= 0.5 * float_bound(x, weights)).all()


@pytest.mark.parametrize("pattern", ["one tap", "few taps"])
def test_floats_under_filters_of_few_taps_are_left_to_another(pattern):
    weights = np.zeros((3, 3, 48, 48))
    weights[1, 1] = np.eye(48) if pattern == "one tap" else 1
    x = np.random.default_rng(0).normal(size=(20, 20, 48))
    assert plan(job_of(x.astype(np.float32), weights + 0.0)).technique is Im2col
    assert plan(job_of((x > 0).astype(np.uint8), weights + 0.5)).technique is Winograd

"""Medians, ranges and windows of any shape, against plain loops, SciPy, NumPy, torch and scikit-image."""

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import pool
from cnnfilt.core.engine import medians, strips
from cnnfilt.core.engine.fold import fold_of
from cnnfilt.core.engine.shapes import runs_by_length, runs_of, taps_of_windows
from cnnfilt.core.pooling import adaptive_pool, pool_as_asked, windows_of
from cnnfilt.describe.operations import Pooling
from cnnfilt.describe.window_shapes import WindowShape
from cnnfilt.errors import ParameterError, ShapeError

DTYPES = ("bool", "uint8", "int8", "uint16", ">u2", "int16", "int32", "uint32", "int64", "float32", ">f4", "float64")


@pytest.fixture(scope="module", params=[None, 1], ids=["whole", "strips"], autouse=True)
def _strip_height(request):
    """Run every test twice: with strips as they are, and with low ones, whose seams must not show."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param:
            patch.setattr(strips, "SCRATCH_BYTES", request.param)
        yield


def plain(image, asked):
    """Return what pooling means, one window after the other, as an array of Python's numbers."""
    shape = np.ones(asked.size, bool) if asked.taps is None else np.array(asked.taps, bool)
    rows, columns = windows_of(image, asked)
    result = np.empty((rows.output_size, columns.output_size, image.shape[2]), object)
    for y, x in np.ndindex(result.shape[:2]):
        taps = [
            (rows.start(y) + i * rows.dilation, columns.start(x) + j * columns.dilation)
            for i, j in np.argwhere(shape).tolist()
        ]
        met = [image[tap] for tap in taps if 0 <= tap[0] < rows.size and 0 <= tap[1] < columns.size]
        for channel in range(image.shape[2]):
            result[y, x, channel] = plain_value([value[channel].item() for value in met], asked.kind)
    return result


def plain_value(values, kind):
    if any(value != value for value in values):
        return np.nan
    match kind:
        case "median":
            return sorted(values)[(len(values) - 1) // 2]
        case "range":
            return max(values) - min(values)
        case "avg":
            return sum(values) / len(values)
    return {"max": max, "min": min}[kind](values)


@st.composite
def poolings(draw):
    """Draw a pooling that suits an image of a drawn shape."""
    size = draw(st.tuples(st.integers(1, 12), st.integers(1, 14), st.integers(1, 4)))
    kernel = draw(st.one_of(st.sampled_from([(3, 3), (5, 5)]), st.tuples(st.integers(1, 7), st.integers(1, 7))))
    taps = draw(st.one_of(st.none(), st.lists(st.booleans(), min_size=kernel[0] * kernel[1], max_size=99)))
    window = None
    if taps is not None and any(taps[: kernel[0] * kernel[1]]):
        rows = np.array(taps[: kernel[0] * kernel[1]], int).reshape(kernel)
        window = WindowShape("@x.csv", tuple(map(tuple, rows.tolist())))
    pair = st.tuples(st.integers(1, 3), st.integers(1, 3))
    one = st.just((1, 1))
    asked = Pooling(
        kernel_size=None if window else kernel,
        window=window,
        kind=draw(st.sampled_from(["median", "median", "median", "range", "max", "min", "avg"])),
        stride=draw(st.one_of(one, pair)),
        dilation=draw(st.one_of(one, one, pair)),
        padding=draw(st.sampled_from(["same", "same-lower", "valid"])),
        ceil_mode=draw(st.booleans()),
    )
    return size, asked


@settings(max_examples=400)
@given(poolings(), st.sampled_from(DTYPES), st.booleans(), st.integers(0, 9999))
def test_every_window_is_that_of_plain_loops(drawn, dtype, few, seed):
    size, asked = drawn
    rng, dtype = np.random.default_rng(seed), np.dtype(dtype)
    if dtype.kind == "f":
        image = rng.normal(0, 9, size).round(0 if few else 2).astype(dtype)
        image[rng.random(size) < 0.02] = np.nan
    else:
        whole = dtype.kind == "b" or few
        limits = (0, 2) if whole else (np.iinfo(dtype).min // 2, np.iinfo(dtype).max // 2)
        image = rng.integers(*limits, size).astype(dtype)
    try:
        result = pool_as_asked(image, asked)
    except ShapeError:
        return  # The image is too small, or a window meets nothing: refused, and tested below.
    expected = plain(image, asked)
    if asked.kind == "avg":
        np.testing.assert_allclose(result, expected.astype(float), rtol=1e-6, atol=1e-6)
    else:
        # Whole numbers of 64 bits are compared as such.
        exact = expected if result.dtype.kind != "f" else expected.astype(float).astype(result.dtype)
        np.testing.assert_array_equal(result if result.dtype.kind == "f" else result.astype(object), exact)
        assert result.dtype == dtype or asked.kind == "range"


@pytest.mark.parametrize("size", [3, 5, 7, 15, (3, 9), (1, 5), (4, 4), 21])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32", "float64"])
def test_medians_are_those_of_scipy(size, dtype):
    rng = np.random.default_rng(3)
    image = rng.integers(0, 200, (61, 300)).astype(dtype)
    tall, wide = (size, size) if isinstance(size, int) else size
    # SciPy takes the upper middle of an even number.
    ours = pool(image, size, kind="median", stride=1)
    expected = scipy.ndimage.rank_filter(image, (tall * wide - 1) // 2, (tall, wide))
    top, left = tall // 2, wide // 2
    np.testing.assert_array_equal(ours, expected[top : top + ours.shape[0], left : left + ours.shape[1]])


@pytest.mark.parametrize("channels", [1, 3])
def test_a_window_of_more_values_than_16_bits_count(channels):
    image = np.random.default_rng(1).integers(0, 256, (280, 300, channels), np.uint8)
    ours = pool(image, 277, kind="median", stride=1)
    for y, x in np.ndindex(4, 24):
        values = np.sort(image[y : y + 277, x : x + 277].reshape(-1, channels), axis=0)
        np.testing.assert_array_equal(ours[y, x], values[277 * 277 // 2])


@pytest.mark.parametrize("kind", ["max", "min", "median"])
def test_shapes_are_those_of_scipy(kind):
    image = np.random.default_rng(4).integers(0, 256, (60, 700), np.uint8)
    y, x = np.mgrid[-7:8, -7:8]
    disk = y**2 + x**2 <= 49
    call = {"max": scipy.ndimage.maximum_filter, "min": scipy.ndimage.minimum_filter}
    if kind == "median":
        expected = scipy.ndimage.rank_filter(image, (disk.sum() - 1) // 2, footprint=disk)
    else:
        expected = call[kind](image, footprint=disk)
    ours = pool(image, kind=kind, window="disk:7", stride=1, padding="same")
    np.testing.assert_array_equal(ours[7:-7, 7:-7], expected[7:-7, 7:-7])


@pytest.mark.parametrize("reach", [1, 2, 5])
def test_shapes_are_those_of_scikit_image(reach):
    morphology = pytest.importorskip("skimage.morphology")
    size = 2 * reach + 1
    named = {"disk": f"disk:{reach}", "diamond": "diamond"}
    for name, word in named.items():
        image = np.zeros((4 * reach + 1,) * 2, np.uint8)
        image[2 * reach, 2 * reach] = 1
        drawn = pool(image, None if name == "disk" else size, window=word, stride=1, padding="same")
        inside = drawn[reach:-reach, reach:-reach]
        np.testing.assert_array_equal(inside, getattr(morphology, name)(reach))


def test_an_even_number_has_its_lower_middle_as_in_torch():
    torch = pytest.importorskip("torch")
    image = np.random.default_rng(2).normal(size=(8, 10)).astype(np.float32)
    image[5, 5] = np.nan
    windows = torch.from_numpy(image).unfold(0, 2, 2).unfold(1, 2, 2).reshape(4, 5, 4)
    np.testing.assert_array_equal(pool(image, kind="median"), windows.median(dim=-1).values.numpy())


def test_padding_counts_for_nothing():
    assert pool([[9]], 31, kind="median", stride=1, padding="same").tolist() == [[9]]
    assert pool([[1, 2], [3, 4]], 3, kind="median", stride=1, padding="same").tolist() == [[2, 2], [2, 2]]
    assert pool([[5, 1, 9]], 3, kind="range", stride=1, padding="same").tolist() == [[4, 8, 8]]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_ties_and_the_ends_of_a_type(dtype):
    top = np.iinfo(dtype).max if dtype[0] == "u" else np.inf
    image = np.array([[0, top, top, 0, top, 0, 0, 0, top]], dtype)
    expected = [[0, top, top, top, 0, 0, 0, 0, 0]]
    assert pool(image, 3, kind="median", stride=1, padding="same").tolist() == expected


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [3, 4, 5])
def test_a_nan_takes_every_window_that_holds_it(dtype, size):
    image = np.arange(120, dtype=dtype).reshape(10, 12)
    image[4, 6] = np.nan
    for kind in ("median", "range"):
        result = pool(image, size, kind=kind, stride=1, padding="same")
        held = pool(np.isnan(image), size, stride=1, padding="same")
        np.testing.assert_array_equal(np.isnan(result), held)


def test_ranges_never_wrap():
    ends = np.array([[-128, 127]], np.int8)
    assert pool(ends, (1, 2), kind="range").tolist() == [[255]]
    assert pool(ends, (1, 2), kind="range").dtype == np.int16
    assert pool(np.array([[0, 255]], np.uint8), (1, 2), kind="range").dtype == np.uint8
    with pytest.raises(ShapeError, match="differences may pass 64 bits"):
        pool(np.array([[-(2**63), 2**63 - 1]]), (1, 2), kind="range")


@pytest.mark.parametrize("dtype", ["uint8", "bool", "float32", "int64"])
def test_global_and_adaptive_medians(dtype):
    image = np.random.default_rng(6).integers(0, 2 if dtype == "bool" else 99, (7, 9, 2)).astype(dtype)
    for out in ((1, 1), (2, 3), (7, 9)):
        middle, spread = (adaptive_pool(image, out, kind=kind) for kind in ("median", "range"))
        for y, x in np.ndindex(out):
            part = image[y * 7 // out[0] : -(-(y + 1) * 7 // out[0]), x * 9 // out[1] : -(-(x + 1) * 9 // out[1])]
            values = np.sort(part.reshape(-1, 2), axis=0)
            np.testing.assert_array_equal(middle[y, x], values[(len(values) - 1) // 2])
            np.testing.assert_array_equal(
                spread[y, x], values[-1] ^ values[0] if dtype == "bool" else np.ptp(values, axis=0)
            )


def test_a_global_median_is_nan_where_there_is_one():
    image = np.ones((3, 3, 2), np.float32)
    image[1, 1, 0] = np.nan
    np.testing.assert_array_equal(adaptive_pool(image, 1, kind="median"), [[[np.nan, 1]]])


def test_averages_of_a_shape_count_its_taps():
    image = np.random.default_rng(5).integers(0, 256, (20, 30), np.uint8)
    y, x = np.mgrid[-2:3, -2:3]
    disk = y**2 + x**2 <= 4
    total, count = (
        scipy.ndimage.correlate(one.astype(float), disk, mode="constant") for one in (image, np.ones_like(image))
    )
    ours = pool(image, window="disk:2", kind="avg", stride=1, padding="same")
    np.testing.assert_allclose(ours, total / count, rtol=1e-6)
    with_padding = pool(image, window="disk:2", kind="avg", stride=1, padding="same", count_include_pad=True)
    np.testing.assert_allclose(with_padding, total / disk.sum(), rtol=1e-6)


def test_a_shape_that_meets_nothing_but_padding_is_refused():
    corner = WindowShape("@c.csv", ((1, 0, 0), (0, 0, 0), (0, 0, 0)))
    asked = Pooling(window=corner, stride=(1, 1), padding="same")
    with pytest.raises(ShapeError, match="a window has no tap on the image"):
        pool_as_asked(np.zeros((5, 5)), asked)
    assert pool_as_asked(np.arange(9).reshape(3, 3), Pooling(window=corner)).tolist() == [[0]]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"window": "disk"}, "has no radius"),
        ({"window": "disk:3", "kernel_size": 7}, "has a size of its own"),
        ({"window": "cross", "kernel_size": 4}, "a cross has a middle"),
        ({"window": "round"}, "is unknown; use disk:R, cross, diamond or @file"),
        ({"window": "@x.csv"}, "which only the command line reads"),
    ],
)
def test_refusals(options, said):
    with pytest.raises(ParameterError, match=said):
        pool(np.zeros((9, 9)), **options)


@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 9999))
def test_runs_are_the_shape(height, width, seed):
    shape = np.random.default_rng(seed).random((height, width)) < 0.6
    drawn = np.zeros_like(shape)
    for row, first, taps in runs_of(shape):
        assert not drawn[row, max(first - 1, 0) : first + taps + 1].any()
        drawn[row, first : first + taps] = True
    np.testing.assert_array_equal(drawn, shape)
    if shape.any():
        runs, lengths = runs_by_length(shape)
        np.testing.assert_array_equal(lengths[runs[:, 2]], runs_of(shape)[:, 2])


@settings(max_examples=200)
@given(poolings())
def test_taps_are_counted_one_by_one(drawn):
    size, asked = drawn
    shape = np.ones(asked.size, bool) if asked.taps is None else np.array(asked.taps, bool)
    try:
        windows = windows_of(np.zeros(size), asked)
    except ShapeError:
        return
    ones = Pooling(
        **{
            name: getattr(asked, name)
            for name in ("kernel_size", "window", "stride", "padding", "dilation", "ceil_mode")
        }
    )
    counts = taps_of_windows(*windows, shape)
    rows, columns = windows
    for y, x in np.ndindex(counts.shape):
        taps = [
            (rows.start(y) + i * rows.dilation, columns.start(x) + j * columns.dilation) for i, j in np.argwhere(shape)
        ]
        assert counts[y, x] == sum(0 <= a < rows.size and 0 <= b < columns.size for a, b in taps)
    assert pool_as_asked(np.ones(size, np.uint8), ones).all()


def test_wide_windows_of_floats_are_left_to_numpy(monkeypatch):
    monkeypatch.setattr(medians, "RANKS", 100)
    image = np.random.default_rng(0).normal(size=(12, 13)).astype(np.float32)
    ours = pool(image, 4, kind="median", stride=1)
    np.testing.assert_array_equal(ours, scipy.ndimage.rank_filter(image, 7, 4)[2:-1, 2:-1])


def test_the_types_of_a_fold_are_those_of_the_image():
    assert fold_of("median", np.zeros((2, 2, 1), ">u2"), 4).dtype == np.uint16

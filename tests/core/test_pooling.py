"""Pooling, against the notes' matrix, plain loops, ONNX's published cases, SciPy and torch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import pool
from cnnfilt.core.engine import strips
from cnnfilt.core.pooling import adaptive_pool, global_pool, pool_with_indices
from cnnfilt.describe import windows as geometry
from cnnfilt.errors import ParameterError, ShapeError
from tests import oracles_pooling as oracles

NOTES = np.array(
    [
        [1, 6, 9, 10, 2, 8],
        [2, 5, 1, 8, 4, 2],
        [3, 7, 4, 9, 10, 3],
        [9, 8, 3, 6, 7, 9],
        [8, 0, 9, 4, 7, 2],
        [9, 10, 12, 6, 9, 8],
    ]
)
TO_16, TO_25 = np.arange(1, 17).reshape(4, 4), np.arange(1, 26).reshape(5, 5)
DTYPES = ("bool", "uint8", "int8", "uint16", ">u2", "int16", "int32", "uint32", "int64", "uint64", "float32", "float64")


@pytest.fixture(scope="module", params=[None, 1], ids=["whole", "strips"], autouse=True)
def _strip_height(request):
    """Run every test twice: with strips as they are, and with strips of one row, whose seams must not show."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param:
            patch.setattr(strips, "SCRATCH_BYTES", request.param)
        yield


def test_the_notes_matrix():
    assert pool(NOTES).tolist() == [[6, 10, 8], [9, 9, 10], [10, 12, 9]]
    assert pool(NOTES, kind="min").tolist() == [[1, 1, 2], [3, 3, 3], [0, 4, 2]]
    assert pool(NOTES, kind="avg").tolist() == [[3.5, 7, 4], [6.75, 5.5, 7.25], [6.75, 7.75, 6.5]]
    assert pool_with_indices(NOTES)[1].tolist() == [[1, 3, 5], [18, 15, 16], [31, 32, 34]]


# github.com/onnx/onnx, onnx/backend/test/case/node/{maxpool,averagepool}.py.
ONNX_CASES = {
    "maxpool_2d_precomputed_pads": (
        TO_25,
        {"kernel_size": 5, "stride": 1, "padding": 2},
        [[13, 14, 15, 15, 15], [18, 19, 20, 20, 20], *[[23, 24, 25, 25, 25]] * 3],
    ),
    "maxpool_2d_precomputed_strides": (TO_25, {"kernel_size": 2, "stride": 2}, [[7, 9], [17, 19]]),
    "maxpool_2d_precomputed_same_upper": (
        TO_25,
        {"kernel_size": 3, "stride": 2, "padding": "same"},
        [[7, 9, 10], [17, 19, 20], [22, 24, 25]],
    ),
    "maxpool_2d_ceil": (TO_16, {"kernel_size": 3, "stride": 2, "ceil_mode": True}, [[11, 12], [15, 16]]),
    "maxpool_2d_ceil_output_size_reduce_by_one": (
        np.array([[1, 2], [3, 4]]),
        {"kernel_size": 1, "stride": 2, "ceil_mode": True},
        [[1]],
    ),
    "maxpool_2d_dilations": (TO_16, {"kernel_size": 2, "stride": 1, "dilation": 2}, [[11, 12], [15, 16]]),
    "averagepool_2d_precomputed_pads": (
        TO_25,
        {"kind": "avg", "kernel_size": 5, "stride": 1, "padding": 2},
        [
            [7, 7.5, 8, 8.5, 9],
            [9.5, 10, 10.5, 11, 11.5],
            [12, 12.5, 13, 13.5, 14],
            [14.5, 15, 15.5, 16, 16.5],
            [17, 17.5, 18, 18.5, 19],
        ],
    ),
    "averagepool_2d_precomputed_pads_count_include_pad": (
        TO_25,
        {"kind": "avg", "kernel_size": 5, "stride": 1, "padding": 2, "count_include_pad": True},
        [
            [2.52, 3.6, 4.8, 4.08, 3.24],
            [4.56, 6.4, 8.4, 7.04, 5.52],
            [7.2, 10.0, 13.0, 10.8, 8.4],
            [6.96, 9.6, 12.4, 10.24, 7.92],
            [6.12, 8.4, 10.8, 8.88, 6.84],
        ],
    ),
    "averagepool_2d_precomputed_strides": (TO_25, {"kind": "avg", "kernel_size": 2, "stride": 2}, [[4, 6], [14, 16]]),
    "averagepool_2d_precomputed_same_upper": (
        TO_25,
        {"kind": "avg", "kernel_size": 3, "stride": 2, "padding": "same"},
        [[4, 5.5, 7], [11.5, 13, 14.5], [19, 20.5, 22]],
    ),
    "averagepool_2d_ceil": (
        TO_16,
        {"kind": "avg", "kernel_size": 3, "stride": 2, "ceil_mode": True},
        [[6, 7.5], [12, 13.5]],
    ),
    "averagepool_2d_dilations": (
        TO_16,
        {"kind": "avg", "kernel_size": 2, "stride": 1, "dilation": 2},
        [[6, 7], [10, 11]],
    ),
}


@pytest.mark.parametrize("name", ONNX_CASES)
def test_onnx_node_tests(name):
    image, options, expected = ONNX_CASES[name]
    np.testing.assert_allclose(pool(image, **options), np.array(expected, np.float32), rtol=1e-7)


def test_onnx_maxpool_with_argmax_2d_precomputed_pads():
    _, indices = pool_with_indices(TO_25, 5, stride=1, padding=2)
    assert indices.tolist() == [[12, 13, 14, 14, 14], [17, 18, 19, 19, 19], *[[22, 23, 24, 24, 24]] * 3]


def numbers(seed, shape, dtype):
    """Return random values of `dtype`: few enough different ones for ties, and the extremes."""
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return rng.choice(np.array([-np.inf, -1.5, 0, 0.1, 2, 6e4, np.nan], dtype), shape, p=[0.05, *[0.18] * 5, 0.05])
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    limits = np.iinfo(dtype)
    return rng.choice(np.array([limits.min, 0, 1, 2, 100, limits.max], dtype), shape)


def averages_of(dtype):
    """The type of averages: double for doubles and for whole numbers wider than 16 bits, by type and never by value."""
    return np.float64 if dtype in ("float64", "int32", "uint32", "int64", "uint64") else np.float32


@st.composite
def windows(draw):
    """Draw a size (height, width) and the options of a pooling that is legal on it."""
    per_axis = []
    for _ in range(2):
        kernel_size, stride, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
        span = dilation * (kernel_size - 1) + 1
        pads = draw(st.integers(0, span // 2)), draw(st.integers(0, span // 2))
        n = draw(st.integers(max(span - sum(pads), dilation, 1), 12))
        per_axis.append((n, kernel_size, stride, dilation, pads))
    size, kernel_size, stride, dilation, pads = zip(*per_axis, strict=True)
    ceil_mode = draw(st.booleans())
    return size, kernel_size, {"stride": stride, "dilation": dilation, "padding": pads, "ceil_mode": ceil_mode}


@settings(max_examples=200, deadline=None)
@given(
    windows(),
    st.sampled_from(["max", "min"]),
    st.sampled_from([*DTYPES, "float16"]),
    st.sampled_from([(), (1,), (2,), (3,), (9,)]),
    st.integers(0, 9999),
)
def test_max_min_and_indices_equal_plain_loops(case, kind, dtype, channels, seed):
    size, kernel_size, options = case
    image = numbers(seed, (*size, *channels), dtype)
    before = image.copy()
    values = pool(image, kernel_size, kind=kind, **options)
    led, indices = pool_with_indices(image, kernel_size, kind=kind, **options)
    assert values.dtype == led.dtype == image.dtype
    assert indices.dtype == np.int64
    np.testing.assert_array_equal(values, led)
    np.testing.assert_array_equal(image, before)
    planes = image.reshape(*size, -1)
    for c in range(planes.shape[2]):
        expected = loops(planes[:, :, c], kernel_size, kind, options)
        np.testing.assert_array_equal(values.reshape(*values.shape[:2], -1)[:, :, c], expected[..., 0].astype(dtype))
        np.testing.assert_array_equal(indices.reshape(*values.shape[:2], -1)[:, :, c], expected[..., 1].astype(int))
    rows, columns = geometry.windows(size, kernel_size, **options)
    assert values.shape == (rows.output_size, columns.output_size, *channels)


def loops(plane, kernel_size, kind, options, **more):
    """Return (H', W', 2) of values and indices as Python objects."""
    geometry = {"pads" if name == "padding" else name: value for name, value in options.items()}
    return np.array(oracles.pool(plane.tolist(), kernel_size, kind=kind, **geometry, **more), object)


@settings(max_examples=200, deadline=None)
@given(
    windows(),
    st.sampled_from([*DTYPES[:9], "float32", "float64"]),
    st.sampled_from([(), (1,), (3,), (9,)]),
    st.booleans(),
    st.integers(0, 9999),
)
def test_averages_equal_plain_loops(case, dtype, channels, count_include_pad, seed):
    size, kernel_size, options = case
    rng = np.random.default_rng(seed)
    image = numbers(seed, (*size, *channels), dtype) if dtype[0] != "f" else rng.normal(size=(*size, *channels))
    image = image // 64 if dtype == "int64" else image.astype(dtype)
    values = pool(image, kernel_size, kind="avg", count_include_pad=count_include_pad, **options)
    assert values.dtype == averages_of(dtype)
    planes = image.reshape(*size, -1)
    for c in range(planes.shape[2]):
        expected = loops(planes[:, :, c], kernel_size, "avg", options, count_include_pad=count_include_pad)
        ours = values.reshape(*values.shape[:2], -1)[:, :, c]
        np.testing.assert_allclose(ours, expected[..., 0].astype(float), rtol=1e-6, atol=1e-7)


def test_integer_averages_are_exact_before_they_are_rounded_once():
    image = np.full((300, 300), 2**24 + 1, np.uint32)
    assert pool(image, 300, kind="avg").item() == np.float32(2**24 + 1)
    assert global_pool(image.astype(np.int64) * 2**20, kind="avg").item() == np.float32((2**24 + 1) * 2**20)
    assert pool(np.full((20, 20), 65535, np.uint16), 20, kind="avg").item() == 65535
    # Added in float32, a hundred thousand large numbers and one small one lose the small one.
    lone = np.zeros((400, 400), np.uint8)
    lone[-1, -1] = 1
    assert pool(lone, 400, kind="avg").item() == np.float32(1 / 160000)


def test_sums_past_64_bits_are_refused():
    image = np.full((3, 3), 2**62)
    with pytest.raises(ShapeError, match="the sum of 4 such values may pass 64 bits; convert it to float64"):
        pool(image, kind="avg")
    assert pool(image, kind="max").item() == 2**62
    assert pool(image.astype(np.float64), kind="avg").item() == 2.0**62


def test_infinities_average_as_they_should():
    image = np.array([[np.inf, -np.inf, 1.0, np.inf, 1, 1]])
    np.testing.assert_array_equal(pool(image, (1, 2), kind="avg"), [[np.nan, np.inf, 1]])
    np.testing.assert_array_equal(global_pool(image, kind="avg"), [[np.nan]])


def test_padding_never_wins():
    dark = np.zeros((3, 3), np.uint8)
    values, indices = pool_with_indices(dark, 3, stride=1, padding=1)
    assert not values.any()
    assert indices.tolist() == [[0, 0, 1], [0, 0, 1], [3, 3, 4]]
    lowest = np.full((2, 2), -np.inf)
    values, indices = pool_with_indices(lowest, 2, stride=1, padding=1)
    assert (values == -np.inf).all()
    assert indices.tolist() == [[0, 0, 1], [0, 0, 1], [2, 2, 3]]
    assert (pool(dark - 1, 3, stride=1, padding=1, kind="min") == 255).all()


def test_the_first_of_equals_and_the_first_nan_are_found():
    image = np.array([[7, 7, 3], [7, 7, 7]])
    assert pool_with_indices(image, (2, 3))[1].item() == 0
    assert pool_with_indices(image[:, ::-1], (2, 3))[1].item() == 1
    holes = np.array([[9.0, 1, 2], [np.nan, 3, np.nan]])
    value, index = pool_with_indices(holes, (2, 3))
    assert np.isnan(value).all()
    assert index.item() == 3
    assert np.isnan(pool_with_indices(holes, (2, 3), kind="min")[0]).all()


def test_refusals():
    image = np.zeros((4, 4))
    with pytest.raises(ParameterError, match="padding 2 is over half of what the window spans, 3; use at most 1") as e:
        pool(image, 3, padding=2)
    assert e.value.parameter == "padding"
    with pytest.raises(ParameterError, match="over half"):
        pool(image, 3, padding="full", kind="avg")
    with pytest.raises(ShapeError, match="lies wholly in the padding of the image"):
        pool(np.zeros((1, 9)), (2, 1), dilation=(3, 1), padding=((2, 2), (0, 0)), stride=1)
    with pytest.raises(ShapeError, match="spans 5 rows but the image is 4 rows high"):
        pool(image, 5)
    with pytest.raises(ParameterError, match=r"kind 'maxx' is unknown; did you mean max\?"):
        pool(image, kind="maxx")
    with pytest.raises(ParameterError, match="count_include_pad is for kind 'avg', not 'max'"):
        pool(image, count_include_pad=True)
    with pytest.raises(ParameterError, match="indices are for kind 'max' or 'min', not 'avg'"):
        pool_with_indices(image, kind="avg")
    for bad in (0, -1):
        with pytest.raises(ParameterError, match="must be at least 1"):
            adaptive_pool(image, bad)
        with pytest.raises(ParameterError, match="stride"):
            pool(image, stride=bad)
    with pytest.raises(ParameterError, match="complex"):
        pool(image * 1j)
    with pytest.raises(ShapeError, match="empty"):
        pool(np.zeros((0, 4)))


def test_one_pixel_and_layouts_of_memory():
    assert pool([[5]], 1).tolist() == [[5]]
    assert pool([[5]], 3, padding=1).tolist() == [[5]]
    assert pool([[5]], 3, padding="same", kind="avg").tolist() == [[5.0]]
    image = np.random.default_rng(3).integers(0, 255, (9, 8, 3), np.uint8)
    turned = np.asfortranarray(image)[::-1, ::-1]
    np.testing.assert_array_equal(pool(turned, 3, stride=1), pool(turned.copy(), 3, stride=1))


def test_stride_keeps_every_s_th_value():
    image = np.random.default_rng(4).normal(size=(17, 23, 3)).astype(np.float32)
    for kind in ("max", "min", "avg"):
        dense = pool(image, 4, stride=1, kind=kind)
        np.testing.assert_array_equal(pool(image, 4, stride=(3, 2), kind=kind), dense[::3, ::2])


@settings(max_examples=100, deadline=None)
@given(
    st.tuples(st.integers(1, 14), st.integers(1, 14)),
    st.tuples(st.integers(1, 16), st.integers(1, 16)),
    st.sampled_from(["max", "min", "avg"]),
    st.sampled_from(["uint8", "int32", "float32", "float64"]),
    st.sampled_from([(), (3,)]),
    st.integers(0, 9999),
)
def test_adaptive_equals_plain_loops(size, out, kind, dtype, channels, seed):
    image = np.random.default_rng(seed).integers(0, 200, (*size, *channels)).astype(dtype)
    values = adaptive_pool(image, out, kind=kind)
    assert values.shape == (*out, *channels)
    assert values.dtype == (dtype if kind != "avg" else averages_of(dtype))
    for c in range(image.reshape(*size, -1).shape[2]):
        expected = oracles.adaptive(image.reshape(*size, -1)[:, :, c].tolist(), out, kind=kind)
        np.testing.assert_allclose(values.reshape(*out, -1)[:, :, c], expected, rtol=1e-6)


def test_global_pool_sees_every_pixel():
    image = np.random.default_rng(5).integers(0, 256, (300, 200, 3), np.uint8)
    for kind, value in (("max", image.max((0, 1))), ("min", image.min((0, 1))), ("avg", image.mean((0, 1)))):
        result = global_pool(image, kind=kind)
        assert result.shape == (1, 1, 3)
        np.testing.assert_allclose(result[0, 0], value, rtol=1e-7)
    assert np.isnan(global_pool(np.array([[1, np.nan, 3]]))).all()
    assert global_pool(np.array([[True, False]]), kind="avg").item() == 0.5


@pytest.mark.parametrize("k", [2, 3, 5, 8])
def test_scipy_filters(k):
    from scipy import ndimage

    image = np.random.default_rng(k).integers(0, 256, (31, 27), np.uint8)
    # SciPy's even windows lean to the other side; a border seen twice changes no maximum.
    options = {"size": k, "mode": "nearest", "origin": -1 if k % 2 == 0 else 0}
    ours = {kind: pool(image, k, stride=1, padding="same", kind=kind) for kind in ("max", "min")}
    np.testing.assert_array_equal(ours["max"], ndimage.maximum_filter(image, **options))
    np.testing.assert_array_equal(ours["min"], ndimage.minimum_filter(image, **options))


def torch_cases(count):
    """Return `count` random torch poolings: (image NCHW of one image, kernel size, options)."""
    rng = np.random.default_rng(2024)
    cases = []
    while len(cases) < count:
        kernel_size, stride, dilation = (tuple(map(int, rng.integers(1, top, 2))) for top in (5, 5, 4))
        padding = tuple(int(rng.integers(0, k // 2 + 1)) for k in kernel_size)
        size = [int(n) for n in rng.integers(1, 16, 2)]
        spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel_size, strict=True)]
        if all(d <= n and n + 2 * p >= span for n, p, span, d in zip(size, padding, spans, dilation, strict=True)):
            image = rng.integers(-9, 9, (*size, 3)).astype(np.float32)
            cases.append((image, kernel_size, stride, padding, dilation, bool(rng.integers(2))))
    return cases


def test_torch_max_pool2d():
    torch = pytest.importorskip("torch")
    for image, kernel_size, stride, padding, dilation, ceil_mode in torch_cases(150):
        values, indices = torch.nn.functional.max_pool2d(
            torch.from_numpy(image.transpose(2, 0, 1).copy()),
            kernel_size,
            stride,
            padding,
            dilation,
            ceil_mode=ceil_mode,
            return_indices=True,
        )
        options = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
        ours, places = pool_with_indices(image, kernel_size, **options)
        np.testing.assert_array_equal(ours, values.numpy().transpose(1, 2, 0))
        np.testing.assert_array_equal(places, indices.numpy().transpose(1, 2, 0))
        np.testing.assert_array_equal(pool(image, kernel_size, **options), ours)


@pytest.mark.parametrize("count_include_pad", [False, True])
def test_torch_avg_pool2d(count_include_pad):
    torch = pytest.importorskip("torch")
    for image, kernel_size, stride, padding, _, ceil_mode in torch_cases(150):
        theirs = torch.nn.functional.avg_pool2d(
            torch.from_numpy(image.transpose(2, 0, 1).copy()),
            kernel_size,
            stride,
            padding,
            ceil_mode=ceil_mode,
            count_include_pad=count_include_pad,
        )
        ours = pool(
            image,
            kernel_size,
            kind="avg",
            stride=stride,
            padding=padding,
            ceil_mode=ceil_mode,
            count_include_pad=count_include_pad,
        )
        np.testing.assert_allclose(ours, theirs.numpy().transpose(1, 2, 0), rtol=1e-5, atol=1e-5)


def test_torch_adaptive_pools():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(7)
    for _ in range(60):
        size, out = rng.integers(1, 20, 2).tolist(), rng.integers(1, 20, 2).tolist()
        image = rng.normal(size=(*size, 2)).astype(np.float32)
        planes = torch.from_numpy(image.transpose(2, 0, 1).copy())
        largest = torch.nn.functional.adaptive_max_pool2d(planes, out).numpy().transpose(1, 2, 0)
        average = torch.nn.functional.adaptive_avg_pool2d(planes, out).numpy().transpose(1, 2, 0)
        np.testing.assert_array_equal(adaptive_pool(image, tuple(out)), largest)
        np.testing.assert_allclose(adaptive_pool(image, tuple(out), kind="avg"), average, rtol=1e-5, atol=1e-6)


def test_torch_keeps_nan():
    torch = pytest.importorskip("torch")
    image = numbers(8, (12, 12), "float32")
    theirs = torch.nn.functional.max_pool2d(torch.from_numpy(image)[None], 3, 2, 1).numpy()[0]
    np.testing.assert_array_equal(pool(image, 3, stride=2, padding=1), theirs)


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("max", {}, 3), ("min", {}, 0), ("avg", {}, 1.5),
        ("avg", {"count_include_pad": True, "padding": 1}, 6 / 16),
    ],
)  # fmt: skip
def test_a_window_larger_than_the_input_counts_once_where_the_stride_makes_up_for_it(kind, options, expected):
    """PyTorch's MaxPool2d(3, 2, ceil_mode=True) on 2x2: floor((2 - 3 + 1) / 2) + 1 = 1."""
    size = 3 if not options else 5
    result = pool([[0, 1], [2, 3]], size, kind=kind, stride=size - 1, ceil_mode=True, **options)
    assert result.tolist() == [[pytest.approx(expected)]]


@pytest.mark.parametrize(("size", "stride"), [(4, 2), (6, 3), (3, 1)])
def test_a_window_that_lacks_as_much_as_a_stride_is_refused(size, stride):
    with pytest.raises(ShapeError, match="use a smaller kernel"):
        pool([[0, 1], [2, 3]], size, stride=stride, ceil_mode=True)

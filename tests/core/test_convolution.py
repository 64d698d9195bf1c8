"""Convolution against the notes, published fixtures, plain loops, SciPy and torch."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnfilt import conv2d, convolve
from cnnfilt.core.engine import strips, threads
from cnnfilt.core.levels import Levels, apply_levels
from cnnfilt.errors import KernelError, ParameterError, ShapeError
from tests import oracles
from tests.asking import convolve_to_levels

NOTES_IMAGE = [
    [1, 6, 9, 10, 2, 8],
    [2, 5, 1, 8, 4, 2],
    [3, 7, 4, 9, 10, 3],
    [9, 8, 3, 6, 7, 9],
    [8, 0, 9, 4, 7, 2],
    [9, 10, 12, 6, 9, 8],
]
NOTES_RESULT = [[-8, -9, -2, 14], [6, -3, -13, 9], [4, -4, -8, 5], [2, 2, 1, -3]]
VERTICAL = [[1, 0, -1]] * 3
ONES = np.ones((3, 3))


@pytest.fixture
def torch():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("torch")


def test_the_notes_example():
    assert convolve(NOTES_IMAGE, VERTICAL).tolist() == NOTES_RESULT
    assert convolve(np.array(NOTES_IMAGE, np.uint8), VERTICAL).tolist() == NOTES_RESULT


class TestOnnxFixtures:
    """The numbers of the ONNX node tests for Conv."""

    image = np.arange(25, dtype=np.float32).reshape(5, 5)
    tall = np.arange(35, dtype=np.float32).reshape(7, 5)

    def test_basic_conv_with_padding(self):
        assert convolve(self.image, ONES, padding=1).tolist() == [
            [12, 21, 27, 33, 24],
            [33, 54, 63, 72, 51],
            [63, 99, 108, 117, 81],
            [93, 144, 153, 162, 111],
            [72, 111, 117, 123, 84],
        ]

    def test_basic_conv_without_padding(self):
        assert convolve(self.image, ONES).tolist() == [[54, 63, 72], [99, 108, 117], [144, 153, 162]]

    def test_conv_with_strides_padding(self):
        expected = [[12, 27, 24], [63, 108, 81], [123, 198, 141], [112, 177, 124]]
        assert convolve(self.tall, ONES, stride=2, padding=1).tolist() == expected

    def test_conv_with_strides_no_padding(self):
        assert convolve(self.tall, ONES, stride=2).tolist() == [[54, 72], [144, 162], [234, 252]]

    def test_conv_with_strides_and_asymmetric_padding(self):
        expected = [[21, 33], [99, 117], [189, 207], [171, 183]]
        assert convolve(self.tall, ONES, stride=2, padding=(1, 0)).tolist() == expected

    def test_conv_with_autopad_same(self):
        expected = [[12, 27, 24], [63, 108, 81], [72, 117, 84]]
        assert convolve(self.image, ONES, stride=2, padding="same-lower").tolist() == expected


MODES = ("zeros", "reflect", "symmetric", "replicate", "circular")


@st.composite
def geometries(draw):
    """A kernel size, an image size that some window fits, and everything between them."""
    mode = draw(st.sampled_from(MODES))
    kernel, size, stride, dilation, pads = [], [], [], [], []
    for _ in range(2):
        n, k, d = draw(st.integers(1, 9)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
        furthest = {"reflect": n - 1, "symmetric": n, "circular": n}.get(mode, 7)
        before, after = draw(st.integers(0, furthest)), draw(st.integers(0, furthest))
        missing = max(d * (k - 1) + 1 - (before + n + after), 0)
        kernel.append(k)
        # Growing the image keeps the paddings legal in every mode.
        size.append(n + missing)
        stride.append(draw(st.integers(1, 4)))
        dilation.append(d)
        pads.append((before, after))
    return {
        "size": tuple(size),
        "kernel": tuple(kernel),
        "stride": tuple(stride),
        "dilation": tuple(dilation),
        "pads": tuple(pads),
        "mode": mode,
        "seed": draw(st.integers(0, 2**16)),
        "value": draw(st.integers(0, 9)),
    }


def ours(case):
    return {
        "stride": case["stride"],
        "dilation": case["dilation"],
        "padding": case["pads"],
        "padding_mode": case["mode"],
        "padding_value": case["value"],
    }


def oracle(case):
    return {name: case[name] for name in ("stride", "dilation", "pads", "mode", "value")}


INTEGERS = ["?", "i1", "u1", "<i2", ">u2", "i4", "u4", "i8"]


@settings(max_examples=150, deadline=None)
@given(geometries(), st.sampled_from(INTEGERS), st.sampled_from([1, 200, 1 << 20]))
def test_whole_numbers_equal_the_loops_exactly(case, dtype, scratch):
    rng = np.random.default_rng(case["seed"])
    kind = np.dtype(dtype)
    top = 1 if kind.kind == "b" else min(np.iinfo(kind).max, 2**31 - 1)
    image = rng.integers(0 if kind.kind in "bu" else -top, top, case["size"], endpoint=True).astype(kind)
    kernel = rng.integers(-3, 4, case["kernel"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        result = convolve(image, kernel, **ours(case))
    assert result.tolist() == oracles.correlate(image, kernel, **oracle(case))
    assert result.dtype.kind == "i"


def assert_within_bound(result, expected, kernel, image, value=0):
    bound = 1e-5 * np.abs(kernel).sum() * max(np.abs(image).max(), abs(value))
    assert np.abs(result.astype(np.float64) - np.array(expected, np.float64)).max() <= bound


@settings(max_examples=100, deadline=None)
@given(geometries(), st.sampled_from(["u1", "f2", ">f4", "f8"]), st.sampled_from([1, 1 << 20]))
def test_floats_equal_the_loops_within_the_bound(case, dtype, scratch):
    rng = np.random.default_rng(case["seed"])
    image = (rng.random(case["size"]) * 200).astype(dtype)
    kernel = rng.normal(size=case["kernel"]) * rng.integers(0, 2, case["kernel"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        result = convolve(image, kernel, **ours(case))
    assert result.dtype == (np.float64 if dtype == "f8" else np.float32 if kernel.any() else result.dtype)
    assert_within_bound(result, oracles.correlate(image, kernel, **oracle(case)), kernel, image, case["value"])


@settings(max_examples=60, deadline=None)
@given(geometries(), st.integers(1, 4), st.sampled_from([1, 2, 4, 6]), st.booleans(), st.sampled_from([1, 1 << 20]))
def test_many_filters_equal_the_loops(case, channels, filters, whole, scratch):
    rng = np.random.default_rng(case["seed"])
    image = rng.integers(0, 256, (*case["size"], channels), dtype=np.uint8)
    shape = (*case["kernel"], channels, filters)
    kernel = rng.integers(-2, 3, shape) if whole else rng.normal(size=shape)
    bias = rng.integers(-9, 9, filters)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        result = convolve(image, kernel, bias=bias, **ours(case))
    expected = oracles.correlate_channels(image, kernel, **oracle(case)) + bias
    if whole:
        assert result.tolist() == expected.tolist()
    else:
        assert result.dtype == np.float32
        bound = 1e-5 * (np.abs(kernel).sum(axis=(0, 1, 2)) * 255 + np.abs(bias))
        assert (np.abs(result - expected.astype(float)) <= bound).all()


class TestShapes:
    rng = np.random.default_rng(5)
    colour = rng.integers(0, 256, (6, 7, 3), dtype=np.uint8)
    cube = rng.integers(-3, 4, (3, 2, 3))

    def test_each_channel_is_on_its_own(self):
        result = convolve(self.colour, VERTICAL)
        assert result.shape == (4, 5, 3)
        for c in range(3):
            np.testing.assert_array_equal(result[:, :, c], convolve(self.colour[:, :, c], VERTICAL))

    def test_sum_is_one_map(self):
        result = convolve(self.colour, VERTICAL, channels="sum")
        np.testing.assert_array_equal(result, convolve(self.colour, VERTICAL).sum(axis=2))

    def test_a_kernel_with_channels_sums_over_them(self):
        result = convolve(self.colour, self.cube)
        expected = sum(convolve(self.colour[:, :, c], self.cube[:, :, c]).astype(int) for c in range(3))
        np.testing.assert_array_equal(result, expected)

    def test_a_kernel_of_many_filters_gives_one_map_for_each(self):
        result = convolve(self.colour, np.stack([self.cube, -self.cube], axis=3), bias=[0, 5])
        one = convolve(self.colour, self.cube)
        np.testing.assert_array_equal(result, np.stack([one, 5 - one], axis=2))

    def test_axes_of_one_stay_as_the_caller_has_them(self):
        gray = self.colour[:, :, :1]
        assert convolve(gray, VERTICAL).shape == (4, 5, 1)
        assert convolve(gray, VERTICAL, channels="sum").shape == (4, 5)
        assert convolve(gray[:, :, 0], VERTICAL, channels="sum").shape == (4, 5)
        assert convolve(gray[:, :, 0], np.ones((3, 3, 1, 1))).shape == (4, 5, 1)
        assert convolve([[7]], [[-2]]).tolist() == [[-14]]
        assert convolve([[7]], [[-2]], padding=1).shape == (3, 3)

    def test_a_stride_past_the_kernel_and_one_row_of_output(self):
        assert convolve(self.colour, [[1]], stride=(5, 6)).tolist() == self.colour[::5, ::6].tolist()

    @pytest.mark.parametrize("kernel", [(1, 1), (2, 2), (3, 3), (4, 3), (1, 6)])
    @pytest.mark.parametrize("stride", [1, 2, 3])
    def test_same_keeps_ceil_of_size_over_stride(self, kernel, stride):
        for padding in ("same", "same-lower"):
            result = convolve(self.colour, np.ones(kernel), stride=stride, padding=padding)
            assert result.shape == (-(-6 // stride), -(-7 // stride), 3)

    def test_same_puts_the_odd_pixel_after_and_same_lower_before(self):
        row = np.array([[1, 2, 3]])
        assert convolve(row, [[1, 10]], padding="same").tolist() == [[21, 32, 3]]
        assert convolve(row, [[1, 10]], padding="same-lower").tolist() == [[10, 21, 32]]

    def test_full_meets_every_overlap(self):
        assert convolve([[1, 2, 3]], [[1, 10]], padding="full").tolist() == [[10, 21, 32, 3]]


class TestArithmetic:
    @pytest.mark.parametrize(
        ("image", "kernel", "result"),
        [
            ("u1", 128, "int16"),
            ("u1", 129, "int32"),
            ("u1", -128, "int16"),
            ("u1", -129, "int32"),
            ("i1", 256, "int16"),
            ("i1", -256, "int32"),
            ("?", 32767, "int16"),
            ("?", 32768, "int32"),
            ("?", -32768, "int16"),
            ("u2", 1, "int32"),
            ("u2", 32768, "int32"),
            ("u2", 32769, "int64"),
            ("i2", 1, "int16"),
            ("i2", -1, "int32"),
            ("u1", 8421504, "int32"),
            ("u1", 8421505, "int64"),
            ("u4", 1, "int64"),
            ("i8", 1, "int64"),
        ],
    )
    def test_the_smallest_type_that_holds_every_sum(self, image, kernel, result):
        dtype = np.dtype(image)
        top = 1 if dtype.kind == "b" else np.iinfo(dtype).max
        top = min(int(top), 2**40)
        ends = np.array([[top, 0 if dtype.kind in "bu" else -top]]).astype(dtype)
        out = convolve(ends, [[kernel]])
        assert out.dtype == result
        assert out.tolist() == [[kernel * int(v) for v in ends[0].tolist()]]

    def test_bias_and_padding_value_count_too(self):
        image = np.full((1, 1), 255, np.uint8)
        assert convolve(image, [[128]], bias=127).dtype == np.int16
        assert convolve(image, [[128]], bias=128).tolist() == [[32768]]
        assert convolve(image, [[1, 1]], padding=((0, 0), (0, 1)), padding_value=32512).dtype == np.int32
        # The padding value alone would not fit the type of the sums, but every sum does.
        small = convolve(image, [[1, 0]], padding=((0, 0), (1, 0)), padding_value=40000, bias=-30000)
        assert (small.dtype, small.tolist()) == (np.int16, [[10000]])
        assert convolve(image, [[1]], padding_value=70000).dtype == np.int16

    def test_fractions_anywhere_make_floats(self):
        image = np.full((1, 1), 200, np.uint8)
        assert convolve(image, [[1.0]]).dtype == np.int16
        assert convolve(image, [[0.5]]).dtype == np.float32
        assert convolve(image, [[1]], bias=0.5).tolist() == [[200.5]]
        assert convolve(image, [[1, 1]], padding=(0, 1), padding_value=0.25).tolist() == [[200.25, 200.25]]
        assert convolve(image, [[1]], padding_value=0.25, padding_mode="replicate").dtype == np.int16
        assert convolve(image, [[1]], activation="sigmoid").dtype == np.float32
        assert convolve(image, [[1]], activation="relu").dtype == np.int16
        assert convolve(image, [[1]], input_scale=1 / 255).dtype == np.float32

    @pytest.mark.parametrize(("image", "result"), [("f2", "float32"), ("f4", "float32"), ("f8", "float64")])
    def test_floats_stay_floats(self, image, result):
        assert convolve(np.ones((2, 2), image), [[1]]).dtype == result

    def test_wide_integers_go_by_their_own_values(self):
        image = np.array([[2**62, 2**62 - 1]])
        assert convolve(image, [[1, -1]]).tolist() == [[1]]
        # Small values do not narrow the type: two images of one kind give results of one kind.
        assert convolve(np.ones((1, 1), np.int32), [[1]]).dtype == np.int64
        with pytest.raises(ShapeError, match="past 64-bit"):
            convolve(image, [[1, 1]])
        with pytest.raises(ShapeError, match="past 64-bit"):
            convolve(np.array([[2**64 - 1]], np.uint64), [[1]])
        with pytest.raises(ShapeError, match="past 64-bit"):
            convolve(np.ones((1, 1), np.uint8), [[2**62]])

    @pytest.mark.parametrize("shape", [(63, 63), (1, 2000), (2000, 1), (101, 101)])
    def test_large_kernels_of_equal_weights_stay_within_the_bound(self, shape):
        image = np.full((shape[0] + 1, shape[1] + 1), 255, np.uint8)
        kernel = np.full(shape, 1 / (shape[0] * shape[1]))
        assert np.abs(convolve(image, kernel) - 255).max() <= 1e-5 * 255
        skewed = kernel.copy()
        skewed[0, 0] = 1e3
        assert np.abs(convolve(image, skewed) - 255 * skewed.sum()).max() <= 1e-5 * 255 * skewed.sum()

    @pytest.mark.parametrize("filters", [1, 8])
    def test_deep_kernels_of_equal_weights_stay_within_the_bound(self, filters):
        image = np.full((4, 4, 1200), 255, np.uint8)
        result = convolve(image, np.full((3, 3, 1200, filters), 1 / 10800))
        assert np.abs(result - 255).max() <= 1e-5 * 255

    def test_a_kernel_past_the_float_range_is_refused(self):
        with pytest.raises(ParameterError, match="kernel has 1e\\+39, past the range of float32"):
            convolve(np.ones((1, 1), np.float32), [[1e39]])
        with pytest.raises(ParameterError, match="bias has 1e\\+39, past the range of float32"):
            convolve(np.ones((1, 1), np.float32), [[1]], bias=1e39)
        assert convolve(np.ones((1, 1)), [[1e39]]).tolist() == [[1e39]]


class TestNonFinite:
    def test_infinity_spreads_only_where_a_coefficient_touches_it(self):
        image = np.zeros((5, 5), np.float32)
        image[2, 2] = np.inf
        result = convolve(image, [[0, 1, 0], [1, 0, 1], [0, 1, 0]])
        assert np.isinf(result).tolist() == [[False, True, False], [True, False, True], [False, True, False]]
        assert np.isfinite(result[1, 1])

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 2**16), st.sampled_from([1, 2, 5]), st.sampled_from([1, 1 << 20]))
    def test_nothing_reaches_other_windows_or_filters(self, seed, filters, scratch):
        rng = np.random.default_rng(seed)
        image = rng.normal(size=(6, 6, 2))
        spoiled = rng.integers(0, 72, 3)
        image.flat[spoiled] = rng.choice([np.nan, np.inf, -np.inf], 3)
        weights = rng.normal(size=(2, 2, 2, filters)) * rng.integers(0, 2, (2, 2, 2, filters))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(strips, "SCRATCH_BYTES", scratch)
            result = convolve(image.astype(np.float32), weights)
        expected = oracles.correlate_channels(image, weights).astype(float)
        np.testing.assert_allclose(result, expected, atol=1e-4)

    def test_opposite_infinities_give_nan_without_a_warning(self):
        assert np.isnan(convolve(np.array([[np.inf, np.inf]]), [[1, -1]])).all()
        assert np.isinf(convolve(np.array([[3e38, 3e38]], np.float32), [[1, 1]])).all()


class TestOptions:
    image = np.random.default_rng(3).integers(0, 256, (8, 9), dtype=np.uint8)

    def test_flip_is_the_mathematicians_convolution(self):
        from scipy import signal

        kernel = np.arange(6).reshape(2, 3)
        result = convolve(self.image, kernel, flip=True, padding="full")
        np.testing.assert_array_equal(result, signal.convolve2d(self.image.astype(int), kernel))

    def test_normalize_divides_by_the_sum(self):
        result = convolve(self.image, [[1, 2], [3, 4]], normalize=True)
        np.testing.assert_allclose(result, convolve(self.image, [[0.1, 0.2], [0.3, 0.4]]), rtol=1e-6)
        assert convolve(self.image, [[4, -2]], normalize=True).dtype == np.int16

    def test_normalize_keeps_every_filter_at_the_brightness_of_its_input(self):
        flat = np.full((4, 4, 3), 100, np.uint8)
        np.testing.assert_allclose(convolve(flat, ONES, normalize=True, channels="sum"), 100, rtol=1e-5)
        filters = np.arange(1, 55).reshape(3, 3, 3, 2)
        np.testing.assert_allclose(convolve(flat, filters, normalize=True), 100, rtol=1e-5)

    @pytest.mark.parametrize("kernel", [VERTICAL, [[0.1, 0.2, -0.3]], [[0]]])
    def test_a_zero_sum_cannot_be_normalized(self, kernel):
        with pytest.raises(KernelError, match="sums to 0"):
            convolve(self.image, kernel, normalize=True)

    def test_input_scale_scales_the_padding_value_too(self):
        result = convolve([[100]], [[1, 1]], padding=((0, 0), (0, 1)), padding_value=50, input_scale=0.01)
        assert result.tolist() == pytest.approx(np.array([[1.5]]))
        assert convolve([[100]], [[1]], input_scale=0.01, bias=1).tolist() == pytest.approx(np.array([[2.0]]))

    def test_activations(self):
        row = np.array([[-2.0, 0.0, 3.0]])
        assert convolve(row, [[1]], activation="relu").tolist() == [[0, 0, 3]]
        np.testing.assert_allclose(convolve(row, [[1]], activation="tanh"), np.tanh(row))
        np.testing.assert_allclose(convolve(row, [[1]], activation="sigmoid"), 1 / (1 + np.exp(-row)))
        assert convolve(row * 1e4, [[1]], activation="sigmoid").tolist() == [[0, 0.5, 1]]
        assert convolve(self.image, VERTICAL, activation="relu").tolist() == (
            np.maximum(convolve(self.image, VERTICAL), 0).tolist()
        )

    def test_each_channel_may_have_its_own_padding_value(self):
        result = convolve(np.zeros((1, 1, 2), np.uint8), [[1, 0]], padding=((0, 0), (1, 0)), padding_value=(3, 4))
        assert result.tolist() == [[[3, 4]]]

    def test_an_all_zero_kernel_gives_the_bias(self):
        assert convolve(self.image, np.zeros((8, 9)), bias=7).tolist() == [[7]]
        assert convolve(self.image, np.zeros((8, 9)), bias=0.5).tolist() == [[0.5]]


class TestProperties:
    rng = np.random.default_rng(11)
    image = rng.integers(0, 256, (12, 13, 3), dtype=np.uint8)

    @pytest.mark.parametrize("mode", MODES)
    def test_a_delta_is_the_identity(self, mode):
        delta = np.zeros((5, 3), int)
        delta[2, 1] = 1
        assert convolve(self.image, delta, padding="same", padding_mode=mode).tolist() == self.image.tolist()

    def test_it_is_linear(self):
        a, b = self.rng.normal(size=(2, 3, 3))
        other = self.rng.normal(size=(12, 13))
        np.testing.assert_allclose(convolve(other, 2 * a + b), 2 * convolve(other, a) + convolve(other, b), atol=1e-12)
        np.testing.assert_allclose(convolve(3 * other, a), 3 * convolve(other, a), atol=1e-12)

    @pytest.mark.parametrize("stride", [(1, 2), (3, 1), (2, 3), (5, 4)])
    def test_a_stride_keeps_every_nth(self, stride):
        kernel = self.rng.integers(-4, 5, (4, 3))
        every = convolve(self.image, kernel, dilation=(1, 2), padding=2)
        kept = convolve(self.image, kernel, dilation=(1, 2), padding=2, stride=stride)
        np.testing.assert_array_equal(kept, every[:: stride[0], :: stride[1]])

    def test_dilation_is_a_kernel_with_zeros_between(self):
        kernel = self.rng.integers(1, 5, (2, 3))
        stuffed = np.zeros((4, 5), int)
        stuffed[::3, ::2] = kernel
        np.testing.assert_array_equal(convolve(self.image, kernel, dilation=(3, 2)), convolve(self.image, stuffed))

    def test_strips_of_any_height_give_the_same_numbers(self, monkeypatch):
        kernel = self.rng.normal(size=(3, 3))
        whole = convolve(self.image, kernel, padding="same")
        monkeypatch.setattr(strips, "SCRATCH_BYTES", 1)
        # A matrix product of another shape may add up in another order.
        np.testing.assert_allclose(convolve(self.image, kernel, padding="same"), whole, atol=1e-5 * 9 * 255)

    @pytest.mark.parametrize("size", [(3, 3), (7, 7), (9, 1), (15, 15), (31, 31)])
    @pytest.mark.parametrize("whole", [False, True])
    def test_any_number_of_threads_gives_the_same_bytes(self, size, whole, monkeypatch):
        image = self.rng.integers(0, 256, (700, 900), dtype=np.uint8)
        kernel = np.ones(size) if whole else self.rng.normal(size=size)
        results = []
        for count in (1, 2, 3):
            monkeypatch.setattr(threads, "thread_count", lambda count=count: count)
            results.append(convolve(image, kernel, padding="same").tobytes())
        assert results[0] == results[1] == results[2]

    @pytest.mark.parametrize(
        "view",
        [
            lambda a: a[::-1, ::2],
            lambda a: a.transpose(1, 0, 2),
            lambda a: np.asfortranarray(a),
            lambda a: a.astype(">u2"),
            lambda a: np.broadcast_to(a[:1], a.shape),
        ],
    )
    def test_any_layout_gives_what_its_copy_gives(self, view):
        image = view(self.image)
        image.flags.writeable = False
        before = image.copy()
        kernel = np.array(VERTICAL)
        plain = np.ascontiguousarray(image, image.dtype.newbyteorder("="))
        for options in ({"padding": 1, "stride": 2}, {"channels": "sum"}):
            np.testing.assert_array_equal(convolve(image, kernel, **options), convolve(plain, kernel, **options))
        np.testing.assert_array_equal(image, before)
        assert kernel.tolist() == VERTICAL


class TestPeers:
    image = np.random.default_rng(7).normal(size=(10, 11))
    kernel = np.random.default_rng(8).normal(size=(3, 5))

    @pytest.mark.parametrize("size", ["valid", "same", "full"])
    @pytest.mark.parametrize(("ours", "theirs"), [("zeros", "fill"), ("circular", "wrap"), ("symmetric", "symm")])
    def test_scipy_signal(self, size, ours, theirs):
        from scipy import signal

        expected = signal.correlate2d(self.image, self.kernel, size, theirs)
        result = convolve(self.image, self.kernel, padding=size, padding_mode=ours)
        np.testing.assert_allclose(result, expected, atol=1e-12)

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            ("zeros", "constant"),
            ("reflect", "mirror"),
            ("symmetric", "reflect"),
            ("replicate", "nearest"),
            ("circular", "wrap"),
        ],
    )
    def test_scipy_ndimage(self, ours, theirs):
        from scipy import ndimage

        expected = ndimage.correlate(self.image, self.kernel, mode=theirs, cval=2.5)
        result = convolve(self.image, self.kernel, padding="same", padding_mode=ours, padding_value=2.5)
        np.testing.assert_allclose(result, expected, atol=1e-12)

    @pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
    def test_torch_padding_modes(self, torch, mode):
        layer = torch.nn.Conv2d(1, 1, (3, 5), stride=2, padding=(2, 3), padding_mode=mode, dtype=torch.float64)
        with torch.no_grad():
            layer.weight[...] = torch.from_numpy(self.kernel)
            expected = layer(torch.from_numpy(self.image)[None, None])[0, 0].numpy()
        result = convolve(self.image, self.kernel, stride=2, padding=(2, 3), padding_mode=mode, bias=layer.bias.item())
        np.testing.assert_allclose(result, expected, atol=1e-12)

    @pytest.mark.parametrize("kernel", [(2, 2), (3, 4), (1, 1)])
    def test_torch_same(self, torch, kernel):
        x, w = self.image, np.random.default_rng(1).normal(size=kernel)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = torch.nn.functional.conv2d(
                torch.from_numpy(x)[None, None], torch.from_numpy(w)[None, None], padding="same", dilation=2
            )
        np.testing.assert_allclose(convolve(x, w, padding="same", dilation=2), expected[0, 0].numpy(), atol=1e-12)


class TestConv2d:
    @settings(max_examples=60, deadline=None)
    @given(
        batch=st.integers(1, 3),
        size=st.tuples(st.integers(4, 9), st.integers(4, 9)),
        kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
        stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
        padding=st.tuples(st.integers(0, 3), st.integers(0, 3)),
        dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
        groups=st.integers(1, 3),
        inputs=st.integers(1, 3),
        outputs=st.integers(1, 5),
        seed=st.integers(0, 999),
    )
    def test_torch(self, batch, size, kernel, stride, padding, dilation, groups, inputs, outputs, seed):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch = pytest.importorskip("torch")
        assume(all(n + 2 * p >= d * (k - 1) + 1 for n, p, d, k in zip(size, padding, dilation, kernel, strict=True)))
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(batch, *size, inputs * groups)).astype(np.float32)
        weight = rng.normal(size=(*kernel, inputs, outputs * groups)).astype(np.float32)
        bias = rng.normal(size=outputs * groups).astype(np.float32)
        expected = torch.nn.functional.conv2d(
            torch.from_numpy(x.transpose(0, 3, 1, 2).copy()),
            torch.from_numpy(weight.transpose(3, 2, 0, 1).copy()),
            torch.from_numpy(bias),
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
        ).numpy()
        result = conv2d(x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)
        assert result.dtype == np.float32
        np.testing.assert_allclose(result, expected.transpose(0, 2, 3, 1), atol=1e-4)

    def test_it_is_convolve_for_each_image(self):
        rng = np.random.default_rng(0)
        x = rng.integers(0, 256, (2, 6, 5, 4), dtype=np.uint8)
        weight = rng.integers(-9, 10, (3, 3, 4, 2))
        result = conv2d(x, weight, padding="same", stride=2)
        for image, maps in zip(x, result, strict=True):
            np.testing.assert_array_equal(maps, convolve(image, weight, padding="same", stride=2))

    def test_groups_equal_each_and_share_one_type(self):
        rng = np.random.default_rng(0)
        x = rng.integers(0, 256, (1, 6, 5, 3), dtype=np.uint8)
        weight = np.array(VERTICAL)[:, :, None, None].repeat(3, axis=3)
        np.testing.assert_array_equal(conv2d(x, weight, groups=3)[0], convolve(x[0], VERTICAL))
        weight[..., 2] *= 1000
        assert conv2d(x, weight, groups=3).dtype == np.int32

    @pytest.mark.parametrize(
        ("x", "weight", "options", "message"),
        [
            ((1, 4, 4), (2, 2, 1, 1), {}, "x has shape"),
            ((0, 4, 4, 1), (2, 2, 1, 1), {}, "not empty"),
            ((1, 4, 4, 1), (2, 2, 1), {}, "weight has shape"),
            ((1, 4, 4, 2), (2, 2, 1, 1), {}, "made for 1 channel but x has 2"),
            ((1, 4, 4, 2), (2, 2, 1, 3), {"groups": 2}, "groups 2"),
            ((1, 4, 4, 1), (2, 2, 1, 1), {"groups": 0}, "groups 0"),
            ((1, 4, 4, 1), (2, 2, 1, 2), {"bias": [1, 2, 3]}, "bias has 3 numbers but the kernel has 2 filters"),
            ((1, 4, 4, 1), (5, 2, 1, 2), {}, "kernel spans 5 rows"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, x, weight, options, message):
        with pytest.raises((ParameterError, ShapeError), match=message):
            conv2d(np.zeros(x), np.zeros(weight), **options)


class TestRefusals:
    @pytest.mark.parametrize(
        ("kernel", "message"),
        [
            ([], r"shape \(0,\)"),
            ([[]], r"shape \(1, 0\)"),
            (3, r"shape \(\)"),
            ([1, 2], r"shape \(2,\)"),
            ([[1, 2], [3]], "ragged"),
            ([[1, 2], [3, float("nan")]], "row 2, column 2 is not finite"),
            ([[float("-inf")]], "row 1, column 1 is not finite"),
            ([["a"]], "must hold numbers"),
            ([[1j]], "must hold numbers"),
        ],
    )
    def test_what_is_no_kernel(self, kernel, message):
        with pytest.raises(KernelError, match=message):
            convolve(np.zeros((4, 4)), kernel)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"stride": 0}, "stride is 0"),
            ({"stride": -1}, "stride is -1"),
            ({"dilation": 0}, "dilation is 0"),
            ({"padding": -1}, "padding is -1"),
            ({"padding": "sme"}, "padding 'sme' is unknown"),
            ({"padding_mode": "mirror"}, "padding mode 'mirror' is unknown"),
            ({"padding_value": float("inf")}, "padding value inf is not finite"),
            ({"padding_value": float("nan"), "padding_mode": "reflect"}, "not finite"),
            ({"channels": "all"}, "channels 'all' is unknown"),
            ({"activation": "rellu"}, "did you mean relu"),
            ({"bias": "x"}, "bias 'x' is neither"),
            ({"bias": float("nan")}, "bias nan is neither"),
            ({"bias": [1, 2]}, "bias has 2 numbers but the kernel has 1 filter"),
            ({"input_scale": 0}, "input scale 0"),
            ({"input_scale": float("inf")}, "input scale inf"),
            ({"input_scale": "1"}, "input scale '1'"),
        ],
    )
    def test_parameters_wrong_whatever_the_image(self, options, message):
        with pytest.raises(ParameterError, match=message):
            convolve(np.zeros((4, 4)), ONES, **options)

    def test_what_does_not_fit_this_image(self):
        with pytest.raises(ShapeError, match="kernel spans 5 rows but the image is 4 rows high"):
            convolve(np.zeros((4, 4)), np.ones((5, 1)))
        with pytest.raises(ShapeError, match="kernel is made for 3 channels but the image has 1"):
            convolve(np.zeros((4, 4)), np.ones((2, 2, 3)))
        with pytest.raises(
            ShapeError, match="kernel is made for 1 channel but the image has 3; --gray reads it as one"
        ):
            convolve(np.zeros((4, 4, 3)), np.ones((2, 2, 1)))
        with pytest.raises(ShapeError, match="reflect padding of 4 columns"):
            convolve(np.zeros((9, 4)), np.ones((9, 9)), padding="same", padding_mode="reflect")

    @pytest.mark.parametrize("shape", [(0, 4), (4,), (1, 2, 3, 4)])
    def test_what_is_no_image(self, shape):
        with pytest.raises(ShapeError, match="the image"):
            convolve(np.zeros(shape), [[1]])


class TestToLevels:
    image = np.random.default_rng(4).integers(0, 256, (40, 30, 3), dtype=np.uint8)

    @pytest.mark.parametrize("values", ["clip", "abs", "offset", "minmax", "symmetric"])
    @pytest.mark.parametrize("kernel", [VERTICAL, np.array(VERTICAL) / 7])
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    @pytest.mark.parametrize("scratch", [1, 4000, 1 << 20])
    def test_strip_by_strip_gives_what_the_whole_gives(self, values, kernel, dtype, scratch, monkeypatch):
        levels = Levels(values, dtype)
        options = {"padding": "same", "padding_mode": "replicate", "stride": (1, 2)}
        expected, whole_loss = apply_levels(convolve(self.image, kernel, **options), levels)
        monkeypatch.setattr(strips, "SCRATCH_BYTES", scratch)
        pixels, loss = convolve_to_levels(self.image, kernel, levels, **options)
        np.testing.assert_array_equal(pixels, expected)
        assert pixels.dtype == dtype
        assert loss == whole_loss

    def test_shapes_follow_convolve(self):
        levels = Levels("clip", np.uint8)
        assert convolve_to_levels(self.image[:, :, 0], VERTICAL, levels)[0].shape == (38, 28)
        assert convolve_to_levels(self.image, VERTICAL, levels, channels="sum")[0].shape == (38, 28)
        assert convolve_to_levels(self.image, np.ones((3, 3, 3, 5)), levels)[0].shape == (38, 28, 5)

    def test_raw_keeps_the_responses(self):
        pixels, loss = convolve_to_levels(self.image, VERTICAL, Levels("raw"))
        responses = convolve(self.image, VERTICAL)
        assert pixels.dtype == np.int16
        np.testing.assert_array_equal(pixels, responses)
        assert (loss.lowest, loss.highest, loss.clipped) == (responses.min(), responses.max(), 0)

    def test_tanh_through_its_range_uses_all_levels(self):
        levels = Levels("clip", np.uint8, (-1.0, 1.0))
        row = np.array([[-100, 0, 100]], np.int16)
        assert convolve_to_levels(row, [[1]], levels, activation="tanh")[0].tolist() == [[0, 128, 255]]


def test_pairs_of_subtracted_taps_are_subtracted():
    """A kernel whose only taps in pairs are negative was once summed with the wrong sign."""
    kernel = np.array([[3, -3, 2], [-3, -3, 0], [-3, 0, -1]])
    image = np.random.default_rng(4).integers(0, 256, (9, 11)).astype(np.uint8)
    from scipy import signal

    expected = signal.correlate2d(image.astype(int), kernel, mode="valid")
    np.testing.assert_array_equal(convolve(image, kernel), expected)

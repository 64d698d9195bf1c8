"""The transposed convolution against plain loops, torch, Keras, and the convolution whose gradient it is."""

import random
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import conv2d
from cnnfilt.core.engine import strips, threads
from cnnfilt.core.engine.transposed import PlannedTransposed, TransposedJob
from cnnfilt.core.transposed import conv_transpose2d
from cnnfilt.describe.transposed import TransposedSlide
from cnnfilt.errors import KernelError, ParameterError, ShapeError
from tests import oracles

PADDINGS = (0, 1, 2, "same", "valid", (1, 0), ((1, 2), (0, 1)), ((3, 0), (0, 4)))


@st.composite
def geometries(draw):
    """Draw what makes at least one row and column; groups divide both numbers of channels."""
    pair = st.tuples(st.integers(1, 4), st.integers(1, 4))
    size, kernel_size, stride = (
        draw(st.tuples(st.integers(1, 6), st.integers(1, 6))),
        draw(pair),
        draw(st.tuples(st.integers(1, 5), st.integers(1, 5))),
    )
    dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    padding = draw(st.sampled_from(PADDINGS))
    extra = (0, 0)
    if not isinstance(padding, str):
        extra = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
    slide = TransposedSlide(kernel_size, stride, padding, extra, dilation)
    groups = draw(st.sampled_from((1, 1, 2, 3)))
    channels = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    return size, slide, groups, channels


def windows_of(size, slide):
    """Return the windows, or None where the padding takes everything off."""
    try:
        return slide.over(size)
    except ShapeError:
        return None


def drawn_arrays(rng, size, slide, groups, channels, *, whole):
    shapes = (*size, channels[0]), (*slide.kernel_size, channels[1] // groups, channels[0])
    if whole:
        return rng.integers(0, 256, shapes[0]).astype(np.uint8), rng.integers(-3, 4, shapes[1])
    return rng.normal(size=shapes[0]), rng.normal(size=shapes[1])


def ours(image, weights, slide, groups, bias=None):
    return conv_transpose2d(
        image,
        weights,
        bias,
        stride=slide.stride,
        padding=slide.padding,
        output_padding=slide.output_padding,
        dilation=slide.dilation,
        groups=groups,
    )


def loops(image, weights, slide, groups):
    windows = slide.over(image.shape[:2])
    before = windows.rows.before, windows.columns.before
    size = windows.output_size
    return oracles.transpose(
        image, weights, size, stride=slide.stride, before=before, dilation=slide.dilation, groups=groups
    )


def test_each_value_stamps_the_kernel():
    image = np.array([[1, 2], [3, 4]], np.uint8)[:, :, np.newaxis]
    kernel = np.array([[1, 10], [100, 1000]])[:, :, np.newaxis, np.newaxis]
    assert conv_transpose2d(image, kernel, stride=2)[:, :, 0].tolist() == [
        [1, 10, 2, 20],
        [100, 1000, 200, 2000],
        [3, 30, 4, 40],
        [300, 3000, 400, 4000],
    ]
    # At stride 1 the stamps overlap.
    assert conv_transpose2d(image, kernel)[:, :, 0].tolist() == [[1, 12, 20], [103, 1234, 2040], [300, 3400, 4000]]


def test_onnx_fixture():
    """The numbers of the ONNX node test test_convtranspose."""
    x = np.arange(9.0, dtype=np.float32).reshape(3, 3, 1)
    assert conv_transpose2d(x, np.ones((3, 3, 2, 1)))[:, :, 1].tolist() == [
        [0, 1, 3, 3, 2],
        [3, 8, 15, 12, 7],
        [9, 21, 36, 27, 15],
        [9, 20, 33, 24, 13],
        [6, 13, 21, 15, 8],
    ]


@given(geometries(), st.integers(0, 2**32 - 1))
@settings(max_examples=300, deadline=None)
def test_whole_numbers_are_those_of_loops(drawn, seed):
    size, slide, groups, _channels = drawn
    if windows_of(size, slide) is None:
        return
    image, weights = drawn_arrays(np.random.default_rng(seed), *drawn, whole=True)
    found = ours(image, weights, slide, groups)
    assert found.dtype.kind == "i"
    assert found.tolist() == loops(image, weights, slide, groups).tolist()


@given(geometries(), st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_floats_are_those_of_loops(drawn, seed):
    size, slide, groups, _channels = drawn
    if windows_of(size, slide) is None:
        return
    image, weights = drawn_arrays(np.random.default_rng(seed), *drawn, whole=False)
    expected = loops(image, weights, slide, groups).astype(float)
    np.testing.assert_allclose(ours(image, weights, slide, groups), expected, rtol=1e-12, atol=1e-12)


@given(geometries(), st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_it_is_the_adjoint_of_the_convolution_with_the_same_weights(drawn, seed):
    """<conv(x), g> = <x, conv_t(g)>."""
    size, slide, groups, channels = drawn
    windows = windows_of(size, slide)
    if windows is None:
        return
    rng = np.random.default_rng(seed)
    g, weights = drawn_arrays(rng, *drawn, whole=False)
    x = rng.normal(size=(*windows.output_size, channels[1]))
    # The convolution that goes back sees as many rows and columns as its windows reach, and no more.
    reached = [(one.size - 1) * one.stride + one.span - one.before - one.output_size for one in windows]
    seen = x[np.newaxis, : x.shape[0] + min(reached[0], 0), : x.shape[1] + min(reached[1], 0)]
    if 0 in seen.shape:
        return
    pads = tuple((one.before, max(after, 0)) for one, after in zip(windows, reached, strict=True))
    there = conv2d(seen, weights, stride=slide.stride, padding=pads, dilation=slide.dilation, groups=groups)[0]
    assert there.shape == g.shape
    assert np.vdot(there, g) == pytest.approx(np.vdot(x, ours(g, weights, slide, groups)), rel=1e-10, abs=1e-10)


class TestTypes:
    """Whole numbers give the smallest type that holds every sum there could be, by type alone."""

    @pytest.mark.parametrize(
        ("kernel", "stride", "dtype"),
        [
            (np.full((2, 2, 1, 1), 128), 2, np.int16),  # one tap on each place: 255 * 128 < 2^15
            (np.full((2, 2, 1, 1), 128), 1, np.int32),
            (np.full((2, 2, 1, 1), 0.5), 2, np.float32),
        ],
    )
    def test_what_falls_on_one_place_settles_the_type(self, kernel, stride, dtype):
        found = conv_transpose2d(np.full((3, 3, 1), 255, np.uint8), kernel, stride=stride)
        assert found.dtype == dtype
        assert found.max() == (255 * kernel[0, 0, 0, 0] * (1 if stride == 2 else 4))

    def test_wide_integers_are_checked(self):
        image = np.full((2, 2, 1), 2**62, np.int64)
        assert conv_transpose2d(image, np.ones((1, 1, 1, 1))).dtype == np.int64
        with pytest.raises(ShapeError, match="past 64-bit"):
            conv_transpose2d(image, np.ones((2, 2, 1, 1)))

    def test_one_type_for_all_images_and_groups(self):
        weights = np.ones((1, 1, 1, 2))
        weights[..., 1] = 1000
        assert conv_transpose2d(np.zeros((2, 3, 3, 2), np.uint8), weights, groups=2).dtype == np.int32


def test_bias_stands_where_no_tap_falls():
    """A kernel smaller than the stride leaves holes, and so does a dilation that shares a factor with it."""
    image = np.ones((2, 2, 1), np.uint8)
    found = conv_transpose2d(image, np.ones((1, 1, 2, 1)), [5, -1], stride=3)
    assert found[:, :, 0].tolist() == [[6, 5, 5, 6], [5, 5, 5, 5], [5, 5, 5, 5], [6, 5, 5, 6]]
    assert found[:, :, 1].tolist() == [[0, -1, -1, 0], [-1, -1, -1, -1], [-1, -1, -1, -1], [0, -1, -1, 0]]


def test_infinities_stay_where_their_stamps_are():
    image = np.zeros((3, 3, 1), np.float32)
    image[1, 1] = np.inf
    kernel = np.array([[0, 1], [1, 0]])[:, :, np.newaxis, np.newaxis]
    found = conv_transpose2d(image, kernel, stride=2)[:, :, 0]
    assert np.isinf(found).sum() == 2
    assert not np.isnan(found).any()
    assert np.isinf(found[2, 3])
    assert np.isinf(found[3, 2])


def test_strips_and_threads_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    image, weights = rng.integers(0, 256, (41, 30, 3)).astype(np.uint8), rng.integers(-9, 9, (5, 4, 2, 3))
    slide = TransposedSlide((5, 4), (3, 2), 1, (1, 0), (1, 3))
    expected = ours(image, weights, slide, 1)
    monkeypatch.setattr(strips, "SCRATCH_BYTES", 2000)
    job = TransposedJob(image, weights.swapaxes(2, 3), False, np.zeros(2, np.int64), slide.over((41, 30)))
    planned = PlannedTransposed(job)
    assert len(planned.edges) > 3
    assert ours(image, weights, slide, 1).tolist() == expected.tolist()
    respond = planned.worker()
    assert np.concatenate([respond(*edge).copy() for edge in planned.edges]).tolist() == expected.tolist()
    monkeypatch.setattr(threads, "granted_cpus", lambda: 4)
    assert ours(image, weights, slide, 1).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"weight": np.ones((2, 2))}, KernelError, r"it must be \(h, w, out_channels / groups, in_channels\)"),
        ({"weight": np.ones((2, 2, 1, 2))}, ShapeError, "weight is made for 2 channels but x has 3"),
        ({"groups": 2}, ParameterError, "groups 2 is not a whole number that divides the 3 input channels"),
        ({"padding": "full"}, ParameterError, "padding 'full' is not defined for a transposed convolution"),
        ({"padding": 9}, ShapeError, r"padding 9 \+ 9 takes off all of the 5 rows"),
        ({"output_padding": 1}, ParameterError, "op is 1; it must be below the stride or the dilation, 1"),
        ({"stride": 0}, ParameterError, "stride is 0"),
        ({"bias": [1, 2, 3]}, ParameterError, "bias has 3 numbers but the kernel has 2 filters"),
        ({"x": np.ones((2, 2))}, ShapeError, r"x has shape \(2, 2\)"),
    ],
)
def test_what_is_refused(change, error, said):
    given = {"x": np.ones((4, 4, 3)), "weight": np.ones((2, 2, 2, 3)), **change}
    with pytest.raises(error, match=said):
        conv_transpose2d(**given)


@given(drawn=geometries(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_values_are_those_of_pytorch(drawn, seed):
    torch = pytest.importorskip("torch")
    size, slide, groups, channels = drawn
    windows = windows_of(size, slide)
    pads = None if windows is None else [(one.before, one.after) for one in windows]
    if pads is None or isinstance(slide.padding, str) or any(before != after for before, after in pads):
        return
    rng = np.random.default_rng(seed)
    image, weights = drawn_arrays(rng, *drawn, whole=False)
    batch, bias = np.stack([image, image[::-1]]), rng.normal(size=channels[1])
    theirs = torch.nn.functional.conv_transpose2d(
        torch.from_numpy(batch.transpose(0, 3, 1, 2).copy()),
        torch.from_numpy(weights.transpose(3, 2, 0, 1).copy()),
        torch.from_numpy(bias),
        stride=slide.stride,
        padding=tuple(before for before, _ in pads),
        output_padding=slide.output_padding,
        groups=groups,
        dilation=slide.dilation,
    )
    found = ours(batch, weights, slide, groups, bias)
    np.testing.assert_allclose(found.transpose(0, 3, 1, 2), theirs.numpy(), rtol=1e-12, atol=1e-12)


def test_values_are_those_of_keras():
    keras = pytest.importorskip("keras")
    rng = np.random.default_rng(1)
    drawn = random.Random(1)
    for _ in range(60):
        size, k, s = ((drawn.randint(1, 7), drawn.randint(1, 7)) for _ in "nks")
        layer = keras.layers.Conv2DTranspose(3, k, s, padding=(padding := drawn.choice(["same", "valid"])))
        x = rng.normal(size=(1, *size, 2)).astype(np.float32)
        layer.build(x.shape)
        kernel, bias = rng.normal(size=(*k, 3, 2)), rng.normal(size=3)
        layer.set_weights([kernel, bias])
        found = ours(x, kernel, TransposedSlide(k, s, padding), 1, bias)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras asks torch's arrays for copies in a way that NumPy warns of.
            theirs = keras.ops.convert_to_numpy(layer(x))
        np.testing.assert_allclose(found, theirs, rtol=1e-4, atol=1e-4)

"""Every explained value is the core's: the notes' example first, then every cell of drawn geometries."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import convolve, edges, pool
from cnnfilt.core.pooling import adaptive_pool, pool_with_indices
from cnnfilt.errors import ShapeError
from tests.asking import explain_adaptive_pool, explain_convolution, explain_edges, explain_pool
from tests.core.test_convolution import NOTES_IMAGE, NOTES_RESULT, VERTICAL, geometries, ours


def places(result):
    return [(int(y), int(x)) for y, x in np.ndindex(np.shape(result)[:2])]


def test_the_notes_first_window():
    (value,) = explain_convolution(NOTES_IMAGE, VERTICAL, (0, 0))
    (patch,) = value.responses[0].patches
    assert patch.window == ((1, 6, 9), (2, 5, 1), (3, 7, 4))
    assert patch.products == ((1, 0, -9), (2, 0, -1), (3, 0, -4))
    assert (value.value, value.rows, value.columns) == (-8, (0, 1, 2), (0, 1, 2))


def test_all_of_the_notes_result():
    found = [explain_convolution(NOTES_IMAGE, VERTICAL, place)[0].value for place in places(NOTES_RESULT)]
    assert found == np.ravel(NOTES_RESULT).tolist()


@settings(max_examples=60)
@given(geometries(), st.sampled_from([np.uint8, np.uint16, np.int64]), st.sampled_from(["each", "sum"]))
def test_every_cell_is_what_convolve_computes(case, dtype, channels):
    rng = np.random.default_rng(case["seed"])
    image = rng.integers(0, 200, (*case["size"], 2)).astype(dtype)
    kernel = rng.integers(-5, 6, case["kernel"])
    options = {**ours(case), "channels": channels, "bias": int(rng.integers(-3, 4)), "flip": bool(rng.integers(2))}
    result = np.atleast_3d(convolve(image, kernel, **options))
    for place in places(result):
        values = explain_convolution(image, kernel, place, **options)
        assert [one.value for one in values] == result[place].tolist()
        for one in values:
            for patch in (patch for response in one.responses for patch in response.patches):
                for i, y in enumerate(one.rows):
                    for j, x in enumerate(one.columns):
                        inside = 0 <= y < image.shape[0] and 0 <= x < image.shape[1]
                        assert one.padded[i][j] is not inside
                        assert not inside or patch.window[i][j] == image[y, x, patch.channel]


@settings(max_examples=30)
@given(geometries(), st.sampled_from(["none", "relu", "tanh", "sigmoid"]), st.booleans())
def test_floats_scales_and_activations_agree_within_rounding(case, activation, normalize):
    rng = np.random.default_rng(case["seed"])
    image, kernel = rng.normal(size=case["size"]), rng.random(case["kernel"]) + 0.1
    options = {**ours(case), "activation": activation, "normalize": normalize, "input_scale": 1 / 3, "bias": 0.25}
    result = convolve(image, kernel, **options)
    for place in places(result):
        (value,) = explain_convolution(image, kernel, place, **options)
        assert value.value == pytest.approx(result[place], rel=1e-9, abs=1e-9)


def test_a_bank_of_filters_gives_one_explanation_for_each():
    rng = np.random.default_rng(3)
    image, bank = rng.integers(0, 256, (5, 6, 3), dtype=np.uint8), rng.integers(-3, 4, (2, 3, 3, 4))
    values = explain_convolution(image, bank, (3, 2), bias=[1, 2, 3, 4])
    assert [one.value for one in values] == convolve(image, bank, bias=[1, 2, 3, 4])[3, 2].tolist()
    assert [len(one.responses[0].patches) for one in values] == [3] * 4


def test_what_lies_under_a_zero_takes_no_part():
    (value,) = explain_convolution([[np.inf, 1.0, np.nan]], [[0, 2, 0]], (0, 0))
    assert value.value == 2


@pytest.mark.parametrize("method", ["prewitt", "sobel", "scharr", "farid", "roberts", "laplacian", "log", "kirsch"])
@pytest.mark.parametrize("gain", [3, 2])
def test_edges_are_explained_by_their_kernels(method, gain):
    image = np.random.default_rng(5).integers(0, 256, (5, 6, 2), dtype=np.uint8)
    result = edges(image, method=method, gain=gain)
    for place in places(result):
        found = [one.value for one in explain_edges(image, place, method=method, gain=gain)]
        assert found == pytest.approx(result[place].tolist(), rel=1e-5, abs=2e-3)


@pytest.mark.parametrize("direction", ["vertical", "horizontal"])
def test_one_direction_and_a_threshold(direction):
    image = np.random.default_rng(6).integers(0, 256, (4, 5), dtype=np.uint8)
    for options in ({}, {"threshold": 200}):
        result = edges(image, direction=direction, **options)
        for place in places(result):
            (value,) = explain_edges(image, place, direction=direction, **options)
            assert value.value == result[place]


SIDES = {"left": (0, -1), "right": (0, 1), "above": (-1, 0), "below": (1, 0), "up left": (-1, -1),
         "down right": (1, 1), "up right": (-1, 1), "down left": (1, -1)}  # fmt: skip


@settings(max_examples=12)
@given(
    st.integers(0, 9999),
    st.sampled_from([np.uint8, np.uint16, np.float32]),
    st.sampled_from(["same", "valid"]),
    st.sampled_from(["replicate", "zeros"]),
)
def test_every_pixel_of_canny(seed, dtype, padding, mode):
    rng = np.random.default_rng(seed)
    image = (rng.random((8, 9, 2)) * (1 if dtype == np.float32 else np.iinfo(dtype).max)).astype(dtype)
    options = {"method": "canny", "sigma": 0.4, "low": 0.15, "high": 0.4, "padding": padding, "padding_mode": mode}
    result = edges(image, **options)
    found = {place: explain_edges(image, place, **options) for place in places(result)}
    for place, values in found.items():
        assert [one.value for one in values] == result[place].tolist()
        for one in values:
            magnitude, own, before, after, _ = one.steps
            gx, gy = (response.total for response in one.responses)
            assert magnitude.value == pytest.approx(math.hypot(gx, gy))
            top = 1 if dtype == np.float32 else np.iinfo(dtype).max
            assert own.value == pytest.approx(magnitude.value / top, abs=1e-5)
            for beside in (before, after):
                y, x = SIDES[beside.words.removeprefix("beside it, ")]
                neighbour = found.get((place[0] + y, place[1] + x))
                strength = neighbour[one.map].steps[1].value if neighbour else 0
                assert beside.value == pytest.approx(strength, abs=1e-6)


def test_canny_says_why():
    def words(image, place, **thresholds):
        (one,) = explain_edges(np.asarray(image, np.uint8), place, method="canny", sigma=0.5, **thresholds)
        return [step.words for step in one.steps[2:]]

    step = np.repeat([[0, 0, 0, 0, 200, 200, 200, 200]], 7, axis=0)
    assert words(step, (3, 3)) == ["beside it, left", "beside it, right", "a peak of at least high, 0.2"]
    assert words(step.T, (3, 3))[:2] == ["beside it, above", "beside it, below"]
    assert words(step, (3, 4))[2] == "no peak: not above both"
    assert words(step, (3, 0))[2] == "below low, 0.1"
    assert words(step, (3, 3), high=0.9)[2] == "a peak below high, 0.9, on no edge"
    fading = (step * np.linspace(1, 0.2, 7)[:, np.newaxis]).astype(np.uint8)
    (column,) = np.flatnonzero(edges(fading, method="canny", sigma=0.5, high=0.5)[5])
    assert words(fading, (5, int(column)), high=0.5)[2] == "a peak of at least low, 0.1, on an edge"


@st.composite
def pools(draw):
    """A pooling window with padding no more than half of what it spans."""
    kernel, size, dilation, pads = [], [], [], []
    for _ in range(2):
        k, d = draw(st.integers(1, 3)), draw(st.integers(1, 2))
        span = d * (k - 1) + 1
        kernel.append(k)
        dilation.append(d)
        size.append(draw(st.integers(span, 8)))
        pads.append((draw(st.integers(0, span // 2)), draw(st.integers(0, span // 2))))
    return tuple(size), tuple(kernel), {
        "stride": (draw(st.integers(1, 3)), draw(st.integers(1, 3))),
        "padding": tuple(pads),
        "dilation": tuple(dilation),
        "ceil_mode": draw(st.booleans()),
    }  # fmt: skip


@settings(max_examples=60)
@given(pools(), st.sampled_from(["max", "min", "avg", "counting avg"]), st.integers(0, 999))
def test_every_pooled_cell_is_what_pool_computes(drawn, kind, seed):
    size, kernel, geometry = drawn
    image = np.random.default_rng(seed).integers(0, 9, size, dtype=np.uint8)
    options = {"kind": kind.split()[-1], "count_include_pad": kind == "counting avg", **geometry}
    result = pool(image, kernel, **options)
    indices = None if options["kind"] == "avg" else pool_with_indices(image, kernel, kind=kind, **geometry)[1]
    for place in places(result):
        (value,) = explain_pool(image, kernel, place, **options)
        assert value.value == pytest.approx(result[place])
        if indices is not None:
            at = value.rows[value.kept[0]] * size[1] + value.columns[value.kept[1]]
            assert at == indices[place]


@pytest.mark.parametrize("output", [1, (2, 3), (7, 2)])
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_adaptive_and_global_pooling(output, kind):
    image = np.random.default_rng(2).integers(0, 256, (5, 4, 2), dtype=np.uint8)
    result = adaptive_pool(image, output, kind=kind)
    for place in places(result):
        found = [one.value for one in explain_adaptive_pool(image, output, place, kind=kind)]
        assert found == pytest.approx(result[place].tolist())


def test_the_first_nan_is_what_max_keeps():
    (value,) = explain_pool([[1.0, math.nan], [math.nan, 9.0]], 2, (0, 0))
    assert (value.kept, math.isnan(value.value)) == ((0, 1), True)


@pytest.mark.parametrize("place", [(4, 0), (0, 4), (-1, 0)])
def test_a_place_outside_the_result_is_refused_naming_what_there_is(place):
    with pytest.raises(ShapeError, match="rows are 0 to 3 and columns 0 to 3"):
        explain_convolution(NOTES_IMAGE, VERTICAL, place)


def test_a_window_too_large_to_write_out_is_refused():
    image = np.zeros((200, 200), np.uint8)
    for explain in (
        lambda: explain_convolution(image, np.ones((101, 101)), (0, 0)),
        lambda: explain_adaptive_pool(image, 1, (0, 0)),
    ):
        with pytest.raises(ShapeError, match="too large"):
            explain()

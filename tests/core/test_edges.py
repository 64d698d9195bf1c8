"""Edges, against the notes' numbers, plain loops, SciPy, and what a step or a slope must give."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import edges
from cnnfilt.core.edges import edge_angles
from cnnfilt.core.engine import strips
from cnnfilt.core.levels import Levels, apply_levels
from cnnfilt.describe.windows import windows
from cnnfilt.errors import ParameterError, ShapeError
from tests import oracles
from tests import oracles_edges as plain
from tests.asking import edges_to_levels, window_size

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
VERTICAL = np.array([[-8, -9, -2, 14], [6, -3, -13, 9], [4, -4, -8, 5], [2, 2, 1, -3]])
DIRECTED = ("prewitt", "sobel", "scharr", "farid")
METHODS = (*DIRECTED, "roberts", "laplacian", "log", "kirsch")


@pytest.fixture(scope="module", params=[None, 1], ids=["whole", "strips"], autouse=True)
def _strip_height(request):
    """Run every test twice: with strips as they are, and with strips of one row, whose seams must not show."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param:
            patch.setattr(strips, "SCRATCH_BYTES", request.param)
        yield


def random(seed, shape, dtype=np.uint8):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return rng.normal(size=shape).astype(dtype)
    limits = np.iinfo(dtype)
    return rng.integers(max(limits.min, -(2**40)), min(limits.max, 2**40), shape, endpoint=True).astype(dtype)


def test_the_notes_vertical_edges():
    assert edges(NOTES, direction="vertical", padding="valid").tolist() == np.abs(VERTICAL).tolist()
    turned = edges(NOTES.T, direction="horizontal", padding="valid")
    assert turned.tolist() == np.abs(VERTICAL.T).tolist()
    across, down = (edges(NOTES, direction=d, padding="valid") for d in ("vertical", "horizontal"))
    np.testing.assert_allclose(edges(NOTES, padding="valid"), np.hypot(across, down), rtol=1e-6)


def kernels_of(method, direction, sigma):
    """Return the kernels as lists, and how their responses become one magnitude."""
    kernels = [plain.laplacian_of_gaussian(sigma)] if method == "log" else plain.KERNELS[method]
    if direction in ("vertical", "horizontal"):
        kernels = kernels[direction == "horizontal" :][:1]
    return kernels, (max if method == "kirsch" else lambda responses: math.hypot(*responses))


def expected_magnitudes(plane, kernels, merge, gain, **padding):
    positive = sum(value for row in kernels[0] for value in row if value > 0)
    responses = [oracles.correlate(plane, kernel, **padding) for kernel in kernels]
    return [
        [gain / positive * merge(values) for values in zip(*rows, strict=True)] for rows in zip(*responses, strict=True)
    ]


@st.composite
def requests(draw):
    """Draw a size, the options of `edges`, and the padding ((top, bottom), (left, right)) they amount to."""
    method = draw(st.sampled_from(METHODS))
    direction = draw(
        st.sampled_from(["vertical", "horizontal", "both", None] if method in DIRECTED else ["both", None])
    )
    sigma = draw(st.sampled_from([0.3, 0.7])) if method == "log" else 1.0
    mode = draw(st.sampled_from(["zeros", "replicate", "reflect", "symmetric", "circular"]))
    window = window_size(method=method, sigma=sigma if method in ("log", "canny") else None)
    size = tuple(draw(st.integers(max(*window, 4), 9)) for _ in range(2))
    padding = draw(st.sampled_from(["same", "same-lower", "valid", "full", 1, (2, 0), ((1, 2), (0, 3))]))
    pads = tuple((axis.before, axis.after) for axis in windows(size, window, padding=padding))
    options = {"method": method, "direction": direction, "sigma": sigma, "padding": padding, "padding_mode": mode}
    return size, options, pads


@settings(max_examples=120, deadline=None)
@given(
    requests(),
    st.sampled_from(["uint8", "uint16", ">u2", "int16", "int32", "float32", "float64"]),
    st.sampled_from([(), (1,), (3,)]),
    st.sampled_from([3.0, 1, 0.25]),
    st.integers(0, 9999),
)
def test_magnitudes_equal_plain_loops(request, dtype, channels, gain, seed):
    size, options, pads = request
    image = random(seed, (*size, *channels), dtype)
    before = image.copy()
    value = 7 if options["padding_mode"] == "zeros" else 0
    result = edges(image, gain=gain, padding_value=value, **options)
    np.testing.assert_array_equal(image, before)
    kernels, merge = kernels_of(options["method"], options["direction"], options["sigma"])
    planes = image.reshape(*size, -1)
    for c in range(planes.shape[2]):
        expected = expected_magnitudes(
            planes[:, :, c], kernels, merge, gain, pads=pads, mode=options["padding_mode"], value=value
        )
        ours = result.reshape(*result.shape[:2], -1)[:, :, c]
        allowed = 1e-5 * gain * max(float(np.abs(image.astype(np.float64)).max()), value)
        np.testing.assert_allclose(ours, np.array(expected, float), rtol=1e-6, atol=allowed)
    assert result.shape[2:] == channels


def test_types():
    image = random(1, (5, 6))
    assert edges(image).dtype == np.float32
    assert edges(image, direction="vertical").dtype == np.int16
    assert edges(image.astype(np.uint16), direction="vertical").dtype == np.int32
    assert edges(image.astype(np.int64), direction="vertical").dtype == np.int64
    assert edges(image, direction="vertical", gain=2).dtype == np.float32
    assert edges(image, method="sobel", direction="vertical", gain=4).dtype == np.int16
    assert edges(image, method="kirsch", gain=15).dtype == np.int16
    assert edges(image > 9, direction="vertical").dtype == np.int16
    assert edges(image.astype(np.float16)).dtype == np.float32
    assert edges(image.astype(np.float64), method="kirsch").dtype == np.float64


@pytest.mark.parametrize("method", DIRECTED)
def test_all_methods_are_equally_bright(method):
    image = np.zeros((9, 16), np.uint8)
    image[:, 8:] = 200
    for gain in (1, 3):
        found = edges(image, method=method, gain=gain)
        np.testing.assert_allclose(found[:, 7:9], 200 * gain, rtol=1e-6)
        np.testing.assert_allclose(edges(image, method=method, gain=gain, direction="horizontal"), 0, atol=1e-4)
        np.testing.assert_allclose(edges(image.T, method=method, gain=gain), found.T, rtol=1e-6, atol=1e-4)
    assert edges(image, method="kirsch")[4].max() == 600


@pytest.mark.parametrize("method", METHODS)
def test_a_flat_image_has_no_frame(method):
    for image in (np.full((7, 9, 3), 200, np.uint8), np.full((1, 1), 65535, np.uint16), np.full((1, 4), 0.7)):
        np.testing.assert_allclose(edges(image, method=method), 0, atol=1e-5 * float(image.max()))
    assert edges(np.full((9, 9), 200, np.uint8), method=method, padding_mode="zeros").max() > 50


@pytest.mark.parametrize("method", METHODS)
def test_a_turned_image_has_turned_edges(method):
    image = random(3, (9, 12, 3))
    # Roberts's window of 2 x 2 has no middle, so "same" would lean to one side.
    found = edges(image, method=method, padding="valid")
    for turns in (1, 2, 3):
        turned = edges(np.rot90(image, turns), method=method, padding="valid")
        np.testing.assert_allclose(turned, np.rot90(found, turns), rtol=1e-5, atol=1e-3)
    if method != "kirsch":
        np.testing.assert_allclose(edges(255 - image, method=method, padding="valid"), found, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("method", ["prewitt", "sobel"])
def test_scipy(method):
    from scipy import ndimage

    image = random(4, (30, 40)).astype(float)
    down, across = (getattr(ndimage, method)(image, axis=axis, mode="nearest") for axis in (0, 1))
    scale = 1 if method == "prewitt" else 3 / 4
    np.testing.assert_allclose(edges(image, method=method), scale * np.hypot(across, down), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(edge_angles(image, method=method), np.arctan2(down, across), rtol=1e-6, atol=1e-6)


def test_laplacian_and_kirsch_of_a_dot():
    dot = np.zeros((5, 5), np.uint8)
    dot[2, 2] = 100
    assert edges(dot, method="laplacian", gain=4)[2].tolist() == [0, 100, 400, 100, 0]
    assert edges(dot, method="kirsch", gain=15)[1:4, 1:4].tolist() == [[500] * 3, [500, 0, 500], [500] * 3]


def test_a_threshold_answers_nothing_or_all():
    across = np.abs(VERTICAL)
    for dtype, top in (
        ("uint8", 255),
        ("uint16", 65535),
        (">u2", 65535),
        ("int64", 255),
        ("float32", 1),
        ("float64", 1),
    ):
        found = edges(NOTES.astype(dtype), direction="vertical", padding="valid", threshold=9)
        assert found.dtype == np.dtype(dtype).newbyteorder("=")
        assert found.tolist() == (np.where(across >= 9, top, 0)).tolist()
    assert edges(NOTES > 5, threshold=1).dtype == bool
    assert (edges(NOTES, threshold=0) == 255).all()
    assert not edges(NOTES, threshold=1e6).any()


MAPPINGS = [
    Levels("clip", np.uint8),
    Levels("abs", np.uint16),
    Levels("offset", np.uint8),
    Levels("minmax", np.uint8),
    Levels("symmetric", np.uint16),
    Levels("clip", np.uint8, (0, 1000)),
    Levels("raw"),
    Levels("raw", np.float32),
]


@pytest.mark.parametrize("levels", MAPPINGS, ids=str)
@pytest.mark.parametrize("method", ["prewitt", "sobel", "kirsch"])
def test_edges_to_levels_maps_what_edges_returns(method, levels):
    for dtype, channels in ((np.uint8, (3,)), (np.uint16, ()), (np.float64, ())):
        image = random(6, (9, 17, *channels), dtype)
        pixels, loss = edges_to_levels(image, levels, method=method)
        expected, expected_loss = apply_levels(edges(image, method=method), levels)
        np.testing.assert_array_equal(pixels, expected)
        assert pixels.dtype == expected.dtype
        assert loss == expected_loss


@pytest.mark.parametrize("options", [{"threshold": 60000}, {"method": "canny"}], ids=str)
def test_two_levels_are_not_mapped(options):
    image = random(7, (12, 13, 3), np.uint16) // 2
    found = edges(image, **options)
    assert set(np.unique(found)) == {0, 65535}
    for levels in MAPPINGS:
        pixels, loss = edges_to_levels(image, levels, **options)
        top = 65535 if levels.values == "raw" else levels.top
        np.testing.assert_array_equal(pixels, (found > 0) * top)
        assert pixels.dtype == levels.pixel_dtype(image.dtype)
        assert (loss.clipped, loss.total, loss.lowest, loss.highest) == (0, image.size, 0, top)


def test_no_whole_image_of_magnitudes_is_held():
    """What is held besides the output is scratch memory, and does not grow with the image."""
    # The code a call needs is loaded by the first.
    edges_to_levels(random(8, (9, 4000)), Levels("clip", np.uint8))
    beside = []
    for height in (750, 3000):
        image = random(8, (height, 4000))
        tracemalloc.start()
        edges_to_levels(image, Levels("clip", np.uint8))
        beside.append(tracemalloc.get_traced_memory()[1] - image.nbytes)
        tracemalloc.stop()
    assert beside[1] < beside[0] + image.nbytes / 2  # Of float magnitudes 36 MB more would be held.


@pytest.mark.parametrize("method", [*DIRECTED, "roberts", "canny"])
def test_angles_point_to_where_it_grows_brighter(method):
    y, x = np.mgrid[:20, :20]
    for degrees in (0, 45, 90, 135, 180, -45, -90, -135):
        slope = 128 + 4 * (x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees)))
        for image in (slope.astype(np.float32), slope / 255, np.stack([slope, slope], axis=2)):
            angles = edge_angles(image, method=method)
            assert angles.dtype == np.float32
            assert angles.shape == image.shape
            away = np.exp(1j * angles[6:-6, 6:-6]) * np.exp(-1j * np.radians(degrees))
            np.testing.assert_allclose(away, 1, atol=1e-3)


def test_angles_by_hand():
    image = np.zeros((3, 6), np.uint8)
    image[:, 1:4] = 9
    angles = edge_angles(image)
    assert angles[1].tolist() == [0, 0, 0, np.float32(np.pi), np.float32(np.pi), 0]
    # Also where a float's gradient is -0 upwards: the angle is pi, not -pi.
    assert edge_angles(-image.astype(float))[1].tolist() == [np.float32(np.pi), np.float32(np.pi), 0, 0, 0, 0]
    diagonal = edge_angles([[0, 5], [5, 9]], method="roberts", padding="valid")
    np.testing.assert_allclose(diagonal, [[np.pi / 4]], rtol=1e-6)
    wide = np.array([[0, 2**61], [2**61, 2**62]])
    np.testing.assert_allclose(edge_angles(wide, method="roberts", padding="valid"), [[np.pi / 4]], rtol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_not_a_number_and_infinity_stay_where_they_are_seen(value):
    image = random(9, (13, 13), np.float32)
    image[6, 6] = value
    ring = np.zeros((13, 13), bool)
    ring[5:8, 5:8] = True
    # In the middle the tap is 0 in both kernels and takes no part.
    ring[6, 6] = False
    for method in ("prewitt", "sobel", "scharr"):
        found = edges(image, method=method)
        assert (np.isfinite(found) == ~ring).all()
        assert (np.isnan(found) == (ring if np.isnan(value) else False)).all()
    for method in METHODS:
        assert np.isfinite(edges(image, method=method, sigma=0.6)[[0, 1, -2, -1]]).all()
    assert (edges(image, threshold=0)[ring] == (0 if np.isnan(value) else 1)).all()


def test_small_and_large_floats_keep_their_magnitude():
    step = np.repeat([0.0, 1.0], 4)[np.newaxis].repeat(5, axis=0).astype(np.float32)
    for scale in (1e-30, 1e30):
        np.testing.assert_allclose(edges(step * np.float32(scale))[:, 3:5], 3 * scale, rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "message", "parameter"),
    [
        ({"method": "sobl"}, "edge method 'sobl' is unknown; did you mean sobel", "method"),
        ({"direction": "vertikal"}, "direction 'vertikal' is unknown; use vertical, horizontal or both", "direction"),
        *(
            ({"method": method, "direction": "vertical"}, f"'{method}' has no direction 'vertical'", "direction")
            for method in ("roberts", "laplacian", "log", "kirsch", "canny")
        ),
        ({"gain": 0}, "gain is 0; it must be a number above 0", "gain"),
        ({"gain": float("nan")}, "gain is nan", "gain"),
        ({"threshold": -1}, "threshold is -1; it must be 0 or more", "threshold"),
        ({"threshold": float("nan")}, "threshold is nan", "threshold"),
        ({"method": "canny", "threshold": 9}, "low and high", "threshold"),
        ({"method": "log", "sigma": 0}, "SIGMA is 0", "sigma"),
        ({"padding": "sames"}, "padding", "padding"),
        ({"padding_mode": "mirror"}, "padding mode 'mirror' is unknown", "padding_mode"),
        ({"padding_mode": "zeros", "padding_value": 300}, "300", "padding_value"),
    ],
)
def test_refusals(options, message, parameter):
    image = np.zeros((9, 9), np.uint8)
    for call in (lambda: edges(image, **options), lambda: edges_to_levels(image, Levels("clip", np.uint8), **options)):
        with pytest.raises(ParameterError, match=message) as raised:
            call()
        assert raised.value.parameter == parameter


def test_refusals_of_images_and_angles():
    with pytest.raises(ShapeError, match="spans 3 rows but the image is 2 rows high"):
        edges(np.zeros((2, 9)), padding="valid")
    with pytest.raises(ShapeError):
        edges(np.zeros((2, 2, 2, 2)))
    for method in ("laplacian", "log", "kirsch"):
        with pytest.raises(ParameterError, match=f"'{method}' has no gx and gy") as raised:
            edge_angles(np.zeros((9, 9)), method=method)
        assert raised.value.parameter == "method"


@pytest.mark.parametrize("method", [*METHODS, "canny"])
def test_window_size_is_what_valid_takes_away(method):
    for sigma in (0.5, 1.0):
        height, width = window_size(method=method, sigma=sigma if method in ("log", "canny") else None)
        shape = edges(np.zeros((20, 24)), method=method, padding="valid", sigma=sigma).shape
        assert shape == (20 - height + 1, 24 - width + 1)


def test_thresholds_are_checked_whatever_the_method():
    for options in ({"low": 2}, {"high": 0.01}):
        with pytest.raises(ParameterError):
            edges([[1, 2]], method="sobel", **options)

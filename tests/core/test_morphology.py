"""Erosion, dilation and what is made of them, against SciPy, scikit-image and the laws they obey."""

import doctest

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core import morphology
from cnnfilt.core.explain.morphology import explain_morphology
from cnnfilt.core.levels import Levels
from cnnfilt.core.morphology import as_levels, morph, morph_as_asked
from cnnfilt.describe.operations import Morphology
from cnnfilt.describe.window_shapes import WindowShape
from cnnfilt.errors import ParameterError, ShapeError

OPERATIONS = ("erode", "dilate", "open", "close", "gradient", "tophat", "blackhat")


def of_scipy(image, operation, taps):
    """Return what SciPy makes of it; the image is given a border that no window ever picks."""
    # SciPy's middle is that of a window of size k at k // 2; ours is floor((k - 1) / 2).
    origin = [-((n % 2) == 0) for n in taps.shape]
    low, high = (-np.inf, np.inf) if image.dtype.kind == "f" else (np.iinfo(image.dtype).min, np.iinfo(image.dtype).max)

    def erode(x):
        return scipy.ndimage.minimum_filter(x, footprint=taps, mode="constant", cval=high, origin=origin)

    def dilate(x):
        return scipy.ndimage.maximum_filter(x, footprint=taps[::-1, ::-1], mode="constant", cval=low)

    match operation:
        case "erode":
            return erode(image)
        case "dilate":
            return dilate(image)
        case "open":
            return dilate(erode(image))
        case "close":
            return erode(dilate(image))
        case "gradient":
            return dilate(image) - erode(image)
        case "tophat":
            return image - dilate(erode(image))
    return erode(dilate(image)) - image


@settings(max_examples=300)
@given(
    st.tuples(st.integers(1, 12), st.integers(1, 14)),
    st.tuples(st.integers(1, 6), st.integers(1, 6)),
    st.sampled_from(OPERATIONS),
    st.sampled_from(["uint8", "uint16", "float32", "float64"]),
    st.booleans(),
    st.integers(0, 9999),
)
def test_every_operation_is_that_of_scipy(size, kernel, operation, dtype, shaped, seed):
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 5 if seed % 2 else 200, size).astype(dtype)
    taps = rng.random(kernel) < (0.6 if shaped else 2)
    taps[(kernel[0] - 1) // 2, (kernel[1] - 1) // 2] = True
    window = WindowShape("@x.csv", tuple(map(tuple, taps.astype(int).tolist()))) if shaped else None
    asked = Morphology(operation=operation, kernel_size=None if shaped else kernel, window=window)
    ours = morph_as_asked(image, asked)
    np.testing.assert_array_equal(ours, of_scipy(image, operation, taps))
    assert ours.dtype == dtype


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("reach", [1, 3])
def test_disks_are_those_of_scikit_image(operation, reach):
    skimage = pytest.importorskip("skimage.morphology")
    image = np.random.default_rng(1).integers(0, 256, (40, 50), np.uint8)
    disk = skimage.disk(reach)
    theirs = {
        "erode": lambda x: skimage.erosion(x, disk, mode="ignore"),
        "dilate": lambda x: skimage.dilation(x, disk, mode="ignore"),
        "open": lambda x: skimage.opening(x, disk, mode="ignore"),
        "close": lambda x: skimage.closing(x, disk, mode="ignore"),
        "gradient": lambda x: skimage.dilation(x, disk, mode="ignore") - skimage.erosion(x, disk, mode="ignore"),
        "tophat": lambda x: skimage.white_tophat(x, disk, mode="ignore"),
        "blackhat": lambda x: skimage.black_tophat(x, disk, mode="ignore"),
    }[operation](image)
    np.testing.assert_array_equal(morph(image, operation, window=f"disk:{reach}"), theirs)


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    st.integers(0, 9999),
)
def test_an_opening_never_grows_and_is_done_once(size, kernel, seed):
    image = np.random.default_rng(seed).integers(0, 9, size)
    opened, closed = (morph(image, word, kernel) for word in ("open", "close"))
    assert (opened <= image).all()
    assert (closed >= image).all()
    np.testing.assert_array_equal(morph(opened, "open", kernel), opened)
    np.testing.assert_array_equal(morph(closed, "close", kernel), closed)
    # What is a window's end for the one is its beginning for the other.
    turned = morph(-image[::-1, ::-1], "open", kernel)[::-1, ::-1]
    np.testing.assert_array_equal(turned, -closed)


def test_differences_never_wrap():
    ends = np.array([[-128, 127, -128]], np.int8)
    assert morph(ends, "gradient").tolist() == [[255, 255, 255]]
    assert morph(ends, "tophat").tolist() == [[0, 255, 0]]
    assert morph(ends, "tophat").dtype == np.int16
    assert morph(np.array([[True, False, True]]), "blackhat").tolist() == [[False, True, False]]
    with pytest.raises(ShapeError, match="may pass 64 bits"):
        morph(np.array([[-(2**63), 2**63 - 1]]), "gradient")


def test_nan_spreads_as_far_as_the_window_reaches():
    image = np.zeros((7, 7), np.float32)
    image[3, 3] = np.nan
    assert np.isnan(morph(image, "erode")).sum() == 9
    assert np.isnan(morph(image, "open")).sum() == 25


@pytest.mark.parametrize("operation", OPERATIONS)
def test_one_pixel_and_channels(operation):
    expected = 7 if operation in ("erode", "dilate", "open", "close") else 0
    assert morph([[7]], operation, 31).tolist() == [[expected]]
    colours = np.random.default_rng(3).integers(0, 256, (9, 8, 3), np.uint8)
    each = np.stack([morph(colours[..., c], operation, window="cross") for c in range(3)], axis=2)
    np.testing.assert_array_equal(morph(colours, operation, window="cross"), each)


def test_an_even_window_begins_before_its_middle_and_is_turned_for_dilation():
    dot = np.array([[0, 0, 9, 0, 0]])
    assert morph(dot, "dilate", (1, 2)).tolist() == [[0, 0, 9, 9, 0]]
    assert morph(9 - dot, "erode", (1, 2)).tolist() == [[9, 0, 0, 9, 9]]


def test_levels_are_the_image_s_own():
    image = np.array([[0, 200, 255]], np.uint8)
    mapped = as_levels(morph(image, "gradient"), Levels("clip", np.uint8))
    assert mapped.pixels.tolist() == [[200, 255, 55]]
    assert (mapped.loss.lowest, mapped.loss.highest, mapped.loss.clipped) == (55, 255, 0)


@given(
    st.sampled_from(OPERATIONS),
    st.tuples(st.integers(0, 5), st.integers(0, 6)),
    st.sampled_from([None, "disk:1", "cross"]),
)
def test_what_is_explained_is_what_comes_out(operation, place, window):
    image = np.random.default_rng(5).integers(0, 99, (6, 7, 2), np.uint8)
    asked = Morphology(operation=operation, window=window and morphology.typed_window(window))
    result = morph_as_asked(image, asked)
    values = explain_morphology(image, place, asked)
    assert [one.value for one in values] == result[place].tolist()


def test_refusals():
    with pytest.raises(ParameterError, match="operation 'opening' is unknown; did you mean open"):
        morph([[1]], "opening")
    with pytest.raises(ParameterError, match="kernel size is 0"):
        morph([[1]], "open", 0)


def test_the_docstrings_tell_the_truth():
    assert doctest.testmod(morphology).failed == 0

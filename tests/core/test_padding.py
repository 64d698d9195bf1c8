"""Padding, against the pictures in its table, plain loops, NumPy, SciPy and torch."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import pad
from cnnfilt.errors import ParameterError, ShapeError
from tests import oracles

MODES = ("zeros", "reflect", "symmetric", "replicate", "circular")
NUMPY_MODES = {
    "zeros": "constant",
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
}


@pytest.mark.parametrize(
    ("mode", "seen"),
    [
        ("zeros", [0, 0, 1, 2, 3, 4, 0, 0]),
        ("reflect", [3, 2, 1, 2, 3, 4, 3, 2]),
        ("symmetric", [2, 1, 1, 2, 3, 4, 4, 3]),
        ("replicate", [1, 1, 1, 2, 3, 4, 4, 4]),
        ("circular", [3, 4, 1, 2, 3, 4, 1, 2]),
    ],
)
def test_every_mode_looks_as_its_picture_along_both_axes(mode, seen):
    row = np.array([[1, 2, 3, 4]])
    assert pad(row, ((0, 0), (2, 2)), padding_mode=mode).tolist() == [seen]
    assert pad(row.T, ((2, 2), (0, 0)), padding_mode=mode)[:, 0].tolist() == seen


@st.composite
def images_and_pads(draw):
    mode = draw(st.sampled_from(MODES))
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    channels = draw(st.sampled_from([(), (1,), (2,), (3,), (5,)]))

    def furthest(n):
        return {"reflect": n - 1, "symmetric": n, "circular": n}.get(mode, 9)

    pads = tuple((draw(st.integers(0, furthest(n))), draw(st.integers(0, furthest(n)))) for n in (height, width))
    seed = draw(st.integers(0, 2**16))
    image = np.random.default_rng(seed).integers(0, 256, (height, width, *channels), dtype=np.uint8)
    return image, pads, mode


@settings(max_examples=150, deadline=None)
@given(images_and_pads(), st.integers(0, 255))
def test_padding_equals_loops_and_numpy(case, value):
    image, pads, mode = case
    result = pad(image, pads, padding_mode=mode, padding_value=value)
    planes = image[:, :, np.newaxis] if image.ndim == 2 else image
    for c in range(planes.shape[2]):
        ours = result if result.ndim == 2 else result[:, :, c]
        assert ours.tolist() == oracles.padded(planes[:, :, c].tolist(), pads, mode, value)
    extra = {"constant_values": value} if mode == "zeros" else {}
    np.testing.assert_array_equal(
        result, np.pad(image, (*pads, *((0, 0),) * (image.ndim - 2)), NUMPY_MODES[mode], **extra)
    )
    assert result.dtype == image.dtype


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_padding_equals_torch(mode):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch = pytest.importorskip("torch")
    image = np.arange(20, dtype=np.float32).reshape(4, 5)
    theirs = torch.nn.functional.pad(torch.from_numpy(image)[None, None], (3, 2, 1, 3), mode)[0, 0].numpy()
    np.testing.assert_array_equal(pad(image, ((1, 3), (3, 2)), padding_mode=mode), theirs)


def test_one_number_and_a_pair_pad_both_sides():
    image = np.ones((2, 3), np.uint8)
    assert pad(image, 2).shape == (6, 7)
    assert pad(image, (1, 2)).shape == (4, 7)
    assert pad(image, 0).tolist() == image.tolist()


def test_each_channel_may_have_its_own_value():
    padded = pad(np.zeros((1, 1, 3), np.uint8), 1, padding_value=(255, 128, 7))
    assert padded[0, 2].tolist() == [255, 128, 7]
    assert padded[1, 1].tolist() == [0, 0, 0]


@pytest.mark.parametrize("dtype", ["?", "u1", "<i2", ">u2", "<i8", "f2", ">f4", "f8"])
def test_the_type_stays(dtype):
    image = np.array([[1, 0], [0, 1]], dtype)
    padded = pad(image, 1, padding_value=1)
    assert padded.dtype == image.dtype
    assert padded.astype(int).tolist() == [[1, 1, 1, 1], [1, 1, 0, 1], [1, 0, 1, 1], [1, 1, 1, 1]]


def test_the_image_is_left_alone_and_the_result_is_new():
    image = np.arange(6.0).reshape(2, 3)
    image.setflags(write=False)
    padded = pad(image[:, ::-1], 0)
    padded[0, 0] = 99
    assert image.tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(("mode", "padding", "furthest"), [("reflect", 3, 2), ("symmetric", 4, 3), ("circular", 4, 3)])
def test_a_mode_that_cannot_reach_so_far_says_how_far_it_can(mode, padding, furthest):
    image = np.zeros((3, 9))
    assert pad(image, ((furthest, 0), (0, 0)), padding_mode=mode).shape == (3 + furthest, 9)
    with pytest.raises(ShapeError, match=f"{mode} padding of {padding} rows.* 3 rows: at most {furthest}"):
        pad(image, ((0, padding), (0, 0)), padding_mode=mode)


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        (
            np.zeros((2, 2), np.uint8),
            {"padding_value": 256},
            "padding value 256 does not fit uint8 values: whole numbers from 0 to 255",
        ),
        (np.zeros((2, 2), np.uint8), {"padding_value": -1}, "does not fit uint8"),
        (np.zeros((2, 2), np.uint8), {"padding_value": 0.5}, "padding value 0.5 does not fit uint8"),
        (np.zeros((2, 2), np.float32), {"padding_value": 1e300}, "does not fit float32"),
        (np.zeros((2, 2)), {"padding_value": float("nan")}, "not finite"),
        (np.zeros((2, 2)), {"padding_value": float("inf"), "padding_mode": "reflect"}, "not finite"),
        (np.zeros((2, 2)), {"padding_value": "x"}, "padding value holds"),
        (np.zeros((2, 2, 3)), {"padding_value": (1, 2)}, "3 channels; give one number, or one per channel"),
        (np.zeros((2, 2)), {"padding_mode": "reflct"}, "did you mean reflect"),
        (np.zeros((2, 2)), {"padding": "same"}, "depends on a kernel"),
        (np.zeros((2, 2)), {"padding": -1}, "at least 0"),
        (np.zeros((2, 2)), {"padding": 1.5}, "not a whole number"),
        (np.zeros((2, 2), complex), {}, "complex128"),
    ],
)
def test_what_cannot_be_padded_is_refused(image, options, message):
    with pytest.raises(ParameterError, match=message):
        pad(image, **{"padding": 1, **options})


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (2, 2, 0), (4,), (2, 2, 2, 2), ()])
def test_what_is_no_image_is_refused(shape):
    with pytest.raises(ShapeError, match="image"):
        pad(np.zeros(shape), 1)

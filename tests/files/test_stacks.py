"""Stacks of images in .npy and .npz, in and out."""

import io

import numpy as np
import pytest

from cnnfilt.errors import InputError, OutputError, ShapeError
from cnnfilt.files.animation import count_frames, encode_frames, read_frames
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.records import Timing
from tests.files.odd_files import random_levels


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


@pytest.mark.parametrize("channels", [1, 3, 6])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int32", "float32", "float64"])
def test_a_stack_comes_back(channels: int, dtype: str) -> None:
    stack = random_levels(4, 5, 6, channels).astype(dtype)
    assert count_frames(npy(stack)) == 4
    found = read_frames(npy(stack), "all", ReadOptions())
    assert found is not None
    for image, wanted in zip(found[0], stack, strict=True):
        np.testing.assert_array_equal(image.pixels, wanted if channels > 1 else wanted[..., 0])
    data = encode_frames(found[0], found[1], "npy", WriteOptions()).data
    back = np.load(io.BytesIO(data))
    assert back.dtype == dtype
    np.testing.assert_array_equal(back, stack)


def test_one_of_a_stack() -> None:
    stack = random_levels(4, 5, 6, 3)
    found = read_frames(npy(stack), 3, ReadOptions())
    assert found is not None
    (image,) = found[0]
    np.testing.assert_array_equal(image.pixels, stack[2])
    with pytest.raises(InputError, match="has 4 frames; frame 5 does not exist"):
        read_frames(npy(stack), 5, ReadOptions())


def test_a_stack_is_no_single_image() -> None:
    with pytest.raises(InputError, match=r"has 4 dimensions; give 2 to 3 .*; --frames takes the images of a stack"):
        read_bytes(npy(random_levels(4, 5, 6, 3)))


def test_a_stack_has_a_limit_as_a_whole() -> None:
    with pytest.raises(ShapeError, match="the limit is 100 "):
        read_frames(npy(random_levels(4, 5, 6, 3)), "all", ReadOptions(max_pixels=100))


def test_images_of_other_sizes_or_with_alpha_are_no_stack() -> None:
    with pytest.raises(OutputError, match="the images differ in size"):
        encode_frames([Image(random_levels(3, 4)), Image(random_levels(4, 4))], Timing((0, 0)), "npy", WriteOptions())
    clear = Image(random_levels(3, 4), np.zeros((3, 4), np.uint8))
    with pytest.raises(OutputError, match="NPY holds no transparency"):
        encode_frames([clear, clear], Timing((0, 0)), "npy", WriteOptions())
    with pytest.raises(OutputError, match="NPZ"):
        encode_frames([Image(random_levels(3, 4))] * 2, Timing((0, 0)), "npz", WriteOptions())


def test_the_matrices_of_an_npz() -> None:
    first, second = random_levels(3, 4), np.random.default_rng(0).normal(size=(5, 6, 2)).astype(np.float16)
    image = read_bytes(npz(a=first))
    np.testing.assert_array_equal(image.pixels, first)
    assert image.notes == ()
    data = npz(a=first, b=second, names=np.arange(3), c=first > 100)
    image = read_bytes(data)
    np.testing.assert_array_equal(image.pixels, first)
    assert image.notes == (
        "its arrays names are no matrices and are left out",
        "holds 3 matrices; only the first is used (--frames all takes all)",
    )
    found = read_frames(data, "all", ReadOptions())
    assert found is not None
    for one, wanted in zip(found[0], (first, second, first > 100), strict=True):
        np.testing.assert_array_equal(one.pixels, wanted)


@pytest.mark.parametrize(
    ("array", "what"),
    [
        (np.ones((2, 2), complex), "complex128 values"),
        (np.array([["a", "b"]]), "values"),
        (np.array([[1, None]], object), "Python objects, which could run anything"),
        (np.zeros((2, 2), [("a", "i4")]), "values"),
        (np.zeros((2, 2), "M8[s]"), "values"),
    ],
    ids=["complex", "text", "objects", "records", "dates"],
)
def test_what_is_no_real_number_is_refused_by_name(array: np.ndarray, what: str) -> None:
    with pytest.raises(InputError, match=f"the .npy holds .*{what}"):
        read_bytes(npy(array))
    with pytest.raises(InputError, match=r"array kept holds .*only arrays of numbers are read"):
        read_bytes(npz(kept=array))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (npz(a=np.arange(3)), "holds no array of 2 or 3 dimensions"),
        (b"PK\3\4" + bytes(40), "is damaged or incomplete"),
        (npz(a=random_levels(30, 40))[:-30], "is damaged or incomplete"),
    ],
)
def test_other_archives(data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_bytes(data)

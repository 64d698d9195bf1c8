"""PFM: floats in gray and in colour, in either order of bytes, the lowest row first."""

import numpy as np
import pytest

from cnnfilt.errors import InputError, OutputError, ShapeError
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.image import Image
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.writing import encode
from tests.files.odd_files import random_levels


def floats(*shape: int) -> np.ndarray:
    values = np.random.default_rng(0).normal(scale=1000, size=shape).astype(np.float32)
    values.flat[:3] = np.nan, np.inf, -0.0
    return values


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3)])
@pytest.mark.parametrize("order", ["<", ">"])
def test_floats_as_they_are(shape: tuple[int, ...], order: str) -> None:
    values = floats(*shape)
    magic = "Pf" if len(shape) == 2 else "PF"
    header = f"{magic}\n5 4\n{'-' if order == '<' else ''}1.0\n".encode()
    data = header + values[::-1].astype(f"{order}f4").tobytes()
    np.testing.assert_array_equal(read_bytes(data).pixels, values)
    assert image_size(data) == (4, 5, 1 if len(shape) == 2 else 3)


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3)])
def test_what_is_written_comes_back_and_opencv_reads_it(shape: tuple[int, ...]) -> None:
    values = floats(*shape)
    data = encode(Image(values), "pfm").data
    np.testing.assert_array_equal(read_bytes(data).pixels, values)
    cv2 = pytest.importorskip("cv2")
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(found if found.ndim == 2 else found[..., ::-1], values)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_levels_become_floats_of_the_same_value(dtype: str) -> None:
    pixels = random_levels(3, 4, 3, dtype=dtype)
    np.testing.assert_array_equal(read_bytes(encode(Image(pixels), "pfm").data).pixels, pixels)


def test_doubles_are_rounded_with_a_note() -> None:
    values = np.random.default_rng(0).normal(size=(3, 4))
    encoded = encode(Image(values), "pfm")
    assert encoded.notes == ("64-bit floats rounded to 32 bits, because PFM holds no more",)
    np.testing.assert_array_equal(read_bytes(encoded.data).pixels, values.astype(np.float32))
    assert encode(Image(np.eye(3)), "pfm").notes == ()


def test_a_scale_is_not_applied_and_said() -> None:
    image = read_bytes(b"Pf\n1 1\n2.5\n" + np.array([3], ">f4").tobytes())
    assert image.pixels.tolist() == [[3]]
    assert image.notes == ("its scale of 2.5 is not applied to its values",)


def test_bands_and_alpha_are_refused() -> None:
    with pytest.raises(OutputError, match="PFM holds 1 or 3 channels and the result has 2"):
        encode(Image(floats(3, 4, 2)), "pfm")
    with pytest.raises(OutputError, match="PFM holds no transparency"):
        encode(Image(random_levels(3, 4), random_levels(3, 4, seed=1)), "pfm")


@pytest.mark.parametrize(
    "data",
    [
        b"Pf\n",
        b"Pf\n2 0\n-1\n" + bytes(8),
        b"Pf\n2 1\n0\n" + bytes(8),
        b"Pf\n2 1\nnan\n" + bytes(8),
        b"Pf\n2 1\n1e999\n" + bytes(8),
        b"Pf\n2 1\n--1\n" + bytes(8),
        b"Pf\n2 1\n-1\n" + bytes(7),
    ],
)
def test_damaged_ones(data: bytes) -> None:
    with pytest.raises(InputError, match="the PFM is truncated or damaged"):
        read_bytes(data)


def test_bombs_are_refused_from_the_header() -> None:
    for ask in (read_bytes, image_size):
        with pytest.raises(ShapeError, match="50000x50000"):
            ask(b"PF\n50000 50000\n-1\n")

"""Every format is written in the way that keeps all it can hold, and says what it could not."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from cnnfilt.errors import OutputError, ParameterError
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import WriteOptions
from cnnfilt.files.reading import read, read_bytes
from cnnfilt.files.writing import encode, to_eight_bits, write
from tests.files.odd_files import random_levels

GRAY, COLOUR = random_levels(9, 11), random_levels(9, 11, 3)
ALPHA = random_levels(9, 11, seed=1)
DEEP = random_levels(9, 11, dtype="uint16")


@pytest.mark.parametrize("format", ["png", "tiff", "webp", "bmp", "ppm", "pnm"])
def test_colour_comes_back_the_same(format: str) -> None:
    encoded = encode(Image(COLOUR), format)
    assert encoded.notes == ()
    np.testing.assert_array_equal(read_bytes(encoded.data).pixels, COLOUR)


@pytest.mark.parametrize("format", ["png", "tiff", "bmp", "pgm", "pnm"])
@pytest.mark.parametrize("pixels", [GRAY, GRAY[..., np.newaxis]], ids=["plain", "one channel"])
def test_gray_comes_back_gray(format: str, pixels: np.ndarray) -> None:
    np.testing.assert_array_equal(read_bytes(encode(Image(pixels), format).data).pixels, GRAY)


@pytest.mark.parametrize("format", ["webp", "ppm"])
def test_gray_becomes_colour_where_there_is_only_colour(format: str) -> None:
    pixels = read_bytes(encode(Image(GRAY), format).data).pixels
    np.testing.assert_array_equal(pixels, np.repeat(GRAY[..., np.newaxis], 3, axis=2))


@pytest.mark.parametrize("format", ["png", "tiff", "webp"])
@pytest.mark.parametrize("pixels", [GRAY, COLOUR], ids=["gray", "colour"])
def test_alpha_comes_back_and_the_colours_no_one_sees(format: str, pixels: np.ndarray) -> None:
    alpha = np.where(ALPHA < 128, 0, ALPHA).astype(np.uint8)
    back = read_bytes(encode(Image(pixels, alpha), format).data)
    np.testing.assert_array_equal(back.alpha, alpha)
    if format != "webp":
        np.testing.assert_array_equal(back.pixels, pixels)


@pytest.mark.parametrize("format", ["png", "tiff", "pgm", "pnm"])
def test_sixteen_bit_gray_comes_back(format: str) -> None:
    back = read_bytes(encode(Image(DEEP), format).data).pixels
    assert back.dtype == np.uint16
    np.testing.assert_array_equal(back, DEEP)


@pytest.mark.parametrize("format", ["webp", "bmp", "jpeg"])
def test_sixteen_bits_become_eight_with_a_note(format: str) -> None:
    encoded = encode(Image(DEEP), format)
    assert any("v / 257" in note for note in encoded.notes)
    assert read_bytes(encoded.data).pixels.dtype == np.uint8


def test_sixteen_bit_colour_and_alpha_stay_in_png_and_become_eight_in_webp_with_a_note() -> None:
    deep = random_levels(9, 11, 3, dtype="uint16")
    for image in (Image(deep, kind="matrix"), Image(DEEP, DEEP)):
        assert encode(image, "png").notes == ()
        assert encode(image, "png").data[24] == 16  # The bit depth in the header.
        encoded = encode(image, "webp")
        assert any("v / 257" in note for note in encoded.notes)
        assert read_bytes(encoded.data).pixels.dtype == np.uint8


def test_eight_bits_are_the_nearest_to_sixteen() -> None:
    levels = np.arange(65536, dtype=np.uint16)
    np.testing.assert_array_equal(to_eight_bits(levels), np.rint(levels / 257))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_a_tiff_holds_floats_and_integers_in_gray(dtype: str) -> None:
    values = np.random.default_rng(0).normal(scale=1000, size=(9, 11)).astype(dtype)
    back = read_bytes(encode(Image(values), "tiff").data).pixels
    np.testing.assert_array_equal(back, values.astype(np.float32 if dtype == "float64" else dtype))


@pytest.mark.parametrize("format", ["png", "jpeg", "webp", "bmp", "ppm", "pgm"])
def test_what_cannot_be_held_is_refused(format: str) -> None:
    for pixels in (random_levels(4, 5, 2), np.ones((4, 5, 3), np.float32), np.ones((4, 5), np.int64)):
        with pytest.raises(OutputError):
            encode(Image(pixels), format)


@pytest.mark.parametrize("format", ["jpeg", "bmp", "ppm", "csv", "npy"])
def test_alpha_is_dropped_only_on_request_or_where_it_says_nothing(format: str) -> None:
    pixels = GRAY
    with pytest.raises(OutputError, match="--alpha drop"):
        encode(Image(pixels, ALPHA), format)
    assert encode(Image(pixels, np.full_like(ALPHA, 255)), format).data


def test_a_matrix_file_gets_the_levels() -> None:
    assert encode(Image(np.array([[1, 2], [3, 4]], np.uint8)), "csv").data == b"1,2\n3,4\n"


def test_nothing_is_printed_or_warned(capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for format in ("png", "jpeg", "tiff", "webp", "bmp", "ppm"):
            encode(Image(COLOUR), format)
    assert capfd.readouterr() == ("", "")


def test_a_file_is_written_by_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    assert write(Image(COLOUR), path) == ()
    np.testing.assert_array_equal(read(path).pixels, COLOUR)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.png"]


def test_a_suffix_that_says_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="--format"):
        write(Image(COLOUR), tmp_path / "a")
    write(Image(COLOUR), tmp_path / "a", format="png")


def test_what_cannot_be_encoded_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"old")
    with pytest.raises(OutputError):
        write(Image(COLOUR, ALPHA), path, WriteOptions(overwrite=True))
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1

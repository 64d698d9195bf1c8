"""EXIF orientation is applied to pixels and alpha alike, or kept; the header agrees with the pixels."""

import numpy as np
import PIL.Image
import pytest
from PIL import ImageOps

from cnnfilt.files.decode.header import image_size
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.writing import encode
from tests.files.odd_files import exif, png, random_levels, saved

LEVELS = random_levels(5, 7, 4)
FORMATS = ["PNG", "TIFF", "WEBP", "JPEG"]


def stored(format: str, orientation: int) -> bytes:
    image = PIL.Image.fromarray(LEVELS if format != "JPEG" else LEVELS[..., :3])
    lossless = {"lossless": True, "exact": True} if format == "WEBP" else {}
    return saved(image, format, exif=exif(orientation), **lossless)


def upright(orientation: int) -> np.ndarray:
    image = PIL.Image.fromarray(LEVELS)
    image.getexif()[274] = orientation
    return np.asarray(ImageOps.exif_transpose(image))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
def test_pixels_and_alpha_are_turned(format: str, orientation: int) -> None:
    image = read_bytes(stored(format, orientation))
    np.testing.assert_array_equal(image.pixels, upright(orientation)[..., :3])
    np.testing.assert_array_equal(image.alpha, upright(orientation)[..., 3])
    assert image.metadata.orientation == 1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
def test_without_auto_orient_the_pixels_stay_and_the_tag_goes_out_again(format: str, orientation: int) -> None:
    image = read_bytes(stored(format, orientation), ReadOptions(auto_orient=False))
    np.testing.assert_array_equal(image.pixels, LEVELS[..., :3])
    assert image.metadata.orientation == orientation
    for target in ("png", "tiff", "webp"):
        np.testing.assert_array_equal(read_bytes(encode(image, target).data).alpha, upright(orientation)[..., 3])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("auto_orient", [True, False])
def test_the_header_says_the_size_that_is_read(format: str, orientation: int, auto_orient: bool) -> None:
    data = stored(format, orientation)
    image = read_bytes(data, ReadOptions(auto_orient=auto_orient))
    assert image_size(data, ReadOptions(auto_orient=auto_orient)) == image.pixels.shape


def test_a_jpeg_keeps_its_tag_without_auto_orient() -> None:
    image = read_bytes(stored("JPEG", 6), ReadOptions(auto_orient=False))
    assert read_bytes(encode(image, "jpeg").data).pixels.shape == (7, 5, 3)


def test_sixteen_bits_are_turned_too() -> None:
    levels = random_levels(5, 7, dtype="uint16")
    data = saved(PIL.Image.fromarray(levels), "PNG", exif=exif(6))
    np.testing.assert_array_equal(read_bytes(data).pixels, np.rot90(levels, -1))


def test_a_quarter_turn_swaps_the_resolutions() -> None:
    data = saved(PIL.Image.fromarray(LEVELS), "TIFF", exif=exif(6), dpi=(300, 150))
    assert read_bytes(data).metadata.resolution == (150, 300)
    assert read_bytes(data, ReadOptions(auto_orient=False)).metadata.resolution == (300, 150)


@pytest.mark.parametrize("orientation", [0, 9, 1000])
@pytest.mark.parametrize("format", FORMATS)
def test_an_orientation_that_there_is_not_means_upright(format: str, orientation: int) -> None:
    assert read_bytes(stored(format, orientation)).pixels.shape[:2] == (5, 7)


@pytest.mark.parametrize("where", ["before", "after"])
def test_only_exif_in_front_of_a_png_s_pixels_counts(where: str) -> None:
    chunk = [(b"eXIf", exif(6).tobytes()[6:])]
    data = png([bytes(3)] * 2, width=3, bits=8, colour_type=0, **{where: chunk})
    expected = (3, 2) if where == "before" else (2, 3)
    assert read_bytes(data).pixels.shape == expected
    assert image_size(data) == (*expected, 1)


def test_an_orientation_in_xmp_alone_is_not_applied() -> None:
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    for format in ("TIFF", "WEBP"):
        block = PIL.Image.Exif()
        if format == "TIFF":
            block[700] = xmp
            data = saved(PIL.Image.fromarray(LEVELS), format, exif=block)
        else:
            data = saved(PIL.Image.fromarray(LEVELS), format, xmp=xmp)
        assert read_bytes(data).pixels.shape == (5, 7, 3)
        assert image_size(data) == (5, 7, 3)


def test_exif_that_is_none_at_all_is_a_note_not_a_failure() -> None:
    for format in ("JPEG", "WEBP"):
        picture = PIL.Image.fromarray(LEVELS[..., :3])
        image = read_bytes(saved(picture, format, exif=b"Exif\0\0no TIFF at all"))
        assert image.pixels.shape == (5, 7, 3)
        assert image.notes == ("its EXIF data is damaged, so it is taken as upright",)


def test_damaged_exif_is_a_note_not_a_failure() -> None:
    whole = exif(6).tobytes()[6:]
    damaged = whole.replace(b"MM\0\x2a\0\0\0\x08", b"MM\0\x2a\xff\xff\xff\xff")
    chunk = [(b"eXIf", damaged)]
    files = [stored(format, 6).replace(whole, damaged) for format in ("JPEG", "WEBP")]
    for data in (*files, png([bytes(3)] * 2, width=3, bits=8, colour_type=0, before=chunk)):
        image = read_bytes(data)
        assert any("EXIF" in note for note in image.notes)
        assert image_size(data) == (*image.pixels.shape[:2], image.channels)

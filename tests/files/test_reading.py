"""Every kind of image file comes out as plain levels, with its alpha apart."""

import io
import os
import threading
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from cnnfilt.errors import ParameterError
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read, read_bytes
from tests.files.odd_files import cmyk_profile, icc_profile, png, random_levels, saved, tiff

Modes = dict[str, object]

COLOUR = random_levels(9, 11, 3)
GRAY = random_levels(9, 11)


def luma(colour: np.ndarray) -> np.ndarray:
    red, green, blue = (colour[..., channel].astype(int) for channel in range(3))
    return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "PPM", "WEBP"])
def test_colour_comes_back_as_it_went_in(format: str) -> None:
    arguments: Modes = {"lossless": True} if format == "WEBP" else {}
    image = read_bytes(saved(PIL.Image.fromarray(COLOUR), format, **arguments))
    np.testing.assert_array_equal(image.pixels, COLOUR)
    assert (image.kind, image.format, image.alpha, image.notes) == ("image", format.lower(), None, ())
    assert image.pixels[0].flags.c_contiguous
    assert image.pixels.flags.writeable


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "PPM"])
def test_gray_stays_gray(format: str) -> None:
    image = read_bytes(saved(PIL.Image.fromarray(GRAY), format))
    np.testing.assert_array_equal(image.pixels, GRAY)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_stay_sixteen(format: str) -> None:
    levels = random_levels(9, 11, dtype="uint16")
    image = read_bytes(saved(PIL.Image.fromarray(levels), format))
    assert image.pixels.dtype == np.uint16
    np.testing.assert_array_equal(image.pixels, levels)
    assert image.notes == ()


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "PPM", "GIF"])
def test_one_bit_becomes_black_and_white(format: str) -> None:
    bits = GRAY > 128
    image = read_bytes(saved(PIL.Image.fromarray(bits), format))
    pixels = image.pixels if image.pixels.ndim == 2 else image.pixels[..., 0]
    np.testing.assert_array_equal(pixels, np.where(bits, 255, 0))


@pytest.mark.parametrize("name", ["photo.gif", "photo.png"])
def test_a_palette_becomes_colour(name: str) -> None:
    image = PIL.Image.fromarray(COLOUR).quantize(7)
    read_back = read_bytes(saved(image, name[-3:].upper()))
    np.testing.assert_array_equal(read_back.pixels, np.asarray(image.convert("RGB")))
    assert read_back.alpha is None


def test_a_palette_with_transparency_has_alpha() -> None:
    image = PIL.Image.fromarray(COLOUR).quantize(4)
    levels = bytes([0, 90, 255, 17])
    read_back = read_bytes(saved(image, "PNG", transparency=levels))
    np.testing.assert_array_equal(read_back.alpha, np.frombuffer(levels, np.uint8)[np.asarray(image)])


def test_a_gif_with_a_transparent_entry_has_alpha() -> None:
    image = PIL.Image.fromarray(COLOUR).quantize(4)
    alpha = read_bytes(saved(image, "GIF", transparency=2)).alpha
    np.testing.assert_array_equal(alpha, np.where(np.asarray(image) == 2, 0, 255))


@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("channels", [2, 4])
def test_alpha_comes_apart(format: str, channels: int) -> None:
    levels = random_levels(9, 11, channels)
    arguments: Modes = {"lossless": True, "exact": True} if format == "WEBP" else {}
    image = read_bytes(saved(PIL.Image.fromarray(levels), format, **arguments))
    expected = levels[..., :-1] if channels == 4 else levels[..., 0]
    if format == "WEBP" and channels == 2:
        expected = np.repeat(expected[..., np.newaxis], 3, axis=2)
    np.testing.assert_array_equal(image.pixels, expected)
    np.testing.assert_array_equal(image.alpha, levels[..., -1])


@pytest.mark.parametrize(("bits", "stretch"), [(1, 255), (2, 85), (4, 17), (8, 1)])
def test_the_transparent_level_of_a_gray_png_is_in_the_file_s_own_levels(bits: int, stretch: int) -> None:
    row = bytes([0b00011011]) if bits < 4 else bytes([0x01, 0x23])
    data = png([row], width=4 if bits < 8 else 2, bits=bits, colour_type=0, before=[(b"tRNS", b"\0\1")])
    image = read_bytes(data)
    assert (image.pixels == stretch).any()
    np.testing.assert_array_equal(image.alpha, np.where(image.pixels == stretch, 0, 255))


def test_the_transparent_level_may_have_sixteen_bits() -> None:
    data = png([bytes([1, 2, 1, 3])], width=2, bits=16, colour_type=0, before=[(b"tRNS", b"\1\2")])
    image = read_bytes(data)
    np.testing.assert_array_equal(image.pixels, [[0x0102, 0x0103]])
    np.testing.assert_array_equal(image.alpha, np.array([[0, 65535]], np.uint16))
    assert image.alpha is not None
    assert image.alpha.dtype == np.uint16


def test_the_transparent_colour_of_a_png() -> None:
    data = saved(PIL.Image.fromarray(COLOUR), "PNG", transparency=tuple(int(level) for level in COLOUR[3, 4]))
    alpha = read_bytes(data).alpha
    np.testing.assert_array_equal(alpha, np.where((COLOUR[3, 4] == COLOUR).all(axis=2), 0, 255))


@pytest.mark.parametrize("colour_type", [2, 4, 6])
def test_sixteen_bit_colour_of_a_png_stays_as_it_is(colour_type: int) -> None:
    channels = {2: 3, 4: 2, 6: 4}[colour_type]
    data = bytes(range(100, 100 + 2 * channels))
    image = read_bytes(png([data], width=1, bits=16, colour_type=colour_type))
    layers = [image.pixels.reshape(-1)] if image.alpha is None else [image.pixels.reshape(-1), image.alpha[0]]
    np.testing.assert_array_equal(np.concatenate(layers), np.frombuffer(data, ">u2"))
    assert image.notes == ()


def test_sixteen_bit_colour_of_a_ppm_stays_as_it_is() -> None:
    np.testing.assert_array_equal(read_bytes(b"P6 1 1 65535\n123456").pixels, [[[0x3132, 0x3334, 0x3536]]])


@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize(
    ("dtype", "sample_format", "read_as"),
    [
        ("uint16", 1, "uint16"),
        ("float32", 3, "float32"),
        ("int16", 2, "int32"),
        ("int32", 2, "int32"),
        ("int8", 2, "int32"),
    ],
)
def test_tiffs_of_all_kinds_keep_their_values(dtype: str, sample_format: int, read_as: str, big_endian: bool) -> None:
    levels = random_levels(4, 5, dtype="uint32").view(np.int32)
    values = levels.astype(dtype) if np.dtype(dtype).kind == "f" else (levels >> 7).astype(dtype)
    pixels = read_bytes(tiff(values, sample_format=sample_format, big_endian=big_endian)).pixels
    assert pixels.dtype == read_as
    np.testing.assert_array_equal(pixels, values)


def test_large_unsigned_tiff_values_do_not_wrap() -> None:
    values = random_levels(4, 5, dtype="uint32")
    np.testing.assert_array_equal(read_bytes(tiff(values)).pixels, values)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_tiff_whose_white_is_zero_is_turned_round(dtype: str) -> None:
    levels = random_levels(4, 5, dtype=dtype)
    np.testing.assert_array_equal(read_bytes(tiff(levels, photometric=0)).pixels, np.iinfo(dtype).max - levels)


@pytest.mark.parametrize("mode", ["LAB", "YCbCr"])
def test_other_colour_models_become_rgb(mode: str) -> None:
    flat = PIL.Image.new("RGB", (6, 5), (200, 90, 40))
    if mode == "LAB":
        from PIL import ImageCms

        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        image = ImageCms.profileToProfile(flat, srgb, lab, outputMode="LAB")
        assert image is not None
    else:
        image = flat.convert(mode)
    pixels = read_bytes(saved(image, "TIFF")).pixels
    assert pixels.shape == (5, 6, 3)
    assert np.abs(pixels.astype(int) - (200, 90, 40)).max() <= 2


def test_cmyk_without_a_profile_goes_pillow_s_way_and_says_so() -> None:
    image = PIL.Image.fromarray(COLOUR).convert("CMYK")
    read_back = read_bytes(saved(image, "TIFF"))
    np.testing.assert_array_equal(read_back.pixels, np.asarray(image.convert("RGB")))
    assert any("CMYK without a profile" in note for note in read_back.notes)


def test_cmyk_with_a_profile_that_is_none_says_so() -> None:
    image = PIL.Image.fromarray(COLOUR).convert("CMYK")
    read_back = read_bytes(saved(image, "TIFF", icc_profile=icc_profile(b"CMYK")))
    assert any("damaged profile" in note for note in read_back.notes)
    assert read_back.pixels.shape == (9, 11, 3)


@pytest.mark.parametrize("format", ["TIFF", "JPEG"])
def test_cmyk_goes_through_its_own_profile(format: str) -> None:
    image = PIL.Image.fromarray(COLOUR).convert("CMYK")
    read_back = read_bytes(saved(image, format, icc_profile=cmyk_profile()))
    assert any("through its own profile" in note for note in read_back.notes)
    # These inks are all gray, which only the profile knows.
    assert np.ptp(read_back.pixels.astype(int), axis=2).max() <= 2
    assert np.ptp(read_back.pixels) > 50


def test_only_the_first_frame_counts_and_that_is_said() -> None:
    first, second = PIL.Image.fromarray(GRAY), PIL.Image.fromarray(255 - GRAY)
    for format in ("GIF", "TIFF", "PNG", "WEBP"):
        data = saved(first, format, save_all=True, append_images=[second])
        image = read_bytes(data)
        assert any("only the first" in note for note in image.notes), format
        if format != "WEBP":
            np.testing.assert_array_equal(image.pixels.reshape(9, 11, -1)[..., 0], GRAY)


def test_the_further_images_of_an_mpo_are_no_frames() -> None:
    data = saved(PIL.Image.fromarray(COLOUR), "MPO", save_all=True, append_images=[PIL.Image.fromarray(COLOUR)])
    image = read_bytes(data)
    assert (image.format, image.notes, image.pixels.shape) == ("jpeg", (), (9, 11, 3))
    assert image.metadata.jpeg is not None


def test_gray_is_the_exact_formula() -> None:
    image = read_bytes(saved(PIL.Image.fromarray(COLOUR), "PNG"), ReadOptions(gray=True))
    np.testing.assert_array_equal(image.pixels, luma(COLOUR))


def test_gray_of_a_jpeg_is_its_own_luma() -> None:
    smooth = np.linspace(0, 255, 64 * 48 * 3).reshape(48, 64, 3).astype(np.uint8)
    data = saved(PIL.Image.fromarray(smooth), "JPEG")
    plane = PIL.Image.open(io.BytesIO(data))
    plane.draft("YCbCr", plane.size)
    np.testing.assert_array_equal(read_bytes(data, ReadOptions(gray=True)).pixels, np.asarray(plane)[..., 0])


def test_gray_of_an_rgb_coded_jpeg_is_the_formula() -> None:
    data = saved(PIL.Image.fromarray(COLOUR), "JPEG", keep_rgb=True, quality=95)
    np.testing.assert_array_equal(read_bytes(data, ReadOptions(gray=True)).pixels, luma(read_bytes(data).pixels))


def test_gray_of_a_cmyk_jpeg() -> None:
    data = saved(PIL.Image.fromarray(COLOUR).convert("CMYK"), "JPEG")
    np.testing.assert_array_equal(read_bytes(data, ReadOptions(gray=True)).pixels, luma(read_bytes(data).pixels))


def test_gray_keeps_alpha() -> None:
    levels = random_levels(9, 11, 4)
    image = read_bytes(saved(PIL.Image.fromarray(levels), "PNG"), ReadOptions(gray=True))
    np.testing.assert_array_equal(image.pixels, luma(levels))
    np.testing.assert_array_equal(image.alpha, levels[..., 3])


def test_dropped_alpha_leaves_the_pixels_as_they_are() -> None:
    levels = random_levels(9, 11, 4)
    image = read_bytes(saved(PIL.Image.fromarray(levels), "PNG"), ReadOptions(alpha="drop"))
    np.testing.assert_array_equal(image.pixels, levels[..., :3])
    assert image.alpha is None


@pytest.mark.parametrize(("background", "colour"), [("white", (255, 255, 255)), ("10,200,30", (10, 200, 30))])
@pytest.mark.parametrize("channels", [2, 4])
def test_a_background_lies_behind_what_is_transparent(
    background: str, colour: tuple[int, int, int], channels: int
) -> None:
    levels = random_levels(9, 11, channels)
    image = read_bytes(saved(PIL.Image.fromarray(levels), "PNG"), ReadOptions(background=background))
    opacity = levels[..., -1:] / 255
    expected = levels[..., :-1] * opacity + np.array(colour) * (1 - opacity)
    if channels == 2 and background == "white":
        expected = expected[..., 0]
    assert image.alpha is None
    assert image.pixels.shape == expected.shape
    assert np.abs(image.pixels - expected).max() <= 0.5 + 1e-9


def test_a_background_behind_sixteen_bits() -> None:
    data = png([bytes([1, 2, 1, 3])], width=2, bits=16, colour_type=0, before=[(b"tRNS", b"\1\2")])
    np.testing.assert_array_equal(read_bytes(data, ReadOptions(background="white")).pixels, [[65535, 0x0103]])


def test_a_background_that_is_no_colour_is_refused() -> None:
    with pytest.raises(ParameterError, match="'whit' is not a colour"):
        read_bytes(saved(PIL.Image.fromarray(COLOUR), "PNG"), ReadOptions(background="whit"))


def test_a_shape_all_in_its_alpha_gets_a_hint() -> None:
    levels = random_levels(9, 11, 4)
    levels[..., :3] = 7
    data = saved(PIL.Image.fromarray(levels), "PNG")
    assert any("--background white" in note for note in read_bytes(data).notes)
    assert read_bytes(data, ReadOptions(background="white")).notes == ()
    assert read_bytes(saved(PIL.Image.fromarray(random_levels(9, 11, 4)), "PNG")).notes == ()


def test_twelve_bit_values_get_a_hint() -> None:
    levels = random_levels(9, 11, dtype="uint16") >> 4
    assert any("0,4095" in note for note in read_bytes(saved(PIL.Image.fromarray(levels), "PNG")).notes)


def test_content_counts_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "photo.csv"
    path.write_bytes(saved(PIL.Image.fromarray(COLOUR), "PNG"))
    assert read(path).format == "png"


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    data = saved(PIL.Image.fromarray(COLOUR), "PNG")
    writer = threading.Thread(target=path.write_bytes, args=(data,))
    writer.start()
    np.testing.assert_array_equal(read(path).pixels, COLOUR)
    writer.join()


def test_a_matrix_is_read_as_one() -> None:
    image = read_bytes(b"1,2\n3,4\n")
    np.testing.assert_array_equal(image.pixels, [[1, 2], [3, 4]])
    assert (image.kind, image.format) == ("matrix", "csv")


def test_an_array_with_channels_first_gets_a_note(tmp_path: Path) -> None:
    for shape, noted in (((3, 16, 20), True), ((16, 20, 3), False)):
        np.save(tmp_path / "x.npy", np.zeros(shape, np.float32))
        notes = read(tmp_path / "x.npy").notes
        assert [note.endswith("16x20x3 may be meant (np.moveaxis(x, 0, -1) makes it so)") for note in notes] == [
            True
        ] * noted

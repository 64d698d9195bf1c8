"""What the samples of a TIFF mean: levels by their depth, white at zero, palettes, alpha, inks."""

import numpy as np
import PIL.Image
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import DARK, read_bytes
from tests.files.decode.tiff_files import Samples, tiff_file
from tests.files.odd_files import cmyk_profile, random_levels


def ramp(top: int, kind: str) -> Samples:
    return np.arange(top + 1).astype(kind).reshape(1, -1, 1)


@pytest.mark.parametrize("bits", range(1, 17))
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_levels_of_every_depth_run_from_black_to_white(bits: int, white_is_zero: bool) -> None:
    top = 2**bits - 1
    data = tiff_file(ramp(top, "u1" if bits <= 8 else "u2"), bits=bits, photometric=0 if white_is_zero else 1)
    pixels = read_bytes(data).pixels[0]
    full = 255 if bits <= 8 else 65535
    assert pixels.dtype == ("uint8" if bits <= 8 else "uint16")
    # Of two levels equally near the upper one, as of none there are for depths of 8 and 16.
    expected = np.array([(2 * level * full + top) // (2 * top) for level in range(top + 1)])
    np.testing.assert_array_equal(pixels, full - expected if white_is_zero else expected)


def test_white_at_zero_in_32_bits() -> None:
    values = np.array([[[0], [2**32 - 1], [5]]], "u4")
    assert read_bytes(tiff_file(values, photometric=0)).pixels.tolist() == [[2**32 - 1, 0, 2**32 - 6]]


def test_white_at_zero_of_floats_is_left_and_said() -> None:
    image = read_bytes(tiff_file(np.float32([[[0], [1.5]]]), photometric=0))
    assert image.pixels.tolist() == [[0, 1.5]]
    assert image.notes == (
        "its zero is white, but its numbers have no end that would be black, so they are left as they are",
    )


def test_twelve_bits_are_not_called_dark() -> None:
    dark = np.full((2, 2, 1), 40, "u2")
    assert DARK not in read_bytes(tiff_file(dark, bits=12)).notes
    assert DARK in read_bytes(tiff_file(dark)).notes


def test_half_floats_and_doubles_keep_their_values() -> None:
    for kind, found in (("f2", "float32"), ("f8", "float64")):
        values = np.linspace(-3, 5, 12).astype(kind).reshape(3, 4, 1)
        pixels = read_bytes(tiff_file(values)).pixels
        assert pixels.dtype == found
        np.testing.assert_array_equal(pixels, values[..., 0])


def test_numbers_past_63_bits_are_refused() -> None:
    values = np.array([[[2**63], [1]]], "u8")
    with pytest.raises(InputError, match="holds 9,223,372,036,854,775,808; whole numbers are read up to"):
        read_bytes(tiff_file(values))
    assert read_bytes(tiff_file(values - np.uint64(1))).pixels[0, 0] == 2**63 - 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_alpha_is_apart_wherever_it_stands(place: int) -> None:
    samples = random_levels(5, 6, 6, dtype="uint16")
    extras = [0, 0, 0]
    extras[place] = 2
    image = read_bytes(tiff_file(samples, photometric=2, extras=tuple(extras)))
    np.testing.assert_array_equal(image.alpha, samples[..., 3 + place])
    np.testing.assert_array_equal(image.pixels, np.delete(samples, 3 + place, axis=2))


def test_colours_that_were_multiplied_by_their_alpha_are_divided() -> None:
    samples = np.array([[[30000, 10, 0, 60000], [7, 7, 7, 0], [40000, 65535, 1, 40000]]], "u2")
    image = read_bytes(tiff_file(samples, photometric=2, extras=(1,)))
    assert image.pixels[0].tolist() == [[32768, 11, 0], [0, 0, 0], [65535, 65535, 2]]
    assert image.alpha is not None
    assert image.alpha[0].tolist() == [60000, 0, 40000]


def test_alpha_of_floats_is_a_channel_and_said() -> None:
    samples = np.random.default_rng(0).random((3, 4, 4), np.float32)
    image = read_bytes(tiff_file(samples, photometric=2, extras=(2,)))
    np.testing.assert_array_equal(image.pixels, samples)
    assert image.alpha is None
    assert image.notes == ("its alpha is not of 8 or 16 bits and is read as channel 4 (--bands leaves channels out)",)


@pytest.mark.parametrize("dtype", ["f4", "u4"])
@pytest.mark.parametrize(("bands", "notes"), [((3, 2, 1), 0), ((1,), 0), ((2, 4), 1), ((4,), 1)])
def test_an_alpha_that_bands_leave_out_is_no_channel(dtype: str, bands: tuple[int, ...], notes: int) -> None:
    samples = (np.random.default_rng(1).random((3, 4, 4)) * 99).astype(dtype)
    data = tiff_file(samples, photometric=2, extras=(2,))
    image = read_bytes(data, ReadOptions(bands=bands))
    np.testing.assert_array_equal(image.pixels.reshape(3, 4, -1), samples[..., [band - 1 for band in bands]])
    assert len(image.notes) == notes


def palette(colours: Samples) -> dict[int, tuple[int, ...]]:
    return {320: tuple(colours.T.ravel().tolist())}


@pytest.mark.parametrize("bits", [1, 4, 8])
def test_palettes_of_sixteen_bits_are_not_cut(bits: int) -> None:
    colours = random_levels(2**bits, 3, dtype="uint16")
    levels = random_levels(4, 5, 1) >> (8 - bits)
    image = read_bytes(tiff_file(levels, bits=bits, photometric=3, more=palette(colours)))
    assert image.pixels.dtype == np.uint16
    np.testing.assert_array_equal(image.pixels, colours[levels[..., 0]])


@pytest.mark.parametrize("times", [1, 256, 257])
def test_palettes_of_eight_bits_however_they_are_written(times: int) -> None:
    colours = random_levels(256, 3)
    levels = random_levels(4, 5, 1)
    image = read_bytes(tiff_file(levels, photometric=3, more=palette(colours * np.uint16(times))))
    assert image.pixels.dtype == np.uint8
    np.testing.assert_array_equal(image.pixels, colours[levels[..., 0]])


def test_a_palette_with_alpha() -> None:
    colours = random_levels(256, 3, dtype="uint16")
    samples = random_levels(4, 5, 2)
    image = read_bytes(tiff_file(samples, photometric=3, extras=(2,), more=palette(colours)))
    np.testing.assert_array_equal(image.pixels, colours[samples[..., 0]])
    np.testing.assert_array_equal(image.alpha, samples[..., 1] * np.uint16(257))


def test_a_palette_that_is_too_short() -> None:
    with pytest.raises(InputError, match="its palette has 6 levels, not 768"):
        read_bytes(tiff_file(random_levels(4, 5, 1), photometric=3, more={320: (1, 2, 3, 4, 5, 6)}))


@pytest.mark.parametrize("planar", [False, True])
def test_inks_of_sixteen_bits(planar: bool) -> None:
    inks = random_levels(4, 5, 4)
    deep = tiff_file(inks * np.uint16(257), photometric=5, planar=planar)
    image = read_bytes(deep)
    np.testing.assert_array_equal(image.pixels, np.asarray(PIL.Image.fromarray(inks, "CMYK").convert("RGB")))
    assert image.notes == ("16-bit CMYK without a profile, converted to RGB: colours are approximate, in 8 bits",)


def test_inks_go_through_their_profile() -> None:
    inks = random_levels(4, 5, 4)
    profile = {34675: cmyk_profile()}
    plain, planar = (read_bytes(tiff_file(inks, photometric=5, planar=p, more=profile)) for p in (False, True))
    np.testing.assert_array_equal(plain.pixels, planar.pixels)
    assert planar.notes == ("CMYK, converted to sRGB through its own profile",)

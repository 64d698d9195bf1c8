"""Pixels come out of Pillow's memory, and go into it, as they are; whether or not the memory is ours."""

import io
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.PngImagePlugin
import pytest

from cnnfilt.files.decode.memory import lend
from cnnfilt.files.pixels import for_jpeg, from_array, to_array
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read_bytes
from tests.files.odd_files import random_levels, saved

SIZES = [(1, 1), (1, 7), (16, 5), (17, 33), (50, 3)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16", "I", "F"])
def test_an_image_of_pillows_is_copied(size: tuple[int, int], mode: str) -> None:
    image = PIL.Image.fromarray(random_levels(*size)).convert("I" if mode == "I;16" else mode).convert(mode)
    np.testing.assert_array_equal(to_array(image), np.asarray(image))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("format", ["png", "jpeg", "ppm"])
@pytest.mark.parametrize("channels", [(), (3,)], ids=["gray", "colour"])
def test_lent_memory_holds_what_pillow_decodes(size: tuple[int, int], format: str, channels: tuple[int, ...]) -> None:
    data = saved(PIL.Image.fromarray(random_levels(*size, *channels)), format)
    expected = np.asarray(PIL.Image.open(io.BytesIO(data)))
    image = PIL.Image.open(io.BytesIO(data))
    assert hasattr(image, "tile")
    lent = lend(image)
    image.load()
    assert lent is not None
    assert lent.holds(image)
    pixels = to_array(image, lent.memory)
    np.testing.assert_array_equal(pixels, expected)
    assert pixels.flags.writeable
    np.testing.assert_array_equal(read_bytes(data).pixels, expected)


def test_pixels_outlive_the_image() -> None:
    image = PIL.Image.open(io.BytesIO(saved(PIL.Image.fromarray(random_levels(40, 50, 3)), "png")))
    lent = lend(image)
    image.load()
    assert lent is not None
    pixels = to_array(image, lent.memory)
    del image, lent
    np.testing.assert_array_equal(pixels, random_levels(40, 50, 3))


def test_no_memory_is_lent_for_other_modes() -> None:
    image = PIL.Image.open(io.BytesIO(saved(PIL.Image.fromarray(random_levels(4, 5, 4)), "png")))
    assert lend(image) is None


def test_memory_that_a_plugin_did_not_use_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(PIL.Image.fromarray(random_levels(40, 50, 3)), "png")
    prepare = PIL.PngImagePlugin.PngImageFile.load_prepare

    def with_memory_of_its_own(image: PIL.PngImagePlugin.PngImageFile) -> None:
        image.im = PIL.Image.new("RGB", image.size).im
        prepare(image)

    monkeypatch.setattr(PIL.PngImagePlugin.PngImageFile, "load_prepare", with_memory_of_its_own)
    np.testing.assert_array_equal(read_bytes(data).pixels, random_levels(40, 50, 3))


@pytest.mark.parametrize("format", ["png", "jpeg"])
@pytest.mark.parametrize("gray", [False, True])
@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_turned_and_gray_images_are_the_same_as_ever(tmp_path: Path, format: str, gray: bool, orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[274] = orientation
    source = PIL.Image.fromarray(random_levels(24, 40, 3))
    data = saved(source, format, exif=exif, **({"quality": 95, "subsampling": 0} if format == "jpeg" else {}))
    opened = PIL.Image.open(io.BytesIO(data))
    if gray and format == "jpeg":
        opened.draft("L", opened.size)
    upright = opened.convert("L") if gray else opened
    turn = {1: None, 3: PIL.Image.Transpose.ROTATE_180, 6: PIL.Image.Transpose.ROTATE_270}[orientation]
    expected = np.asarray(upright if turn is None else upright.transpose(turn))
    np.testing.assert_array_equal(read_bytes(data, ReadOptions(gray=gray)).pixels, expected)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("channels", [(), (3,)], ids=["gray", "colour"])
def test_a_jpeg_is_the_same_from_either_kind_of_image(size: tuple[int, int], channels: tuple[int, ...]) -> None:
    pixels = random_levels(*size, *channels)
    files = [saved(image, "jpeg", quality=80) for image in (for_jpeg(pixels), from_array(pixels))]
    assert files[0] == files[1]


def test_rows_that_lie_apart_are_written_as_they_are() -> None:
    apart = random_levels(20, 40, 3)[:, :30]
    assert saved(for_jpeg(apart), "jpeg") == saved(from_array(apart), "jpeg")
    np.testing.assert_array_equal(np.asarray(from_array(apart)), apart)


@pytest.mark.parametrize(
    ("mode", "stored", "shown"), [("LA", (50, 100), [127]), ("RGBA", (50, 20, 100, 100), [127, 51, 255])]
)
def test_colours_that_were_multiplied_by_their_alpha_are_divided_by_it(mode, stored, shown) -> None:
    extra_samples = b"\x52\x01\x03\0\x01\0\0\0"
    data = saved(PIL.Image.new(mode, (3, 2), stored), "TIFF")
    assert data.count(extra_samples + b"\2\0") == 1
    image = read_bytes(data.replace(extra_samples + b"\2\0", extra_samples + b"\1\0"))
    assert np.atleast_1d(image.pixels[1, 2]).tolist() == shown
    assert image.alpha is not None
    assert image.alpha[1, 2] == 100

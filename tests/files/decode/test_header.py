"""The size of an image from its header: the same as reading gives, and refused when it is too large."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read, read_bytes
from tests.files.odd_files import png, random_levels, saved, tiff


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "F", "I", "CMYK", "LAB", "YCbCr", "PA"])
def test_every_mode_has_the_size_and_channels_that_are_read(mode: str) -> None:
    data = saved(PIL.Image.new(mode, (7, 5)), "TIFF")
    image = read_bytes(data)
    assert image_size(data) == (5, 7, image.channels)
    assert image.pixels.shape[:2] == (5, 7)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "PPM"])
def test_every_format_has_a_header(format: str, tmp_path: Path) -> None:
    path = tmp_path / "image"
    PIL.Image.fromarray(random_levels(5, 7, 3)).save(path, format)
    assert image_size(path) == (*read(path).pixels.shape[:2], 3)


def test_nothing_is_decoded() -> None:
    data = saved(PIL.Image.fromarray(random_levels(50, 70, 3)), "PNG")
    assert image_size(data[: len(data) // 2]) == (50, 70, 3)


def test_a_matrix_has_a_size_too(tmp_path: Path) -> None:
    path = tmp_path / "m.npy"
    np.save(path, np.zeros((4, 5, 6)))
    assert image_size(path) == (4, 5, 6)
    assert image_size(b"1,2,3\n4,5,6\n") == (2, 3, 1)


def test_numpy_stays_out(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    PIL.Image.new("RGB", (7, 5)).save(path, exif=PIL.Image.Exif())
    script = (
        "import sys; from cnnfilt.files.decode.header import image_size; image_size(sys.argv[1]); "
        "print('numpy' in sys.modules, 'PIL.PdfImagePlugin' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("height", [300, 3000])
def test_too_many_pixels_are_refused_before_decoding(height: int) -> None:
    data = png([b""] * height, width=1000, bits=8, colour_type=2)
    for ask in (image_size, read_bytes):
        with pytest.raises(ShapeError, match=r"pixels.*--max-pixels"):
            ask(data, ReadOptions(max_pixels=200_000))


def test_the_limit_is_lifted_by_zero_and_raised_by_a_number() -> None:
    data = png([b""], width=2**31 - 1, bits=8, colour_type=2)
    assert image_size(data, ReadOptions(max_pixels=0)) == (1, 2**31 - 1, 3)
    assert image_size(data, ReadOptions(max_pixels=2**31)) == (1, 2**31 - 1, 3)
    with pytest.raises(ShapeError, match="2,147,483,647"):
        image_size(data)


def test_pillow_s_own_limit_is_left_as_it_was() -> None:
    before = PIL.Image.MAX_IMAGE_PIXELS
    with pytest.raises(InputError):
        read_bytes(tiff(random_levels(4, 4), photometric=99), ReadOptions(max_pixels=50))
    assert before == PIL.Image.MAX_IMAGE_PIXELS

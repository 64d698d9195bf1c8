"""Which BMPs are read by ourselves: those whose masks Pillow refuses, or whose alpha it drops."""

import io

import numpy as np
import pytest

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.decode.bmp import opened
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.read_write_options import DEFAULT_READ_OPTIONS, ReadOptions
from tests.files.decode.bmps import masked

VALUES = np.arange(12).reshape(3, 4)
WITH_ALPHA = (0x7C00, 0x3E0, 0x1F, 0x8000)


def size_of(data: bytes) -> tuple[int, int, int] | None:
    return opened(io.BytesIO(data), DEFAULT_READ_OPTIONS).size(0, DEFAULT_READ_OPTIONS)


@pytest.mark.parametrize("header", [56, 108, 124])
@pytest.mark.parametrize("top_down", [False, True])
def test_alpha_in_sixteen_bits_is_ours(header: int, top_down: bool) -> None:
    data = masked(VALUES, 16, WITH_ALPHA, header=header, top_down=top_down)
    assert size_of(data) == image_size(data) == (3, 4, 3)


@pytest.mark.parametrize(
    ("bits", "masks", "header", "compression"),
    [
        (16, (0x7C00, 0x3E0, 0x1F), 40, 3),
        (16, (0xF800, 0x7E0, 0x1F, 0), 108, 3),
        (32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000), 124, 3),
        (32, (0xFF0000, 0xFF00, 0xFF), 52, 3),
        (32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000), 108, 0),
    ],
)
def test_what_pillow_reads_rightly_is_left_to_it(
    bits: int, masks: tuple[int, ...], header: int, compression: int
) -> None:
    data = masked(VALUES, bits, masks, header=header, compression=compression)
    assert size_of(data) is None
    assert image_size(data) == (3, 4, 3)


def test_too_many_pixels_are_refused_by_the_header() -> None:
    data = bytearray(masked(VALUES, 16, WITH_ALPHA))
    data[18:26] = b"\0\0\0\1\0\0\0\1"
    with pytest.raises(ShapeError, match="16777216x16777216"):
        image_size(bytes(data), ReadOptions())


def test_a_header_that_is_cut_off_is_one_line() -> None:
    data = masked(VALUES, 16, WITH_ALPHA)
    for end in range(2, 14 + 40 + 16):
        with pytest.raises(InputError):
            image_size(data[:end])

"""JPEG 2000: 8 bits as Pillow reads them, gray of other depths brought to full white, the rest refused by name."""

import struct

import numpy as np
import PIL.Image
import pytest

from cnnfilt.errors import InputError, OutputError, ShapeError
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.image import Image
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.writing import encode
from tests.files.odd_files import random_levels, saved

SHAPES = {"L": (20, 31), "LA": (20, 31, 2), "RGB": (20, 31, 3), "RGBA": (20, 31, 4)}


@pytest.mark.parametrize("mode", SHAPES)
@pytest.mark.parametrize("no_jp2", [False, True])
def test_eight_bits_are_exact(mode: str, no_jp2: bool) -> None:
    levels = random_levels(*SHAPES[mode])
    data = saved(PIL.Image.fromarray(levels), "JPEG2000", no_jp2=no_jp2)
    image = read_bytes(data)
    assert image.format == "jpeg2000"
    found = image.pixels if image.alpha is None else np.dstack((image.pixels, image.alpha))
    np.testing.assert_array_equal(found, levels)
    assert image_size(data) == (20, 31, 3 if mode.startswith("RGB") else 1)


def test_sixteen_bit_gray_is_exact() -> None:
    levels = random_levels(20, 31, dtype="uint16")
    for no_jp2 in (False, True):
        data = saved(PIL.Image.fromarray(levels), "JPEG2000", no_jp2=no_jp2)
        np.testing.assert_array_equal(read_bytes(data).pixels, levels)
        assert image_size(data) == (20, 31, 1)


@pytest.mark.parametrize("bits", [1, 2, 4, 7, 10, 12, 14, 15, 16])
@pytest.mark.parametrize("codec", ["jp2", "j2k"])
def test_gray_of_other_depths_reaches_white(bits: int, codec: str) -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    top, deepest = (255, 2**bits - 1) if bits <= 8 else (65535, 2**bits - 1)
    levels = (random_levels(20, 31, dtype="uint16") >> (16 - bits)).astype("u1" if bits <= 8 else "u2")
    data = imagecodecs.jpeg2k_encode(levels, level=0, bitspersample=bits, reversible=True, codecformat=codec)
    expected = (levels.astype(int) * 2 * top + deepest) // (2 * deepest)
    np.testing.assert_array_equal(read_bytes(data).pixels, expected)
    assert image_size(data) == (20, 31, 1)


def gray() -> bytearray:
    return bytearray(saved(PIL.Image.fromarray(random_levels(20, 31)), "JPEG2000"))


def colour() -> bytearray:
    return bytearray(saved(PIL.Image.fromarray(random_levels(20, 31, 3)), "JPEG2000"))


def components(data: bytearray) -> int:
    """Where the components are described: 40 bytes behind the start of the codestream."""
    return data.index(b"\xff\x4f\xff\x51") + 42


def test_what_pillow_would_cut_or_misread_is_refused() -> None:
    deep, signed, subsampled, mixed, nine, counted = colour(), gray(), gray(), colour(), gray(), colour()
    for number in range(3):
        deep[components(deep) + 3 * number] = 15
    signed[components(signed)] |= 0x80
    subsampled[components(subsampled) + 1] = 2
    mixed[components(mixed)] = 11
    nine[components(nine)] = 8
    struct.pack_into(">H", counted, components(counted) - 2, 7)
    reasons = {
        "has 3 components of 16 bits, of which only 8 would be read": deep,
        "has 1 component of 9 bits": nine,
        "signed or subsampled components": signed,
        "signed or subsampled": subsampled,
        "components of different kinds": mixed,
        "components": counted,
    }
    for reason, data in reasons.items():
        for ask in (read_bytes, image_size):
            with pytest.raises(InputError, match=f"the JPEG 2000 has .*{reason.removeprefix('has ')}"):
                ask(bytes(data))


def test_boxes_that_give_it_another_meaning() -> None:
    other, cut, palette = gray(), gray(), gray()
    struct.pack_into(">I", other, other.index(b"ihdr") + 4, 21)
    with pytest.raises(InputError, match="its header has two meanings"):
        read_bytes(bytes(other))
    palette[palette.index(b"colr") + 10] = 14
    with pytest.raises(InputError, match="colours other than gray and sRGB"):
        read_bytes(bytes(palette))
    for damaged in (cut[:50], bytes(cut).replace(b"jp2h", b"free"), bytes(cut).replace(b"jp2c", b"free")):
        with pytest.raises(InputError, match="the JPEG 2000 is truncated or damaged"):
            read_bytes(bytes(damaged))


def test_a_last_component_that_may_be_anything() -> None:
    data = bytes(saved(PIL.Image.fromarray(random_levels(20, 31, 4)), "JPEG2000")).replace(b"cdef", b"free")
    with pytest.raises(InputError, match="does not say what its last component is"):
        read_bytes(data)


def test_bombs_are_refused_from_the_header() -> None:
    data = bytearray(saved(PIL.Image.fromarray(random_levels(20, 31)), "JPEG2000", no_jp2=True))
    struct.pack_into(">II", data, 8, 60_000, 60_000)
    for ask in (read_bytes, image_size):
        with pytest.raises(ShapeError, match="60000x60000"):
            ask(bytes(data))


def test_it_is_not_written() -> None:
    with pytest.raises(OutputError, match="JPEG 2000 is read but not written"):
        encode(Image(random_levels(4, 5)), "jpeg2000")

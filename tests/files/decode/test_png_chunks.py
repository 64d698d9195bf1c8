"""What a PNG says of itself, chunk by chunk."""

import io

import numpy as np
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.decode.png_chunks import chunks, colour_space, read_header, texts_alone
from cnnfilt.files.reading import read_bytes
from tests.files.decode.pngs import assembled, written
from tests.files.odd_files import random_levels

GRAY = random_levels(4, 5, 1)
WHOLE = written(GRAY, 0, 8)


def parts(data: bytes) -> list[tuple[bytes, bytes]]:
    found = chunks(io.BytesIO(data))
    return [(chunk.name, data[chunk.start : chunk.start + chunk.length]) for chunk in found]


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("colour_type", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_the_header(colour_type: int, channels: int, interlaced: bool) -> None:
    data = written(random_levels(3, 4, channels, dtype="uint16"), colour_type, 16, interlaced=interlaced)
    header = read_header(io.BytesIO(data))
    assert (header.width, header.height, header.bits, header.channels) == (4, 3, 16, channels)
    assert (header.has_alpha, header.interlaced) == (colour_type >= 4, interlaced)


@pytest.mark.parametrize(("place", "value", "what"), [(10, 1, "compression"), (11, 1, "filter"), (12, 2, "interlace")])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_way_that_png_does_not_know_is_refused(place: int, value: int, what: str, bits: int) -> None:
    """Pillow takes any other number for the way it knows."""
    found = parts(written(random_levels(4, 5, 3).astype(np.uint16), 2, bits))
    header = bytearray(found[0][1])
    header[place] = value
    data = assembled([(b"IHDR", bytes(header)), *found[1:]])
    for read in (read_bytes, image_size):
        with pytest.raises(InputError, match=rf"its {what} method is {value}, which is unknown|unknown {what}"):
            read(data)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("colour_type", [0, 2, 4, 6])
def test_pixels_whose_checksum_is_wrong_are_refused(colour_type: int, bits: int, interlaced: bool) -> None:
    """A bit that has flipped may leave a stream that inflates, to other pixels."""
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    data = bytearray(written(np.full((9, 8, channels), 77), colour_type, bits, interlaced=interlaced, idat=9))
    data[data.rindex(b"IDAT") - 5] ^= 1  # In the checksum of the last but one.
    with pytest.raises(InputError, match="the checksum of its chunk IDAT is wrong"):
        read_bytes(bytes(data))


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("colour_type", "bits"), [(0, 1), (0, 8), (0, 16), (2, 8), (2, 16), (3, 4), (4, 8), (6, 16)])
def test_pixels_that_are_missing_are_not_made_up(colour_type: int, bits: int, interlaced: bool) -> None:
    """Pillow leaves rows black that a stream with a proper end does not have."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    palette = [(b"PLTE", bytes(range(48)))] if colour_type == 3 else []
    data = written(np.ones((6, 7, channels), int), colour_type, bits, interlaced=interlaced, before=palette)
    assert read_bytes(data).pixels.shape[:2] == (6, 7)
    found = parts(data)
    for height in (7, 8, 9, 60):
        header = found[0][1][:4] + height.to_bytes(4, "big") + found[0][1][8:]
        with pytest.raises(InputError, match=r"fewer pixels than its header says|truncated|unrecognized"):
            read_bytes(assembled([(b"IHDR", header), *found[1:]]))


def test_black_rows_at_the_end_are_rows() -> None:
    for channels, colour_type in ((1, 0), (3, 2), (4, 6)):
        for interlaced in (False, True):
            samples = np.zeros((7, 5, channels), int)
            image = read_bytes(written(samples, colour_type, 8, interlaced=interlaced))
            assert not image.pixels.any()


@pytest.mark.parametrize(("bits", "key", "level"), [(8, 0x1203, 3), (2, 0x0102, 170), (4, 0xFFF3, 51)])
def test_of_a_transparent_level_the_bits_of_a_sample_count(bits: int, key: int, level: int) -> None:
    data = written(np.arange(4).reshape(1, 4, 1), 0, bits, before=[(b"tRNS", key.to_bytes(2, "big"))])
    image = read_bytes(data)
    np.testing.assert_array_equal(image.alpha, np.where(image.pixels == level, 0, 255))
    assert (image.pixels == level).any()


def test_of_a_transparent_colour_the_bits_of_a_sample_count() -> None:
    data = written(np.array([[[1, 2, 3], [1, 2, 4]]]), 2, 8, before=[(b"tRNS", b"\1\1\2\2\0\3")])
    np.testing.assert_array_equal(read_bytes(data).alpha, [[0, 255]])


def test_colours_that_a_palette_does_not_have_are_said() -> None:
    data = written(np.array([[[0], [1], [2]]]), 3, 8, before=[(b"PLTE", bytes([9, 8, 7]))])
    image = read_bytes(data)
    np.testing.assert_array_equal(image.pixels, [[[9, 8, 7], [0, 0, 0], [0, 0, 0]]])
    assert image.notes == ("some of its pixels are beyond its palette of 1 colour; they are black",)
    whole = written(np.array([[[0], [1]]]), 3, 1, before=[(b"PLTE", bytes(6))])
    assert read_bytes(whole).notes == ()


def test_what_is_cut_off_behind_the_pixels_is_missed_by_no_one() -> None:
    for end in (4, 12):
        np.testing.assert_array_equal(read_bytes(WHOLE[:-end]).pixels, GRAY[..., 0])


def test_texts_are_found_before_and_behind_the_pixels() -> None:
    data = written(GRAY, 0, 8, before=[(b"tEXt", b"a\0b"), (b"gAMA", bytes(4))], after=[(b"tEXt", b"c\0d")])
    assert [name for name, _ in parts(texts_alone(io.BytesIO(data)))] == [b"IHDR", b"tEXt", b"tEXt", b"IDAT", b"IEND"]


def test_what_says_how_levels_are_shown_stands_before_the_pixels() -> None:
    gamma, late = (b"gAMA", b"\0\1\x86\xa0"), (b"sRGB", b"\0")
    data = written(GRAY, 0, 8, before=[gamma, (b"tEXt", b"a\0b")], after=[late])
    assert colour_space(io.BytesIO(data)) == (gamma,)

"""AVIF: read by Pillow where it has 8 bits, and refused from its header where it has more."""

import io

import numpy as np
import PIL.Image
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.animation import count_frames, encode_frames, read_frames
from cnnfilt.files.decode.decoders import SEVERAL
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.image import Image
from cnnfilt.files.metadata import Metadata
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.records import Timing
from cnnfilt.files.writing import encode
from tests.files.odd_files import exif, icc_profile, random_levels, saved

COLOUR = random_levels(20, 31, 3)


def test_it_is_read_as_pillow_reads_it() -> None:
    picture = PIL.Image.fromarray(COLOUR)
    data = saved(picture, "AVIF", quality=80)
    assert image_size(data) == (20, 31, 3)
    found = read_bytes(data)
    assert found.format == "avif"
    np.testing.assert_array_equal(found.pixels, np.asarray(PIL.Image.open(io.BytesIO(data))))


def test_the_turn_in_its_header_is_applied() -> None:
    data = saved(PIL.Image.fromarray(COLOUR), "AVIF", quality=100, subsampling="4:4:4", exif=exif(6))
    assert image_size(data) == (31, 20, 3)
    upright = np.rot90(COLOUR, -1)
    assert np.abs(read_bytes(data).pixels.astype(int) - upright).max() <= 3


def test_the_best_quality_is_no_worse_than_none() -> None:
    nearest = read_bytes(encode(Image(COLOUR), "avif").data).pixels.astype(int)
    for quality, most in ((100, 3), (90, 40)):
        found = read_bytes(encode(Image(COLOUR), "avif", WriteOptions(quality=quality)).data).pixels
        assert np.abs(found.astype(int) - nearest).max() <= most
    data = encode_frames([Image(COLOUR)] * 2, Timing((100.0, 100.0)), "avif", WriteOptions(quality=100)).data
    assert np.abs(read_bytes(data).pixels.astype(int) - COLOUR).max() <= 3


def test_what_is_written_is_as_near_as_it_goes() -> None:
    alpha = random_levels(20, 31, seed=1)
    image = read_bytes(encode(Image(COLOUR, alpha, metadata=Metadata(icc_profile())), "avif").data)
    assert np.abs(image.pixels.astype(int) - COLOUR).max() <= 3
    np.testing.assert_array_equal(image.alpha, alpha)
    assert image.metadata.icc_profile == icc_profile()
    gray = random_levels(20, 31)
    pixels = read_bytes(encode(Image(gray), "avif").data).pixels
    assert np.abs(pixels.astype(int) - (gray if pixels.ndim == 2 else gray[..., None])).max() <= 3
    small = encode(Image(COLOUR), "avif", WriteOptions(quality=10)).data
    assert len(small) < len(encode(Image(COLOUR), "avif").data) / 2


def test_sixteen_bits_are_written_as_eight_with_a_note() -> None:
    notes = encode(Image(COLOUR * np.uint16(257)), "avif").notes
    assert notes == ("16-bit levels written as 8-bit (v / 257), because AVIF holds no more here",)


def test_frames() -> None:
    images = [Image(random_levels(20, 31, 3, seed=seed)) for seed in range(3)]
    data = encode_frames(images, Timing((100.0, 200.0, 300.0)), "avif", WriteOptions()).data
    assert count_frames(data) == 3
    assert SEVERAL in read_bytes(data).notes
    found = read_frames(data, "all", ReadOptions())
    assert found is not None
    assert found[1].milliseconds == (100, 200, 300)
    for image, wanted in zip(found[0], images, strict=True):
        assert np.abs(image.pixels.astype(int) - wanted.pixels).max() <= 3


@pytest.mark.parametrize(("flags", "bits"), [(0x40, 10), (0x60, 12)])
def test_deeper_ones_are_refused_from_their_header(flags: int, bits: int) -> None:
    data = bytearray(saved(PIL.Image.fromarray(COLOUR), "AVIF"))
    data[data.index(b"av1C") + 6] |= flags
    for ask in (read_bytes, image_size):
        with pytest.raises(InputError, match=f"the AVIF has samples of {bits} bits, of which only 8 would be read"):
            ask(bytes(data))


@pytest.mark.parametrize("bits", [10, 12])
def test_imagecodecs_writes_such(bits: int) -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    data = imagecodecs.avif_encode(random_levels(20, 31, 3, dtype="uint16") >> (16 - bits), bitspersample=bits)
    with pytest.raises(InputError, match=f"samples of {bits} bits"):
        read_bytes(data)


def test_eight_bits_by_imagecodecs_are_exact() -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    np.testing.assert_array_equal(read_bytes(imagecodecs.avif_encode(COLOUR, level=100)).pixels, COLOUR)


def test_damaged_ones() -> None:
    data = saved(PIL.Image.fromarray(COLOUR), "AVIF")
    for damaged in (data[:40], data[:100], data.replace(b"ipco", b"ipcp")):
        with pytest.raises(InputError, match="the AVIF is truncated or damaged"):
            read_bytes(damaged)
    with pytest.raises(InputError, match="the AVIF is"):
        read_bytes(data[:-200])

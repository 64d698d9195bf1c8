"""PNGs of 16 bits in colour or with alpha come in as they are, whatever their filters, passes and chunks."""

import io
import struct
import time
import tracemalloc
import zlib
from contextlib import suppress

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.core.engine import native
from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.decode import png
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions, WriteOptions
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.writing import encode
from tests.files.decode.pngs import CHANNELS, Array, assembled, with_damage, written
from tests.files.mutation import ask_each, in_parts, try_each
from tests.files.odd_files import exif, random_levels

DEEP = {2: 3, 4: 2, 6: 4}
"""The number of channels, by the colour types that Pillow cuts to 8 bits."""


def held(image: Image) -> Array:
    """All samples of an image, (H, W, channels)."""
    layers = [image.pixels if image.pixels.ndim == 3 else image.pixels[..., np.newaxis]]
    return np.concatenate(layers if image.alpha is None else [*layers, image.alpha[..., np.newaxis]], axis=2)


@given(
    st.sampled_from(sorted(DEEP)),
    st.integers(1, 12),
    st.integers(1, 12),
    st.booleans(),
    st.sampled_from([1, 2, 7, 1000]),
    st.sampled_from([1, 40, 1 << 20]),
    st.integers(0, 9999),
)
def test_what_went_in_comes_out(
    colour_type: int, height: int, width: int, interlaced: bool, idat: int, block: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.integers(0, 65536, (height, width, DEEP[colour_type]), np.uint16)
    data = written(samples, colour_type, 16, interlaced=interlaced, filters=rng.integers(0, 5, 9), idat=idat)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(png, "BLOCK_BYTES", block)
        image = read_bytes(data)
    assert (image.pixels.dtype, image.format) == (np.uint16, "png")
    np.testing.assert_array_equal(held(image), samples)
    assert (image.alpha is not None) == (colour_type >= 4)
    assert image.pixels.flags.writeable
    assert image.pixels[0].flags.c_contiguous


@pytest.mark.parametrize("colour_type", DEEP)
def test_numpy_alone_reads_the_same(colour_type: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "loops", None)
    samples = random_levels(9, 7, DEEP[colour_type], dtype="uint16")
    data = written(samples, colour_type, 16, filters=np.arange(5), interlaced=True)
    np.testing.assert_array_equal(held(read_bytes(data)), samples)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("colour_type", CHANNELS)
@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (5, 6), (8, 8), (9, 17)])
def test_every_kind_of_png(colour_type: int, bits: int, interlaced: bool, size: tuple[int, int]) -> None:
    """As in the suite of W. van Schaik, where Pillow reads the kind and where we do."""
    if bits not in {0: (1, 2, 4, 8, 16), 3: (1, 2, 4, 8)}.get(colour_type, (8, 16)):
        return
    top = 2**bits - 1
    samples = np.random.default_rng(bits).integers(0, top + 1, (*size, CHANNELS[colour_type]))
    palette = np.random.default_rng(0).integers(0, 256, (top % 256 + 1, 3), np.uint8)
    before = [(b"PLTE", palette.tobytes())] if colour_type == 3 else []
    data = written(samples, colour_type, bits, interlaced=interlaced, filters=np.array([4, 1, 3, 2, 0]), before=before)
    expected = palette[samples[..., 0]] if colour_type == 3 else samples * (65535 if bits == 16 else 255) // top
    image = read_bytes(data)
    np.testing.assert_array_equal(held(image), expected)
    assert image.notes == () or max(size) == 1
    assert image_size(data) == (*size, image.channels)


@pytest.mark.parametrize("interlaced", [False, True])
def test_the_transparent_colour_is_one_of_sixteen_bits(interlaced: bool) -> None:
    samples = np.full((3, 5, 3), 0x0101, np.uint16)
    samples[1, 2] = samples[2, 0] = 0x0102, 0x0304, 0x0506
    samples[0, 0] = 0x0102, 0x0304, 0x0507
    key = samples[1, 2].astype(">u2").tobytes()
    image = read_bytes(written(samples, 2, 16, interlaced=interlaced, before=[(b"tRNS", key)]))
    expected = np.full((3, 5), 65535, np.uint16)
    expected[1, 2] = expected[2, 0] = 0
    np.testing.assert_array_equal(image.alpha, expected)
    np.testing.assert_array_equal(image.pixels, samples)


def test_the_header_tells_that_gray_with_alpha_is_gray() -> None:
    assert image_size(written(random_levels(3, 4, 2, dtype="uint16"), 4, 16)) == (3, 4, 1)
    assert image_size(written(random_levels(3, 4, 4, dtype="uint16"), 6, 16)) == (3, 4, 3)


@pytest.mark.parametrize("colour_type", DEEP)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_upright_as_others_are(orientation: int, colour_type: int) -> None:
    levels = random_levels(4, 6, DEEP[colour_type])
    block = [(b"eXIf", exif(orientation).tobytes().removeprefix(b"Exif\0\0"))]
    deep, flat = (written(levels.astype(np.uint16), colour_type, bits, before=block) for bits in (16, 8))
    for options in (ReadOptions(), ReadOptions(auto_orient=False)):
        ours, pillows = read_bytes(deep, options), read_bytes(flat, options)
        np.testing.assert_array_equal(held(ours), held(pillows))
        assert ours.metadata.orientation == pillows.metadata.orientation
    assert image_size(deep)[:2] == held(read_bytes(deep)).shape[:2]


def test_what_comes_along_is_found_on_both_sides_of_the_pixels() -> None:
    samples = random_levels(4, 5, 3, dtype="uint16")
    before = [(b"gAMA", struct.pack(">I", 100_000)), (b"pHYs", struct.pack(">IIB", 11811, 5906, 1))]
    after = [(b"tEXt", b"Title\0A"), (b"iTXt", b"Author\0\0\0\0\0M\xc3\xbc")]
    image = read_bytes(written(samples, 2, 16, before=before, after=after))
    assert image.metadata.texts == (("Title", "A"), ("Author", "Mü"))
    assert image.metadata.resolution == pytest.approx((300, 150), rel=1e-3)
    again = read_bytes(encode(image, "png", WriteOptions(metadata="all")).data)
    np.testing.assert_array_equal(again.pixels, samples)
    assert (again.metadata.texts, again.metadata.colour_space) == (image.metadata.texts, tuple(before[:1]))


@pytest.mark.parametrize("colour_type", DEEP)
def test_gray_background_and_alpha_are_computed_in_sixteen_bits(colour_type: int) -> None:
    samples = random_levels(5, 6, DEEP[colour_type], dtype="uint16")
    data = written(samples, colour_type, 16)
    whole = samples.astype(np.int64)
    gray = whole[..., 0]
    if colour_type != 4:
        gray = (19595 * gray + 38470 * whole[..., 1] + 7471 * whole[..., 2] + 32768) >> 16
    np.testing.assert_array_equal(read_bytes(data, ReadOptions(gray=True)).pixels, gray)
    assert read_bytes(data, ReadOptions(alpha="drop")).alpha is None
    if colour_type != 2:
        over = read_bytes(data, ReadOptions(background="white"))
        opacity = whole[..., -1:]
        expected = (whole[..., :-1] * opacity + 65535 * (65535 - opacity) + 32767) // 65535
        np.testing.assert_array_equal(held(over), expected)


def test_the_frames_of_an_animation_have_sixteen_bits() -> None:
    samples = random_levels(3, 4, 3, dtype="uint16")
    control = struct.pack(">IIIIIHHBB", 0, 4, 3, 0, 0, 1, 10, 0, 0)
    data = written(samples, 2, 16, before=[(b"acTL", struct.pack(">II", 1, 0)), (b"fcTL", control)])
    from cnnfilt.files.animation import read_frames

    found = read_frames(data, "all", ReadOptions())
    assert found is not None
    np.testing.assert_array_equal(found[0][0].pixels, samples)


@pytest.mark.parametrize("interlaced", [False, True])
def test_a_file_that_is_cut_off_is_refused_or_whole(interlaced: bool) -> None:
    samples = random_levels(5, 4, 4, dtype="uint16")
    data = written(samples, 6, 16, interlaced=interlaced, idat=50)
    for end in range(len(data)):
        with suppress(InputError):
            np.testing.assert_array_equal(held(read_bytes(data[:end])), samples)


def test_rows_too_many_are_passed_over() -> None:
    samples = random_levels(5, 4, 3, dtype="uint16")
    data = written(samples, 2, 16)
    header = data[16:20] + struct.pack(">I", 3) + data[24:29]
    start = data.index(b"IDAT") + 4
    pixels = data[start : start + int.from_bytes(data[start - 8 : start - 4], "big")]
    image = read_bytes(assembled([(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]))
    np.testing.assert_array_equal(image.pixels, samples[:3])


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (b"", "fewer pixels"),
        (b"not zlib at all", "damaged"),
        (zlib.compress(bytes(24))[:-6], "fewer pixels|damaged"),
        (zlib.compress(bytes(25))[:-1] + b"\0", "incorrect data check"),
        (zlib.compress(b"\7" + bytes(24)), "the filter 7"),
        (zlib.compress(bytes(24)), "fewer pixels"),
    ],
)
def test_damaged_pixels_are_one_line(pixels: bytes, reason: str) -> None:
    header = struct.pack(">IIBBBBB", 3, 1, 16, 6, 0, 0, 0)
    data = assembled([(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")])
    with pytest.raises(InputError, match=reason):
        read_bytes(data)


def test_a_bomb_is_refused_by_its_header_or_stopped_at_its_size() -> None:
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 16, 2, 0, 0, 0)
    with pytest.raises(ShapeError, match="100000x100000"):
        read_bytes(assembled([(b"IHDR", header), (b"IDAT", b""), (b"IEND", b"")]))
    # 200 MB in 200 KB, of which 36 bytes are pixels.
    header = struct.pack(">IIBBBBB", 2, 3, 16, 2, 0, 0, 0)
    data = assembled([(b"IHDR", header), (b"IDAT", zlib.compress(bytes(200 << 20))), (b"IEND", b"")])
    tracemalloc.start()
    begun = time.process_time()
    assert not read_bytes(data).pixels.any()
    assert time.process_time() - begun < 1
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("colour_type", DEEP)
def test_it_holds_at_most_twice_the_pixels(colour_type: int, interlaced: bool) -> None:
    samples = np.zeros((1500, 2000, DEEP[colour_type]), np.uint16)
    rows = np.zeros((1500, 1 + samples[0].nbytes), np.uint8)
    header = struct.pack(">IIBBBBB", 2000, 1500, 16, colour_type, 0, 0, interlaced)
    # Of zeros a pass is as many rows as another way of cutting them up.
    data = assembled([(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes() + bytes(9999))), (b"IEND", b"")])
    read_bytes(written(samples[:2, :2], colour_type, 16))
    tracemalloc.start()
    image = read_bytes(data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held(image).shape == samples.shape
    assert most < 2 * samples.nbytes


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A deep PNG, damaged."""
    colour_type = draw(st.sampled_from(sorted(DEEP)))
    samples = random_levels(draw(st.integers(1, 9)), draw(st.integers(1, 9)), DEEP[colour_type], dtype="uint16")
    key = [(b"tRNS", bytes(6))] if colour_type == 2 else []
    data = written(samples, colour_type, 16, interlaced=draw(st.booleans()), filters=np.arange(5), before=key)
    return with_damage(draw, data)


@in_parts(200)
def test_nothing_but_our_own_errors(part: int, inputs: int, capfd: pytest.CaptureFixture[str]) -> None:
    try_each(damaged(), lambda data: ask_each(data, read_bytes, image_size), part=part, inputs=inputs)
    assert capfd.readouterr() == ("", "")


def test_opencv_reads_the_same() -> None:
    cv2 = pytest.importorskip("cv2")
    for channels in (3, 4):
        samples = random_levels(40, 33, channels, dtype="uint16")
        ours = read_bytes(cv2.imencode(".png", samples)[1].tobytes())
        order = [2, 1, 0, 3][:channels]
        np.testing.assert_array_equal(held(ours), samples[..., order])
        back = cv2.imdecode(np.frombuffer(encode(ours, "png").data, np.uint8), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(back, samples)


@pytest.mark.parametrize("interlaced", [False, True])
def test_one_channel_of_sixteen_bits_could_be_read_too(interlaced: bool) -> None:
    levels = random_levels(6, 5, 1, dtype="uint16")
    pixels, alpha = png.decode(io.BytesIO(written(levels, 0, 16, interlaced=interlaced, filters=np.arange(5))))
    np.testing.assert_array_equal(pixels, levels[..., 0])
    assert alpha is None


def test_pillow_is_right_about_one_channel_of_sixteen_bits() -> None:
    levels = random_levels(6, 5, 1, dtype="uint16")
    for interlaced in (False, True):
        data = written(levels, 0, 16, interlaced=interlaced, filters=np.arange(5))
        np.testing.assert_array_equal(read_bytes(data).pixels, levels[..., 0])
        assert PIL.Image.open(io.BytesIO(data)).mode == "I;16"

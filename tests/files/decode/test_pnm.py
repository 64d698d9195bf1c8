"""Maps of any highest level keep their levels: scaled as Pillow scales gray, in colour too, and never cut to 8 bits."""

import io
import tracemalloc

import numpy as np
import PIL.Image
import pytest
from hypothesis import strategies as st

from cnnfilt.errors import InputError
from cnnfilt.files.animation import read_frames
from cnnfilt.files.decode import pnm
from cnnfilt.files.decode.header import image_size
from cnnfilt.files.image import Image
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read_bytes
from cnnfilt.files.writing import encode
from tests.files.mutation import TELLING, ask_each, changed, in_parts, try_each
from tests.files.odd_files import random_levels

HIGHEST = (1, 7, 100, 254, 255, 256, 1000, 1023, 4095, 65534, 65535)


def written(samples: np.ndarray, highest: int, *, text: bool, comments: bool = False) -> bytes:
    """A PGM or PPM of samples (H, W, 1) or (H, W, 3)."""
    height, width, channels = samples.shape
    magic = {(1, True): 2, (3, True): 3, (1, False): 5, (3, False): 6}[channels, text]
    head = f"P{magic}\n# made by hand\n{width} {height}\n{highest}\n".encode()
    if not text:
        return head + samples.astype(">u2" if highest > 255 else "u1").tobytes()
    blanks = (b" ", b"\n", b"\t", b"\r\n", b" # 9 9 #\n" if comments else b" ")
    return head + b"".join(b"%d%b" % (level, blanks[n % 5]) for n, level in enumerate(samples.ravel()))


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("highest", HIGHEST)
def test_levels_are_scaled_to_white(highest: int, channels: int, text: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pnm, "_BLOCK", 50)
    monkeypatch.setattr(pnm, "_TEXT_BLOCK", 50)
    samples = np.random.default_rng(highest).integers(0, highest + 1, (7, 9, channels))
    samples[0, 0], samples[0, 1] = 0, highest
    top = 255 if highest < 256 else 65535
    image = read_bytes(written(samples, highest, text=text, comments=True))
    # In whole numbers, where no quotient can be a hair off.
    expected = [round(int(level) * top / highest) for level in samples.ravel()]
    np.testing.assert_array_equal(image.pixels.ravel(), expected)
    assert image.pixels.dtype == (np.uint8 if top == 255 else np.uint16)
    assert image.pixels.shape == ((7, 9) if channels == 1 else (7, 9, 3))
    assert image.notes == () or highest == 1
    assert image_size(written(samples, highest, text=text)) == (7, 9, channels)


@pytest.mark.parametrize("highest", [7, 100, 1000, 1023, 65534])
def test_gray_is_as_pillow_reads_it(highest: int) -> None:
    data = written(np.arange(highest + 1).reshape(1, -1, 1), highest, text=False)
    np.testing.assert_array_equal(read_bytes(data).pixels, np.asarray(PIL.Image.open(io.BytesIO(data))))


def test_sixteen_bit_colour_goes_in_and_out() -> None:
    levels = random_levels(5, 4, 3, dtype="uint16")
    data = encode(Image(levels), "ppm").data
    np.testing.assert_array_equal(read_bytes(data).pixels, levels)
    gray = read_bytes(data, ReadOptions(gray=True)).pixels
    red, green, blue = (levels[..., channel].astype(int) for channel in range(3))
    np.testing.assert_array_equal(gray, (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"P5 2 1 100\n\x64\x65", "it has the level 101, above its highest, 100"),
        (b"P5 1 1 1000\n\xff\xff", "it has the level 65535, above its highest, 1000"),
        (b"P6 1 1 1000\n\0\0\0\1\3\xe9", "it has the level 1001"),
        (b"P3 1 1 1000\n0 1 1001", "it has the level 1001"),
        (b"P3 1 1 1000\n0 1 99999999999", "99999999999 is no level"),
        (b"P3 1 1 1000\n0 1 -1", "-1 is no level"),
        (b"P2 1 1 1000\n1.5", "1.5 is no level"),
        (b"P6 1 1 1000\n\0\0\0\1\3", "fewer pixels than its header says"),
        (b"P5 2 2 100\n123", "fewer pixels than its header says"),
        (b"P3 1 1 1000\n0 1 ", "fewer pixels than its header says"),
        (b"P3 1 1 1000\n0 1 # 2", "fewer pixels than its header says"),
    ],
)
def test_what_is_no_map_is_one_line(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_bytes(data)


@pytest.mark.parametrize("text", [False, True])
def test_it_holds_at_most_twice_the_pixels(text: bool) -> None:
    samples = np.full((700, 900, 3) if not text else (150, 400, 3), 999)
    stream = io.BytesIO(written(samples, 1000, text=text))
    tracemalloc.start()
    pixels = pnm.decode_map(stream)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The words of a block of text take so much, whatever the size of the image.
    assert most < 2 * pixels.nbytes + text * (3 << 20)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    highest = draw(st.sampled_from(HIGHEST))
    shape = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.sampled_from((1, 3)))
    samples = np.random.default_rng(0).integers(0, highest + 1, shape)
    data = written(samples, highest, text=draw(st.booleans()), comments=True)
    if draw(st.booleans()):
        data *= 2
    return changed(draw, data, early=40, telling=(*TELLING, b"#", b" ", b"P6 "))


def every_frame(data: bytes, options: ReadOptions) -> object:
    return read_frames(data, "all", options)


@in_parts(200)
def test_nothing_but_our_own_errors(part: int, inputs: int, capfd: pytest.CaptureFixture[str]) -> None:
    try_each(damaged(), lambda data: ask_each(data, read_bytes, image_size, every_frame), part=part, inputs=inputs)
    assert capfd.readouterr() == ("", "")

"""The chunks of an animated PNG: which make a frame, what is beside it, and what is refused."""

import struct
import zlib

import numpy as np
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.animation import read_frames
from cnnfilt.files.decode.apng_frames import apng_frames
from cnnfilt.files.read_write_options import ReadOptions
from tests.files.decode.animations import Drawing, apng
from tests.files.odd_files import png

RED, BLUE = (np.full((4, 5, 4), colour, np.uint8) for colour in ((255, 0, 0, 255), (0, 0, 255, 255)))
TWO = [Drawing(RED, disposal="previous", milliseconds=40), Drawing(BLUE[:2, :3], 1, 2, over=False, milliseconds=7)]


def test_each_frame_says_where_how_and_how_long() -> None:
    stored = apng_frames(apng(4, 5, TWO))
    assert stored is not None
    assert (stored.height, stored.width) == (4, 5)
    found = [(one.top, one.left, one.milliseconds, one.disposal, one.blend) for one in stored.frames]
    assert found == [(0, 0, 40.0, "previous", "over"), (1, 2, 7.0, "none", "source")]


def test_a_unit_of_0_is_a_hundredth_of_a_second() -> None:
    data = apng(4, 5, TWO).replace(struct.pack(">HH", 40, 1000), struct.pack(">HH", 4, 0))
    stored = apng_frames(data)
    assert stored is not None
    assert stored.frames[0].milliseconds == 40.0


def test_a_png_that_announces_no_frames_is_none() -> None:
    assert apng_frames(apng(4, 5, TWO, announced=0)) is None
    assert apng_frames(png([b"\0" * 5] * 4, width=5, bits=8, colour_type=0)) is None


def test_frames_that_are_missing_are_missed() -> None:
    with pytest.raises(InputError, match=r"truncated or damaged \(it says it has 3 frames but has 2"):
        read_frames(apng(4, 5, TWO, announced=3), "all", ReadOptions())
    stored = apng_frames(apng(4, 5, TWO, announced=1))
    assert stored is not None
    assert len(stored.frames) == 1


def test_a_frame_outside_the_image_is_refused() -> None:
    with pytest.raises(InputError, match="a frame lies outside the image"):
        read_frames(apng(4, 5, [TWO[0], Drawing(BLUE, 1, 0)]), "all", ReadOptions())


def test_sixteen_bits_stay_sixteen_and_texts_are_those_of_the_file() -> None:
    levels = (np.arange(20).reshape(4, 5) * 3000).astype(">u2")
    rows = zlib.compress(b"".join(b"\0" + row.tobytes() for row in levels[:1]))
    control = struct.pack(">IIIIIHHBB", 0, 5, 4, 0, 0, 1, 10, 0, 0)
    later = struct.pack(">IIIIIHHBB", 1, 5, 1, 0, 2, 1, 10, 0, 1)
    data = png(
        [row.tobytes() for row in levels],
        width=5,
        bits=16,
        colour_type=0,
        before=[(b"acTL", struct.pack(">II", 2, 0)), (b"fcTL", control)],
        after=[(b"fcTL", later), (b"fdAT", struct.pack(">I", 2) + rows), (b"tEXt", b"Title\0hills")],
    )
    found = read_frames(data, "all", ReadOptions())
    assert found is not None
    first, second = found[0]
    np.testing.assert_array_equal(first.pixels, levels)
    np.testing.assert_array_equal(second.pixels, np.vstack((levels[:2], levels[:1], levels[3:])))
    assert (second.pixels.dtype, second.alpha) == (np.uint16, None)
    assert first.metadata.texts == second.metadata.texts == (("Title", "hills"),)


def test_a_palette_is_for_all_frames() -> None:
    palette = png(
        [b"\0\1\2"] * 2,
        width=3,
        bits=8,
        colour_type=3,
        before=[
            (b"acTL", struct.pack(">II", 2, 0)),
            (b"PLTE", bytes((9, 8, 7, 100, 110, 120, 200, 210, 220))),
            (b"tRNS", bytes((0, 255, 255))),
            (b"fcTL", struct.pack(">IIIIIHHBB", 0, 3, 2, 0, 0, 1, 10, 0, 0)),
        ],
        after=[
            (b"fcTL", struct.pack(">IIIIIHHBB", 1, 2, 1, 1, 0, 1, 10, 0, 1)),
            (b"fdAT", struct.pack(">I", 2) + zlib.compress(b"\0\0\1")),
        ],
    )
    found = read_frames(palette, 2, ReadOptions())
    assert found is not None
    assert found[0][0].pixels[0, 1:].tolist() == [[100, 110, 120], [100, 110, 120]]
    assert found[0][0].alpha is not None
    assert found[0][0].alpha.tolist() == [[0, 255, 255]] * 2

"""Images that follow each other in one file are reached, or said."""

import io

import numpy as np
import PIL.Image
import pytest

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.animation import count_frames, read_frames
from cnnfilt.files.decode.image_streams import note_on_rest, parts_of
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read_bytes
from tests.files.decode.pngs import written
from tests.files.odd_files import random_levels, saved

SEVERAL = "holds several images; only the first is used (--frames all takes all)"

GRAY = random_levels(3, 4)
COLOUR = random_levels(2, 5, 3)
DEEP = random_levels(4, 3, 3, dtype="uint16")
PNGS = [
    saved(PIL.Image.fromarray(GRAY), "PNG"),
    written(DEEP, 2, 16, interlaced=True),
    saved(PIL.Image.fromarray(COLOUR), "PNG"),
]
MAPS = [
    b"P5 4 3 255\n" + GRAY.tobytes(),
    b"P6\n3 4\n65535\n" + DEEP.astype(">u2").tobytes(),
    b"P3 5 2 255\n" + b" ".join(b"%d" % level for level in COLOUR.ravel()) + b"\n",
]


@pytest.mark.parametrize("files", [PNGS, MAPS], ids=["png", "pnm"])
def test_all_are_reached(files: list[bytes]) -> None:
    data = b"".join(files)
    assert count_frames(data) == 3
    expected = [GRAY, DEEP, COLOUR]
    found = read_frames(data, "all", ReadOptions())
    assert found is not None
    for image, pixels in zip(found[0], expected, strict=True):
        np.testing.assert_array_equal(image.pixels, pixels)
        assert SEVERAL not in image.notes
    assert found[1].milliseconds == (1000.0,) * 3
    for number, pixels in enumerate(expected, 1):
        one = read_frames(data, number, ReadOptions())
        assert one is not None
        np.testing.assert_array_equal(one[0][0].pixels, pixels)
    with pytest.raises(InputError, match="has 3 frames; frame 4 does not exist"):
        read_frames(data, 4, ReadOptions())
    with pytest.raises(ShapeError, match="the limit is 20"):
        read_frames(data, "all", ReadOptions(max_pixels=20))


@pytest.mark.parametrize("files", [PNGS, MAPS], ids=["png", "pnm"])
def test_that_there_are_more_is_said(files: list[bytes]) -> None:
    for file in files:
        assert SEVERAL not in read_bytes(file).notes
        assert SEVERAL in read_bytes(file + files[0]).notes
    # The second is cut off, and is none.
    assert SEVERAL not in read_bytes(files[0] + files[1][:30]).notes


def test_the_frames_of_an_animation_in_a_stream_count_too() -> None:
    frames = [PIL.Image.fromarray(GRAY), PIL.Image.fromarray(255 - GRAY)]
    data = saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=40) + PNGS[2]
    assert count_frames(data) == 3
    found = read_frames(data, "all", ReadOptions())
    assert found is not None
    assert found[1].milliseconds == (40.0, 40.0, 1000.0)
    np.testing.assert_array_equal(found[0][1].pixels, 255 - GRAY)
    one = read_frames(data, 2, ReadOptions())
    assert one is not None
    np.testing.assert_array_equal(one[0][0].pixels, 255 - GRAY)


def test_what_stands_behind_a_map_and_is_none_is_said() -> None:
    assert read_bytes(MAPS[0] + b"\n \n").notes == ()
    assert read_bytes(MAPS[0] + b"junk\n").notes == ("its pixels are followed by 5 bytes, which cnnfilt does not read",)
    assert read_bytes(PNGS[0] + b"junk").notes == ()


def test_the_place_of_the_stream_is_kept() -> None:
    stream = io.BytesIO(b"".join(MAPS) + b"junk")
    stream.seek(7)
    parts = parts_of(stream, "pgm")
    assert len(parts) == 3
    assert note_on_rest(stream, "pgm", parts)
    assert stream.tell() == 7
    assert parts_of(stream, "jpeg") == ()

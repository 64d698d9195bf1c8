"""The blocks of a GIF: what belongs to which frame, and what is done with damage."""

import numpy as np
import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.animation import read_frames
from cnnfilt.files.decode.gif_frames import gif_frames
from cnnfilt.files.read_write_options import ReadOptions
from tests.files.decode.animations import Drawing, gif

RED, BLUE = (np.full((4, 5, 4), colour, np.uint8) for colour in ((255, 0, 0, 255), (0, 0, 255, 255)))
TWO = gif(4, 5, [Drawing(RED, disposal="background", milliseconds=40), Drawing(BLUE[:2, :3], 1, 2, milliseconds=70)])
SECOND_CONTROL = TWO.rindex(b"!\xf9")


def test_each_frame_says_where_how_and_how_long() -> None:
    stored = gif_frames(TWO)
    assert (stored.height, stored.width) == (4, 5)
    found = [(frame.top, frame.left, frame.milliseconds, frame.disposal) for frame in stored.frames]
    assert found == [(0, 0, 40.0, "background"), (1, 2, 70.0, "none")]


def test_a_frame_without_a_control_takes_over_nothing() -> None:
    frame = gif_frames(TWO[:SECOND_CONTROL] + TWO[SECOND_CONTROL + 8 :]).frames[1]
    assert (frame.milliseconds, frame.disposal) == (0.0, "none")


def test_comments_and_junk_between_blocks_are_passed_over() -> None:
    data = TWO[:SECOND_CONTROL] + b"!\xfe\x03,;!\0\0\0\xff" + TWO[SECOND_CONTROL:] + b"after the end,!"
    assert [frame.left for frame in gif_frames(data).frames] == [0, 2]


def test_a_gif_without_images_is_refused() -> None:
    with pytest.raises(InputError, match="truncated or damaged"):
        read_frames(gif(4, 5, [Drawing(RED)])[:800], "all", ReadOptions())


def test_a_gif_that_ends_before_its_first_image_is_refused() -> None:
    with pytest.raises(EOFError, match="there is no image in it"):
        gif_frames(gif(4, 5, [Drawing(RED)])[:13] + b";")


def test_a_frame_whose_pixels_are_cut_off_is_refused_and_those_before_it_are_there() -> None:
    cut = TWO[:-6]
    with pytest.raises(InputError, match="GIF is truncated or damaged"):
        read_frames(cut, "all", ReadOptions())
    found = read_frames(cut, 1, ReadOptions())
    assert found is not None
    np.testing.assert_array_equal(found[0][0].pixels, RED[..., :3])

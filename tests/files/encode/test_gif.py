"""A GIF counts how often it starts again, and 0 is for ever."""

import pytest

from cnnfilt.files.encode.gif import animation_arguments
from cnnfilt.files.metadata import KeptMetadata
from cnnfilt.files.records import Timing


@pytest.mark.parametrize(("plays", "loop"), [(0, {"loop": 0}), (1, {}), (2, {"loop": 1}), (7, {"loop": 6})])
def test_plays_become_repeats(plays: int, loop: dict[str, int]) -> None:
    arguments = animation_arguments(Timing((40.4, 19.6), plays), KeptMetadata(), None, opaque=True)
    assert arguments == {"duration": [40, 20], "optimize": False} | loop


def test_what_is_transparent_is_cleared_of_the_frame_before() -> None:
    arguments = animation_arguments(Timing((40.0,), 1), KeptMetadata(), None, opaque=False)
    assert arguments["disposal"] == 2


def test_times_are_the_nearest_hundredths_of_a_second() -> None:
    timing = Timing((1000 / 60, 1000 / 30, 25.0, 0.0), 1)
    assert animation_arguments(timing, KeptMetadata(), None, opaque=True)["duration"] == [20, 30, 20, 0]

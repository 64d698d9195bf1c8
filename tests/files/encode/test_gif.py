"""A GIF counts how often it starts again, and 0 is for ever."""

import pytest

from cnnfilt.files.encode.gif import animation_arguments
from cnnfilt.files.metadata import KeptMetadata
from cnnfilt.files.records import Timing


@pytest.mark.parametrize(("plays", "loop"), [(0, {"loop": 0}), (1, {}), (2, {"loop": 1}), (7, {"loop": 6})])
def test_plays_become_repeats(plays: int, loop: dict[str, int]) -> None:
    arguments = animation_arguments(Timing((40.4, 19.6), plays), KeptMetadata(), None)
    assert arguments == {"duration": [40, 20], "optimize": False} | loop

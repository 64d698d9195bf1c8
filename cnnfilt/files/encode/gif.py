"""A GIF, written as an animation alone: a single image has better formats."""

from typing import Any

from cnnfilt.files.metadata import KeptMetadata
from cnnfilt.files.records import Timing


def animation_arguments(timing: Timing, kept: KeptMetadata, quality: int | None) -> dict[str, Any]:
    """Return Pillow's save arguments for an animation; there is no place for what is kept, and no quality."""
    # No colours are thrown together, and no pixels left out, that differ.
    arguments: dict[str, Any] = {"duration": timing.whole_milliseconds, "optimize": False}
    if timing.plays == 1:
        return arguments
    # A GIF counts how often it starts again; 0 is for ever in both ways of counting.
    return arguments | {"loop": timing.plays and timing.plays - 1}

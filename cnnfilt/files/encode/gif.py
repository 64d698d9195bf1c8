"""A GIF, written as an animation alone: a single image has better formats."""

from typing import Any

from cnnfilt.files.metadata import KeptMetadata
from cnnfilt.files.records import Timing

_CLEARED = 2
"""The disposal that clears a frame's place after its time (GIF89a, 23)."""


def animation_arguments(timing: Timing, kept: KeptMetadata, quality: int | None, *, opaque: bool) -> dict[str, Any]:
    """Return Pillow's save arguments for an animation; there is no place for what is kept, and no quality."""
    # A GIF has hundredths of a second, and Pillow would cut off what is over.
    duration = [round(time / 10) * 10 for time in timing.milliseconds]
    # No colours are thrown together, and no pixels left out, that differ.
    arguments: dict[str, Any] = {"duration": duration, "optimize": False}
    if not opaque:
        # A frame can only be drawn over what is there, so that what is transparent in it must be cleared before.
        arguments["disposal"] = _CLEARED
    if timing.plays == 1:
        return arguments
    # A GIF counts how often it starts again; 0 is for ever in both ways of counting.
    return arguments | {"loop": timing.plays and timing.plays - 1}

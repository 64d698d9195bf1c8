"""What windows reach beyond a batch, put around it."""

from collections.abc import Sequence

from cnnfilt.core.engine.memory import room
from cnnfilt.describe.window import Window
from cnnfilt.nn.layer import Array


def with_border(images: Array, windows: Sequence[Window], value: float) -> Array:
    """Return (N, ..., C) with what the windows reach beyond it filled with `value`."""
    if not any(one.before or one.after or one.overhang for one in windows):
        return images
    sides = [one.padded_size + one.overhang for one in windows]
    padded = room((len(images), *sides, images.shape[-1]), images.dtype)
    inside = [slice(one.before, one.before + one.size) for one in windows]
    for axis, one in enumerate(inside):
        for beside in (slice(0, one.start), slice(one.stop, None)):
            padded[(slice(None), *inside[:axis], beside)] = value
    padded[(slice(None), *inside)] = images
    return padded

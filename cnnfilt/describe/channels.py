"""Where the channels of an array stand: last here, as in files and in Keras; first in PyTorch."""

from collections.abc import Sequence

from cnnfilt.errors import counted
from cnnfilt.spelling import spelled_size

MOST_CHANNELS = 4
"""More are no colours (with alpha)."""

LEAST_SIDE = 16
"""An image of interest has at least so many rows and columns."""


def channels_first_hint(shape: Sequence[int]) -> str | None:
    """Return a hint for a shape (height, width, channels) whose first number looks like channels; None for others."""
    if len(shape) != 3 or shape[0] > MOST_CHANNELS or min(shape[1:]) < LEAST_SIDE:
        return None
    rows, columns, channels = shape
    return (
        f"{spelled_size(shape)} is {counted(rows, 'rows')}, {columns:,} columns and {channels:,} channels, because "
        f"channels come last here; {spelled_size((columns, channels, rows))} may be meant"
    )


def stack_hint(shape: Sequence[int]) -> str | None:
    """Return a hint for an array (height, width, channels) that looks like a stack of images; None for others.

    Then it has few rows, and about as many channels as columns: feature maps are about square.
    """
    if len(shape) != 3 or min(shape[1:]) < LEAST_SIDE or max(shape[1:]) > 2 * min(shape[1:]):
        return None
    count, rows, columns = shape
    if not MOST_CHANNELS < count <= min(rows, columns) // 2:
        return None
    return (
        f"{spelled_size(shape)} is {count:,} rows, {rows:,} columns and {columns:,} channels, for channels come last "
        f"here; if it is a stack of {count:,} images, np.moveaxis(x, 0, -1) makes each a channel"
    )

"""How transparency follows an image through windows: looked up at their centres (`covered` filters it)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnfilt.describe.transposed import TransposedAxis, TransposedWindows
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Windows

Array = NDArray[Any]


def alpha_at_centres(alpha: Array, windows: Windows) -> Array:
    """Return the alpha (H, W) at the centre of each window, (H', W'): position floor((span - 1) / 2), kept inside."""
    return alpha[np.ix_(centres(windows.rows), centres(windows.columns))]


def alpha_of_stamps(alpha: Array, windows: TransposedWindows) -> Array:
    """Return the alpha (H, W) of the pixel whose stamp has its middle nearest, (H', W')."""
    return alpha[np.ix_(_nearest_stamps(windows.rows), _nearest_stamps(windows.columns))]


def centres(window: Window) -> NDArray[np.intp]:
    """Return which position of the image lies at the centre of each window: floor((span - 1) / 2), kept inside."""
    first = (window.span - 1) // 2 - window.before
    positions = first + window.stride * np.arange(window.output_size)
    return np.clip(positions, 0, window.size - 1)


def _nearest_stamps(axis: TransposedAxis) -> NDArray[np.intp]:
    """Return which input's stamp has its middle nearest to each output: i*s - before + (span - 1)/2, kept inside."""
    twice = 2 * (np.arange(axis.output_size) + axis.before) - axis.span + 1
    return np.clip((twice + axis.stride) // (2 * axis.stride), 0, axis.size - 1)

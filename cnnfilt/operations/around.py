"""What the windows of a part of an image see: the part itself, and what is around it."""

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.borders import as_slice, border_positions
from cnnfilt.describe.parts import Box
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Windows
from cnnfilt.files.image import Image
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Array, Reach, size_of
from cnnfilt.terms import PaddingMode, Pair

_Index = slice | npt.NDArray[np.intp]


def around(image: Image, box: Box, windows: Windows, mode: PaddingMode) -> tuple[Image, tuple[Pair, Pair]]:
    """Return what `windows` of stride 1 see of `image` in `box`, and what padding that still needs at its borders.

    Where the mode pads with pixels of the image these are part of what is seen, and no padding is left to do.
    """
    rows, above_below = _seen(windows.rows, box.top, box.bottom, mode)
    columns, beside = _seen(windows.columns, box.left, box.right, mode)
    return _cut(image, rows, columns), (above_below, beside)


def neighbourhood(image: Image, box: Box, reach: Reach) -> tuple[Image, Box]:
    """Return as much of `image` as the pixels in `box` depend on, without a copy, and where the box lies in that."""
    height, width = size_of(image)
    top, bottom = _extent(box.top, box.bottom, height, reach.rows, wraps=reach.wraps)
    left, right = _extent(box.left, box.right, width, reach.columns, wraps=reach.wraps)
    return _cut(image, slice(top, bottom), slice(left, right)), box.moved(-top, -left)


def rows_around(windows: Windows, mode: PaddingMode, first: int, last: int) -> tuple[_Index, tuple[Pair, Pair]]:
    """Return which rows the windows of output rows `first` to `last` see, and what padding these rows still need.

    All windows see the image as it is; fewer have to see some of its rows.
    """
    if (first, last) == (0, windows.rows.output_size):
        return slice(None), windows.pads
    rows, above_below = _seen(windows.rows, first, last, mode)
    return rows, (above_below, windows.pads[1])


def _seen(window: Window, first: int, last: int, mode: PaddingMode) -> tuple[_Index, Pair]:
    """Return which positions the windows `first` to `last` see, and how many (before, after) are still to be padded."""
    start, stop = window.start(first), window.start(last - 1) + window.span
    if mode != "zeros":
        positions = border_positions(window.size, window.before, window.after, mode, window.lines)
        return as_slice(positions[start + window.before : stop + window.before]), (0, 0)
    # What overhangs the padding is no part of it.
    before, after = max(-start, 0), min(max(stop - window.size, 0), window.after)
    return slice(start + before, min(stop, window.size)), (before, after)


def _extent(first: int, last: int, n: int, reach: int, *, wraps: bool) -> Pair:
    if wraps and (first < reach or last + reach > n):
        return 0, n
    return max(first - reach, 0), min(last + reach, n)


def _cut(image: Image, rows: _Index, columns: _Index) -> Image:
    def cut(array: Array) -> Array:
        return array[rows][:, columns]

    return replace(
        image, pixels=cut(image.pixels), alpha=None if image.alpha is None else cut(image.alpha), memory=None
    )

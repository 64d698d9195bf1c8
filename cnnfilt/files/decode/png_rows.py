"""Rows of a PNG as they were before its filters (PNG 3, section 9), by the compiled core or by NumPy."""

import numpy as np
from numpy.typing import NDArray

from cnnfilt.core.engine import native
from cnnfilt.files.encode.png_rows import PAETH, average, paeth

Bytes = NDArray[np.uint8]

BLOCK_BYTES = 1 << 20
"""How much is worked on at once. NumPy needs several times as much memory for it."""


def unfilter(filtered: Bytes, above: Bytes, out: Bytes, pixel_bytes: int) -> None:
    """Write rows (rows, width) from `filtered` (rows, 1 + width), whose first bytes name the filters.

    `above` (width) is the row before the first, zeros where there is none. SyntaxError for an unknown filter.
    """
    if filtered[:, 0].max() > PAETH:
        raise SyntaxError(f"a row has the filter {filtered[:, 0].max()}, which is unknown")
    if native.loops:
        native.loops.unfilter(filtered, above, out, pixel_bytes)
    else:
        unfilter_by_numpy(filtered, above, out, pixel_bytes)


def unfilter_by_numpy(filtered: Bytes, above: Bytes, out: Bytes, pixel_bytes: int) -> None:
    """Do the same with pixels that lie on one diagonal at a time: they do not depend on each other."""
    rows, pixels = len(out), out.shape[1] // pixel_bytes
    kinds, said = filtered[:, 0], filtered[:, 1:].reshape(rows, pixels, pixel_bytes)
    # With a row above and a pixel to the left, which is 0 outside the image.
    raw = np.zeros((rows + 1, pixels + 1, pixel_bytes), np.uint8)
    raw[0, 1:] = above.reshape(pixels, pixel_bytes)
    for diagonal in range(rows + pixels - 1):
        y = np.arange(max(0, diagonal - pixels + 1), min(rows, diagonal + 1))
        x = diagonal - y
        left, over, corner = raw[y + 1, x], raw[y, x + 1], raw[y, x]
        predictions = np.zeros_like(left), left, over, average(left, over), paeth(left, over, corner)
        raw[y + 1, x + 1] = said[y, x] + np.choose(kinds[y, np.newaxis], predictions)
    out[...] = raw[1:, 1:].reshape(rows, -1)

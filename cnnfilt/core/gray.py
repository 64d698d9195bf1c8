"""Gray from colour."""

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.errors import ShapeError

_WEIGHTS = (19595, 38470, 7471)
"""ITU-R BT.601-7 luma (0.299, 0.587, 0.114) in 65536ths, as in Pillow."""

_LARGEST_EXACT = 2**46
"""Integers up to here times 65536 stay within 64 bits."""

_STRIP_ROWS = 64


def to_gray(pixels: Array) -> Array:
    """Return (H, W) from (H, W, 3) or (H, W, 1): (19595 R + 38470 G + 7471 B + 32768) >> 16, of the same type.

    Floats get the same weights without the rounding. (H, W) comes back as it is. ShapeError for other channels.
    """
    if pixels.ndim == 2:
        return pixels
    if pixels.shape[2] == 1:
        return pixels[..., 0]
    if pixels.shape[2] != 3:
        raise ShapeError(
            f"{{image}} has {pixels.shape[2]} channels; gray is made of 1 or 3; choose with --bands, or --no-gray",
            parameter="gray",
        )
    if pixels.dtype.kind == "f":
        # Some values that are not numbers make processors complain when they are widened.
        with np.errstate(invalid="ignore"):
            return (pixels @ (np.array(_WEIGHTS) / 65536)).astype(pixels.dtype)
    gray = np.empty(pixels.shape[:2], pixels.dtype)
    for rows in _strips(len(pixels)):
        gray[rows] = _weighted(pixels[rows])
    return gray


def _weighted(pixels: Array) -> Array:
    if pixels.dtype.itemsize > 2:
        if pixels.size and max(abs(int(pixels.min())), abs(int(pixels.max()))) > _LARGEST_EXACT:
            raise ShapeError("{image} has values too large to be weighted exactly", parameter="gray")
        wide = pixels.astype(np.int64)
    else:
        # 65535 * 65536 + 32768 fits 32 bits without a sign.
        wide = pixels.astype(np.int64 if pixels.dtype.kind == "i" else np.uint32)
    red, green, blue = (wide[..., channel] * weight for channel, weight in enumerate(_WEIGHTS))
    return (red + green + blue + 32768) >> 16


def _strips(height: int) -> list[slice]:
    return [slice(top, top + _STRIP_ROWS) for top in range(0, height, _STRIP_ROWS)]

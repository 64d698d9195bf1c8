"""Decoded samples as the levels and the alpha that the file means."""

import numpy as np

from cnnfilt.files.decode.storage import Key, Storage
from cnnfilt.files.image import Array, top_level


def true_levels(pixels: Array, stored: Storage, format: str) -> Array:
    """Return decoded pixels as the file means them, where Pillow's mode has no way to say it."""
    if format == "pgm" and pixels.dtype == np.int32:
        return pixels.astype(np.uint16)
    if format != "tiff":
        return pixels
    if stored.signed and pixels.dtype == np.uint8:
        return pixels.view(np.int8).astype(np.int32)
    if not stored.signed and pixels.dtype == np.int32 and (pixels < 0).any():
        return pixels.view(np.uint32).astype(np.int64)
    if stored.white_is_zero and pixels.dtype == np.uint16:
        return top_level(pixels.dtype) - pixels
    return pixels


def keyed_alpha(pixels: Array, key: Key) -> Array:
    """Return alpha that is 0 where `pixels` have the one transparent level or colour, and full elsewhere."""
    matches = pixels == np.array(key)
    if pixels.ndim == 3:
        matches = matches.all(axis=2)
    return np.where(matches, 0, top_level(pixels.dtype)).astype(pixels.dtype)

"""A loaded image as arrays, in the levels and with the alpha that the file means."""

from mmap import mmap

import numpy as np
import PIL.Image

from cnnfilt.errors import InputError
from cnnfilt.files.decode.loading import Loaded
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.image import Array, Image, top_level
from cnnfilt.files.pixels import to_array
from cnnfilt.files.records import Key, Storage


def as_arrays(loaded: Loaded) -> Image:
    """Return the image with its alpha; `loaded` is used up, for its memory becomes that of the arrays."""
    stored = loaded.stored
    try:
        alpha: Array | None = None
        pixels = _true_levels(_array(loaded.base, loaded.memory), stored)
        if stored.key is not None:
            alpha = _alpha_from_key(pixels, stored.key)
        elif loaded.alpha is not None:
            alpha = _array(loaded.alpha)
    except MemoryError:
        raise InputError(f"this {FORMATS[loaded.format].title} needs more memory than there is") from None
    return Image(
        pixels,
        alpha,
        format=loaded.format,
        metadata=loaded.metadata,
        stored=stored,
        notes=loaded.notes,
        memory=loaded.memory,
    )


def _array(image: PIL.Image.Image | Array, memory: mmap | None = None) -> Array:
    return image if isinstance(image, np.ndarray) else to_array(image, memory)


def _true_levels(pixels: Array, stored: Storage) -> Array:
    """Return decoded pixels as the file means them, where Pillow's mode has no way to say it."""
    if stored.gray_16:
        return pixels.astype(np.uint16)
    if stored.signed and pixels.dtype == np.uint8:
        return pixels.view(np.int8).astype(np.int32)
    if not stored.signed and pixels.dtype == np.int32 and (pixels < 0).any():
        return pixels.view(np.uint32).astype(np.int64)
    if stored.white_is_zero and pixels.dtype == np.uint16:
        return top_level(pixels.dtype) - pixels
    return pixels


def _alpha_from_key(pixels: Array, key: Key) -> Array:
    """Return alpha that is 0 where `pixels` have the one transparent level or colour, and full elsewhere."""
    alpha = np.full(pixels.shape[:2], top_level(pixels.dtype), pixels.dtype)
    for row, hidden in zip(pixels, alpha, strict=True):
        matches = row == np.array(key)
        hidden[matches if pixels.ndim == 2 else matches.all(axis=1)] = 0
    return alpha

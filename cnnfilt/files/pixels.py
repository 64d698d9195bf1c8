"""The way between Pillow's memory and NumPy's: the same memory where that can be, else copied in strips.

Pillow takes 4 bytes for a pixel of 3 channels. They are packed to 3 where they lie, each row at its own start: at 24
megapixels a third of the time of a copy, and no second image in memory.
"""

from mmap import mmap

import numpy as np
import PIL.Image

from cnnfilt.core.engine.threads import run_strips
from cnnfilt.files.image import Array

_STRIP_ROWS = 16
"""Copying strips of 16 rows costs 0.6 of copying the whole image, and needs no second copy of it."""


def to_array(image: PIL.Image.Image, memory: mmap | None = None) -> Array:
    """Return the pixels of a loaded image, (H, W) or (H, W, C), in native byte order.

    `memory` is what `memory.lend` gave for the image, which is used up then. Rows are contiguous, but may lie apart.
    """
    if memory is None:
        return _copied(image)
    pixels = np.frombuffer(memory, np.uint8).reshape(image.height, image.width, -1)
    return pixels[..., 0] if pixels.shape[2] == 1 else _packed(pixels)


def from_array(pixels: Array, alpha: Array | None = None) -> PIL.Image.Image:
    """Return a Pillow image of `pixels` (uint8 in gray or colour; uint16, int32 or float in gray) and 8-bit alpha."""
    if alpha is not None:
        pixels = np.dstack((pixels, alpha))
    if pixels.dtype == np.float64:
        pixels = pixels.astype(np.float32)
    return PIL.Image.fromarray(np.ascontiguousarray(pixels))


def for_jpeg(pixels: Array, spare: mmap | None = None) -> PIL.Image.Image:
    """Return what `from_array` does, of colours as RGBX, which Pillow's JPEG encoder reads too: a third of the time.

    It lies in `spare` if that is large enough.
    """
    if pixels.ndim == 2:
        return from_array(pixels)
    height, width = pixels.shape[:2]
    spread = _reused(spare, pixels)
    if spread is None:
        spread = np.empty((height, width, 4), np.uint8)

    def spread_rows(first: int, last: int) -> None:
        # They may lie where they are spread, each row at its own start.
        rows = pixels[first:last].copy()
        for channel in range(3):
            spread[first:last, :, channel] = rows[:, :, channel]

    run_strips(_strips(height), lambda: spread_rows)
    return PIL.Image.frombuffer("RGBX", (width, height), spread, "raw", "RGBX", 0, 1)


def upright_array(pixels: Array, orientation: int) -> Array:
    """Return pixels turned as EXIF asks (Exif 2.32, tag 274): 5 to 8 lie on their side, 2, 4, 5 and 7 are mirrored."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _reused(spare: mmap | None, pixels: Array) -> Array | None:
    """Return `spare` as (H, W, 4), or None where that cannot be: too small, or pixels lie in it in another way."""
    height, width = pixels.shape[:2]
    if spare is None or len(spare) < height * width * 4:
        return None
    memory = np.frombuffer(spare, np.uint8, height * width * 4).reshape(height, width, 4)
    at_their_rows = pixels.ctypes.data == memory.ctypes.data and pixels.strides == (4 * width, 3, 1)
    return memory if at_their_rows or not np.may_share_memory(memory, pixels) else None


def _copied(image: PIL.Image.Image) -> Array:
    width, height = image.size
    first = np.asarray(image.crop((0, 0, width, min(_STRIP_ROWS, height))))
    pixels = np.empty((height, *first.shape[1:]), first.dtype.newbyteorder("="))
    pixels[: first.shape[0]] = first
    for top in range(_STRIP_ROWS, height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, width, bottom)))
    return pixels


def _packed(memory: Array) -> Array:
    """Return (H, W, 3) from (H, W, 4), in the same memory: pixel x of each row begins at its byte 3x."""
    height, width, _ = memory.shape
    packed = memory.reshape(height, 4 * width)[:, : 3 * width].reshape(height, width, 3)

    def pack(first: int, last: int) -> None:
        strip = memory[first:last].copy()
        for channel in range(3):
            packed[first:last, :, channel] = strip[..., channel]

    run_strips(_strips(height), lambda: pack)
    return packed


def _strips(height: int) -> list[tuple[int, int]]:
    return [(top, min(top + _STRIP_ROWS, height)) for top in range(0, height, _STRIP_ROWS)]

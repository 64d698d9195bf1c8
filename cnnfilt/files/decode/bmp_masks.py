"""Pixels cut up by masks, as arrays."""

import numpy as np

from cnnfilt.files.decode.bmp_header import MaskedBmp
from cnnfilt.files.image import Array, Image
from cnnfilt.files.records import Metadata, Storage
from cnnfilt.files.streams import TOO_FEW

_INCHES_PER_METRE = 39.3701
_BLOCK_BYTES = 1 << 20

RAW_MODE = "masks"
"""What stands in for Pillow's raw mode."""


def read_masked(bmp: MaskedBmp) -> Image:
    """Return the image: of 16 bits where a mask has more than 8, else of 8.

    SyntaxError for masks that are none, EOFError where the file is cut off.
    """
    fields = [_field(mask, bmp.bits) for mask in bmp.masks]
    deep = any(count > 8 for _, count in fields)
    dtype = np.dtype(np.uint16 if deep else np.uint8)
    pixels = np.empty((bmp.height, bmp.width, 3), dtype)
    alpha = np.empty((bmp.height, bmp.width), dtype) if bmp.masks[3] else None
    targets = [pixels[..., channel] for channel in range(3)] + ([] if alpha is None else [alpha])
    row_bytes = -(-bmp.width * bmp.bits // 32) * 4
    bmp.stream.seek(bmp.start)
    rows = max(1, _BLOCK_BYTES // row_bytes)
    for first in range(0, bmp.height, rows):
        last = min(first + rows, bmp.height)
        data = bmp.stream.read((last - first) * row_bytes)
        if len(data) < (last - first) * row_bytes:
            raise EOFError(TOO_FEW)
        block = np.frombuffer(data, f"<u{bmp.bits // 8}").reshape(last - first, -1)[:, : bmp.width]
        # The first row of a file is the lowest, where it does not say otherwise.
        place = slice(first, last) if bmp.top_down else slice(bmp.height - last, bmp.height - first)
        for target, field in zip(targets, fields, strict=False):
            target[place] = _levels(block if bmp.top_down else block[::-1], *field, deep=deep)
    x, y = (dots / _INCHES_PER_METRE for dots in bmp.dots_per_metre)
    resolution = (x, y) if min(x, y) >= 1 else None
    stored = Storage(mode="RGB" if alpha is None else "RGBA", raw_mode=RAW_MODE)
    return Image(pixels, alpha, format="bmp", metadata=Metadata(resolution=resolution), stored=stored)


def _field(mask: int, bits: int) -> tuple[int, int]:
    """Return the place of the lowest bit of a mask and how many it has."""
    shift = (mask & -mask).bit_length() - 1 if mask else 0
    count = mask.bit_count()
    if mask >> shift != (1 << count) - 1 or mask.bit_length() > bits or count > 16:
        raise SyntaxError(f"its mask {mask:#x} is not one run of at most 16 bits")
    return shift, count


def _levels(block: Array, shift: int, count: int, *, deep: bool) -> Array:
    """Return the bits of one mask as levels; 8-bit ones rounded down, as Pillow does with 5 and 6 bits."""
    if not count:
        return np.zeros(block.shape, np.uint8)
    top, highest = 65535 if deep else 255, (1 << count) - 1
    values = np.arange(highest + 1, dtype=np.int64) * top
    scaled = (values + highest // 2) // highest if deep else values // highest
    levels: Array = scaled[block >> shift & highest]
    return levels

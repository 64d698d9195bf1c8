"""The way between Pillow's memory and NumPy's: the same memory where that can be, else copied in strips.

Pillow keeps 4 bytes for a pixel of 3 channels. They are packed to 3 where they lie, each row at its own start: at 24
megapixels a third of the time of a copy, and no second image in memory.
"""

import ctypes
from typing import Any

import numpy as np
import PIL.Image

from cnnfilt.core.engine.threads import run_strips
from cnnfilt.files.image import Array

_STRIP_ROWS = 16
"""Copying strips of 16 rows costs 0.6 of copying the whole image, and needs no second copy of it."""


def to_array(image: PIL.Image.Image) -> Array:
    """Return the pixels of a loaded image, (H, W) or (H, W, C), in native byte order; the image is used up.

    Rows are contiguous, but may lie apart from each other.
    """
    memory = _memory(image) if image.mode in ("L", "RGB") and not image.readonly else None
    if memory is None:
        return _copied(image)
    return memory if memory.ndim == 2 else _packed(memory)


def from_array(pixels: Array, alpha: Array | None = None) -> PIL.Image.Image:
    """Return a Pillow image of `pixels` (uint8 in gray or colour; uint16, int32 or float in gray) and 8-bit alpha."""
    if alpha is not None:
        pixels = np.dstack((pixels, alpha))
    elif pixels.ndim == 3:
        height, width = pixels.shape[:2]
        image = PIL.Image.new("RGB", (width, height), None)
        memory = _memory(image)
        if memory is not None:
            _spread(pixels, memory)
            return image
    if pixels.dtype == np.float64:
        pixels = pixels.astype(np.float32)
    return PIL.Image.fromarray(np.ascontiguousarray(pixels))


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


def _spread(pixels: Array, memory: Array) -> None:
    """Write (H, W, 3) to (H, W, 4); what the fourth bytes hold does not matter."""

    def spread(first: int, last: int) -> None:
        for channel in range(3):
            memory[first:last, :, channel] = pixels[first:last, :, channel]

    run_strips(_strips(len(pixels)), lambda: spread)


def _strips(height: int) -> list[tuple[int, int]]:
    return [(top, min(top + _STRIP_ROWS, height)) for top in range(0, height, _STRIP_ROWS)]


def _memory(image: PIL.Image.Image) -> Array | None:
    """Return the memory of an image of mode L as (H, W), of RGB as (H, W, 4), or None where it is not in one block."""
    if not image.im.isblock():
        return None
    return np.asarray(_Exported(image))


class _Exported:
    """An image's memory as NumPy's array interface describes it. What is made of it keeps the memory alive."""

    def __init__(self, image: PIL.Image.Image) -> None:
        self._schema, self._array = image.__arrow_c_array__()
        array = _ArrowArray.from_address(_pointer_in(self._array, b"arrow_array"))
        samples = array.children[0].contents if array.n_children else array
        self.__array_interface__ = {
            "version": 3,
            "shape": (image.height, image.width, *((4,) if array.n_children else ())),
            "typestr": "|u1",
            "data": (samples.buffers[1], False),
        }


class _ArrowArray(ctypes.Structure):
    """Arrow's C data interface, the part up to what is needed here."""


_ArrowArray._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_ArrowArray))),
]

_pointer_in: Any = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_in.restype, _pointer_in.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)

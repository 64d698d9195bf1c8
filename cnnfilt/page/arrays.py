"""Arrays and pictures as a page embeds them: numbers exactly as they are, small, and pictures as PNG data URIs."""

import base64
import math
import zlib
from typing import Any

import numpy as np

from cnnfilt.files.image import Array, Image
from cnnfilt.files.writing import encode

_EXACT = 2**53
"""Whole numbers up to here are the same in double precision, which is what a browser has."""

_WHOLE = (("u1", np.uint8), ("i1", np.int8), ("u2", np.uint16), ("i2", np.int16), ("i4", np.int32))

Packed = dict[str, Any]


def packed(array: Array) -> Packed:
    """Return an array (H, W), (H, W, C) or (n,) as JSON that `unpacked` in common.js gives back, number by number.

    Bytes of the same rank lie together, so that they deflate well. Whole numbers that double precision does not hold
    go as text.
    """
    kind, values = _smallest(np.asarray(array))
    shape = list(array.shape)
    if kind == "text":
        return {"shape": shape, "text": [str(one) for one in values.reshape(-1).tolist()]}
    plain = np.ascontiguousarray(values).reshape(-1)
    planes = plain.view(np.uint8).reshape(plain.size, plain.dtype.itemsize).T
    deflated = zlib.compress(np.ascontiguousarray(planes).tobytes(), 6)
    return {"type": kind, "shape": shape, "data": base64.b64encode(deflated).decode("ascii")}


def _smallest(array: Array) -> tuple[str, Array]:
    """Return the name of the smallest type that holds every number of `array` exactly, and the array in it."""
    if array.dtype.kind == "b":
        return "u1", array.astype(np.uint8)
    if array.dtype.kind in "iu":
        low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
        for name, dtype in _WHOLE:
            if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
                return name, array.astype(np.dtype(dtype).newbyteorder("<"))
        return ("f8", array.astype("<f8")) if max(-low, high) <= _EXACT else ("text", array)
    return ("f4", array.astype("<f4")) if array.dtype.itemsize <= 4 else ("f8", array.astype("<f8"))


def number(value: float | None) -> float | int | str | None:
    """Return a number as JSON has it; what is not finite, or too large for a browser to hold exactly, as text."""
    if value is None:
        return None
    if isinstance(value, int):
        return value if abs(value) <= _EXACT else str(value)
    return value if math.isfinite(value) else repr(value)


def picture(pixels: Array) -> str:
    """Return levels of 8 bits, (H, W) or (H, W, 3), as the URI of a PNG that is in the page."""
    return as_uri(encode(Image(pixels=pixels), "png").data, "png")


def as_uri(data: bytes, kind: str) -> str:
    """Return the bytes of a picture of this kind, "png" or "webp", as a URI that is in the page."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"

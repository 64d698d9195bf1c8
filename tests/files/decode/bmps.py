"""BMPs of any masks, put together byte by byte."""

import struct
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def masked(
    values: Array, bits: int, masks: tuple[int, ...], *, header: int = 108, compression: int = 3, top_down: bool = False
) -> bytes:
    """A BMP of pixels (H, W), whole numbers of `bits`; a header of 40 bytes has its masks behind it."""
    height, width = values.shape
    rows = [row.astype(f"<u{bits // 8}").tobytes() for row in (values if top_down else values[::-1])]
    data = b"".join(row + bytes(-len(row) % 4) for row in rows)
    size = struct.pack("<iiHH", width, -height if top_down else height, 1, bits)
    head = struct.pack("<I", header) + size + struct.pack("<IIiiII", compression, len(data), 3937, 7874, 0, 0)
    said = struct.pack(f"<{len(masks)}I", *masks)
    head += said if header == 40 else said[: header - 40].ljust(header - 40, b"\0")
    start = 14 + len(head)
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + head + data

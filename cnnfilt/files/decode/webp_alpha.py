"""An animated WebP that says it has no transparency, and has: where no frame lies. No NumPy.

Its canvas is cleared to transparent, whatever background colour it names (so do browsers; the WebP container
specification leaves it to them), but what is not drawn on is read as black unless the header speaks of an alpha.
"""

from io import BytesIO
from typing import BinaryIO

_HEADER_BYTES = 21
_ALPHA, _ANIMATION = 0x10, 0x02


def with_alpha_said(stream: BinaryIO) -> BinaryIO | None:
    """Return an animated WebP without alpha as one that says it has, or None for any other; `stream` stays at 0."""
    head = stream.read(_HEADER_BYTES)
    stream.seek(0)
    if head[12:16] != b"VP8X" or len(head) < _HEADER_BYTES or head[20] & (_ALPHA | _ANIMATION) != _ANIMATION:
        return None
    data = bytearray(stream.read())
    stream.seek(0)
    data[20] |= _ALPHA
    return BytesIO(data)

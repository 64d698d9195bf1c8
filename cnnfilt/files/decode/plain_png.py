"""Small PNGs of 8 bits with hardly anything beside their pixels: to import Pillow takes longer than to decode them.

What comes back is what `loading` and Pillow make of them. All that is unusual, and all that is wrong, is left to these.
"""

import struct
import zlib
from typing import BinaryIO

from cnnfilt.core.engine import native
from cnnfilt.files.decode.png import decode
from cnnfilt.files.decode.png_chunks import Chunk, PngHeader, chunks, colour_space, data_of, read_header
from cnnfilt.files.image import Image
from cnnfilt.files.records import Metadata, Storage, sensible_resolution

_MOST_FILE_BYTES, _MOST_PIXEL_BYTES = 1 << 18, 1 << 22
"""Up to here the import takes longer, and `ahead` has not begun with it."""

_MODES = {0: "L", 2: "RGB", 4: "LA", 6: "RGBA"}
"""What Pillow calls the colour types."""

_BESIDE = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"pHYs": 9}
"""What may stand before the pixels, once, and its length."""

_METRE = 1
_INCH = 0.0254


def read_plain(stream: BinaryIO, *, max_pixels: int) -> Image | None:
    """Return the PNG in `stream`; None leaves it to Pillow, and the stream is at its start again then."""
    try:
        header, found = read_header(stream), tuple(chunks(stream))
        known = header.colour_type in _MODES and _is_small(header, max_pixels) and _is_plain(found, stream.seek(0, 2))
        # NumPy alone would take longer to unfilter it.
        if known and native.loops:
            return _image(stream, header, found)
    except (SyntaxError, EOFError, struct.error, zlib.error):
        pass  # Pillow says what is wrong with it.
    stream.seek(0)
    return None


def _is_small(header: PngHeader, max_pixels: int) -> bool:
    pixels = header.height * header.width
    allowed = 0 < pixels <= (max_pixels or pixels)
    return allowed and header.bits == 8 and not header.interlaced and header.stored_bytes <= _MOST_PIXEL_BYTES


def _is_plain(found: tuple[Chunk, ...], length: int) -> bool:
    """Return whether these chunks are all of a file of so many bytes, in their usual order."""
    names = [one.name for one in found]
    count = names.count(b"IDAT")
    beside, pixels, last = found[1 : -1 - count], names[-1 - count : -1], found[-1]
    ends = last.name == b"IEND" and last.length == 0 and last.start + 4 == length
    usual = all(_BESIDE.get(one.name) == one.length for one in beside) and len({*names}) == len(beside) + 3
    return length <= _MOST_FILE_BYTES and ends and usual and pixels == [b"IDAT"] * count


def _image(stream: BinaryIO, header: PngHeader, found: tuple[Chunk, ...]) -> Image:
    mode = _MODES[header.colour_type]
    resolution = next((_resolution(data_of(stream, one)) for one in found if one.name == b"pHYs"), None)
    metadata = Metadata(resolution=resolution, colour_space=colour_space(stream))
    data_of(stream, found[-1])  # For its checksum.
    pixels, alpha = decode(stream)
    return Image(pixels, alpha, format="png", metadata=metadata, stored=Storage(mode=mode, raw_mode=mode))


def _resolution(data: bytes) -> tuple[float, float] | None:
    across, down, unit = struct.unpack(">IIB", data)
    return sensible_resolution(across * _INCH, down * _INCH) if unit == _METRE else None

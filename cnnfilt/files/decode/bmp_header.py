"""The header of a BMP whose pixels are cut up by masks. No NumPy.

The headers are those of Windows (BITMAPINFOHEADER to BITMAPV5HEADER); OS/2 has other ways.
"""

from struct import unpack_from
from typing import BinaryIO, NamedTuple

_FILE_HEADER_BYTES = 14
_PLAIN, _WITH_COLOURS = 40, 52
"""Headers of so many bytes have three masks behind them, and in them; longer ones have that of alpha, too."""

_KINDS = frozenset({_PLAIN, _WITH_COLOURS, 56, 108, 124})
_BITFIELDS, _ALPHA_BITFIELDS = 3, 6

_PILLOWS = {
    16: {(0xF800, 0x7E0, 0x1F, 0), (0x7C00, 0x3E0, 0x1F, 0)},
    32: {
        *((0xFF0000, 0xFF00, 0xFF, 0), (0xFF000000, 0xFF0000, 0xFF00, 0), (0xFF000000, 0xFF00, 0xFF, 0), (0, 0, 0, 0)),
        *((0xFF000000, 0xFF0000, 0xFF00, 0xFF), (0xFF, 0xFF00, 0xFF0000, 0xFF000000)),
        *((0xFF0000, 0xFF00, 0xFF, 0xFF000000), (0xFF000000, 0xFF00, 0xFF, 0xFF0000)),
    },
}
"""What Pillow reads as it is, by the bits of a pixel."""


class MaskedBmp(NamedTuple):
    """A BMP of `bits` a pixel, the masks of red, green, blue and alpha (0: none), and where its rows start."""

    stream: BinaryIO
    width: int
    height: int
    top_down: bool
    bits: int
    masks: tuple[int, ...]
    start: int
    dots_per_metre: tuple[int, int]


def masked_bmp(stream: BinaryIO) -> MaskedBmp | None:
    """Return the header of the BMP in `stream`; None for what Pillow reads rightly, or can say what is wrong with."""
    data = stream.read(_FILE_HEADER_BYTES + _PLAIN + 16)
    if len(data) < _FILE_HEADER_BYTES + _PLAIN:
        return None
    start, kind, width, height, _, bits, compression = unpack_from("<10xIIiiHHI", data)
    if kind not in _KINDS or bits not in _PILLOWS or compression not in (_BITFIELDS, _ALPHA_BITFIELDS):
        return None
    # Those behind a plain header lie where those of the others do.
    count = 4 if compression == _ALPHA_BITFIELDS or kind > _WITH_COLOURS else 3
    if len(data) < _FILE_HEADER_BYTES + _PLAIN + 4 * count or width <= 0 or height == 0:
        return None
    masks = (*unpack_from(f"<{count}I", data, _FILE_HEADER_BYTES + _PLAIN), 0)[:4]
    if masks in _PILLOWS[bits] and compression == _BITFIELDS:
        return None
    dots = unpack_from("<ii", data, _FILE_HEADER_BYTES + 24)
    return MaskedBmp(stream, width, abs(height), height < 0, bits, masks, start, dots)

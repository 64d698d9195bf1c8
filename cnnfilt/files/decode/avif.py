"""AVIFs are decoded by Pillow, which cuts more than 8 bits; those that have more are refused. No NumPy, no Pillow."""

import io
from typing import TYPE_CHECKING, BinaryIO

from cnnfilt.errors import InputError
from cnnfilt.files.decode.boxes import box_named, boxes, read_at
from cnnfilt.files.read_write_options import ReadOptions

if TYPE_CHECKING:
    from cnnfilt.files.image import Image

_META_HEAD = 4
_DEEP, _TWELVE = 0x40, 0x20
"""The bits of an AV1 configuration that say how deep its samples are (AV1 in ISO BMFF, 2.3.3)."""


class OpenedAvif:
    """An AVIF of 8 bits, which Pillow reads rightly."""

    count = 1
    notes: tuple[str, ...] = ()

    def size(self, number: int, options: ReadOptions) -> None:
        """Leave it to Pillow."""

    def image(self, number: int, options: ReadOptions) -> "Image":
        """Never come here, for every size was left to Pillow."""
        raise AssertionError


def opened(stream: BinaryIO, options: ReadOptions) -> OpenedAvif:
    """Return the AVIF in `stream`. InputError for one that is not of 8 bits, or not whole."""
    end = stream.seek(0, io.SEEK_END)
    meta = box_named(stream, b"meta", 0, end)
    properties = meta and box_named(stream, b"iprp", meta.start + _META_HEAD, meta.end)
    container = properties and box_named(stream, b"ipco", properties.start, properties.end)
    if container is None:
        raise InputError("the AVIF is truncated or damaged (its header)")
    for box in boxes(stream, container.start, container.end):
        configuration = read_at(stream, box.start, 4) if box.name == b"av1C" else b""
        if len(configuration) == 4 and configuration[2] & _DEEP:
            bits = 12 if configuration[2] & _TWELVE else 10
            why = f"has samples of {bits} bits, of which only 8 would be read"
            raise InputError(f"the AVIF {why}; save it as PNG or TIFF")
    return OpenedAvif()

"""The boxes that AVIF and JPEG 2000 files are made of (ISO 14496-12, 4.2; ISO 15444-1, I.4). No NumPy, no Pillow."""

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_MOST_BOXES = 4096


class Box(NamedTuple):
    """The four letters of a box, and where its content begins and ends."""

    name: bytes
    start: int
    end: int


def boxes(stream: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes that lie one after the other from `start` to `end`, as far as they are whole."""
    for _ in range(_MOST_BOXES):
        head = read_at(stream, start, 16) if start + 8 <= end else b""
        if len(head) < 8:
            return
        length, name = struct.unpack_from(">I4s", head)
        content = start + 8
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack_from(">Q", head, 8)
            content += 8
        # A length of 0 reaches to the end.
        following = start + length if length else end
        if following < content or following > end:
            return
        yield Box(name, content, following)
        start = following


def box_named(stream: BinaryIO, name: bytes, start: int, end: int) -> Box | None:
    """Return the first box of this name, or None."""
    return next((box for box in boxes(stream, start, end) if box.name == name), None)


def read_at(stream: BinaryIO, place: int, size: int) -> bytes:
    """Return up to `size` bytes at `place`."""
    stream.seek(place)
    return stream.read(size)

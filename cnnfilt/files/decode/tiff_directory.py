"""The directories of a TIFF: which tags each has and what they say. No NumPy, no Pillow.

TIFF 6.0, section 2; BigTIFF by the proposal that libtiff follows. A file may lie in every number, so every length is
held against that of the file before anything is read.
"""

import io
import struct
from fractions import Fraction
from typing import BinaryIO

from cnnfilt.errors import InputError
from cnnfilt.frozen import Frozen

MOST_DIRECTORIES = 65_536
"""More pages than any scanner or microscope puts into one file that is to be read here."""

_FARTHEST = 2**62
_MOST_TAGS = 4096
_MOST_VALUES = 1 << 24

_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_BYTES_OF = {2: 1, 5: 8, 10: 8, 11: 4, 12: 8, **{kind: struct.calcsize(code) for kind, code in _INTEGERS.items()}}
_RATIONALS = {5: "I", 10: "i"}


class Directory(Frozen, eq=False):
    """One directory: `entries` maps a tag to its type, its number of values, and where these lie in the file.

    `order` is "<" or ">", as `struct` calls it; `big`: it is that of a BigTIFF.
    """

    stream: BinaryIO
    order: str
    big: bool
    entries: dict[int, tuple[int, int, int]]

    def integers(self, tag: int) -> tuple[int, ...]:
        """Return the whole numbers of a tag, () where it is not there. InputError if it holds anything else."""
        kind, count, place = self.entries.get(tag, (3, 0, 0))
        if not count:
            return ()
        if kind not in _INTEGERS or count > _MOST_VALUES:
            raise InputError(f"the TIFF is damaged: its tag {tag} holds no whole numbers")
        data = _read(self.stream, place, count * _BYTES_OF[kind])
        return struct.unpack(f"{self.order}{count}{_INTEGERS[kind]}", data)

    def integer(self, tag: int, default: int) -> int:
        """Return the first whole number of a tag, or `default`."""
        kind, count, place = self.entries.get(tag, (3, 0, 0))
        if not count or kind not in _INTEGERS:
            return default
        value: int = struct.unpack(self.order + _INTEGERS[kind], _read(self.stream, place, _BYTES_OF[kind]))[0]
        return value

    def block(self, tag: int) -> bytes | None:
        """Return the bytes of a tag, whatever they mean, or None."""
        kind, count, place = self.entries.get(tag, (1, 0, 0))
        return _read(self.stream, place, count * _BYTES_OF[kind]) if count else None

    def rational(self, tag: int) -> Fraction | None:
        """Return the first fraction of a tag, or None where there is none, or one over zero."""
        kind, count, place = self.entries.get(tag, (5, 0, 0))
        if not count or kind not in _RATIONALS:
            return None
        above, below = struct.unpack(f"{self.order}2{_RATIONALS[kind]}", _read(self.stream, place, 8))
        return Fraction(above, below) if below else None


def directories(stream: BinaryIO, *, most: int = MOST_DIRECTORIES) -> list[Directory]:
    """Return the first `most` directories of the TIFF in `stream`. InputError where it is damaged.

    A chain that comes back to where it was ends there.
    """
    head = _read(stream, 0, 16, short=True)
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack(f"{order}H", head[2:4])[0] == 43
    if len(head) < (16 if big else 8) or (big and struct.unpack(f"{order}HH", head[4:8]) != (8, 0)):
        raise InputError("the TIFF is truncated or damaged (its header)")
    (place,) = struct.unpack(f"{order}Q", head[8:16]) if big else struct.unpack(f"{order}I", head[4:8])
    found: list[Directory] = []
    seen = set()
    length = left = _length(stream)
    while place and place not in seen and len(found) < most:
        seen.add(place)
        directory, size, place = _directory(stream, order, place, length, big=big)
        found.append(directory)
        left -= size
        if left < 0:
            raise InputError("the TIFF is damaged: its directories lie over each other")
    if not found:
        raise InputError("the TIFF is truncated or damaged (it has no image)")
    return found


def _directory(stream: BinaryIO, order: str, place: int, length: int, *, big: bool) -> tuple[Directory, int, int]:
    """Return the directory at `place`, its bytes, and where the next one is, 0 for none."""
    count_code, entry_code, offset_code = ("Q", "HHQ", "Q") if big else ("H", "HHI", "I")
    counted = struct.calcsize(count_code)
    (count,) = struct.unpack(order + count_code, _read(stream, place, counted))
    if count > _MOST_TAGS:
        raise InputError(f"the TIFF is damaged: a directory has {count:,} tags")
    entry_bytes, offset_bytes = struct.calcsize("<" + entry_code + offset_code), struct.calcsize(offset_code)
    data = _read(stream, place + counted, count * entry_bytes)
    entries: dict[int, tuple[int, int, int]] = {}
    for start in range(0, len(data), entry_bytes):
        tag, kind, values, offset = struct.unpack_from(f"{order}{entry_code}{offset_code}", data, start)
        if kind not in _BYTES_OF:
            continue
        size = values * _BYTES_OF[kind]
        where = place + counted + start + entry_bytes - offset_bytes if size <= offset_bytes else offset
        # A tag whose values lie outside is as good as not there; where it is needed, that will be said.
        if where + size <= length:
            entries.setdefault(tag, (kind, values, where))
    following = _read(stream, place + counted + len(data), offset_bytes, short=True)
    # Some writers end the file with their last tag.
    further = struct.unpack(order + offset_code, following)[0] if len(following) == offset_bytes else 0
    return Directory(stream, order, big, entries), len(data), further


def _read(stream: BinaryIO, place: int, size: int, *, short: bool = False) -> bytes:
    """Return `size` bytes at `place`, or with `short` as many as there are."""
    # Where no file ends, no stream can go.
    data = b""
    if place <= _FARTHEST:
        stream.seek(place)
        data = stream.read(size)
    if len(data) < size and not short:
        raise InputError("the TIFF is truncated or damaged (it ends before what its header points to)")
    return data


def _length(stream: BinaryIO) -> int:
    return stream.seek(0, io.SEEK_END)

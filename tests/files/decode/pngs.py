"""PNGs of every kind, written byte by byte in the plainest way; nothing here is taken from what is judged by it."""

import struct
import zlib
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.files.mutation import changed

Array = np.ndarray[Any, Any]
Chunks = list[tuple[bytes, bytes]]

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
"""First column, first row, and the steps along and down: PNG's own table."""


def written(
    samples: Array,
    colour_type: int,
    bits: int,
    *,
    interlaced: bool = False,
    filters: Array | None = None,
    idat: int = 1 << 20,
    before: Chunks | None = None,
    after: Chunks | None = None,
) -> bytes:
    """A PNG of samples (H, W, channels); `filters` are those of its rows in turn, `idat` the most bytes a chunk."""
    height, width, channels = samples.shape
    assert channels == CHANNELS[colour_type]
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, interlaced)
    wheel = iter(np.resize(np.zeros(1, int) if filters is None else filters, 20 * height + 20).tolist())
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    rows = b""
    for left, top, along, down in passes:
        part = samples[top::down, left::along]
        if part.size:
            rows += filtered([packed(row, bits) for row in part], max(1, channels * bits // 8), wheel)
    data = zlib.compress(rows)
    chunks = [(b"IHDR", header), *(before or [])]
    chunks += [(b"IDAT", data[n : n + idat]) for n in range(0, len(data), idat)]
    chunks += [*(after or []), (b"IEND", b"")]
    return assembled(chunks)


def assembled(chunks: Chunks) -> bytes:
    """The signature and the chunks, each with its length and its checksum."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def packed(row: Array, bits: int) -> bytes:
    """Samples side by side, the first in the highest bits."""
    return np.packbits((row.reshape(-1, 1) >> np.arange(bits)[::-1]).astype(np.uint8) & 1).tobytes()


def filtered(rows: list[bytes], pixel: int, wheel: Any) -> bytes:
    """Rows led by their filters, byte for byte as section 9 of the standard says it."""
    out, above = b"", bytes(len(rows[0]))
    for row in rows:
        kind = next(wheel)
        line = [kind]
        for x, value in enumerate(row):
            a, b = row[x - pixel] if x >= pixel else 0, above[x]
            c = above[x - pixel] if x >= pixel else 0
            line.append(value - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind] & 255)
        out, above = out + bytes(line), row
    return out


def paeth(a: int, b: int, c: int) -> int:
    """The nearest of the three to a + b - c."""
    p = a + b - c
    if abs(p - a) <= abs(p - b) and abs(p - a) <= abs(p - c):
        return a
    return b if abs(p - b) <= abs(p - c) else c


def with_damage(draw: st.DrawFn, data: bytes) -> bytes:
    """A PNG with changes inside its chunks, whose checksums are then made right, or in its bytes at large."""
    if draw(st.booleans()):
        return changed(draw, data)
    found, place = [], 8
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        found.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    hit = draw(st.integers(0, len(found) - 1))
    name, content = found[hit]
    if name == b"IDAT" and draw(st.booleans()):
        content = zlib.compress(changed(draw, zlib.decompress(content)))
    else:
        content = changed(draw, content)
    found[hit] = draw(st.sampled_from((name, name, b"IDAT", b"teSt"))), content
    return assembled(found)

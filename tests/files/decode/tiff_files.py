"""TIFFs of every kind, put together sample by sample as the specification says; the plainest way, for it is a judge."""

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnnfilt.files.decode.tiff_directory import directories
from cnnfilt.files.decode.tiff_page import Page, page_of

Samples = np.ndarray[Any, Any]

Tags = Mapping[int, tuple[int, ...] | bytes]

_CODES = {3: "H", 4: "I"}


def tiff_file(
    samples: Samples,
    *,
    bits: int | None = None,
    photometric: int = 1,
    extras: tuple[int, ...] = (),
    order: str = "<",
    big: bool = False,
    planar: bool = False,
    tile: tuple[int, int] | None = None,
    rows_per_strip: int = 5,
    deflated: bool = False,
    predictor: int = 1,
    fill_reversed: bool = False,
    more: Tags | None = None,
) -> bytes:
    """A TIFF of samples (H, W, S) as they are, unsigned, signed or floats by their type."""
    height, width, count = samples.shape
    bits = bits or samples.dtype.itemsize * 8
    segments = []
    for plane in [samples[..., band : band + 1] for band in range(count)] if planar else [samples]:
        for segment in _segments(plane, tile, rows_per_strip):
            data = _stored(segment, bits, order, predictor)
            if fill_reversed:
                data = bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)
            segments.append(zlib.compress(data) if deflated else data)
    kind = {"u": 1, "i": 2, "f": 3}[samples.dtype.kind]
    tags: dict[int, tuple[int, ...] | bytes] = {
        256: (width,),
        257: (height,),
        258: (bits,) * count,
        259: (8 if deflated else 1,),
        262: (photometric,),
        266: (2 if fill_reversed else 1,),
        277: (count,),
        284: (2 if planar else 1,),
        317: (predictor,),
        339: (kind,) * count,
    }
    if extras:
        tags[338] = extras
    tags |= {322: (tile[1],), 323: (tile[0],)} if tile else {278: (rows_per_strip,)}
    return joined([({**tags, **(more or {})}, segments)], order=order, big=big)


def joined(pages: list[tuple[Tags, list[bytes]]], *, order: str = "<", big: bool = False) -> bytes:
    """The file of these pages: the tags of each, and its segments, of which the places are put in here."""
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}H", 43 if big else 42)
    head += struct.pack(f"{order}HH", 8, 0) if big else b""
    offset_code = "Q" if big else "I"
    size = struct.calcsize(offset_code)
    data = bytearray(head + bytes(size))
    link = len(head)
    for tags, segments in pages:
        places = []
        for segment in segments:
            places.append(len(data))
            data += segment
        lengths = tuple(map(len, segments))
        tiled = 322 in tags
        placed = {324: tuple(places), 325: lengths} if tiled else {273: tuple(places), 279: lengths}
        link = _put_directory(data, {**placed, **tags}, link, order, offset_code)
    return bytes(data)


def _put_directory(data: bytearray, tags: Tags, link: int, order: str, offset_code: str) -> int:
    """Add a directory, let the link to it point there, and return where its own link is."""
    size = struct.calcsize(offset_code)
    entries = b""
    for tag, values in sorted(tags.items()):
        kind = 4 if tag in (256, 257, 273, 278, 279, 322, 323, 324, 325) else 3
        if isinstance(values, bytes):
            kind, packed = 7, values
        else:
            packed = struct.pack(f"{order}{len(values)}{_CODES[kind]}", *values)
        if len(packed) > size:
            where = len(data)
            data += packed
            packed = struct.pack(order + offset_code, where)
        entries += struct.pack(f"{order}HH{offset_code}", tag, kind, len(values)) + packed.ljust(size, b"\0")
    struct.pack_into(order + offset_code, data, link, len(data))
    data += struct.pack(order + ("Q" if size == 8 else "H"), len(tags)) + entries + bytes(size)
    return len(data) - size


def _segments(plane: Samples, tile: tuple[int, int] | None, rows_per_strip: int) -> list[Samples]:
    height, width, _ = plane.shape
    if tile is None:
        return [plane[top : top + rows_per_strip] for top in range(0, height, rows_per_strip)]
    padded = np.pad(plane, ((0, -height % tile[0]), (0, -width % tile[1]), (0, 0)), mode="reflect")
    return [
        padded[top : top + tile[0], left : left + tile[1]]
        for top in range(0, height, tile[0])
        for left in range(0, width, tile[1])
    ]


def _stored(segment: Samples, bits: int, order: str, predictor: int) -> bytes:
    size = segment.dtype.itemsize
    if predictor == 3:
        return _by_bytes(segment.astype(segment.dtype.newbyteorder(">")))
    if predictor == 2:
        whole = segment.view(f"u{size}")
        segment = np.concatenate((whole[:, :1], whole[:, 1:] - whole[:, :-1]), axis=1)
    if bits == size * 8:
        return segment.astype(segment.dtype.newbyteorder(order)).tobytes()
    rows = ("".join(f"{int(value):0{bits}b}" for value in row.flat) for row in segment)
    return b"".join(int(row.ljust(-(-len(row) // 8) * 8, "0"), 2).to_bytes(-(-len(row) // 8), "big") for row in rows)


def _by_bytes(segment: Samples) -> bytes:
    """The bytes of each row by their rank, each less the one a pixel before (Adobe Photoshop Technical Note 3)."""
    rows = b""
    step = segment.shape[2]
    for row in segment:
        ranks = row.reshape(-1, 1).view(np.uint8).T.reshape(-1)
        rows += np.concatenate((ranks[:step], ranks[step:] - ranks[:-step])).tobytes()
    return rows


def page(samples: Samples, *, max_pixels: int = 0, **kind: object) -> Page:
    """What the header of such a TIFF says."""
    return page_of(directories(io.BytesIO(tiff_file(samples, **kind)))[0], max_pixels=max_pixels)  # type: ignore[arg-type]


def flat(count: int, kind: str = "u1") -> Samples:
    """Zeros of so many samples a pixel."""
    return np.zeros((6, 5, count), kind)

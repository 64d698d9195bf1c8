"""Files that Pillow cannot write, put together byte by byte."""

import functools
import io
import itertools
import struct
import zlib
from typing import Any

import numpy as np
import PIL.Image
from PIL import ImageCms

Chunks = list[tuple[bytes, bytes]]


def png(
    rows: list[bytes],
    *,
    width: int,
    bits: int,
    colour_type: int,
    before: Chunks | None = None,
    after: Chunks | None = None,
) -> bytes:
    """A PNG of unfiltered rows, with chunks in front of and behind its pixels."""
    header = struct.pack(">IIBBBBB", width, len(rows), bits, colour_type, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = [(b"IHDR", header), *(before or []), (b"IDAT", pixels), *(after or []), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def tiff(
    pixels: np.ndarray[Any, Any], *, photometric: int = 1, sample_format: int = 1, big_endian: bool = False
) -> bytes:
    """An uncompressed TIFF of an array's own bytes, (H, W) or (H, W, C)."""
    order = ">" if big_endian else "<"
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    bits = pixels.dtype.itemsize * 8
    offset = 8 + len(data) + len(data) % 2
    per_sample = {1: struct.pack(f"{order}HH", bits, 0)}.get(channels)
    extra = b""
    if per_sample is None:
        extra = struct.pack(f"{order}{channels}H", *[bits] * channels)
        per_sample = struct.pack(f"{order}I", offset)
    short, long = 3, 4
    tags = [
        (256, long, 1, struct.pack(f"{order}I", pixels.shape[1])),
        (257, long, 1, struct.pack(f"{order}I", pixels.shape[0])),
        (258, short, channels, per_sample),
        (259, short, 1, struct.pack(f"{order}HH", 1, 0)),
        (262, short, 1, struct.pack(f"{order}HH", photometric, 0)),
        (273, long, 1, struct.pack(f"{order}I", 8)),
        (277, short, 1, struct.pack(f"{order}HH", channels, 0)),
        (278, long, 1, struct.pack(f"{order}I", pixels.shape[0])),
        (279, long, 1, struct.pack(f"{order}I", len(data))),
        (339, short, 1, struct.pack(f"{order}HH", sample_format, 0)),
    ]
    directory = struct.pack(f"{order}H", len(tags))
    directory += b"".join(struct.pack(f"{order}HHI", *tag[:3]) + tag[3] for tag in tags) + bytes(4)
    start = struct.pack(f"{order}HI", 42, offset + len(extra))
    return (b"MM" if big_endian else b"II") + start + data + bytes(len(data) % 2) + extra + directory


def saved(image: PIL.Image.Image, format: str, **arguments: Any) -> bytes:
    """The bytes of an image as Pillow saves it."""
    stream = io.BytesIO()
    image.save(stream, format, **arguments)
    return stream.getvalue()


def exif(orientation: int) -> PIL.Image.Exif:
    """EXIF with an orientation, a make and a place that should not go out into the world."""
    block = PIL.Image.Exif()
    block[274] = orientation
    block[271] = "Maker"
    block[34853] = {1: "N", 2: (52.0, 30.0, 0.0)}
    block[34665] = {36867: "2024:01:01 00:00:00", 40962: 999, 40963: 999}
    # Read again, for Pillow writes into a TIFF only what has been read from somewhere.
    loaded = PIL.Image.Exif()
    loaded.load(block.tobytes())
    return loaded


@functools.cache
def icc_profile(space: bytes = b"RGB ") -> bytes:
    """A colour profile: sRGB, or the same made to look like one for another colour model."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:16] + space + profile[20:]


def cmyk_profile() -> bytes:
    """A profile of inks that are all gray: a 2x2x2x2 table to Lab (ICC.1:2022, 10.10 lut8Type)."""
    ramp = bytes(range(256))
    identity = struct.pack(">9i", *(65536 * (row == column) for row in range(3) for column in range(3)))
    inks = itertools.product((0, 1), repeat=4)
    table = b"".join(bytes([round(255 * (1 - sum(ink) / 4)), 128, 128]) for ink in inks)
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + ramp * 4 + table + ramp * 3
    lut += bytes(-len(lut) % 4)
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    offsets = 128 + 4 + 2 * 12
    tags = struct.pack(">I4sII4sII", 2, b"A2B0", offsets, len(lut), b"wtpt", offsets + len(lut), len(white))
    size = offsets + len(lut) + len(white)
    header = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02400000, b"prtr", b"CMYK", b"Lab ") + bytes(12) + b"acsp"
    header += bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return header + bytes(128 - len(header)) + tags + lut + white


def random_levels(*shape: int, dtype: str = "uint8", seed: int = 0) -> np.ndarray[Any, Any]:
    """Levels over the whole range of an integer type."""
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)

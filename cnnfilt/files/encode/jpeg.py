"""A JPEG, coded as its input was: with the same tables and the same chroma subsampling."""

from typing import Any

from cnnfilt.files.formats import Format
from cnnfilt.files.image import Encoded, Image
from cnnfilt.files.metadata import KeptMetadata
from cnnfilt.files.pillow import saved
from cnnfilt.files.pixels import for_jpeg
from cnnfilt.files.records import JpegCoding

FALLBACK_QUALITY = 92
_FULL_COLOUR = 0
"""Pillow's number for 4:4:4."""

_MOST_BYTES = {"exif": 65_533, "xmp": 65_504, "comment": 65_533, "icc_profile": 255 * 65_519}
"""What fits a JPEG marker (of a profile: 255 markers)."""


def encode(about: Format, image: Image, kept: KeptMetadata, quality: int | None) -> Encoded:
    """Return a JPEG of 8-bit gray or colour, with notes on what is too long for it."""
    arguments = kept.arguments()
    if kept.exif is not None:
        arguments["exif"] = kept.exif.tobytes()
    overlong = [name for name, most in _MOST_BYTES.items() if len(arguments.get(name, b"")) > most]
    for name in overlong:
        del arguments[name]
    arguments |= _coding(image.metadata.jpeg, gray=image.pixels.ndim == 2, quality=quality)
    notes = tuple(f"its {name} block is too long for a JPEG and was left out" for name in overlong)
    return Encoded([saved(for_jpeg(image.pixels, image.memory), about, arguments)], notes)


def _coding(coded: JpegCoding | None, *, gray: bool, quality: int | None) -> dict[str, Any]:
    """Return Pillow's save arguments: the given quality, else the input's own tables, else quality 92.

    Subsampling is the input's own, else 4:4:4, for chroma at half size blurs exactly the edges one filters for.
    """
    subsampling = coded.subsampling if coded and coded.chroma else _FULL_COLOUR
    if quality is None and coded and (gray or coded.chroma):
        tables = (coded.luma,) if gray else (coded.luma, *coded.chroma)
        return {"qtables": [list(table) for table in tables], "subsampling": subsampling}
    return {"quality": FALLBACK_QUALITY if quality is None else quality, "subsampling": subsampling}

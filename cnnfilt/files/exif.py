"""EXIF blocks: the orientation in one, and one made true for new pixels."""

from itertools import chain
from typing import TYPE_CHECKING

import PIL.Image
from PIL.ExifTags import IFD, Base

from cnnfilt.files.codec_errors import PILLOW_ERRORS
from cnnfilt.files.pillow import is_tiff
from cnnfilt.terms import Pair

if TYPE_CHECKING:
    from PIL.TiffImagePlugin import TiffImageFile

Turn = PIL.Image.Transpose

TURNS = {
    2: Turn.FLIP_LEFT_RIGHT,
    3: Turn.ROTATE_180,
    4: Turn.FLIP_TOP_BOTTOM,
    5: Turn.TRANSPOSE,
    6: Turn.ROTATE_270,
    7: Turn.TRANSVERSE,
    8: Turn.ROTATE_90,
}
"""What makes pixels of each EXIF orientation upright."""

TURNS_BACK = {**TURNS, 6: Turn.ROTATE_90, 8: Turn.ROTATE_270}
"""The reverse: every turn but the two quarter ones undoes itself."""

FIRST_SIDEWAYS = 5
"""Orientations from here on swap height and width."""

# Tags that say how the old file stored its pixels (TIFF 6.0), and blocks that are written apart from EXIF
# (XMP 700, ICC 34675) or hold the old pixels (Photoshop's layers 37724).
_STALE = frozenset(
    chain(
        [*range(254, 260), *range(262, 267), 273, *range(277, 282), 284, *range(288, 294), 301, *range(317, 326)],
        [330, *range(332, 335), *range(336, 344), 347, *range(512, 522), *range(529, 533), 700, 34675, 37724],
    )
)


def stored_orientation(image: PIL.Image.Image) -> int | None:
    """Return the orientation (1 to 8) that an opened, undecoded image's header asks for; None if its EXIF is damaged.

    Only EXIF in front of the pixels counts (PNG 3, 11.3.4.5 wants it there): `getexif()` would decode a PNG to
    look behind them.
    """
    try:
        if is_tiff(image):
            value = image.tag_v2.get(Base.Orientation)
        else:
            value = _parsed(image.info.get("exif") or b"").get(Base.Orientation)
    except PILLOW_ERRORS:
        return None
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def tiff_block(image: "TiffImageFile") -> bytes | None:
    """Return the tags of a TIFF as an EXIF block, or None where Pillow cannot write them again."""
    try:
        return image.getexif().tobytes()
    except PILLOW_ERRORS:
        return None


def resolution_in(block: bytes) -> tuple[float, float] | None:
    """Return (horizontal, vertical) dots per inch from an EXIF block, or None."""
    try:
        exif = _parsed(block)
        # Unit 2 is the inch, and the default; 3 is the centimetre.
        scale = {2: 1.0, 3: 2.54}[exif.get(Base.ResolutionUnit, 2)]
        return float(exif[Base.XResolution]) * scale, float(exif[Base.YResolution]) * scale
    except PILLOW_ERRORS:
        return None


def orientation_alone(orientation: int) -> PIL.Image.Exif:
    """Return EXIF that says nothing but how to turn the pixels."""
    exif = PIL.Image.Exif()
    exif[Base.Orientation] = orientation
    return exif


def corrected_exif(block: bytes, *, orientation: int, size: Pair) -> PIL.Image.Exif:
    """Return the EXIF of `block` for other pixels: their orientation and size (height, width), no thumbnail.

    Raises one of PILLOW_ERRORS for a damaged block.
    """
    exif = _parsed(block)
    for tag in [tag for tag in exif if tag in _STALE]:
        del exif[tag]
    if Base.Orientation in exif or orientation != 1:
        exif[Base.Orientation] = orientation
    details = exif.get_ifd(IFD.Exif)
    for tag, length in ((Base.ExifImageHeight, size[0]), (Base.ExifImageWidth, size[1])):
        if tag in details:
            details[tag] = length
    # The thumbnail is IFD1, which Pillow does not write. Writing once here shows whether the block can be written.
    exif.tobytes()
    return exif


def _parsed(block: bytes) -> PIL.Image.Exif:
    exif = PIL.Image.Exif()
    exif.load(block)
    return exif

"""What came along with an image or an animation, as plain records. No NumPy, no Pillow."""

import math
from typing import NamedTuple

from cnnfilt.frozen import Frozen

Key = int | tuple[int, ...]
Table = tuple[int, ...]


class Lost(str):
    """A note on levels that a file could not keep: it is said to those, too, who want to hear of errors alone."""

    __slots__ = ()


class Storage(NamedTuple):
    """How the samples lie in the file.

    `mode`: Pillow's for the file, `raw_mode`: that of its samples ("I;12", say). `maximum`: the highest level that a
    PNM names, or a TIFF of 9 to 15 bits has, else 0. `orientation`: the EXIF turn that the file asks for (1: none),
    None if its EXIF is damaged. `deep_colour`: 16-bit samples that are read as 8-bit ones. `key`: the one level or
    colour that is transparent, in decoded levels. `gray_16`: 16-bit gray that Pillow gives as 32-bit integers.
    `signed`: the samples of a TIFF have a sign. `white_is_zero`: its black is the highest level. `bits`: how many each
    of its samples has, else 0.
    """

    mode: str = ""
    raw_mode: str = ""
    maximum: int = 0
    orientation: int | None = 1
    deep_colour: bool = False
    key: Key | None = None
    gray_16: bool = False
    signed: bool = False
    white_is_zero: bool = False
    bits: int = 0


class JpegCoding(Frozen):
    """The quantization tables (64 numbers each) and the chroma subsampling (Pillow's number) of a JPEG.

    `chroma` is empty for a gray one.
    """

    luma: Table
    chroma: tuple[Table, ...] = ()
    subsampling: int = 0


class Metadata(Frozen):
    """What came with an image.

    `resolution` is (horizontal, vertical) in dots per inch; `orientation` is the EXIF turn the pixels still
    need (1: none); `exif` and `xmp` are the blocks as found; `jpeg` is how a JPEG was coded; `colour_space` are the
    chunks of a PNG that say how bright its levels are, and which colours (gAMA, cHRM, sRGB, cICP and their kin).
    """

    icc_profile: bytes | None = None
    resolution: tuple[float, float] | None = None
    orientation: int = 1
    exif: bytes | None = None
    xmp: bytes | None = None
    comment: bytes | None = None
    texts: tuple[tuple[str, str], ...] = ()
    jpeg: JpegCoding | None = None
    colour_space: tuple[tuple[bytes, bytes], ...] = ()


def sensible_resolution(horizontal: float, vertical: float) -> tuple[float, float] | None:
    """Return both dots per inch, or None where they cannot be meant."""
    sensible = all(math.isfinite(value) and 1 <= value < 65_536 for value in (horizontal, vertical))
    return (horizontal, vertical) if sensible else None


class Timing(Frozen):
    """How long each frame is shown, in milliseconds, and how often all of them (0: for ever)."""

    milliseconds: tuple[float, ...]
    plays: int = 0

    @property
    def whole_milliseconds(self) -> list[int]:
        """Return how long each frame is shown, for formats without fractions."""
        return [round(time) for time in self.milliseconds]

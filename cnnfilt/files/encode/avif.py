"""An AVIF, as near to the pixels as it goes unless a quality is asked for."""

from typing import Any

from cnnfilt.files.formats import Format
from cnnfilt.files.image import Encoded, Image
from cnnfilt.files.metadata import KeptMetadata
from cnnfilt.files.pillow import saved
from cnnfilt.files.pixels import from_array
from cnnfilt.files.records import Timing
from cnnfilt.frozen import replace

_NEAREST = 100
"""Levels then differ by three at most: its colours are rounded on their way to YCbCr and back."""


def encode(about: Format, image: Image, kept: KeptMetadata, quality: int | None) -> Encoded:
    """Return an AVIF of 8-bit gray or colour and its alpha."""
    if image.pixels.ndim == 2 and image.alpha is not None:
        # Pillow writes gray beside alpha as colour, for which neither a gray nor a colour profile is right.
        kept = replace(kept, icc_profile=None)
    return Encoded([saved(from_array(image.pixels, image.alpha), about, kept.arguments() | _coding(quality))])


def animation_arguments(timing: Timing, kept: KeptMetadata, quality: int | None, *, opaque: bool) -> dict[str, Any]:
    """Return Pillow's save arguments for an animation; how often it plays has no place in it."""
    return kept.arguments() | _coding(quality) | {"duration": timing.whole_milliseconds}


def _coding(quality: int | None) -> dict[str, Any]:
    # Chroma at half size would cost more than the quality gives: 100 would be further away than none.
    return {"quality": _NEAREST if quality is None else quality, "subsampling": "4:4:4"}

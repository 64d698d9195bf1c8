"""A WebP, without loss unless a quality is asked for."""

from typing import Any

from cnnfilt.files.formats import Format
from cnnfilt.files.image import Encoded, Image
from cnnfilt.files.metadata import KeptMetadata
from cnnfilt.files.pillow import saved
from cnnfilt.files.pixels import from_array
from cnnfilt.files.records import Timing
from cnnfilt.frozen import replace


def encode(about: Format, image: Image, kept: KeptMetadata, quality: int | None) -> Encoded:
    """Return a WebP of 8-bit gray or colour and its alpha."""
    if image.pixels.ndim == 2:
        # WebP has no gray: Pillow writes it as colour, for which neither a gray nor a colour profile is right.
        kept = replace(kept, icc_profile=None)
    return Encoded([saved(from_array(image.pixels, image.alpha), about, kept.arguments() | _coding(quality))])


def animation_arguments(timing: Timing, kept: KeptMetadata, quality: int | None, *, opaque: bool) -> dict[str, Any]:
    """Return Pillow's save arguments for an animation."""
    return kept.arguments() | _coding(quality) | {"duration": timing.whole_milliseconds, "loop": timing.plays}


def _coding(quality: int | None) -> dict[str, Any]:
    # Without "exact", colours that no one sees are thrown away.
    return {"lossless": True, "exact": True} if quality is None else {"quality": quality}

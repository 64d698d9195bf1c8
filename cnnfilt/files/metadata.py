"""What goes into a file beside its pixels: of the colour profile, resolution, EXIF, XMP and texts that came along.

No NumPy; and no Pillow where there is no EXIF.
"""

import re
import warnings
from typing import TYPE_CHECKING, Any

from cnnfilt.files.codec_errors import PILLOW_ERRORS
from cnnfilt.files.records import Metadata
from cnnfilt.frozen import Frozen, fields, replace
from cnnfilt.terms import MetadataMode, Pair

if TYPE_CHECKING:
    from PIL.Image import Exif

XMP_KEY = "XML:com.adobe.xmp"
"""What a PNG calls the text that is its XMP."""

_PNG_ALONE = ("texts", "colour_space")

_USUAL_GAMMA = (b"gAMA", (45455).to_bytes(4, "big"))
"""1/2.2, as good as sRGB (PNG 3, 11.3.2.2)."""

_XMP_ORIENTATION = rb'(tiff:Orientation(?:="|>))[0-9]'


class KeptMetadata(Frozen, eq=False):
    """What goes into a file beside its pixels, as Pillow takes it; None is left out."""

    icc_profile: bytes | None = None
    dpi: tuple[float, float] | None = None
    exif: "Exif | None" = None
    xmp: bytes | None = None
    comment: bytes | None = None
    texts: tuple[tuple[str, str], ...] = ()
    colour_space: tuple[tuple[bytes, bytes], ...] = ()

    def arguments(self) -> dict[str, Any]:
        """Return Pillow's save arguments. The texts and chunks of a PNG are not among them: it has its own way."""
        return {name: value for name, value in fields(self).items() if value is not None and name not in _PNG_ALONE}


def kept_metadata(
    metadata: Metadata, mode: MetadataMode, *, gray: bool, size: Pair
) -> tuple[KeptMetadata, tuple[str, ...]]:
    """Return what to keep in a file of `size` (height, width), and notes.

    "safe" keeps the colour profile, if it is for as many channels, the resolution, and an orientation that was
    not applied; "all" the rest too; "none" nothing.
    """
    if mode == "none":
        return KeptMetadata(), ()
    exif, notes = _exif(metadata, mode, size)
    kept = KeptMetadata(_fitting_profile(metadata.icc_profile, gray=gray), metadata.resolution, exif)
    if mode == "all":
        xmp = _corrected_xmp(metadata)
        kept = replace(
            kept, xmp=xmp, comment=metadata.comment, texts=metadata.texts, colour_space=metadata.colour_space
        )
    return kept, notes


def colour_space_lost(kept: KeptMetadata, title: str) -> tuple[str, ...]:
    """Return a note for a format called `title`: it has no place for a PNG's chunks. None where they are usual."""
    said = dict(kept.colour_space)
    if b"sRGB" in said or kept.icc_profile is not None:
        said.pop(b"gAMA", None)
        said.pop(b"cHRM", None)
    lost = [name.decode() for name, data in said.items() if name != b"sRGB" and (name, data) != _USUAL_GAMMA]
    if not lost:
        return ()
    chunks, verb = (f"chunks {', '.join(lost)}", "say") if len(lost) > 1 else (f"chunk {lost[0]}", "says")
    return (f"its {chunks}, which {verb} how its colours are meant, cannot be kept in a {title}",)


def _exif(metadata: Metadata, mode: MetadataMode, size: Pair) -> "tuple[Exif | None, tuple[str, ...]]":
    if metadata.orientation == 1 and not (mode == "all" and metadata.exif):
        return None, ()
    # Most files have none.
    from cnnfilt.files.exif import corrected_exif, orientation_alone

    notes: tuple[str, ...] = ()
    if mode == "all" and metadata.exif:
        try:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                exif = corrected_exif(metadata.exif, orientation=metadata.orientation, size=size)
            return exif, ("what is damaged of its EXIF data was left out",) if warned else ()
        except PILLOW_ERRORS:
            notes = ("its EXIF data is damaged and was left out",)
    return (orientation_alone(metadata.orientation) if metadata.orientation != 1 else None), notes


def _fitting_profile(profile: bytes | None, *, gray: bool) -> bytes | None:
    """Return `profile` if it is one, and for this colour model (ICC.1:2022, 7.2: bytes 16 to 19 and 36 to 39)."""
    if profile and profile[36:40] == b"acsp" and profile[16:20] == (b"GRAY" if gray else b"RGB "):
        return profile
    return None


def _corrected_xmp(metadata: Metadata) -> bytes | None:
    return metadata.xmp and re.sub(_XMP_ORIENTATION, rb"\g<1>%d" % metadata.orientation, metadata.xmp)

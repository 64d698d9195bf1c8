"""What comes along with the pixels: colour profile, resolution, EXIF, XMP, texts; in, and out again."""

import math
import re
import warnings
from typing import Any

import PIL.Image
from PIL.ExifTags import Base

from cnnfilt.files.decode.jpeg_coding import coding
from cnnfilt.files.decode.png_chunks import colour_space
from cnnfilt.files.exif import FIRST_SIDEWAYS, corrected_exif, orientation_alone, resolution_in, tiff_block
from cnnfilt.files.pillow import PILLOW_ERRORS, is_jpeg, is_png, is_tiff, stream_of
from cnnfilt.files.records import Metadata
from cnnfilt.frozen import Frozen, fields, replace
from cnnfilt.terms import MetadataMode, Pair

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
    exif: PIL.Image.Exif | None = None
    xmp: bytes | None = None
    comment: bytes | None = None
    texts: tuple[tuple[str, str], ...] = ()
    colour_space: tuple[tuple[bytes, bytes], ...] = ()

    def arguments(self) -> dict[str, Any]:
        """Return Pillow's save arguments. The texts and chunks of a PNG are not among them: it has its own way."""
        return {name: value for name, value in fields(self).items() if value is not None and name not in _PNG_ALONE}


def read_metadata(image: PIL.Image.Image) -> Metadata:
    """Return what the header of an opened, not yet decoded image says; its orientation is the reader's business."""
    xmp = _block(image, "xmp")
    if is_tiff(image):
        # Pillow would also turn a TIFF by an orientation in XMP, which the size in the header knows nothing of.
        image.info.pop("xmp", None)
    return Metadata(
        icc_profile=_block(image, "icc_profile"),
        resolution=_resolution(image),
        exif=tiff_block(image) if is_tiff(image) else _block(image, "exif"),
        xmp=xmp,
        comment=_block(image, "comment"),
        jpeg=coding(image) if is_jpeg(image) else None,
        colour_space=colour_space(stream_of(image)) if is_png(image) else (),
    )


def with_texts(metadata: Metadata, image: PIL.Image.Image) -> Metadata:
    """Return `metadata` with the texts of a decoded PNG, for they may stand after its pixels."""
    texts = tuple(
        (key, str(value))
        for key, value in image.info.items()
        # A raw profile is EXIF or IPTC written as text, with an orientation that is no longer true.
        if isinstance(key, str) and isinstance(value, str) and key != XMP_KEY and not key.startswith("Raw profile")
    )
    return replace(metadata, texts=texts, xmp=_block(image, "xmp"))


def upright(metadata: Metadata, orientation: int) -> Metadata:
    """Return `metadata` of pixels that have been turned by `orientation`: a quarter turn swaps the resolutions."""
    if orientation < FIRST_SIDEWAYS or metadata.resolution is None:
        return metadata
    horizontal, vertical = metadata.resolution
    return replace(metadata, resolution=(vertical, horizontal))


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


def _block(image: PIL.Image.Image, key: str) -> bytes | None:
    value = image.info.get(key)
    return value if isinstance(value, bytes) and value else None


def _resolution(image: PIL.Image.Image) -> tuple[float, float] | None:
    try:
        # Pillow makes up 72 dpi for a JPEG, and 1 for a TIFF, that says none.
        if is_jpeg(image) and image.info.get("jfif_unit") not in (1, 2):
            found = resolution_in(image.info["exif"])
        elif is_tiff(image) and Base.XResolution not in image.tag_v2:
            found = None
        else:
            horizontal, vertical = image.info["dpi"]
            found = float(horizontal), float(vertical)
    except PILLOW_ERRORS:
        return None
    sensible = found and all(math.isfinite(value) and 1 <= value < 65_536 for value in found)
    return found if sensible else None


def _exif(metadata: Metadata, mode: MetadataMode, size: Pair) -> tuple[PIL.Image.Exif | None, tuple[str, ...]]:
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

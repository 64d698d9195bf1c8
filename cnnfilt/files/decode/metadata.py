"""What comes along with the pixels of an opened image: colour profile, resolution, EXIF, XMP, texts. No NumPy."""

import PIL.Image
from PIL.ExifTags import Base

from cnnfilt.files.codec_errors import PILLOW_ERRORS
from cnnfilt.files.decode.jpeg_coding import coding
from cnnfilt.files.decode.png_chunks import colour_space
from cnnfilt.files.exif import FIRST_SIDEWAYS, resolution_in, tiff_block
from cnnfilt.files.metadata import XMP_KEY
from cnnfilt.files.pillow import is_jpeg, is_png, is_tiff, stream_of
from cnnfilt.files.records import Metadata, sensible_resolution
from cnnfilt.frozen import replace


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
    return found and sensible_resolution(*found)

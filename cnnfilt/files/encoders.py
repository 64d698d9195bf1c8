"""Pixels as the bytes of an image file, each format in the way that keeps all it can hold."""

import io
from typing import Any

import numpy as np
import PIL.Image
import PIL.WebPImagePlugin  # Else Pillow imports all of its forty plugins to find this one.
from PIL.TiffImagePlugin import PREDICTOR

from cnnfilt.errors import OutputError, ParameterError
from cnnfilt.files.decoding import DECODER_ERRORS
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.image import Array, Metadata
from cnnfilt.files.jpeg import coding_arguments
from cnnfilt.files.metadata import save_arguments
from cnnfilt.files.pixels import from_array
from cnnfilt.files.streams import first_line
from cnnfilt.terms import MetadataMode

_HORIZONTAL_DIFFERENCES = 2


def encode_image(
    pixels: Array,
    alpha: Array | None,
    format: str,
    *,
    metadata: Metadata,
    keep: MetadataMode,
    quality: int | None,
) -> tuple[bytes, tuple[str, ...]]:
    """Return the bytes of an image file and notes on metadata that was left out.

    The caller has made sure that `format` holds these pixels. Raises ParameterError for a quality outside
    1..100, OutputError if the encoder fails.
    """
    if quality is not None and not 1 <= quality <= 100:
        raise ParameterError(f"quality is {quality}; it must be from 1 to 100", parameter="quality")
    if format in ("ppm", "pgm", "pnm"):
        return _portable_map(pixels, always_colour=format == "ppm"), ()
    # WebP has no gray: Pillow writes it as colour, and its profile must be one for colour.
    gray = pixels.ndim == 2 and format != "webp"
    arguments, notes = save_arguments(metadata, format, keep=keep, gray=gray, size=pixels.shape[:2])
    if format == "jpeg":
        arguments |= coding_arguments(metadata.jpeg, gray=gray, quality=quality)
    elif format == "webp":
        # Without "exact", colours that no one sees are thrown away.
        arguments |= {"lossless": True, "exact": True} if quality is None else {"quality": quality}
    elif format == "tiff":
        _deflate(arguments, pixels)
    return _saved(pixels, alpha, format, arguments), notes


def _saved(pixels: Array, alpha: Array | None, format: str, arguments: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    try:
        from_array(pixels, alpha).save(stream, format=format, **arguments)
    except MemoryError:
        raise OutputError(f"encoding the {FORMATS[format].title} needs more memory than there is") from None
    except DECODER_ERRORS as error:
        raise OutputError(f"encoding the {FORMATS[format].title} failed ({first_line(str(error))})") from error
    return stream.getvalue()


def _deflate(arguments: dict[str, Any], pixels: Array) -> None:
    arguments["compression"] = "tiff_adobe_deflate"
    if pixels.dtype.kind == "u":
        # Differences of neighbours deflate to two thirds; for floats few programs know how.
        arguments.setdefault("exif", PIL.Image.Exif())[PREDICTOR] = _HORIZONTAL_DIFFERENCES


def _portable_map(pixels: Array, *, always_colour: bool) -> bytes:
    """Return a binary PGM or PPM, with 16 bits if `pixels` have them, which Pillow writes in gray only."""
    if always_colour and pixels.ndim == 2:
        pixels = np.repeat(pixels[..., np.newaxis], 3, axis=2)
    magic, top = ("P5" if pixels.ndim == 2 else "P6"), np.iinfo(pixels.dtype).max
    header = f"{magic}\n{pixels.shape[1]} {pixels.shape[0]}\n{top}\n"
    return header.encode() + pixels.astype(pixels.dtype.newbyteorder(">")).tobytes()

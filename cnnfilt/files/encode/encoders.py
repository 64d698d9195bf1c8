"""Pixels as the bytes of an image file, each format in the way that keeps all it can hold."""

import io
import warnings
from collections.abc import Sequence
from mmap import mmap
from typing import Any

import numpy as np

from cnnfilt.errors import OutputError, ParameterError
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.image import Array, Metadata
from cnnfilt.files.jpeg import coding_arguments
from cnnfilt.files.metadata import save_arguments
from cnnfilt.files.pillow import PILLOW_ERRORS
from cnnfilt.files.pixels import for_jpeg, from_array
from cnnfilt.files.streams import first_line
from cnnfilt.frozen import replace
from cnnfilt.terms import MetadataMode

Parts = Sequence[bytes | memoryview]
"""The content of a file in pieces, so that the large ones need not be copied into one."""


def encode_image(
    pixels: Array,
    alpha: Array | None,
    format: str,
    *,
    metadata: Metadata,
    keep: MetadataMode,
    quality: int | None,
    spare: mmap | None = None,
) -> tuple[Parts, tuple[str, ...]]:
    """Return the parts of an image file, in order, and notes on metadata that was left out.

    The caller has made sure that `format` holds these pixels. Raises ParameterError for a quality outside
    1..100, OutputError if the encoder fails. `spare` is memory whose content is not needed any more.
    """
    if quality is not None and not 1 <= quality <= 100:
        raise ParameterError(f"quality is {quality}; it must be from 1 to 100", parameter="quality")
    if format in ("ppm", "pgm", "pnm"):
        return _portable_map(pixels, always_colour=format == "ppm"), ()
    # WebP has no gray: Pillow writes it as colour, for which neither a gray nor a colour profile is right.
    gray = pixels.ndim == 2
    if gray and format == "webp":
        metadata = replace(metadata, icc_profile=None)
    try:
        with warnings.catch_warnings():
            # What Pillow warns of is in the notes.
            warnings.simplefilter("ignore")
            arguments, notes = save_arguments(metadata, format, keep=keep, gray=gray, size=pixels.shape[:2])
            # What only one format needs is imported only for that.
            if format == "tiff":
                from cnnfilt.files.encode.tiff import encode_tiff

                return [encode_tiff(pixels, alpha, arguments)], notes
            if format == "png":
                from cnnfilt.files.encode.png import encode_png

                return encode_png(pixels, alpha, arguments, quality=quality), notes
            arguments |= _coding(format, metadata, gray=gray, quality=quality)
            stream = io.BytesIO()
            image = for_jpeg(pixels, spare) if format == "jpeg" else from_array(pixels, alpha)
            image.save(stream, format=format, **arguments)
            return [stream.getbuffer()], notes
    except MemoryError:
        raise OutputError(f"encoding the {FORMATS[format].title} needs more memory than there is") from None
    except PILLOW_ERRORS as error:
        raise OutputError(f"encoding the {FORMATS[format].title} failed ({first_line(str(error))})") from error


def _coding(format: str, metadata: Metadata, *, gray: bool, quality: int | None) -> dict[str, Any]:
    """Return Pillow's save arguments for how the pixels themselves are coded."""
    if format == "jpeg":
        return coding_arguments(metadata.jpeg, gray=gray, quality=quality)
    if format == "webp":
        import PIL.WebPImagePlugin  # noqa: F401 - else Pillow imports all of its forty plugins to find this one.

        # Without "exact", colours that no one sees are thrown away.
        return {"lossless": True, "exact": True} if quality is None else {"quality": quality}
    return {}


def _portable_map(pixels: Array, *, always_colour: bool) -> Parts:
    """Return a binary PGM or PPM, with 16 bits if `pixels` have them, which Pillow writes in gray only."""
    if always_colour and pixels.ndim == 2:
        pixels = np.repeat(pixels[..., np.newaxis], 3, axis=2)
    magic, top = ("P5" if pixels.ndim == 2 else "P6"), np.iinfo(pixels.dtype).max
    header = f"{magic}\n{pixels.shape[1]} {pixels.shape[0]}\n{top}\n"
    stored = np.ascontiguousarray(pixels, pixels.dtype.newbyteorder(">"))
    return [header.encode(), stored.view(np.uint8).data]

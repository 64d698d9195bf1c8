"""The size of an image from its header alone: nothing is decoded, and NumPy stays out."""

from typing import BinaryIO

import PIL.Image
import PIL.ImageFile

from cnnfilt.files.decode.decoders import opened_by_us
from cnnfilt.files.decode.png_chunks import check_methods
from cnnfilt.files.decode.webp_alpha import with_alpha_said
from cnnfilt.files.exif import FIRST_SIDEWAYS, stored_orientation
from cnnfilt.files.formats import FORMATS
from cnnfilt.files.pillow import decoding, is_png, is_tiff, opened_by_plugin
from cnnfilt.files.read_write_options import DEFAULT_READ_OPTIONS, ReadOptions
from cnnfilt.files.streams import Source, check_size, format_in, open_stream

_GRAY_MODES = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N", "F"})

_DEEP_GRAY = "LA;16B"
_DEEP = (_DEEP_GRAY, "RGB;16B", "RGBA;16B")
"""Pillow's raw modes of 16-bit PNGs that are not gray alone."""

ALPHA_NOT_SAID = "alpha_not_said"
"""Where an opened image's `info` tells that its file says it has no alpha, though it may turn out to have one."""


def image_size(source: Source, options: ReadOptions = DEFAULT_READ_OPTIONS) -> tuple[int, int, int]:
    """Return (height, width, channels) as `reading.read` would give them: after orientation, without alpha."""
    return noted_size(source, options)[0]


def noted_size(
    source: Source, options: ReadOptions = DEFAULT_READ_OPTIONS
) -> tuple[tuple[int, int, int], tuple[str, ...]]:
    """Return what `image_size` does, and notes on the reading.

    A matrix has no such header; it is read whole, which needs NumPy.
    """
    with open_stream(source) as stream:
        format = format_in(stream, name="" if isinstance(source, bytes) else str(source))
        if format is None or FORMATS[format].kind == "matrix":
            from cnnfilt.files.matrix.matrices import read_noted_matrix

            matrix, notes = read_noted_matrix(stream.read(), format, max_pixels=options.max_pixels)
            height, width, *channels = matrix.shape
            return (height, width, channels[0] if channels else 1), notes
        ours = opened_by_us(stream, FORMATS[format], options)
        size = ours.size(0, options) if ours else None
        if size is not None:
            return size, ()
        with decoding(FORMATS[format], max_pixels=options.max_pixels):
            image = open_image(stream, format, max_pixels=options.max_pixels)
            height, width = _upright_size(image, auto_orient=options.auto_orient)
            return (height, width, 1 if is_gray(image.mode) or _raw_mode(image) == _DEEP_GRAY else 3), ()


def open_image(stream: BinaryIO, format: str, *, max_pixels: int) -> PIL.ImageFile.ImageFile:
    """Return the image in `stream` with its header read and its size checked; to be called within `decoding`.

    `format` is what the content's signature says, not its name: an EPS called .png would start Ghostscript.
    """
    saying = with_alpha_said(stream) if format == "webp" else None
    image = opened_by_plugin(saying or stream, FORMATS[format])
    if is_png(image):
        check_methods(stream)
    if saying is not None:
        image.info[ALPHA_NOT_SAID] = True
    check_size(image.height, image.width, max_pixels)
    return image


def is_deep_png(image: PIL.ImageFile.ImageFile) -> bool:
    """Return whether an opened image is a PNG of 16 bits that Pillow would cut to 8."""
    return is_png(image) and _raw_mode(image) in _DEEP


def is_gray(mode: str) -> bool:
    """Return whether an image of this Pillow mode has one channel beside its alpha; a palette counts as colour."""
    return mode in _GRAY_MODES


def _raw_mode(image: PIL.ImageFile.ImageFile) -> str:
    return str(image.tile[0].args) if image.tile else ""


def _upright_size(image: PIL.Image.Image, *, auto_orient: bool) -> tuple[int, int]:
    sideways = (stored_orientation(image) or 1) >= FIRST_SIDEWAYS
    # Pillow gives the size of a TIFF as it will be when turned, of every other file as it is stored.
    if sideways and is_tiff(image) != auto_orient:
        return image.width, image.height
    return image.height, image.width

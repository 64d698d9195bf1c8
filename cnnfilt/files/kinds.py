"""Which file a Pillow image was opened from, told without importing the plugins: they cost a short run much."""

from typing import TYPE_CHECKING, TypeGuard

import PIL.Image

if TYPE_CHECKING:
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile
    from PIL.TiffImagePlugin import TiffImageFile


def is_jpeg(image: PIL.Image.Image) -> "TypeGuard[JpegImageFile]":
    """Return whether `image` is an opened JPEG, or an MPO, which starts with one."""
    return image.format in ("JPEG", "MPO")


def is_png(image: PIL.Image.Image) -> "TypeGuard[PngImageFile]":
    """Return whether `image` is an opened PNG."""
    return image.format == "PNG"


def is_tiff(image: PIL.Image.Image) -> "TypeGuard[TiffImageFile]":
    """Return whether `image` is an opened TIFF."""
    return image.format == "TIFF"

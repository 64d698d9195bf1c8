"""What a JPEG says about its own coding: whether it has a luma plane, and the tables that it was saved with."""

from typing import TYPE_CHECKING

from cnnfilt.files.records import JpegCoding

if TYPE_CHECKING:
    from PIL.JpegImagePlugin import JpegImageFile

_FULL_COLOUR = 0
"""Pillow's number for 4:4:4."""

_RGB_IDS = (ord("R"), ord("G"), ord("B"))


def is_luma_coded(image: "JpegImageFile") -> bool:
    """Return whether the file holds Y, Cb and Cr, decided as libjpeg decides it (`default_decompress_parms`).

    A JFIF marker means yes; an Adobe marker says so itself; without either the components' own names do.
    """
    if image.layers != 3:
        return False
    if "jfif" in image.info:
        return True
    if "adobe" in image.info:
        return bool(image.info.get("adobe_transform", 1))
    return tuple(layer[0] for layer in image.layer) != _RGB_IDS


def coding(image: "JpegImageFile") -> JpegCoding | None:
    """Return how the file was coded, or None where that does not suit a gray or Y, Cb, Cr image (CMYK, RGB)."""
    if image.layers != 1 and not is_luma_coded(image):
        return None
    try:
        tables = [tuple(image.quantization[layer[3]]) for layer in image.layer]
    except KeyError:
        return None  # A table that is named but missing; the decoder has its own opinion on that.
    luma, chroma = tables[0], tuple(tables[1:])
    if len(set(chroma)) == 1:
        chroma = chroma[:1]
    from PIL.JpegImagePlugin import get_sampling

    sampling = get_sampling(image)
    return JpegCoding(luma, chroma, sampling if sampling >= 0 else _FULL_COLOUR)

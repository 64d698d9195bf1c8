"""A portable map: a few words and the samples as they are."""

import numpy as np

from cnnfilt.files.formats import Format
from cnnfilt.files.image import Encoded, Image
from cnnfilt.files.metadata import KeptMetadata


def encode(about: Format, image: Image, kept: KeptMetadata, quality: int | None) -> Encoded:
    """Return a binary PGM or PPM, with 16 bits if the pixels have them, which Pillow writes in gray only."""
    pixels = image.pixels
    if about.name == "ppm" and pixels.ndim == 2:
        pixels = np.repeat(pixels[..., np.newaxis], 3, axis=2)
    magic, top = ("P5" if pixels.ndim == 2 else "P6"), np.iinfo(pixels.dtype).max
    header = f"{magic}\n{pixels.shape[1]} {pixels.shape[0]}\n{top}\n"
    stored = np.ascontiguousarray(pixels, pixels.dtype.newbyteorder(">"))
    return Encoded([header.encode(), stored.view(np.uint8).data])

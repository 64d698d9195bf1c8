"""Gray JPEG 2000 of another depth than 8 bits, as levels in which white is white."""

from typing import BinaryIO

import numpy as np

from cnnfilt.files.decode.arrays import as_arrays
from cnnfilt.files.decode.loading import load_image
from cnnfilt.files.image import Image, top_level
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.frozen import replace


def scaled_image(stream: BinaryIO, bits: int, options: ReadOptions) -> Image:
    """Return the image of so many bits a sample; Pillow shifts them up to 8 or 16, which white does not reach then."""
    image = as_arrays(load_image(stream, "jpeg2000", options))
    top, deepest = top_level(image.pixels.dtype), 2**bits - 1
    levels = image.pixels >> (top.bit_length() - bits)
    table = (np.arange(deepest + 1, dtype=np.uint64) * (2 * top) + deepest) // (2 * deepest)
    stored = image.stored._replace(maximum=deepest if 8 < bits < 16 else 0)
    return replace(image, pixels=table.astype(image.pixels.dtype)[levels], stored=stored, memory=None)

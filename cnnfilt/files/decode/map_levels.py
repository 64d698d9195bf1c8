"""The samples of a PAM as an image: levels of 8 or 16 bits, white what it was, and the alpha apart."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cnnfilt.files.image import Image, top_level
from cnnfilt.files.records import Storage

if TYPE_CHECKING:
    from cnnfilt.files.decode.pam import Map


def map_image(data: bytes, found: "Map") -> Image:
    """Return the image of these samples, the high byte first."""
    dtype: np.dtype[Any] = np.dtype(f">u{found.sample_bytes}")
    samples = np.frombuffer(data, dtype).reshape(found.height, found.width, found.bands)
    top = top_level(dtype.newbyteorder("="))
    levels = samples.astype(dtype.newbyteorder("="))
    if found.highest != top:
        # Levels past the maximum are white, as Pillow takes them in a PPM.
        places = np.minimum(np.arange(top + 1), found.highest)
        table = ((places * 2 * top + found.highest) // (2 * found.highest)).astype(levels.dtype)
        for row in levels:
            row[...] = table[row]
    alpha = np.ascontiguousarray(levels[..., -1]) if found.has_alpha else None
    pixels = levels[..., :-1] if found.has_alpha else levels
    return Image(
        np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels),
        alpha,
        format="pam",
        stored=Storage(maximum=found.highest),
    )

"""The samples of a PAM as an image: levels of 8 or 16 bits, white what it was, and the alpha apart."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cnnfilt.files.image import Array, Image, top_level
from cnnfilt.files.records import Storage

if TYPE_CHECKING:
    from cnnfilt.files.decode.pam import Map


def map_image(data: bytes, found: "Map") -> Image:
    """Return the image of these samples, the high byte first."""
    dtype: np.dtype[Any] = np.dtype(f">u{found.sample_bytes}")
    samples = np.frombuffer(data, dtype).reshape(found.height, found.width, found.bands)
    colours = samples[..., :-1] if found.has_alpha else samples
    alpha = _levels(samples[..., -1], found.highest) if found.has_alpha else None
    pixels = _levels(colours[..., 0] if colours.shape[2] == 1 else colours, found.highest)
    return Image(pixels, alpha, format="pam", stored=Storage(maximum=found.highest))


def _levels(samples: Array, highest: int) -> Array:
    """Return levels of which `highest` and what is past it are white, as Pillow takes them in a PPM."""
    levels = samples.astype(samples.dtype.newbyteorder("="), order="C")
    top = top_level(levels.dtype)
    if highest != top:
        places = np.minimum(np.arange(top + 1), highest)
        table = ((places * 2 * top + highest) // (2 * highest)).astype(levels.dtype)
        for row in levels:
            row[...] = table[row]
    return levels

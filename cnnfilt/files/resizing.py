"""Images made one size, so that a network can read them."""

import numpy as np
import PIL.Image

from cnnfilt.files.image import Array
from cnnfilt.terms import Pair


def resized(pixels: Array, size: Pair) -> Array:
    """Return `pixels`, (H, W) or (H, W, C), at `size` (height, width); as they are if that is their size.

    8-bit levels stay such, others become float32. Shrinking takes the weighted mean of all the pixels that become
    one (Pillow's bilinear filter), so that nothing flickers; proportions are not kept.
    """
    values = pixels if pixels.dtype == np.uint8 else np.asarray(pixels, np.float32)
    if values.shape[:2] == size:
        return values
    if values.ndim == 3 and not (values.dtype == np.uint8 and values.shape[2] == 3):
        return np.stack([resized(values[..., channel], size) for channel in range(values.shape[2])], axis=-1)
    image = PIL.Image.fromarray(values).resize((size[1], size[0]), PIL.Image.Resampling.BILINEAR)
    return np.asarray(image)

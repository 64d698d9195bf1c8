"""A mask: a gray image whose levels are shares, black none and white all."""

import numpy as np
import numpy.typing as npt

from cnnfilt.errors import ParameterError
from cnnfilt.files.image import Array, top_level
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.reading import read

_MEANING = "a mask is gray: white where the result shows, black where the image stays"


def read_mask(path: str, *, max_pixels: int) -> npt.NDArray[np.float64]:
    """Return the shares (H, W), 0 to 1, in the image or matrix at `path`; upright, as photos are.

    Levels of 8 or 16 bits are parts of white; floats are shares themselves. Colours that are all gray are taken as
    gray. InputError for what cannot be read, ParameterError for what is no mask.
    """
    image = read(path, ReadOptions(max_pixels=max_pixels))
    if image.transparent:
        raise ParameterError(f"mask {path} is partly transparent; {_MEANING}: put it on one, or drop its alpha")
    levels = _gray(image.pixels, path)
    if levels.dtype in (np.uint8, np.uint16):
        return levels / float(top_level(levels.dtype))
    if levels.dtype.kind not in "fb":
        raise ParameterError(f"mask {path} holds whole numbers, of which none is white; use an image, or 0.0 to 1.0")
    shares = levels.astype(np.float64)
    if not ((shares >= 0) & (shares <= 1)).all():  # Nor is NaN.
        raise ParameterError(f"mask {path} holds other numbers than 0 to 1; {_MEANING}")
    return shares


def _gray(pixels: Array, path: str) -> Array:
    if pixels.ndim == 2:
        return pixels
    if (pixels != pixels[..., :1]).any():
        raise ParameterError(f"mask {path} is in colour; {_MEANING}")
    return np.asarray(pixels[..., 0])

"""What a network takes: images at one size, in one channel or three, with their pixels scaled."""

import numpy as np
import PIL.Image

from cnnfilt.errors import InputError, counted
from cnnfilt.files.image import Array, Image, top_level
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Pair

BACKGROUND = "white"
"""What lies behind transparent pixels: a network takes no alpha."""


class NetworkInput(Frozen):
    """How images reach a network: at `size` (height, width), gray or in colour, and what pixels are multiplied by.

    An `input_scale` of None divides them by their depth's top. `mean` is taken off then, and `std` divided by, one for
    all channels or one for each; with `is_bgr` blue comes first.
    """

    size: Pair
    gray: bool
    input_scale: float | None = None
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    is_bgr: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return (height, width, channels) of what the network takes."""
        return (*self.size, 1 if self.gray else 3)

    def fitted(self, image: Image) -> Array:
        """Return the image at the network's size and in its channels, (H, W, C): 8-bit levels as such, else float32.

        InputError for a matrix with other channels than the network takes.
        """
        pixels = image.pixels if image.pixels.ndim == 3 else image.pixels[..., None]
        if pixels.shape[2] not in (1, self.shape[2]):
            raise InputError(f"{{image}} has {counted(pixels.shape[2], 'channels')}; the network takes {self.shape[2]}")
        return np.broadcast_to(resized(pixels, self.size), self.shape)

    def scale(self, dtype: "np.dtype[np.generic]") -> float:
        """Return what pixels of this type are multiplied by."""
        return 1 / top_level(dtype) if self.input_scale is None else self.input_scale

    def levels(self, image: Image) -> Array:
        """Return the image as it is kept, (H, W, C): uint8 levels, or what `scaled` makes of others, float32.

        InputError as `fitted`, and for NaN and infinities.
        """
        if image.pixels.dtype.kind == "f" and not np.isfinite(image.pixels).all():
            raise InputError("{image} holds nan or infinity; a network needs finite values")
        pixels = self.fitted(image)
        return pixels if pixels.dtype == np.uint8 else pixels * np.float32(self.scale(image.pixels.dtype))

    def scaled(self, levels: Array) -> Array:
        """Return what the network computes with, float32, for what `levels` gave."""
        x = levels * np.float32(self.scale(levels.dtype)) if levels.dtype == np.uint8 else levels
        if self.is_bgr:
            x = x[..., ::-1]
        if self.mean:
            x = x - np.array(self.mean, np.float32)
        return x / np.array(self.std, np.float32) if self.std else x

    def array(self, image: Image) -> Array:
        """Return `image` as the network takes it, (H, W, C) float32."""
        return self.scaled(self.levels(image))


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

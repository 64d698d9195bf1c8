"""Colour arithmetic: gray from colour, and colour behind transparency."""

from contextlib import suppress

import numpy as np

from cnnfilt.core.gray import to_gray
from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.files.image import Array, top_level
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import parse_number

_STRIP_ROWS = 64


class Colour(Frozen):
    """A number in an image's own levels, or (red, green, blue) in 0..255, with an opacity in 0..255."""

    value: int | float | tuple[int, int, int]
    opacity: int = 255

    @property
    def is_gray(self) -> bool:
        """Return whether one channel can show it."""
        return not isinstance(self.value, tuple) or len(set(self.value)) == 1

    def levels(self, channels: int, top: int) -> tuple[int | float | tuple[int, ...], int]:
        """Return the value, for an image of so many channels whose white is `top`, and the opacity.

        A number is the same in all channels; a colour is scaled to `top`, and in a gray image becomes its luma.
        ShapeError for a colour where there are neither 1 nor 3 channels.
        """
        scale = top // 255
        if not isinstance(self.value, tuple):
            return self.value, self.opacity * scale
        if channels == 1:
            return int(to_gray(np.array([[self.value]], np.uint8))[0, 0]) * scale, self.opacity * scale
        if channels != 3:
            raise ShapeError(f"{{image}} has {channels} channels; a colour has 3, so give a number", parameter="colour")
        return tuple(level * scale for level in self.value), self.opacity * scale


def parse_colour(text: str, name: str) -> Colour:
    """Return the colour in `text`: a number, a name, `#f80`, `#ff8800`, `255,128,0`, or with opacity `255,128,0,255`.

    ParameterError naming the parameter `name` otherwise.
    """
    from PIL import ImageColor

    parts = text.split(",")
    if len(parts) == 1 and text.strip()[:1] in "0123456789+-.":
        return Colour(parse_number(text, name))
    written = f"{'rgba'[: len(parts)]}({text})" if len(parts) in (3, 4) and "(" not in text else text
    levels: tuple[int, ...] = ()
    with suppress(ValueError):
        levels = ImageColor.getrgb(written.strip())
    if len(levels) not in (3, 4) or not all(0 <= level <= 255 for level in levels):
        raise ParameterError(
            f"{name} {text!r} is not a colour; give a number, a name (white), #rrggbb or R,G,B from 0 to 255",
            parameter=name,
        )
    return Colour((levels[0], levels[1], levels[2]), *levels[3:])


def flatten(pixels: Array, alpha: Array, colour: Colour) -> Array:
    """Return `pixels` laid over an opaque `colour`: (p a + c (top - a)) / top, rounded.

    `pixels` and `alpha` are uint8 or uint16. A gray image stays gray over a gray colour, else becomes (H, W, 3).
    """
    top = top_level(pixels.dtype)
    if pixels.ndim == 2 and not colour.is_gray:
        pixels = np.repeat(pixels[..., np.newaxis], 3, axis=2)
    channels = 1 if pixels.ndim == 2 else 3
    behind = np.clip(colour.levels(channels, top)[0], 0, top).astype(np.uint32)
    flat = np.empty_like(pixels)
    for rows in _strips(len(pixels)):
        opacity = alpha[rows].astype(np.uint32)
        if channels == 3:
            opacity = opacity[..., np.newaxis]
        # 65535 squared and half of 65535 still fit 32 bits without a sign.
        flat[rows] = (pixels[rows] * opacity + behind * (top - opacity) + top // 2) // top
    return flat


def _strips(height: int) -> list[slice]:
    return [slice(top, top + _STRIP_ROWS) for top in range(0, height, _STRIP_ROWS)]

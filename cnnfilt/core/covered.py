"""Transparency filtered with the colours: these are weighed by their coverage before, and divided by what came out.

An array that is `premultiplied` holds floats, four times the image: it is made, filtered and written band by band.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from cnnfilt.core.engine.images import Array, like_image
from cnnfilt.core.engine.memory import room
from cnnfilt.core.engine.scale import Loss, Responses
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.core.levels import Levels, told_apart_by, write_levels
from cnnfilt.describe.window import Window
from cnnfilt.terms import PaddingValue, Pair

Filtered = Callable[[int, int], Array]
"""Returns what filtering a `premultiplied` image gives for rows first to last, (rows, W', C + 1)."""


def premultiplied(pixels: Array, alpha: Array) -> Array:
    """Return (H, W, C + 1) float32: the colours times their coverage, and the alpha last."""
    top = np.iinfo(alpha.dtype).max
    colours = pixels if pixels.ndim == 3 else pixels[..., np.newaxis]
    out = np.empty((*alpha.shape, colours.shape[2] + 1), np.float32)
    np.multiply(colours, (alpha / np.float32(top))[..., np.newaxis], out=out[..., :-1], casting="unsafe")
    out[..., -1] = alpha
    return out


def opaque_padding(value: PaddingValue, channels: int, dtype: np.dtype[Any]) -> PaddingValue:
    """Return what pads a `premultiplied` array of so many colours and alpha of `dtype`, where `value` pads the image.

    A number, or one for each colour, is an opaque colour. The 0 that is there when nothing was asked for is none: it
    pads with transparency.
    """
    colours = value if isinstance(value, tuple) else (value,) * channels
    return (*colours, int(np.iinfo(dtype).max)) if any(colours) else 0


def unpremultiplied(filtered: Array, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Return (colours (H, W, C) float32, alpha (H, W) of `dtype`) of a filtered `premultiplied` array.

    Where the alpha comes out as 0 so does the colour: of a kernel that sums to zero, an even coverage leaves rounding
    noise, and divided by that every colour is arbitrary.
    """
    top = np.iinfo(dtype).max
    coverage = np.clip(filtered[..., -1:], 0, top)
    alpha = np.rint(coverage[..., 0]).astype(dtype)
    shown = alpha[..., np.newaxis] > 0
    colours = np.zeros_like(filtered[..., :-1])
    np.divide(filtered[..., :-1] * np.float32(top), coverage, out=colours, where=shown)
    return colours, alpha


class Covered(Responses):
    """The colours of a filtered image, times `gain`; its `alpha`, (H', W') of `dtype`, is there once they are."""

    def __init__(
        self, filtered: Filtered, shape: tuple[int, int, int], rows: Window | None, dtype: np.dtype, *, gain: float = 1
    ) -> None:
        """Filter to (H', W', C), in bands of the rows that a window slides over; without one all at once."""
        self._filtered, self._shape, self._gain = filtered, shape, gain
        self.alpha = room(shape[:2], dtype)
        self.edges = ((0, shape[0]),) if rows is None else bands(rows, shape)

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the colours of rows first to last, (rows, W', C)."""

        def work(first: int, last: int) -> Array:
            colours, self.alpha[first:last] = unpremultiplied(self._filtered(first, last), self.alpha.dtype)
            return colours if self._gain == 1 else np.multiply(colours, np.float32(self._gain), out=colours)

        return work

    def as_levels(self, levels: Levels, *, like: Array) -> tuple[Array, Array, Loss]:
        """Return the colours as pixels, (H', W') if `like` has no channels, the alpha, and what the mapping lost."""
        floats = np.dtype(np.float32)
        pixels = room(self._shape, levels.pixel_dtype(floats))
        loss = write_levels(self, pixels, levels, are_alike=told_apart_by(floats))
        return like_image(pixels, like), self.alpha, loss


def bands(rows: Window, shape: tuple[int, ...]) -> tuple[Pair, ...]:
    """Return (first, last) of each band of output rows: large strips, two windows high at the least."""
    row = prod(shape[1:]) * 4 + shape[1] * 4
    edges = strip_edges(rows, row, row, streams=True)
    least = 2 * rows.span // rows.stride
    return edges if edges[0][1] >= least else strip_edges(rows, 0, height=least)

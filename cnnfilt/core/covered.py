"""Transparency filtered with the colours: these are weighed by their coverage before, and divided by what came out.

An array that is `premultiplied` holds floats, four times an image of 8 bits: it is made, filtered and written band by
band.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from cnnfilt.core.engine.images import Array, like_image
from cnnfilt.core.engine.memory import room
from cnnfilt.core.engine.scale import Loss, Responses
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.core.levels import Levels, apply_levels_to_sums, told_apart_by, write_levels
from cnnfilt.describe.windows import Windows
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
        self,
        filtered: Filtered,
        shape: tuple[int, int, int],
        edges: Sequence[Pair],
        dtype: np.dtype,
        *,
        gain: float = 1,
    ) -> None:
        """Filter to `shape` (H', W', C), in bands of the rows first to last of each of `edges`."""
        self._filtered, self._shape, self._gain = filtered, shape, gain
        self.alpha, self.edges = room(shape[:2], dtype), edges

    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the colours of rows first to last, (rows, W', C)."""
        return self._colours

    def _colours(self, first: int, last: int) -> Array:
        colours, self.alpha[first:last] = unpremultiplied(self._filtered(first, last), self.alpha.dtype)
        return colours if self._gain == 1 else np.multiply(colours, np.float32(self._gain), out=colours)

    def as_levels(self, levels: Levels, *, like: Array) -> tuple[Array, Array, Loss]:
        """Return the colours as pixels, (H', W') if `like` has no channels, the alpha, and what the mapping lost.

        A mapping that needs the range of all colours has them filtered twice.
        """
        if len(self.edges) == 1:  # Then threads share what is within.
            pixels, loss = apply_levels_to_sums(self._colours(0, self._shape[0]), levels)
        else:
            floats = np.dtype(np.float32)
            pixels = room(self._shape, levels.pixel_dtype(floats))
            loss = write_levels(self, pixels, levels, are_alike=told_apart_by(floats))
        return like_image(pixels, like), self.alpha, loss


def bands(windows: Windows, channels: int) -> tuple[Pair, ...]:
    """Return (first, last) of each band of output rows: two windows high at least; each sees some of the image."""
    rows, row = windows.rows, 4 * windows.columns.size * (channels + 1)
    edges = strip_edges(rows, row)
    if edges[0][1] * rows.stride < 2 * rows.span:
        edges = strip_edges(rows, 0, height=-(-2 * rows.span // rows.stride))
    # The first window that reaches the image, and the last one that begins on it.
    first, last = max(0, -((rows.span - 1 - rows.before) // rows.stride)), (rows.size + rows.before - 1) // rows.stride
    cuts = [start for start, _ in edges if first < start <= last]
    return tuple(pairwise([0, *cuts, rows.output_size]))

"""How transparency follows an image through windows: looked up at their centres, or filtered with the colours."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnfilt.describe.transposed import TransposedAxis, TransposedWindows
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Windows
from cnnfilt.terms import PaddingValue

Array = NDArray[Any]


def alpha_at_centres(alpha: Array, windows: Windows) -> Array:
    """Return the alpha (H, W) at the centre of each window, (H', W'): position floor((span - 1) / 2), kept inside."""
    return alpha[np.ix_(centres(windows.rows), centres(windows.columns))]


def alpha_of_stamps(alpha: Array, windows: TransposedWindows) -> Array:
    """Return the alpha (H, W) of the pixel whose stamp has its middle nearest, (H', W')."""
    return alpha[np.ix_(_nearest_stamps(windows.rows), _nearest_stamps(windows.columns))]


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


def unpremultiplied(filtered: Array, like: Array, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Return (colours float32 shaped like `like`, alpha of `dtype`) of a filtered `premultiplied` array.

    Where the alpha comes out as 0 so does the colour: of a kernel that sums to zero, an even coverage leaves rounding
    noise, and divided by that every colour is arbitrary.
    """
    top = np.iinfo(dtype).max
    coverage = np.clip(filtered[..., -1:], 0, top)
    alpha = np.rint(coverage[..., 0]).astype(dtype)
    shown = alpha[..., np.newaxis] > 0
    colours = np.divide(
        filtered[..., :-1] * np.float32(top), coverage, out=np.zeros_like(filtered[..., :-1]), where=shown
    )
    return (colours if like.ndim == 3 else colours[..., 0]), alpha


def centres(window: Window) -> NDArray[np.intp]:
    """Return which position of the image lies at the centre of each window: floor((span - 1) / 2), kept inside."""
    first = (window.span - 1) // 2 - window.before
    positions = first + window.stride * np.arange(window.output_size)
    return np.clip(positions, 0, window.size - 1)


def _nearest_stamps(axis: TransposedAxis) -> NDArray[np.intp]:
    """Return which input's stamp has its middle nearest to each output: i*s - before + (span - 1)/2, kept inside."""
    twice = 2 * (np.arange(axis.output_size) + axis.before) - axis.span + 1
    return np.clip((twice + axis.stride) // (2 * axis.stride), 0, axis.size - 1)

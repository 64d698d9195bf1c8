"""An image and its results, small enough for a terminal."""

import numpy as np
from numpy.typing import NDArray

from cnnfilt.core.pooling import adaptive_pool
from cnnfilt.files.image import Image, top_level
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import Array, Operation, Result
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Pair

LARGEST_ZOOM = 8
"""How much a tiny image is enlarged at most."""

DARKEST = 8
"""A matrix whose highest number is under this part of 255 is shown over its own range."""

_BEHIND = 128
"""The gray behind what is transparent."""

Pixels = NDArray[np.uint8]


class Thumbnail(Frozen, eq=False):
    """A small picture, (H, W, 3), and what it shows."""

    caption: str
    pixels: Pixels


class Thumbnails(Frozen):
    """Makes thumbnails of an image and of its results, each at most `height` by `width` pixels."""

    height: int
    width: int

    def __call__(
        self, image: Image, operation: Operation, results: list[Result], format_name: str
    ) -> tuple[Thumbnail, ...]:
        """Return the thumbnail of the image, and of each result."""
        found = [self._thumbnail("before", image.pixels, image.alpha)]
        for number, result in enumerate(results):
            name = operation.names[number] if len(results) > 1 else "after"
            found.append(self._thumbnail(name, result.pixels, result.alpha))
        return tuple(found)

    def _thumbnail(self, name: str, pixels: Array, alpha: Array | None) -> Thumbnail:
        volume = pixels if pixels.ndim == 3 else pixels[:, :, np.newaxis]
        # Of other channels than red, green and blue the first is shown.
        volume = volume if volume.shape[2] == 3 else volume[:, :, :1]
        size = self._fitted((volume.shape[0], volume.shape[1]))
        low, high = _shown_range(volume)
        with np.errstate(all="ignore"):
            small = adaptive_pool(volume, size, kind="avg").astype(np.float64)
            levels = np.nan_to_num((small - low) * (255 / (high - low)), nan=0, posinf=255, neginf=0)
        if alpha is not None:
            cover = adaptive_pool(alpha, size, kind="avg")[..., np.newaxis] / top_level(alpha.dtype)
            levels = levels * cover + _BEHIND * (1 - cover)
        shown = np.rint(np.clip(levels, 0, 255)).astype(np.uint8)
        stretched = f" ({_spelled_range(volume, low, high)})" if (low, high) not in _PLAIN else ""
        sizes = spelled_size(pixels.shape)
        return Thumbnail(f"{name} {sizes}{stretched}", np.broadcast_to(shown, (*size, 3)))

    def _fitted(self, size: Pair) -> Pair:
        scale = min(self.height / size[0], self.width / size[1])
        if scale >= 1:
            # A whole number of times, so that every pixel is as large as the others.
            zoom = min(int(scale), LARGEST_ZOOM)
            return size[0] * zoom, size[1] * zoom
        return max(int(size[0] * scale), 1), max(int(size[1] * scale), 1)


_PLAIN = ((0, 255), (0, 65535), (0, 1))
"""The ranges that pixels of 8 bits, of 16 and floats have by themselves."""


def _shown_range(values: Array) -> tuple[float, float]:
    """Return what is shown as black and as white: the type's own levels where they fit, else the values' range."""
    if values.dtype == np.uint16:
        return 0, 65535
    if values.dtype.kind == "b":
        return 0, 1
    if values.dtype == np.uint8:
        return 0, 255
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    if finite.size == 0:
        return 0, 1
    low, high = float(finite.min()), float(finite.max())
    if low >= 0 and high <= 1 and values.dtype.kind == "f":
        return 0, 1
    # Small numbers would all look black beside each other.
    if low >= 0 and high <= 255 and (high >= 255 / DARKEST or low == high):
        return 0, 255
    beside = max(1, abs(low) * 1e-6)  # One more would be the same number where floats are wide apart.
    return (low, high) if low < high else (low - beside, low + beside)


def _spelled_range(values: Array, low: float, high: float) -> str:
    """Return `-13..14`, or `6` of a matrix that has this number alone: it is shown as the middle gray."""
    return f"{low:.4g}..{high:.4g}" if not (values == (low + high) / 2).all() else f"{(low + high) / 2:.4g}"

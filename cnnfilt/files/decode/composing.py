"""Frames drawn one after the other on the canvas of their animation, as browsers show it."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np

from cnnfilt.files.decode.arrays import as_arrays
from cnnfilt.files.decode.loading import load_image
from cnnfilt.files.decode.metadata import upright
from cnnfilt.files.decode.stored_frames import Blend, StoredFrames
from cnnfilt.files.image import Array, Image, top_level
from cnnfilt.files.pixels import upright_array
from cnnfilt.files.read_write_options import ReadOptions
from cnnfilt.files.records import Metadata
from cnnfilt.frozen import replace


def composed_frames(stored: StoredFrames, format: str, options: ReadOptions) -> Iterator[Image]:
    """Yield what is shown of each frame, on the whole canvas, with the metadata of the first.

    A frame has an alpha where the first one has, or where the canvas is not covered.
    """
    # Where a frame lies is said of the pixels as they are stored, and its alpha decides what shows through in gray.
    as_stored = replace(options, auto_orient=False, gray=False)
    canvas: _Canvas | None = None
    first: Image | None = None
    for frame in stored.frames:
        image = as_arrays(load_image(BytesIO(frame.file), format, as_stored))
        first = first or image
        canvas = canvas or _Canvas(stored.height, stored.width, image)
        before = canvas.copy() if frame.disposal == "previous" else None
        place = canvas.draw(image, frame.top, frame.left, frame.blend)
        shown = canvas.copy()
        opaque = first.alpha is None and bool((shown.alpha == top_level(shown.alpha.dtype)).all())
        image = replace(image, pixels=shown.pixels, alpha=None if opaque else shown.alpha, memory=None)
        yield _turned(image, first.metadata, options)
        if frame.disposal == "background":
            canvas.clear(place)
        canvas = before or canvas


class _Canvas:
    """Pixels (H, W) or (H, W, 3), and their alpha (H, W), transparent at first."""

    def __init__(self, height: int, width: int, first: Image) -> None:
        shape = (height, width, *first.pixels.shape[2:])
        self.pixels = np.empty(shape, first.pixels.dtype)
        self.pixels[...] = _hidden_colour(first)
        self.alpha = np.zeros((height, width), first.pixels.dtype)

    def copy(self) -> "_Canvas":
        other = _Canvas.__new__(_Canvas)
        other.pixels, other.alpha = self.pixels.copy(), self.alpha.copy()
        return other

    def draw(self, image: Image, top: int, left: int, blend: Blend) -> tuple[slice, slice]:
        """Draw `image` with its corner at (top, left), cut off at the canvas; return its place."""
        height, width = (max(end - start, 0) for end, start in zip(self.alpha.shape, (top, left), strict=True))
        new = image.pixels[:height, :width]
        full = np.full(image.pixels.shape[:2], top_level(image.pixels.dtype), image.pixels.dtype)
        new_alpha = (full if image.alpha is None else image.alpha)[:height, :width]
        if self.pixels.ndim < new.ndim:
            self.pixels = np.repeat(self.pixels[..., np.newaxis], 3, axis=2)
        elif new.ndim < self.pixels.ndim:
            new = np.repeat(new[..., np.newaxis], 3, axis=2)
        place = slice(top, top + new.shape[0]), slice(left, left + new.shape[1])
        if blend == "over":
            new, new_alpha = _over(new, new_alpha, self.pixels[place], self.alpha[place])
        self.pixels[place], self.alpha[place] = new, new_alpha
        return place

    def clear(self, place: tuple[slice, slice]) -> None:
        """Make a place transparent."""
        self.pixels[place], self.alpha[place] = 0, 0


def _hidden_colour(image: Image) -> Array | int:
    """Return the colour under the transparent pixels of a frame, which no one sees but a filter does; else black."""
    hidden = np.zeros(image.pixels.shape[:2], bool) if image.alpha is None else image.alpha == 0
    return image.pixels[hidden][0] if hidden.any() else 0


def _over(new: Array, new_alpha: Array, old: Array, old_alpha: Array) -> tuple[Array, Array]:
    """Return colours and alpha of `new` laid over `old` (Porter & Duff 1984; PNG 13.16), rounded half to even."""
    top = top_level(new.dtype)
    # Most pixels are all new, or all old, and keep their levels exactly.
    replaced, kept = (new_alpha == top) | (old_alpha == 0), new_alpha == 0
    colours, alpha = np.where(_by_pixel(replaced, new), new, old), np.where(replaced, new_alpha, old_alpha)
    mixed = ~(replaced | kept)
    if mixed.any():
        # Whole numbers of up to 48 bits, so that a half is a half: the shares of the two, and their sum, by top * top.
        above = new_alpha[mixed].astype(np.int64) * top
        below = old_alpha[mixed].astype(np.int64) * (top - new_alpha[mixed].astype(np.int64))
        alpha[mixed] = np.rint((above + below) / top)
        above, below = _by_pixel(above, new[mixed]), _by_pixel(below, new[mixed])
        colours[mixed] = np.rint((new[mixed] * above + old[mixed] * below) / (above + below))
    return colours, alpha


def _by_pixel(values: Array, pixels: Array) -> Array:
    """Return `values`, one for each of `pixels`, so that each meets all channels of its pixel."""
    return values[..., np.newaxis] if values.ndim < pixels.ndim else values


def _turned(image: Image, metadata: Metadata, options: ReadOptions) -> Image:
    """Return `image` upright, where that is asked for, and what is then true of it."""
    orientation = metadata.orientation
    if not options.auto_orient or orientation == 1:
        return replace(image, metadata=metadata)
    alpha = None if image.alpha is None else upright_array(image.alpha, orientation)
    metadata = replace(upright(metadata, orientation), orientation=1)
    return replace(image, pixels=upright_array(image.pixels, orientation), alpha=alpha, metadata=metadata)

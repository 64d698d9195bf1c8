"""Erosion and dilation, and what is made of them: openings, closings, gradients and hats, in the image's own levels."""

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.images import Array, as_image, like_image
from cnnfilt.core.engine.ranges import difference_dtype, subtract
from cnnfilt.core.engine.scale import range_of
from cnnfilt.core.levels import Levels, Loss, Mapped, apply_levels
from cnnfilt.core.pooling import pool_as_asked
from cnnfilt.describe.operations import Morphology, Pooling
from cnnfilt.describe.window import as_pair
from cnnfilt.describe.window_shapes import typed_window
from cnnfilt.terms import MorphOperation, Pair


def morph(
    image: npt.ArrayLike, operation: MorphOperation, kernel_size: int | Pair | None = None, *, window: str | None = None
) -> Array:
    """Return `image`, (H, W) or (H, W, C), after a morphological operation, each channel on its own.

    erode, dilate      the smallest, the largest value of the window around each pixel
    open, close        eroded, then dilated; dilated, then eroded
    gradient           dilated - eroded
    tophat, blackhat   image - opened; closed - image

    The window is 3x3 unless given, or has the shape `window`: "disk:R" (x^2 + y^2 <= R^2), "cross" or "diamond". What
    lies beside the image never counts. The middle of an even size k is floor((k - 1) / 2); dilation has the window
    turned by 180 degrees, so that what is opened never grows. The dtype is the image's, but differences of signed
    integers have one twice as wide. NaN propagates. Raises ParameterError, ShapeError.

    >>> morph([[0, 0, 9, 0, 5, 5, 5, 0]], "open", (1, 3)).tolist()
    [[0, 0, 0, 0, 5, 5, 5, 0]]
    """
    asked = Morphology(
        operation=operation,
        kernel_size=None if kernel_size is None else as_pair(kernel_size, "kernel_size"),
        window=None if window is None else typed_window(window),
    )
    return morph_as_asked(image, asked)


def morph_as_asked(image: npt.ArrayLike, asked: Morphology) -> Array:
    """Return what `morph` returns, for a whole description."""
    pixels = as_image(image)
    first, second = steps_of(asked)
    one = pool_as_asked(pixels, first)
    if asked.operation in ("erode", "dilate"):
        return like_image(one, image)
    if asked.operation == "gradient":
        return like_image(_difference(one, pool_as_asked(pixels, second)), image)
    two = pool_as_asked(one, second)
    match asked.operation:
        case "tophat":
            return like_image(_difference(pixels, two), image)
        case "blackhat":
            return like_image(_difference(two, pixels), image)
    return like_image(two, image)


def as_levels(responses: Array, levels: Levels) -> Mapped:
    """Return what `morph` returned as pixels, and what the mapping could not show: nothing of own levels."""
    if not levels.needs_range and levels.scale().keeps(responses.dtype):
        pixels = responses.astype(levels.pixel_dtype(responses.dtype), copy=False)
        return Mapped(pixels, Loss(*range_of(pixels), 0, pixels.size))
    return Mapped(*apply_levels(responses, levels))


def steps_of(asked: Morphology) -> tuple[Pooling, Pooling]:
    """Return the two steps in their order; of erode and dilate the first is all, a gradient takes both of the image."""
    shrinks_first = asked.operation in ("erode", "open", "tophat")
    return (asked.erosion, asked.dilation) if shrinks_first else (asked.dilation, asked.erosion)


def _difference(larger: Array, smaller: Array) -> Array:
    return subtract(larger, smaller, np.empty(larger.shape, _difference_dtype(larger, smaller)))


def _difference_dtype(larger: Array, smaller: Array) -> np.dtype:
    """Return the type that holds larger - smaller, which are of one type."""
    if larger.dtype.kind == "i" and larger.dtype.itemsize == 8:
        return difference_dtype(np.array([larger.max(), smaller.min()], larger.dtype))
    return difference_dtype(larger)

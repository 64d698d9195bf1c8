"""Edges told from what is none: by Canny's method, or by a threshold, which may be found in the image."""

import math

import numpy as np
import numpy.typing as npt

from cnnfilt.core.canny import canny_mask
from cnnfilt.core.edge_responses import WHOLE, Cut, EdgeResponses, each_strip, magnitudes_of
from cnnfilt.core.engine.images import Array, full_step
from cnnfilt.core.otsu import BINS, otsu_level
from cnnfilt.core.thinning import crest_mask
from cnnfilt.describe.edge_detection import EdgeDetection


def threshold_of(pixels: Array, asked: EdgeDetection, *, within: Cut = WHOLE) -> float:
    """Return the threshold that was asked for, or the one that is found for an image (H, W, C), by Otsu.

    It parts the magnitudes `within` these rows and columns of the result, of all channels together, before they are
    thinned. Of 8 and 16 bits they count as the whole levels below them, at most white; other magnitudes in 256 steps
    from the lowest to the highest. Infinite where all are the same, for there is no edge then.
    """
    assert asked.threshold is not None, "only masks have a threshold"
    if asked.threshold != "auto":
        return asked.threshold
    magnitudes = magnitudes_of(pixels, asked)[within]
    values = magnitudes[np.isfinite(magnitudes)] if magnitudes.dtype.kind == "f" else magnitudes.ravel()
    if pixels.dtype in (np.uint8, np.uint16):
        low, step, bins = 0.0, 1.0, full_step(pixels.dtype) + 1
    else:
        low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
        step, bins = (high - low) / BINS, BINS
    if not step:
        return math.inf
    places = ((values - low) / step).clip(0, bins - 1).astype(np.int64)
    level = otsu_level(np.bincount(places, minlength=bins))
    return math.inf if level is None else low + level * step


def edge_mask(pixels: Array, asked: EdgeDetection, threshold: float | None = None) -> tuple[npt.NDArray[np.bool_], str]:
    """Return where there is an edge in an image (H, W, C), as (H', W', C), and in words how it was computed.

    It is Canny's, or one of at least the `threshold` (None: `threshold_of` all of the image).
    """
    if asked.method == "canny":
        return canny_mask(pixels, asked), ""
    least = threshold_of(pixels, asked) if threshold is None else threshold
    responses = EdgeResponses(pixels, asked)
    mask = np.empty(responses.shape, np.bool_)
    each_strip(responses, lambda rows, strip: np.greater_equal(strip, least, out=mask[rows]))
    return (mask & crest_mask(pixels, asked) if asked.thin else mask), responses.how


def found_in_words(asked: EdgeDetection, threshold: float | None) -> str:
    """Return the threshold that was found where one was looked for, else ""."""
    if asked.threshold != "auto" or threshold is None:
        return ""
    return f"threshold {threshold:.6g}" if threshold < math.inf else "no threshold: nothing differs"


def painted(mask: npt.NDArray[np.bool_], dtype: np.dtype) -> Array:
    """Return `mask` as 0 and the top level of images of `dtype`."""
    native = dtype.newbyteorder("=")
    return np.asarray(mask.astype(native) * native.type(full_step(dtype)))

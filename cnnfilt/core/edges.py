"""Edges: how strongly brightness changes around each pixel, and in which direction it grows.

Every response is divided by its kernel's positive sum and multiplied by the gain, so all methods are equally
bright: at an upright step between two flat areas gx is the gain times the step, whatever the kernel.
"""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from cnnfilt.core.canny import Gradients, canny_mask, full_step
from cnnfilt.core.edge_responses import EdgeResponses, angle
from cnnfilt.core.engine.borders import as_padding_value
from cnnfilt.core.engine.images import Array, as_image, like_image
from cnnfilt.core.engine.memory import room
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.core.levels import Levels, Loss, Mapped, apply_levels, write_levels
from cnnfilt.core.otsu import BINS, otsu_level
from cnnfilt.core.thinning import crest_mask
from cnnfilt.describe.edge_detection import EdgeDetection, check_thresholds
from cnnfilt.describe.edge_methods import method_of
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import replace
from cnnfilt.terms import EdgeDirection, EdgeMethod, Padding, PaddingMode

Cut = tuple[slice, slice]

WHOLE: Cut = (slice(None), slice(None))
"""All rows and columns."""


def edges(
    image: npt.ArrayLike,
    *,
    method: EdgeMethod = "prewitt",
    direction: EdgeDirection | None = "both",
    gain: float = 3.0,
    threshold: float | Literal["auto"] | None = None,
    thin: bool = False,
    padding: Padding = "same",
    padding_mode: PaddingMode = "replicate",
    padding_value: npt.ArrayLike = 0,
    sigma: float = 1.0,
    low: float = 0.1,
    high: float = 0.2,
) -> Array:
    """Return the magnitudes of the edges of `image`, (H', W') or (H', W', C), every channel on its own.

    prewitt, sobel, scharr, farid   |gx| for `direction` vertical, |gy| for horizontal, sqrt(gx^2 + gy^2) for both
    roberts                         the same of its two diagonals, both only
    laplacian, log                  the absolute response; `sigma` (in pixels) is that of log
    kirsch                          the largest response of the eight compass kernels
    canny                           0 or the top level; `sigma`, `low` and `high` as in `cnnfilt.core.canny`

    Float32, or float64 for a float64 image and for integers of more than 16 bits. Exact integers for an image of
    integers where nothing is divided: one direction, laplacian or kirsch with a gain that is the kernel's positive sum
    (prewitt's is 3). With a `threshold` magnitudes of at least that become the top level in the image's own dtype
    (255, 65535, 1.0), the others 0; "auto" is Otsu's threshold (see `threshold_of`). With `thin` what is weaker than
    one of its neighbours along its direction is 0, too, for the methods that have directions and roberts.

    Raises ParameterError for a direction of a method without one, and for numbers out of their range.

    >>> edges([[0, 0, 9, 9]] * 3, direction="vertical").tolist()[1]
    [0, 27, 27, 0]
    """
    check_thresholds(low, high)
    asked = EdgeDetection(
        method=method,
        direction=direction,
        gain=gain,
        threshold=threshold,
        thin=thin,
        padding=padding,
        padding_mode=padding_mode,
        padding_value=as_padding_value(padding_value),
        # What the method does not use is no contradiction here, where every argument has a value.
        sigma=sigma if method_of(method).has_sigma else None,
        low=low if method == "canny" else None,
        high=high if method == "canny" else None,
    )
    return edges_as_asked(image, asked)


def edges_as_asked(image: npt.ArrayLike, asked: EdgeDetection) -> Array:
    """Return what `edges` returns, for a whole description."""
    pixels = as_image(image)
    if asked.is_mask:
        return like_image(_painted(edge_mask(pixels, asked)[0], pixels.dtype), image)
    responses = EdgeResponses(pixels, asked)
    magnitudes = room(responses.shape, responses.dtype)
    _each_strip(responses, lambda rows, strip: np.copyto(magnitudes[rows], strip))
    if asked.thin:
        magnitudes[~crest_mask(pixels, asked)] = 0
    return like_image(magnitudes, image)


def edges_to_levels(image: npt.ArrayLike, asked: EdgeDetection, levels: Levels, *, within: Cut = WHOLE) -> Mapped:
    """Return what `edges` returns as pixels, what the mapping could not show, and how it was computed.

    Strip by strip: no magnitudes of the whole image are ever held, unless they are thinned. Two levels (canny, or any
    method with a threshold) are not mapped: they become 0 and the top of `levels`, or stay what `edges` returns if it
    is raw. Only what is `within` these rows and columns of the result is made, and counts for what is found in it.
    """
    pixels = as_image(image)
    if asked.is_mask:
        threshold = None if asked.threshold is None else threshold_of(pixels, asked, within=within)
        mask, plan = edge_mask(pixels, asked, threshold)
        painted = _painted(mask[within], pixels.dtype if levels.values == "raw" else np.dtype(levels.dtype))
        painted = painted.astype(levels.pixel_dtype(painted.dtype), copy=False)
        loss = Loss(painted.min().item(), painted.max().item(), 0, painted.size)
        return Mapped(like_image(painted, image), loss, plan, _found(asked, threshold))
    responses = EdgeResponses(pixels, asked, noise_free=levels.needs_range)
    if asked.thin or within != WHOLE:
        magnitudes = as_image(edges_as_asked(pixels, asked))[within]
        written, loss = apply_levels(magnitudes, levels, are_alike=responses.are_alike)
        return Mapped(like_image(written, image), loss, responses.how)
    written = room(responses.shape, levels.pixel_dtype(responses.dtype))
    loss = write_levels(responses, written, levels, are_alike=responses.are_alike)
    return Mapped(like_image(written, image), loss, responses.how)


def edge_angles(
    image: npt.ArrayLike,
    *,
    method: EdgeMethod = "prewitt",
    padding: Padding = "same",
    padding_mode: PaddingMode = "replicate",
    padding_value: npt.ArrayLike = 0,
    sigma: float = 1.0,
) -> npt.NDArray[np.float32]:
    """Return in which direction brightness grows, (H', W') or (H', W', C): atan2(gy, gx) in radians, y down.

    0 is to the right, pi / 2 downward; 0 also where nothing changes. `sigma` is canny's. Raises ParameterError
    for a method without gx and gy (laplacian, log, kirsch).

    >>> edge_angles([[9, 0]] * 2).tolist() == [[np.float32(np.pi)] * 2] * 2
    True
    """
    asked = EdgeDetection(
        method=method,
        padding=padding,
        padding_mode=padding_mode,
        padding_value=as_padding_value(padding_value),
        sigma=sigma if method_of(method).has_sigma else None,
    )
    return angles_as_asked(image, asked)


def angles_as_asked(image: npt.ArrayLike, asked: EdgeDetection) -> npt.NDArray[np.float32]:
    """Return what `edge_angles` returns, for a whole description, whose direction, gain and thresholds do not count."""
    pixels, asked = as_image(image), replace(asked, direction=None)
    gradients: Gradients | EdgeResponses
    if asked.method == "canny":
        gradients = Gradients(pixels, asked, noise_free=True)
    elif len(asked.kernels) == 2:
        gradients = EdgeResponses(pixels, asked, gain=1, noise_free=True)
    else:
        raise ParameterError(f"edge method {asked.method!r} has no gx and gy, so no angles", parameter="method")
    angles = room(gradients.shape, np.dtype(np.float32))
    for rows, first, second in gradients.fields():
        angles[rows] = angle(first, second, diagonal=asked.method == "roberts")
    return like_image(angles, image)


def threshold_of(pixels: Array, asked: EdgeDetection, *, within: Cut = WHOLE) -> float:
    """Return the threshold that was asked for, or the one that is found for an image (H, W, C), by Otsu.

    It parts the magnitudes `within` these rows and columns of the result, of all channels together, before they are
    thinned. Of 8 and 16 bits they count as the whole levels below them, at most white; other magnitudes in 256 steps
    from the lowest to the highest. Infinite where all are the same, for there is no edge then.
    """
    assert asked.threshold is not None, "only masks have a threshold"
    if asked.threshold != "auto":
        return asked.threshold
    magnitudes = np.asarray(edges_as_asked(pixels, replace(asked, threshold=None, thin=False)))[within]
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
    _each_strip(responses, lambda rows, strip: np.greater_equal(strip, least, out=mask[rows]))
    return (mask & crest_mask(pixels, asked) if asked.thin else mask), responses.how


def _found(asked: EdgeDetection, threshold: float | None) -> str:
    if asked.threshold != "auto" or threshold is None:
        return ""
    return f"threshold {threshold:.6g}" if threshold < math.inf else "no threshold: nothing differs"


def _each_strip(responses: EdgeResponses, use: Callable[[slice, Array], object]) -> None:
    """Call `use` with (output rows, their magnitudes) for each strip; several threads share them."""

    def make_worker() -> Callable[[int, int], object]:
        magnitudes = responses.worker()
        return lambda first, last: use(slice(first, last), magnitudes(first, last))

    run_strips(responses.edges, make_worker)


def _painted(mask: npt.NDArray[np.bool_], dtype: np.dtype) -> Array:
    """Return `mask` as 0 and the top level of images of `dtype`."""
    native = dtype.newbyteorder("=")
    return np.asarray(mask.astype(native) * native.type(full_step(dtype)))

"""Edges: how strongly brightness changes around each pixel, and in which direction it grows.

Every response is divided by its kernel's positive sum and multiplied by the gain, so all methods are equally
bright: at an upright step between two flat areas gx is the gain times the step, whatever the kernel.
"""

from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from cnnfilt.core.edge_responses import WHOLE, Cut, EdgeResponses, angle, magnitudes_of
from cnnfilt.core.engine.borders import as_padding_value
from cnnfilt.core.engine.images import Array, as_image, like_image
from cnnfilt.core.engine.memory import room
from cnnfilt.core.levels import Levels, Loss, Mapped, apply_levels, write_levels
from cnnfilt.describe.edge_detection import EdgeDetection, check_thresholds
from cnnfilt.describe.edge_methods import method_of
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import replace
from cnnfilt.terms import EdgeDirection, EdgeMethod, Padding, PaddingMode

if TYPE_CHECKING:
    from cnnfilt.core.canny import Gradients


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
    (255, 65535, 1.0), the others 0; "auto" is Otsu's threshold (see `edge_masks`). With `thin` what is weaker than
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
        from cnnfilt.core.edge_masks import edge_mask, painted  # Most edges are magnitudes.

        return like_image(painted(edge_mask(pixels, asked)[0], pixels.dtype), image)
    magnitudes = magnitudes_of(pixels, asked)
    if asked.thin:
        from cnnfilt.core.thinning import crest_mask  # Most stay as wide as they are.

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
        from cnnfilt.core.edge_masks import edge_mask, found_in_words, painted, threshold_of

        threshold = None if asked.threshold is None else threshold_of(pixels, asked, within=within)
        mask, plan = edge_mask(pixels, asked, threshold)
        written = painted(mask[within], pixels.dtype if levels.values == "raw" else np.dtype(levels.dtype))
        written = written.astype(levels.pixel_dtype(written.dtype), copy=False)
        loss = Loss(written.min().item(), written.max().item(), 0, written.size)
        return Mapped(like_image(written, image), loss, plan, found_in_words(asked, threshold))
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
    gradients = _gradients(pixels, asked)
    angles = room(gradients.shape, np.dtype(np.float32))
    for rows, first, second in gradients.fields():
        angles[rows] = angle(first, second, diagonal=asked.method == "roberts")
    return like_image(angles, image)


def _gradients(pixels: Array, asked: EdgeDetection) -> "Gradients | EdgeResponses":
    if asked.method == "canny":
        from cnnfilt.core import canny  # Few runs draw its edges.

        return canny.Gradients(pixels, asked, noise_free=True)
    if len(asked.kernels) == 2:
        return EdgeResponses(pixels, asked, gain=1, noise_free=True)
    raise ParameterError(f"edge method {asked.method!r} has no gx and gy, so no angles", parameter="method")

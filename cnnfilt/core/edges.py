"""Edges: how strongly brightness changes around each pixel, and in which direction it grows.

Every response is divided by its kernel's positive sum and multiplied by the gain, so all methods are equally
bright: at an upright step between two flat areas gx is the gain times the step, whatever the kernel.
"""

from collections.abc import Callable
from typing import TypedDict, Unpack

import numpy as np
import numpy.typing as npt

from cnnfilt.core.canny import Gradients, canny, check_thresholds, full_step
from cnnfilt.core.edge_responses import Responses, angle, kernels_of
from cnnfilt.core.engine.borders import PaddingValue
from cnnfilt.core.engine.images import Array, as_image, like_image
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.core.levels import Levels, Loss, write_levels
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.terms import EdgeDirection, EdgeMethod, Padding, PaddingMode, Pair


def edges(
    image: npt.ArrayLike,
    *,
    method: EdgeMethod = "prewitt",
    direction: EdgeDirection | None = "both",
    gain: float = 3.0,
    threshold: float | None = None,
    padding: Padding = "same",
    padding_mode: PaddingMode = "replicate",
    padding_value: PaddingValue = 0,
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

    Float32, or float64 for a float64 image. Exact integers for an image of integers where nothing is divided:
    one direction, laplacian or kirsch with a gain that is the kernel's positive sum (prewitt's is 3). With a
    `threshold` magnitudes of at least that become the top level in the image's own dtype (255, 65535, 1.0), the
    others 0.

    Raises ParameterError for a direction of a method without one, and for numbers out of their range.

    >>> edges([[0, 0, 9, 9]] * 3, direction="vertical").tolist()[1]
    [0, 27, 27, 0]
    """
    detector = Detector(
        method=method,
        direction=direction,
        gain=gain,
        threshold=threshold,
        padding=padding,
        padding_mode=padding_mode,
        padding_value=padding_value,
        sigma=sigma,
        low=low,
        high=high,
    )
    pixels = as_image(image)
    if detector.answers_mask:
        return like_image(_painted(detector.mask(pixels), pixels.dtype), image)
    responses = detector.responses(pixels)
    magnitudes = np.empty(responses.shape, responses.dtype)
    _each_strip(responses, lambda rows, strip: np.copyto(magnitudes[rows], strip))
    return like_image(magnitudes, image)


class Options(TypedDict, total=False):
    """The options of `edges`, for the functions that take them all."""

    method: EdgeMethod
    direction: EdgeDirection | None
    gain: float
    threshold: float | None
    padding: Padding
    padding_mode: PaddingMode
    padding_value: PaddingValue
    sigma: float
    low: float
    high: float


def edges_to_levels(image: npt.ArrayLike, levels: Levels, **options: Unpack[Options]) -> tuple[Array, Loss]:
    """Return (pixels, loss): what `edges` returns, as pixels, and what the mapping could not show.

    Strip by strip: no magnitudes of the whole image are ever held. Two levels (canny, or any method with a
    threshold) are not mapped: they become 0 and the top of `levels`, or stay what `edges` returns if it is raw.
    """
    detector, pixels = Detector(**options), as_image(image)
    if detector.answers_mask:
        painted = _painted(detector.mask(pixels), pixels.dtype if levels.values == "raw" else np.dtype(levels.dtype))
        painted = painted.astype(levels.pixel_dtype(painted.dtype), copy=False)
        return like_image(painted, image), Loss(painted.min().item(), painted.max().item(), 0, painted.size)
    responses = detector.responses(pixels)
    written = np.empty(responses.shape, levels.pixel_dtype(responses.dtype))
    loss = write_levels(responses, written, levels)
    return like_image(written, image), loss


def describe(image: npt.ArrayLike, **options: Unpack[Options]) -> str:
    """Return in one line how `edges` computes this, as `cnnfilt.core.convolution.describe` does; "" for canny."""
    detector = Detector(**options)
    return "" if detector.method == "canny" else detector.responses(as_image(image)).how


def edge_angles(
    image: npt.ArrayLike,
    *,
    method: EdgeMethod = "prewitt",
    padding: Padding = "same",
    padding_mode: PaddingMode = "replicate",
    padding_value: PaddingValue = 0,
    sigma: float = 1.0,
) -> npt.NDArray[np.float32]:
    """Return in which direction brightness grows, (H', W') or (H', W', C): atan2(gy, gx) in radians, y down.

    0 is to the right, pi / 2 downward; 0 also where nothing changes. `sigma` is canny's. Raises ParameterError
    for a method without gx and gy (laplacian, log, kirsch).

    >>> edge_angles([[9, 0]] * 2).tolist() == [[np.float32(np.pi)] * 2] * 2
    True
    """
    pixels = as_image(image)
    kernels = kernels_of(method, sigma=sigma)
    gradients: Gradients | Responses
    if method == "canny":
        gradients = Gradients(pixels, kernels[0], padding, padding_mode, padding_value)
    elif len(kernels) == 2:
        gradients = Responses(pixels, kernels, 1, padding, padding_mode, padding_value)
    else:
        raise ParameterError(f"edge method {method!r} has no gx and gy, so no angles", parameter="method")
    angles = np.empty(gradients.shape, np.float32)
    for rows, first, second in gradients.fields():
        angles[rows] = angle(first, second, diagonal=method == "roberts")
    return like_image(angles, image)


def window_size(method: EdgeMethod, *, sigma: float = 1.0) -> Pair:
    """Return the (height, width) of the window that `method` looks through."""
    rows = kernels_of(method, sigma=sigma)[0]
    # Canny takes a 3x3 gradient of what its Gaussian has smoothed.
    more = 2 if method == "canny" else 0
    return len(rows) + more, len(rows[0]) + more


class Detector(Frozen, kw_only=True):
    """The options of `edges`, checked, and what they ask for of any image (H, W, C)."""

    method: EdgeMethod = "prewitt"
    direction: EdgeDirection | None = "both"
    gain: float = 3.0
    threshold: float | None = None
    padding: Padding = "same"
    padding_mode: PaddingMode = "replicate"
    padding_value: PaddingValue = 0
    sigma: float = 1.0
    low: float = 0.1
    high: float = 0.2

    def __post_init__(self) -> None:
        """Refuse what is wrong whatever the image."""
        kernels_of(self.method, self.direction, self.sigma)
        check_thresholds(self.low, self.high)
        if not 0 < self.gain < np.inf:
            raise ParameterError(f"gain is {self.gain:g}; it must be a number above 0", parameter="gain")
        if self.threshold is None:
            return
        if self.method == "canny":
            raise ParameterError("a threshold does not go with canny, which has low and high", parameter="threshold")
        if not 0 <= self.threshold < np.inf:
            raise ParameterError(f"threshold is {self.threshold:g}; it must be 0 or more", parameter="threshold")

    @property
    def answers_mask(self) -> bool:
        """Tell whether the answer is yes or no for each pixel, not a magnitude."""
        return self.method == "canny" or self.threshold is not None

    def responses(self, pixels: Array) -> Responses:
        """Return the magnitudes of `pixels`, ready to be computed in strips."""
        kernels = kernels_of(self.method, self.direction, self.sigma)
        return Responses(pixels, kernels, self.gain, self.padding, self.padding_mode, self.padding_value)

    def mask(self, pixels: Array) -> npt.NDArray[np.bool_]:
        """Return where there is an edge, (H', W', C)."""
        if self.method == "canny":
            return canny(
                pixels,
                sigma=self.sigma,
                low=self.low,
                high=self.high,
                padding=self.padding,
                padding_mode=self.padding_mode,
                padding_value=self.padding_value,
            )
        assert self.threshold is not None, "a mask is canny's, or made by a threshold"
        responses = self.responses(pixels)
        threshold = self.threshold
        mask = np.empty(responses.shape, np.bool_)
        _each_strip(responses, lambda rows, strip: np.greater_equal(strip, threshold, out=mask[rows]))
        return mask


def _each_strip(responses: Responses, use: Callable[[slice, Array], object]) -> None:
    """Call `use` with (output rows, their magnitudes) for each strip; several threads share them."""

    def make_worker() -> Callable[[int, int], object]:
        magnitudes = responses.worker()
        return lambda first, last: use(slice(first, last), magnitudes(first, last))

    run_strips(responses.edges, make_worker)


def _painted(mask: npt.NDArray[np.bool_], dtype: np.dtype) -> Array:
    """Return `mask` as 0 and the top level of images of `dtype`."""
    native = dtype.newbyteorder("=")
    return np.asarray(mask.astype(native) * native.type(full_step(dtype)))

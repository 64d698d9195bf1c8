"""One pixel of Canny's edges taken apart: its gradient, the two neighbours it must beat, and the two thresholds."""

import math

import numpy as np

from cnnfilt.core.canny import Gradients, canny_mask
from cnnfilt.core.engine.images import Array, full_step
from cnnfilt.core.explain.convolution import Explained, Number, PaddedView, Patch, Response, Step, as_grid
from cnnfilt.core.thinning import SLACK, directions, is_peak
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.terms import Pair

_SIDES = {(0, 1): ("left", "right"), (1, 0): ("above", "below"), (1, 1): ("up left", "down right"),
          (1, -1): ("up right", "down left")}  # fmt: skip
"""What lies before and after a pixel in each direction (down, across), in words."""


def explain_canny(image: Array, place: Pair, asked: EdgeDetection) -> tuple[Explained, ...]:
    """Return how each channel of Canny's edges of `image` (H, W, C) came to its value at `place`.

    The two kernels are Sobel's after the Gaussian, divided so that a step answers its height. Raises as
    `explain_edges`.
    """
    gradients, top = Gradients(image, asked), full_step(image.dtype)
    kernels = [kernel * top for kernel in gradients.kernels]
    view = PaddedView(image, asked.slide.over((image.shape[0], image.shape[1])), asked)
    met = view.at(place, range(image.shape[2]))
    (across, down), found = gradients.around(place), canny_mask(image, asked)
    explained = []
    for channel, values in enumerate(met):
        responses = tuple(
            Response(name, (Patch(channel, values, as_grid(kernel)),))
            for name, kernel in zip(asked.responses, kernels, strict=True)
        )
        compared = _compared(across[:, :, channel], down[:, :, channel], top)
        is_edge = bool(found[(*place, channel)])
        words = _verdict([step.value for step in compared], *asked.thresholds, is_edge)
        magnitude = Step("sqrt(gx^2 + gy^2)", math.hypot(*(one.total for one in responses)))
        steps = (magnitude, *compared, Step(words, top if is_edge else 0))
        explained.append(view.explained(place, channel, responses, steps))
    return tuple(explained)


def _compared(across: Array, down: Array, top: int) -> tuple[Step, ...]:
    """Return the strength of the middle of a gradient (3, 3) in full steps, and of the two pixels it has to beat."""
    strength = np.hypot(across, down)
    level, upright, falling = (bool(mask[1, 1]) for mask in directions(across, down))
    y, x = way = (0, 1) if level else (1, 0) if upright else (1, 1) if falling else (1, -1)
    before, after = _SIDES[way]
    return (
        Step(f"divided by a full step, {top}", float(strength[1, 1])),
        Step(f"beside it, {before}", float(strength[1 - y, 1 - x])),
        Step(f"beside it, {after}", float(strength[1 + y, 1 + x])),
    )


def _verdict(strengths: list[Number], low: float, high: float, is_edge: bool) -> str:
    own, before, after = strengths
    least = own * (1 + SLACK)
    if is_edge:
        return f"a peak of at least high, {high:g}" if least >= high else f"a peak of at least low, {low:g}, on an edge"
    if math.isnan(own):
        return "not a number, so no edge"
    if least < low:
        return f"below low, {low:g}"
    if is_peak(np.asarray(own), np.asarray(before), np.asarray(after)):
        return f"a peak below high, {high:g}, on no edge"
    return "no peak: not above both"

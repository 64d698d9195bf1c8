"""One value of a picture of edges taken apart: what each kernel answers, and how that becomes one magnitude."""

import math
from typing import Unpack

import numpy as np
import numpy.typing as npt

from cnnfilt.core.canny import full_step
from cnnfilt.core.edge_responses import kernels_of
from cnnfilt.core.edges import Detector, Options
from cnnfilt.core.engine.images import as_image
from cnnfilt.core.explain.canny import explain_canny
from cnnfilt.core.explain.convolution import Explained, Patch, Response, Sight, Step, exact_sum
from cnnfilt.describe.windows import windows
from cnnfilt.terms import Pair


def explain_edges(image: npt.ArrayLike, place: Pair, **options: Unpack[Options]) -> tuple[Explained, ...]:
    """Return how each channel of `edges(image, **options)` came to its value at `place`.

    Raises what `edges` raises, and ShapeError for a place outside the result or a window too large to show.
    """
    detector, pixels = Detector(**options), as_image(image)
    if detector.method == "canny":
        return explain_canny(pixels, place, detector)
    kernels = kernels_of(detector.method, detector.direction, detector.sigma)
    size = len(kernels[0]), len(kernels[0][0])
    rows, columns = windows((pixels.shape[0], pixels.shape[1]), size, padding=detector.padding)
    sight = Sight(pixels, rows, columns, detector.padding_mode, detector.padding_value)
    explained = []
    for channel in range(pixels.shape[2]):
        (values,) = sight.at(place, [channel])
        responses = tuple(
            Response(name, (Patch(channel, values, kernel),))
            for name, kernel in zip(_names(detector), kernels, strict=True)
        )
        steps = _strength(responses, detector, pixels.dtype)
        explained.append(sight.explained(place, channel, responses, steps))
    return tuple(explained)


def _names(detector: Detector) -> tuple[str, ...]:
    method, direction = detector.method, detector.direction
    if method == "roberts":
        return "g1", "g2"
    if method == "kirsch":
        return tuple(f"g{angle}" for angle in range(0, 360, 45))
    if method in ("laplacian", "log"):
        return ("g",)
    return {"vertical": ("gx",), "horizontal": ("gy",)}.get(direction or "both", ("gx", "gy"))


def _strength(responses: tuple[Response, ...], detector: Detector, dtype: np.dtype) -> tuple[Step, ...]:
    totals, names = [one.total for one in responses], [one.name for one in responses]
    if len(totals) == 1:
        steps = [Step(f"|{names[0]}|", abs(totals[0]))]
    elif len(totals) == 2:
        steps = [Step(f"sqrt({names[0]}^2 + {names[1]}^2)", math.hypot(*totals))]
    else:
        steps = [Step(f"the largest of {len(totals)}: {names[totals.index(max(totals))]}", max(totals))]
    kernel = responses[0].patches[0].kernel
    positive = exact_sum([weight for row in kernel for weight in row if weight > 0])
    if detector.gain != positive:
        words = f"times gain {detector.gain:.6g} / {positive:.6g} (positive sum)"
        steps.append(Step(words, steps[-1].value * detector.gain / positive))
    if detector.threshold is not None:
        reached = steps[-1].value >= detector.threshold
        words = f"{'at least' if reached else 'below'} the threshold {detector.threshold:.6g}"
        steps.append(Step(words, full_step(dtype) if reached else 0))
    return tuple(steps)

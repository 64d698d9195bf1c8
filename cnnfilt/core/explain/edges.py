"""One value of a picture of edges taken apart: what each kernel answers, and how that becomes one magnitude."""

import math

import numpy as np
import numpy.typing as npt

from cnnfilt.core.edge_masks import edge_mask, threshold_of
from cnnfilt.core.engine.images import as_image, full_step
from cnnfilt.core.explain.canny import explain_canny
from cnnfilt.core.explain.convolution import Explained, Number, PaddedView, Patch, Response, Step, exact_sum
from cnnfilt.core.thinning import crest_mask
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.frozen import replace
from cnnfilt.terms import Pair


def explain_edges(image: npt.ArrayLike, place: Pair, asked: EdgeDetection) -> tuple[Explained, ...]:
    """Return how each channel of a picture of edges came to its value at `place`.

    Raises what `edges` raises, and ShapeError for a place outside the result or a window too large to show.
    """
    pixels = as_image(image)
    if asked.method == "canny":
        return explain_canny(pixels, place, asked)
    view = PaddedView(pixels, asked.slide.over((pixels.shape[0], pixels.shape[1])), asked)
    explained = []
    threshold = None if asked.threshold is None else threshold_of(pixels, asked)
    size = asked.slide.over((pixels.shape[0], pixels.shape[1])).output_size
    crests = crest_mask(pixels, asked) if asked.thin else np.ones((*size, pixels.shape[2]), np.bool_)
    for channel in range(pixels.shape[2]):
        (values,) = view.at(place, [channel])
        responses = tuple(
            Response(name, (Patch(channel, values, kernel),))
            for name, kernel in zip(asked.responses, asked.kernels, strict=True)
        )
        steps = _strength(responses, asked)
        crest = bool(crests[(*place, channel)])
        if asked.thin:
            words = "a crest: no weaker than beside it" if crest else "no crest: weaker than beside it"
            steps.append(Step(words, steps[-1].value if crest else 0))
        if threshold is not None and crest:
            # The engine's verdict: its floats may fall on the other side of a threshold that is met exactly.
            reached = bool(edge_mask(pixels, replace(asked, thin=False), threshold)[0][(*place, channel)])
            steps.append(_verdict(steps[-1].value, threshold, reached, full_step(pixels.dtype)))
        explained.append(view.explained(place, channel, responses, tuple(steps)))
    return tuple(explained)


def _strength(responses: tuple[Response, ...], asked: EdgeDetection) -> list[Step]:
    totals, names = [one.total for one in responses], [one.name for one in responses]
    unknown = any(map(math.isnan, totals))
    if len(totals) == 1:
        steps = [Step(f"|{names[0]}|", abs(totals[0]))]
    elif len(totals) == 2:
        # As the engine has it: beside an infinite response the length is infinite, also where the other is no number.
        steps = [Step(f"sqrt({names[0]}^2 + {names[1]}^2)", math.hypot(*totals))]
    elif unknown:
        steps = [Step(f"the largest of {len(totals)}: one is not a number", math.nan)]
    else:
        steps = [Step(f"the largest of {len(totals)}: {names[totals.index(max(totals))]}", max(totals))]
    kernel = responses[0].patches[0].kernel
    positive = exact_sum([weight for row in kernel for weight in row if weight > 0])
    if asked.gain != positive:
        words = f"times gain {asked.gain:.6g} / {positive:.6g} (positive sum)"
        steps.append(Step(words, steps[-1].value * asked.gain / positive))
    return steps


def _verdict(magnitude: Number, threshold: float, reached: bool, top: int) -> Step:
    words = f"{'at least' if reached else 'below'} the threshold {threshold:.6g}"
    if reached != (magnitude >= threshold):
        words += ", within rounding"
    return Step(words, top if reached else 0, abs(magnitude - threshold) / 2)

"""One value of a morphological operation taken apart: its window, of the image or of the step before."""

import numpy.typing as npt

from cnnfilt.core.engine.images import as_image
from cnnfilt.core.explain.convolution import Number, Step, as_number
from cnnfilt.core.explain.pooling import Pooled, explain_pooling
from cnnfilt.core.morphology import steps_of
from cnnfilt.core.pooling import pool_as_asked
from cnnfilt.describe.operations import Morphology
from cnnfilt.frozen import replace
from cnnfilt.terms import Pair


def explain_morphology(image: npt.ArrayLike, place: Pair, asked: Morphology) -> tuple[Pooled, ...]:
    """Return how each channel came to its value at `place` (row, column): the last window, and the steps after it.

    Raises what `morph` raises, and ShapeError for a place outside the image or a window too large to show.
    """
    pixels = as_image(image)
    first, second = steps_of(asked)
    if asked.operation in ("erode", "dilate"):
        return explain_pooling(pixels, place, first)
    if asked.operation == "gradient":
        least = explain_pooling(pixels, place, second)
        values = [
            ("largest {} - smallest {}", one, (one.found, other.found))
            for one, other in zip(explain_pooling(pixels, place, first), least, strict=True)
        ]
    else:
        stage = "eroded" if first.kind == "min" else "dilated"
        last = [replace(one, stage=stage) for one in explain_pooling(pool_as_asked(pixels, first), place, second)]
        at = [as_number(value) for value in pixels[place]]
        if asked.operation in ("open", "close"):
            return tuple(last)
        hats = {"tophat": "image {} - opened {}", "blackhat": "closed {} - image {}"}
        values = []
        for one, own in zip(last, at, strict=True):
            pair = (own, one.found) if asked.operation == "tophat" else (one.found, own)
            values.append((hats[asked.operation], one, pair))
    return tuple(_less(words, one, pair) for words, one, pair in values)


def _less(words: str, one: Pooled, pair: tuple[Number, Number]) -> Pooled:
    """Return the explanation whose last step is the difference of a pair."""
    larger, smaller = pair
    return replace(one, steps=(Step(words.format(*(f"{value:.6g}" for value in pair)), larger - smaller),))

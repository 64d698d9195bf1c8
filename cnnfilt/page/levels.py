"""How the values of a run became levels: the last stages of its page."""

import numpy as np

from cnnfilt.core.levels import Levels, range_in
from cnnfilt.files.image import Array
from cnnfilt.operations.inspect.mapping_words import mapping_in_words
from cnnfilt.page.steps import Stage, volume


def level_stages(values: Array, pixels: Array, levels: Levels, *, inverted: int = 0) -> tuple[Stage, ...]:
    """Return how `values` (H, W, C) became the pixels that were written; nothing where these are the same.

    `inverted` is the white that levels were taken from, if they were.
    """
    pixels = volume(pixels)
    if levels.values == "raw" and not inverted:
        same = np.array_equal(values, pixels, equal_nan=values.dtype.kind == "f")
        return () if same else (Stage((f"as it is stored ({pixels.dtype})",), pixels, is_level=True),)
    before = inverted - pixels.astype(np.int64) if inverted else pixels
    turned = (Stage((f"inverted: {inverted} - {{0}}",), pixels, uses=(before,), is_level=True),) if inverted else ()
    if levels.values == "raw":
        return turned
    found, alike = range_in(values, levels)
    clipped = levels.scale(found, alike=alike).outside(values)
    words = f"level ({mapping_in_words(levels)})"
    return Stage(
        (words,),
        before,
        clipped=clipped if clipped.any() else None,
        is_level=not inverted,
        name="level before inverting" if inverted else "",
    ), *turned

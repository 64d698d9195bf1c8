"""How strong the edge is at each pixel."""

import math
from collections.abc import Sequence

import numpy as np

from cnnfilt.core.edge_responses import WHOLE, Cut
from cnnfilt.core.edges import angles_as_asked, edges_to_levels
from cnnfilt.core.engine.images import as_image, full_step
from cnnfilt.core.levels import Levels
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.describe.parts import Box
from cnnfilt.errors import ParameterError
from cnnfilt.files.formats import named
from cnnfilt.files.image import Image
from cnnfilt.frozen import replace
from cnnfilt.operations.base import (
    AUTO,
    Array,
    ExplainedValues,
    Operation,
    Reach,
    Result,
    Values,
    alpha_under,
    reach_of,
    refuse_unused_value,
    size_of,
)
from cnnfilt.operations.hints import edge_hints
from cnnfilt.terms import Pair


class FindEdges(Operation, kw_only=True):
    """The magnitude of the edges, and their angles as the extra array where they were asked for.

    With `invert` black is white and white black, as on paper.
    """

    asked: EdgeDetection
    angle: bool = False
    invert: bool = False

    command = "edges"

    def __post_init__(self) -> None:
        """Refuse what contradicts itself, or would be ignored."""
        refuse_unused_value(self.asked)
        if self.treatment.alpha == "filter":
            raise ParameterError("--alpha filter cannot be combined with edges; use --alpha keep or drop")

    @property
    def has_extra(self) -> bool:
        """Tell whether an array goes beside the result."""
        return self.angle

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the one picture of edges."""
        self.check_size(self.asked.slide.over(size_of(image)))
        return [self._drawn(image, format_name)]

    def reach(self, image: Image | None = None) -> Reach | None:
        """Return what the method sees; Canny's follows lines through all of the image."""
        reach = reach_of(self.asked.slide, self.asked.padding_mode)
        beside = 1 if self.asked.thin else 0
        return None if self.asked.method == "canny" else Reach(reach.rows + beside, reach.columns + beside, reach.wraps)

    def part(self, image: Image, box: Box, format_name: str) -> list[Result]:
        """Return what the picture of edges is in `box`."""
        if self.asked.method == "canny":
            return self.in_boxes(image, [box], format_name)[0]
        from cnnfilt.operations.around import around  # Most runs change all of an image.

        # Whether an edge is thin shows beside it.
        wide = box.grown(1, size_of(image)) if self.asked.thin else box
        windows = self.asked.slide.over(size_of(image))
        seen, pads = around(image, wide, windows, self.asked.padding_mode)
        within = box.moved(-wide.top, -wide.left).slices if self.asked.thin else WHOLE
        result = replace(self, asked=replace(self.asked, padding=pads))._drawn(seen, format_name, within)
        return [replace(result, alpha=_cut(alpha_under(image, windows), box))]

    def in_boxes(self, image: Image, boxes: Sequence[Box], format_name: str) -> list[list[Result]]:
        """Return what the picture of edges is in each box; Canny's lines are followed once."""
        if self.asked.method != "canny":
            return super().in_boxes(image, boxes, format_name)
        (whole,) = self(image, format_name)
        return [[replace(whole, pixels=whole.pixels[box.slices], alpha=_cut(whole.alpha, box))] for box in boxes]

    def settled(self, image: Image, box: Box) -> Operation:
        """Return the operation with the threshold that it finds in `box`."""
        if self.asked.threshold != "auto":
            return self
        from cnnfilt.core.edge_masks import threshold_of  # Few runs look for one.

        found = threshold_of(as_image(image.pixels), self.asked, within=box.slices)
        return replace(self, asked=replace(self.asked, threshold=found)) if found < math.inf else self

    def _drawn(self, image: Image, format_name: str, within: Cut = WHOLE) -> Result:
        """Return the picture of edges, or what of it is `within` these rows and columns."""
        asked, levels = self.asked, self.levels_of(image, 0, format_name)
        if self.invert and levels.values == "raw":
            raise ParameterError("--invert needs levels, for raw values have no white: write an image, or map --values")
        mapped = edges_to_levels(image.pixels, asked, levels, within=within)
        pixels = levels.top - mapped.pixels if self.invert else mapped.pixels
        angles = angles_as_asked(image.pixels, asked) if self.angle else None
        words = (asked.method, asked.direction, "thin" * asked.thin, mapped.found, "inverted" * self.invert)
        # Of 8 or 16 bits a strong edge is meant to be white; of other whole numbers clipping may be a surprise.
        loss = None if image.pixels.dtype in (np.uint8, np.uint16) else mapped.loss
        hints = () if self.invert else edge_hints(image, asked, levels, mapped.loss)
        windows = asked.slide.over(size_of(image))
        how = ", ".join(filter(None, words))
        return Result(pixels, alpha_under(image, windows), how, loss, angles, mapped.plan, hints=hints)

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how the values of result `number` become pixels."""
        values, about = self.treatment.values, named(format_name)
        if self.asked.is_mask and values == AUTO and about.kind == "image" and "float32" not in about.gray:
            values = Values("clip")  # Two levels leave no question of what is black and what white.
        return values.levels(image, format_name, edges=True)

    def explain(self, image: Image, number: int, place: Pair, format_name: str) -> ExplainedValues:
        """Return how each channel came to its value at `place`."""
        # Few runs explain anything; the others do not wait for this.
        from cnnfilt.core.explain.edges import explain_edges

        white = self.levels_of(image, number, format_name).top if self.invert else 0
        values = explain_edges(image.pixels, place, self.asked)
        levels = self.written_levels(image, number, format_name)
        return ExplainedValues(self.asked.method, levels, values, inverted=white)

    def written_levels(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how what is found at a pixel, a magnitude or a verdict, becomes the level that is written."""
        levels = self.levels_of(image, number, format_name)
        return _mask_levels(levels, full_step(image.pixels.dtype)) if self.asked.is_mask else levels


def _cut(alpha: Array | None, box: Box) -> Array | None:
    return None if alpha is None else alpha[box.slices]


def _mask_levels(levels: Levels, top: int) -> Levels:
    """Return how 0 and `top` become pixels, whatever mapping was asked for: see `edges_to_levels`."""
    if levels.values == "raw" or levels.top == top:
        return Levels("raw")
    return Levels("clip", levels.dtype, (0, top))

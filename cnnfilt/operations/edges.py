"""How strong the edge is at each pixel."""

import numpy as np

from cnnfilt.core.canny import full_step
from cnnfilt.core.edges import angles_as_asked, edges_to_levels
from cnnfilt.core.levels import Levels
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.describe.parts import Box
from cnnfilt.errors import ParameterError
from cnnfilt.files.formats import named
from cnnfilt.files.image import Image
from cnnfilt.frozen import replace
from cnnfilt.operations.around import around
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
    """The magnitude of the edges, and their angles as the extra array where they were asked for."""

    asked: EdgeDetection
    angle: bool = False

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
        asked = self.asked
        windows = self.check_size(asked.slide.over(size_of(image)))
        levels = self.levels_of(image, 0, format_name)
        mapped = edges_to_levels(image.pixels, asked, levels)
        angles = angles_as_asked(image.pixels, asked) if self.angle else None
        how = f"{asked.method}, {asked.direction}" if asked.direction else asked.method
        # Of 8 or 16 bits a strong edge is meant to be white; of other whole numbers clipping may be a surprise.
        loss = None if image.pixels.dtype in (np.uint8, np.uint16) else mapped.loss
        hints = edge_hints(image, asked, levels, mapped.loss)
        return [Result(mapped.pixels, alpha_under(image, windows), how, loss, angles, mapped.plan, hints=hints)]

    def reach(self, image: Image | None = None) -> Reach | None:
        """Return what the method sees; Canny's follows lines through all of the image."""
        reach = reach_of(self.asked.slide, self.asked.padding_mode)
        return None if self.asked.method == "canny" else reach

    def part(self, image: Image, box: Box, format_name: str) -> list[Result]:
        """Return what the picture of edges is in `box`."""
        if self.asked.method == "canny":
            (result,) = self(image, format_name)
            return [replace(result, pixels=result.pixels[box.slices], alpha=_cut(result.alpha, box))]
        windows = self.asked.slide.over(size_of(image))
        seen, pads = around(image, box, windows, self.asked.padding_mode)
        (result,) = replace(self, asked=replace(self.asked, padding=pads))(seen, format_name)
        return [replace(result, alpha=_cut(alpha_under(image, windows), box))]

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

        levels = self.levels_of(image, number, format_name)
        if self.asked.is_mask:
            levels = _mask_levels(levels, full_step(image.pixels.dtype))
        return ExplainedValues(self.asked.method, levels, explain_edges(image.pixels, place, self.asked))


def _cut(alpha: Array | None, box: Box) -> Array | None:
    return None if alpha is None else alpha[box.slices]


def _mask_levels(levels: Levels, top: int) -> Levels:
    """Return how 0 and `top` become pixels, whatever mapping was asked for: see `edges_to_levels`."""
    if levels.values == "raw" or levels.top == top:
        return Levels("raw")
    return Levels("clip", levels.dtype, (0, top))

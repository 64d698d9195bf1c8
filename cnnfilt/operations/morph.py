"""Erosion, dilation and what is made of them, of one image."""

from cnnfilt.core.levels import Levels
from cnnfilt.core.morphology import as_levels, morph_as_asked
from cnnfilt.describe.operations import Morphology
from cnnfilt.describe.parts import Box
from cnnfilt.errors import ParameterError
from cnnfilt.files.image import Image
from cnnfilt.operations.base import Array, ExplainedValues, Operation, Reach, Result, reach_of, size_of
from cnnfilt.terms import Pair


class MorphImage(Operation, kw_only=True):
    """The image after a morphological operation, as `asked`; its size stays, and its transparency."""

    asked: Morphology

    command = "morph"

    def __post_init__(self) -> None:
        """Refuse what says nothing of transparency."""
        if self.treatment.alpha == "filter" and self.asked.operation not in ("erode", "dilate", "open", "close"):
            raise ParameterError(
                f"--alpha filter is for erode, dilate, open and close, not {self.asked.operation}; use keep or drop"
            )

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the one image."""
        return self.part(image, Box(0, 0, *size_of(image)), format_name)

    def reach(self, image: Image | None = None) -> Reach:
        """Return what the windows of all steps see."""
        return reach_of(self.asked.seen)

    def part(self, image: Image, box: Box, format_name: str) -> list[Result]:
        """Return what the result is in `box`."""
        levels, how = self.levels_of(image, 0, format_name), f"{self.asked.operation} {self.asked.in_words}"
        if self.treatment.alpha == "filter" and image.alpha is not None:
            return [self._covered(image, image.alpha, levels, how, box)]
        mapped = as_levels(morph_as_asked(image.pixels, self.asked)[box.slices], levels)
        return [Result(mapped.pixels, None if image.alpha is None else image.alpha[box.slices], how, mapped.loss)]

    def explain(self, image: Image, number: int, place: Pair, format_name: str) -> ExplainedValues:
        """Return how each channel came to its value at `place`."""
        # Few runs explain anything; the others do not wait for this.
        from cnnfilt.core.explain.morphology import explain_morphology

        if self.treatment.alpha == "filter":
            raise ParameterError("--explain cannot be combined with --alpha filter; use --alpha keep or drop")
        levels = self.levels_of(image, number, format_name)
        return ExplainedValues(self.asked.operation, levels, explain_morphology(image.pixels, place, self.asked))

    def _covered(self, image: Image, alpha: Array, levels: Levels, how: str, box: Box) -> Result:
        from cnnfilt.core.covered import Covered, bands, premultiplied  # Few runs change transparency.
        from cnnfilt.operations.around import neighbourhood

        def changed(first: int, last: int) -> Array:
            band = Box(box.top + first, box.left, last - first, box.width)
            seen, inside = neighbourhood(image, band, self.reach())
            assert seen.alpha is not None, "it is cut with the image"
            return morph_as_asked(premultiplied(seen.pixels, seen.alpha), self.asked)[inside.slices]

        edges = bands(self.asked.seen.over((box.height, box.width)), image.channels)
        covered = Covered(changed, (box.height, box.width, image.channels), edges, alpha.dtype)
        pixels, changed_alpha, loss = covered.as_levels(levels, like=image.pixels)
        return Result(pixels, changed_alpha, how, loss)

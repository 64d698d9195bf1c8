"""One value kept of each window."""

import numpy as np

from cnnfilt.core.alpha import alpha_at_centres
from cnnfilt.core.levels import Levels, apply_levels
from cnnfilt.core.pooling import pool_and_locate, pool_as_asked, pool_to_levels
from cnnfilt.describe.operations import Pooling
from cnnfilt.describe.parts import Box
from cnnfilt.describe.windows import adaptive_bounds
from cnnfilt.errors import ParameterError
from cnnfilt.files.image import Image
from cnnfilt.frozen import replace
from cnnfilt.operations.around import around, rows_around
from cnnfilt.operations.base import Array, ExplainedValues, Operation, Reach, Result, alpha_under, reach_of, size_of
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Pair


class PoolImage(Operation, kw_only=True):
    """The image pooled as `asked`, with the places of its values as the extra array where `indices` are wanted."""

    asked: Pooling
    indices: bool = False

    command = "pool"

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        sized, filtered = self.asked.output_size is not None, self.treatment.alpha == "filter"
        shaped = self.asked.window is not None
        if self.indices and (sized or shaped or self.asked.kind not in ("max", "min") or filtered):
            raise ParameterError(
                "--indices is for windows of max or min, without --window, --global, --adaptive or --alpha filter"
            )

    @property
    def has_extra(self) -> bool:
        """Tell whether an array goes beside the result."""
        return self.indices

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the one pooled image."""
        levels, how = self.levels_of(image, 0, format_name), self._how()
        if self.asked.output_size is None:
            self.check_size(self.asked.slide.over(size_of(image)))
        if self.treatment.alpha == "filter" and image.alpha is not None:
            return [self._pool_covered(image, image.alpha, levels)]
        if self.indices:
            pooled, indices = pool_and_locate(image.pixels, self.asked)
            pixels, loss = apply_levels(pooled, levels)
            return [Result(pixels, self._alpha(image), how, loss, indices)]
        mapped = pool_to_levels(image.pixels, self.asked, levels)
        return [Result(mapped.pixels, self._alpha(image), how, mapped.loss)]

    def reach(self, image: Image | None = None) -> Reach:
        """Return what the window sees."""
        if self.asked.output_size is not None:
            raise ParameterError("--region and --mask are for windows of one size; leave out --global and --adaptive")
        return reach_of(self.asked.slide)

    def part(self, image: Image, box: Box, format_name: str) -> list[Result]:
        """Return what the result is in `box`."""
        windows = self.asked.slide.over(size_of(image))
        seen, pads = around(image, box, windows, "zeros")
        (result,) = replace(self, asked=replace(self.asked, padding=pads))(seen, format_name)
        if self.treatment.alpha == "filter" or image.alpha is None:
            return [result]
        return [replace(result, alpha=alpha_at_centres(image.alpha, windows)[box.slices])]

    def explain(self, image: Image, number: int, place: Pair, format_name: str) -> ExplainedValues:
        """Return how each channel came to its value at `place`."""
        # Few runs explain anything; the others do not wait for this.
        from cnnfilt.core.explain.pooling import explain_pooling

        if self.treatment.alpha == "filter":
            raise ParameterError("--explain cannot be combined with --alpha filter; use --alpha keep or drop")
        levels = self.levels_of(image, number, format_name)
        return ExplainedValues(self.asked.kind, levels, explain_pooling(image.pixels, place, self.asked))

    def _pool_covered(self, image: Image, alpha: Array, levels: Levels) -> Result:
        from cnnfilt.core.covered import Covered, bands, premultiplied  # Few runs pool transparency.

        if self.asked.output_size is not None:
            shape = *self.asked.output_size, image.channels

            def pooled(first: int, last: int) -> Array:
                return pool_as_asked(premultiplied(image.pixels, alpha), self.asked)

            edges: tuple[Pair, ...] = ((0, shape[0]),)
        else:
            windows = self.asked.slide.over(size_of(image))
            windows.check_pool_padding()
            shape, edges = (*windows.output_size, image.channels), bands(windows, image.channels)

            def pooled(first: int, last: int) -> Array:
                rows, pads = rows_around(windows, "zeros", first, last)
                asked = replace(self.asked, padding=pads)
                return pool_as_asked(premultiplied(image.pixels[rows], alpha[rows]), asked)

        covered = Covered(pooled, shape, edges, alpha.dtype)
        pixels, pooled_alpha, loss = covered.as_levels(levels, like=image.pixels)
        return Result(pixels, pooled_alpha, self._how(), loss)

    def _alpha(self, image: Image) -> Array | None:
        if image.alpha is None:
            return None
        if self.asked.output_size is None:
            return alpha_under(image, self.asked.slide.over(size_of(image)))
        bounds = (adaptive_bounds(n, out) for n, out in zip(size_of(image), self.asked.output_size, strict=True))
        centres = ([(first + last - 1) // 2 for first, last in axis] for axis in bounds)
        return np.asarray(image.alpha[np.ix_(*centres)])

    def _how(self) -> str:
        asked = self.asked
        if asked.whole:
            return f"{asked.kind} of it all"
        if asked.adaptive:
            return f"{asked.kind}, adaptive"
        stride = "" if asked.slide.stride == asked.size else f", stride {spelled_size(asked.slide.stride)}"
        return f"{asked.kind} {asked.in_words}{stride}"

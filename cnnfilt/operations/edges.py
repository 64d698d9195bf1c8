"""How strong the edge is at each pixel."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cnnfilt.core.edge_responses import kernels_of
from cnnfilt.core.edges import describe, edge_angles, edges_to_levels
from cnnfilt.core.levels import Levels
from cnnfilt.errors import ParameterError
from cnnfilt.files.image import Image
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import AUTO, Result, Values, alpha_under, checked_windows, refuse_unused_value
from cnnfilt.terms import DEFAULT_MAX_PIXELS, AlphaMode, EdgeDirection, EdgeMethod, Padding, PaddingMode, Pair

if TYPE_CHECKING:
    from cnnfilt.core.explain.convolution import Explained


class Edges(Frozen, kw_only=True):
    """The magnitude of the edges, and their angles as the extra array where they were asked for."""

    method: EdgeMethod = "prewitt"
    direction: EdgeDirection | None = None
    gain: float = 3
    threshold: float | None = None
    sigma: float | None = None
    low: float | None = None
    high: float | None = None
    padding: Padding = "same"
    padding_mode: PaddingMode = "replicate"
    padding_value: float = 0
    angle: bool = False
    values: Values = AUTO
    alpha: AlphaMode = "keep"
    max_pixels: int = DEFAULT_MAX_PIXELS

    def __post_init__(self) -> None:
        """Refuse what contradicts itself, or would be ignored."""
        refuse_unused_value(self.padding_mode, self.padding_value)
        if self.alpha == "filter":
            raise ParameterError("--alpha filter does not go with edges; keep or drop the alpha")
        if self.method != "canny" and (self.low, self.high) != (None, None):
            raise ParameterError("--low and --high belong to --method canny")
        if self.method not in ("canny", "log") and self.sigma is not None:
            raise ParameterError("--sigma belongs to --method canny or log")

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the one picture of edges."""
        padding = self._padding()
        kernel = kernels_of(self.method, self.direction, **({} if self.sigma is None else {"sigma": self.sigma}))[0]
        rows, columns = checked_windows(image, (len(kernel), len(kernel[0])), self.max_pixels, padding=self.padding)
        levels = self.levels_of(image, 0, format_name)
        pixels, loss = edges_to_levels(image.pixels, levels, **self._options(), **padding)
        angles = edge_angles(image.pixels, method=self.method, **padding) if self.angle else None
        how = f"{self.method}, {self.direction}" if self.direction else self.method
        # Of 8 or 16 bits a strong edge is meant to be white; of other whole numbers clipping may be a surprise.
        told = None if image.pixels.dtype in (np.uint8, np.uint16) else loss
        plan = describe(image.pixels, **self._options(), **padding)
        return [Result(pixels, alpha_under(image, rows, columns), how, told, angles, plan)]

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how the values of result `number` become pixels."""
        return self.values.levels(image, format_name, edges=True)

    def explain(
        self, image: Image, number: int, place: Pair, format_name: str
    ) -> tuple[str, Levels, "tuple[Explained, ...]"]:
        """Return the method, its mapping to pixels, and each channel explained at `place`."""
        # Few runs explain anything; the others do not wait for this.
        from cnnfilt.core.explain.edges import explain_edges

        levels = self.levels_of(image, number, format_name)
        return self.method, levels, explain_edges(image.pixels, place, **self._options(), **self._padding())

    def _padding(self) -> dict[str, Any]:
        return {"padding": self.padding, "padding_mode": self.padding_mode, "padding_value": self.padding_value}

    def _options(self) -> dict[str, Any]:
        asked = {"sigma": self.sigma, "low": self.low, "high": self.high, "threshold": self.threshold}
        given = {name: value for name, value in asked.items() if value is not None}
        return {"method": self.method, "direction": self.direction, "gain": self.gain, **given}

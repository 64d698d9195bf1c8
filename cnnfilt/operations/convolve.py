"""Kernels slid over an image."""

from typing import TYPE_CHECKING, Any

from cnnfilt.core.alpha import premultiplied, unpremultiplied
from cnnfilt.core.convolution import convolve, convolve_to_levels, describe
from cnnfilt.core.levels import Levels, Loss, apply_levels
from cnnfilt.describe.window import Window
from cnnfilt.errors import ParameterError
from cnnfilt.files.image import Image
from cnnfilt.frozen import Frozen, replace
from cnnfilt.operations.base import (
    AUTO,
    Array,
    Result,
    Values,
    alpha_under,
    checked_windows,
    refuse_unused_value,
    spelled,
    spelled_value,
)
from cnnfilt.terms import DEFAULT_MAX_PIXELS, Activation, AlphaMode, ChannelsMode, Layout, Padding, PaddingMode, Pair

if TYPE_CHECKING:
    from cnnfilt.core.explain.convolution import Explained


class Filter(Frozen):
    """One kernel, (H, W) or (H, W, C), its bias, and the label that tells its output from the others'."""

    label: str
    kernel: Array
    bias: int | float = 0


class Convolve(Frozen, kw_only=True):
    """Each filter slid over the image: one result a filter."""

    filters: tuple[Filter, ...]
    stride: Pair = (1, 1)
    padding: Padding = "valid"
    padding_mode: PaddingMode = "zeros"
    padding_value: float = 0
    dilation: Pair = (1, 1)
    channels: ChannelsMode = "each"
    activation: Activation = "none"
    input_scale: float = 1
    flip: bool = False
    normalize: bool = False
    layout: Layout = "files"
    values: Values = AUTO
    alpha: AlphaMode = "keep"
    max_pixels: int = DEFAULT_MAX_PIXELS

    def __post_init__(self) -> None:
        """Refuse what would be ignored, and what premultiplied colours cannot be put through."""
        refuse_unused_value(self.padding_mode, self.padding_value)
        if self.alpha == "filter" and (self.channels == "sum" or any(one.kernel.ndim == 3 for one in self.filters)):
            raise ParameterError("--alpha filter needs each channel filtered on its own, not summed to one map")
        if self.alpha == "filter" and (self.activation != "none" or any(one.bias for one in self.filters)):
            raise ParameterError("--alpha filter is for plain filters; leave out --bias and --activation")

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what tells the results of one image apart; one "" for a single picture."""
        return tuple(one.label for one in self.filters) if self.layout == "files" else ("",)

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return one result for each filter, or one picture of them all."""
        if self.layout == "files":
            return [self._slide(one, image, format_name) for one in self.filters]
        # Only a sheet needs letters, and they take a while to import.
        from cnnfilt.operations.grid import in_one_sheet, refuse_matrix

        refuse_matrix(format_name)
        mappings = [self._levels(one, image, format_name).values for one in self.filters]
        results = [self._slide(one, image, format_name) for one in self.filters]
        return [in_one_sheet(results, [one.label for one in self.filters], mappings, max_pixels=self.max_pixels)]

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how the values of result `number` become pixels."""
        return self._levels(self.filters[number], image, format_name)

    def explain(
        self, image: Image, number: int, place: Pair, format_name: str
    ) -> tuple[str, Levels, "tuple[Explained, ...]"]:
        """Return the label of result `number`, its mapping to pixels, and its maps explained at `place`."""
        # Few runs explain anything; the others do not wait for this.
        from cnnfilt.core.explain.convolution import explain_convolution

        if self.alpha == "filter":
            raise ParameterError("--explain does not go with --alpha filter; keep or drop the alpha")
        one = self.filters[number]
        explained = explain_convolution(image.pixels, one.kernel, place, name=one.label, **self._options(one))
        return one.label, self.levels_of(image, number, format_name), explained

    def _slide(self, one: Filter, image: Image, format_name: str) -> Result:
        height, width = one.kernel.shape[:2]
        rows, columns = checked_windows(
            image, (height, width), self.max_pixels, stride=self.stride, padding=self.padding, dilation=self.dilation
        )
        levels = self._levels(one, image, format_name)
        how = self._how(rows, columns)
        if self.alpha == "filter" and image.alpha is not None:
            return self._slide_premultiplied(one, image, image.alpha, levels, how)
        pixels, loss = convolve_to_levels(image.pixels, one.kernel, levels, **self._options(one))
        plan = describe(image.pixels, one.kernel, **self._options(one))
        how += _why_black(loss, levels)
        return Result(pixels, alpha_under(image, rows, columns), how, loss, plan=plan)

    def _levels(self, one: Filter, image: Image, format_name: str) -> Levels:
        levels = self.values.levels(
            image, format_name, kernels=(one.kernel,), bias=one.bias, activation=self.activation
        )
        scaled = self.input_scale > 0 and self.input_scale != 1 and self.activation in ("none", "relu")
        if self.values == AUTO and levels.values != "raw" and scaled:
            # Pixels of 0..1 are as bright as they were at 0..255.
            return replace(levels, value_range=(0, levels.top * self.input_scale))
        return levels

    def _slide_premultiplied(self, one: Filter, image: Image, alpha: Array, levels: Levels, how: str) -> Result:
        filtered = convolve(premultiplied(image.pixels, alpha), one.kernel, **self._options(one))
        colours, filtered_alpha = unpremultiplied(filtered, image.pixels, alpha.dtype)
        pixels, loss = apply_levels(colours, levels)
        return Result(pixels, filtered_alpha, how, loss)

    def _options(self, one: Filter) -> dict[str, Any]:
        return {
            "stride": self.stride,
            "padding": self.padding,
            "padding_mode": self.padding_mode,
            "padding_value": self.padding_value,
            "dilation": self.dilation,
            "channels": self.channels,
            "bias": one.bias or None,
            "activation": self.activation,
            "input_scale": self.input_scale,
            "flip": self.flip,
            "normalize": self.normalize,
        }

    def _how(self, rows: Window, columns: Window) -> str:
        word = self.padding if isinstance(self.padding, str) else "padded"
        if self.stride != (1, 1):
            return f"{word}, stride {spelled(self.stride)}"
        if word == "valid" and (rows.span, columns.span) != (1, 1):
            return f"valid; -p same keeps {rows.size}x{columns.size}"
        return word


def _why_black(loss: Loss, levels: Levels) -> str:
    """Return what to say of values that are not 0, all of which round to the level 0; "" of any others."""
    if levels.value_range is not None or levels.values not in ("clip", "abs"):
        return ""
    highest = max(loss.highest, -loss.lowest) if levels.values == "abs" else loss.highest
    return f"; all black: no value is over {spelled_value(highest)}, see --value-range" if 0 < highest < 0.5 else ""

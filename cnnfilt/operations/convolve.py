"""Kernels slid over an image."""

from collections.abc import Callable

from cnnfilt.core.alpha import alpha_at_centres, alpha_of_stamps
from cnnfilt.core.convolution import convolve_as_asked, convolve_to_levels
from cnnfilt.core.levels import Levels, apply_levels
from cnnfilt.describe.operations import Convolution
from cnnfilt.describe.parts import Box
from cnnfilt.describe.windows import Windows, check_pixels
from cnnfilt.errors import ParameterError
from cnnfilt.files.image import Image
from cnnfilt.frozen import Frozen, replace
from cnnfilt.operations.around import around, rows_around
from cnnfilt.operations.base import (
    AUTO,
    Array,
    ExplainedValues,
    Operation,
    Reach,
    Result,
    alpha_under,
    reach_of,
    refuse_unused_value,
    size_of,
)
from cnnfilt.operations.hints import convolution_hints, saturation_hints
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Layout, Pair


class LabelledKernel(Frozen):
    """One kernel, (H, W) or (H, W, C), its bias, and the label that tells its output from the others'."""

    label: str
    kernel: Array
    bias: int | float = 0

    @property
    def size(self) -> Pair:
        """Return (height, width)."""
        return self.kernel.shape[0], self.kernel.shape[1]


class ConvolveImage(Operation, kw_only=True):
    """Each kernel slid over the image as `asked`: one result a kernel, or one picture of them all."""

    asked: Convolution
    kernels: tuple[LabelledKernel, ...]
    layout: Layout = "files"

    command = "convolve"

    def __post_init__(self) -> None:
        """Refuse what would be ignored, and what premultiplied colours cannot be put through."""
        refuse_unused_value(self.asked)
        if self.asked.transposed and self.treatment.alpha == "filter":
            raise ParameterError("--alpha filter cannot be combined with --transposed; use --alpha keep or drop")
        if self.treatment.alpha != "filter":
            return
        if self.asked.channels == "sum" or any(one.kernel.ndim == 3 for one in self.kernels):
            raise ParameterError("--alpha filter needs each channel filtered on its own, not summed to one map")
        if self.asked.channels == "luma":
            raise ParameterError("--alpha filter cannot be combined with --channels luma; use --alpha keep or drop")
        if self.asked.activation != "none" or any(one.bias for one in self.kernels):
            raise ParameterError("--alpha filter is for plain filters; leave out --bias and --activation")

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what tells the results of one image apart; one "" for a single picture."""
        return tuple(one.label for one in self.kernels) if self.layout == "files" else ("",)

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return one result for each kernel, or one picture of them all."""
        if self.layout == "files":
            return [self._slide(one, image, format_name) for one in self.kernels]
        # Only a sheet needs letters, and they take a while to import.
        from cnnfilt.operations.grid import in_one_sheet, refuse_matrix

        refuse_matrix(format_name)
        mappings = [self._levels(one, image, format_name).values for one in self.kernels]
        results = [self._slide(one, image, format_name) for one in self.kernels]
        # Beside what filters make of it an unchanged image is the original.
        labels = ["original" if one.label == "identity" else one.label for one in self.kernels]
        return [in_one_sheet(results, labels, mappings, max_pixels=self.treatment.max_pixels)]

    def spend(self, image: Image, format_name: str) -> list[Result]:
        """Return what a call returns; a single result may take the image's memory."""
        if len(self.kernels) > 1 or self.layout != "files":
            return self(image, format_name)
        return [self._slide(self.kernels[0], image, format_name, in_place=image.memory is not None)]

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how the values of result `number` become pixels."""
        return self._levels(self.kernels[number], image, format_name)

    def reach(self, image: Image | None = None) -> Reach:
        """Return what the largest kernel sees."""
        if self.asked.transposed:
            raise ParameterError("--region and --mask need the size kept, which --transposed changes; leave them out")
        if self.layout == "grid":
            raise ParameterError("--layout grid draws whole images; leave out --region and --mask")
        each = [reach_of(self.asked.slide(one.size), self.asked.padding_mode) for one in self.kernels]
        return Reach(max(one.rows for one in each), max(one.columns for one in each), each[0].wraps)

    def part(self, image: Image, box: Box, format_name: str) -> list[Result]:
        """Return what each kernel's result is in `box`."""
        return [self._slide_in(box, one, image, format_name) for one in self.kernels]

    def in_light(self, light_of: Callable[[float], float]) -> Operation:
        """Return the operation for an image of light, padded with the light of the padding value."""
        value = self.asked.padding_value
        light = tuple(map(light_of, value)) if isinstance(value, tuple) else light_of(value)
        return replace(self, asked=replace(self.asked, padding_value=light))

    def explain(self, image: Image, number: int, place: Pair, format_name: str) -> ExplainedValues:
        """Return how the maps of result `number` came to their values at `place`."""
        # Few runs explain anything; the others do not wait for this.
        from cnnfilt.core.explain.convolution import explain_convolution

        if self.treatment.alpha == "filter":
            raise ParameterError("--explain cannot be combined with --alpha filter; use --alpha keep or drop")
        one = self.kernels[number]
        if self.asked.transposed:
            from cnnfilt.core.explain.transposed import explain_transposed

            values = explain_transposed(image.pixels, one.kernel, place, self.asked, bias=one.bias, name=one.label)
        elif self.asked.channels == "luma":
            from cnnfilt.core.explain.luma import explain_luma

            values = explain_luma(image.pixels, one.kernel, place, self.asked, bias=one.bias, name=one.label)
        else:
            values = explain_convolution(image.pixels, one.kernel, place, self.asked, bias=one.bias, name=one.label)
        return ExplainedValues(one.label, self.levels_of(image, number, format_name), values)

    def _slide(self, one: LabelledKernel, image: Image, format_name: str, *, in_place: bool = False) -> Result:
        if self.asked.transposed:
            return self._stamp(one, image, format_name)
        windows = self.check_size(self.asked.slide(one.size).over(size_of(image)))
        levels, how = self._levels(one, image, format_name), self._how(windows)
        if self.treatment.alpha == "filter" and image.alpha is not None:
            return self._slide_covered(one, image, image.alpha, windows, levels, how)
        _ = in_place and image.is_flat  # Afterwards it can no longer be told.
        mapped = convolve_to_levels(image.pixels, one.kernel, self.asked, levels, bias=one.bias, in_place=in_place)
        hints = convolution_hints(image, one.kernel, one.bias, self.asked, windows, levels, mapped.loss)
        hints += saturation_hints(image, mapped.pixels, [self.asked.activation], self.asked.input_scale)
        alpha = alpha_under(image, windows)
        return Result(mapped.pixels, alpha, how, mapped.loss, plan=mapped.plan, hints=hints)

    def _stamp(self, one: LabelledKernel, image: Image, format_name: str) -> Result:
        windows = self.asked.stamps(one.size).over(size_of(image))
        check_pixels(windows.output_size, self.treatment.max_pixels, "the result of {image}")
        mapped = convolve_to_levels(
            image.pixels, one.kernel, self.asked, self._levels(one, image, format_name), bias=one.bias
        )
        hints = saturation_hints(image, mapped.pixels, [self.asked.activation], self.asked.input_scale)
        alpha = None if image.alpha is None else alpha_of_stamps(image.alpha, windows)
        word = self.asked.padding if isinstance(self.asked.padding, str) else "padded"
        how = f"transposed, {word}, stride {spelled_size(self.asked.stride)}"
        return Result(mapped.pixels, alpha, how, mapped.loss, plan=mapped.plan, hints=hints)

    def _slide_in(self, box: Box, one: LabelledKernel, image: Image, format_name: str) -> Result:
        windows = self.asked.slide(one.size).over(size_of(image))
        if self.asked.channels == "luma":
            result = self._changed_in(box, one, image, format_name, windows)
        else:
            seen, pads = around(image, box, windows, self.asked.padding_mode)
            result = replace(self, asked=replace(self.asked, padding=pads))._slide(one, seen, format_name)
        if self.treatment.alpha != "filter" and image.alpha is not None:
            result = replace(result, alpha=alpha_at_centres(image.alpha, windows)[box.slices])
        return replace(result, how=self._how(windows))

    def _changed_in(self, box: Box, one: LabelledKernel, image: Image, format_name: str, windows: Windows) -> Result:
        """Return the colours in `box` with their change: which a window changes is told by all those of the image."""
        changed = convolve_as_asked(image.pixels, one.kernel, self.asked, bias=one.bias)[box.slices]
        levels = self._levels(one, image, format_name)
        pixels, loss = apply_levels(changed, levels)
        hints = convolution_hints(image, one.kernel, one.bias, self.asked, windows, levels, loss)
        return Result(pixels, None, "", loss, hints=hints)

    def _levels(self, one: LabelledKernel, image: Image, format_name: str) -> Levels:
        asked, values = self.asked, self.treatment.values
        # A change is added to the colours, so that what sums to zero leaves them as they are.
        kernels = () if asked.channels == "luma" else (one.kernel,)
        levels = values.levels(image, format_name, kernels=kernels, bias=one.bias, activation=asked.activation)
        scaled = asked.input_scale > 0 and asked.input_scale != 1 and asked.activation in ("none", "relu")
        if values == AUTO and levels.values != "raw" and scaled:
            # Pixels of 0..1 are as bright as they were at 0..255.
            return replace(levels, value_range=(0, levels.top * asked.input_scale))
        return levels

    def _slide_covered(
        self, one: LabelledKernel, image: Image, alpha: Array, windows: Windows, levels: Levels, how: str
    ) -> Result:
        from cnnfilt.core.covered import Covered, bands, opaque_padding, premultiplied  # Few runs filter transparency.

        # The scale is for colours; as much is covered whatever it is.
        asked, padding = self.asked, opaque_padding(self.asked.padding_value, image.channels, alpha.dtype)

        def filtered(first: int, last: int) -> Array:
            rows, pads = rows_around(windows, asked.padding_mode, first, last)
            padded = replace(asked, padding=pads, padding_value=padding, input_scale=1.0)
            return convolve_as_asked(premultiplied(image.pixels[rows], alpha[rows]), one.kernel, padded, bias=one.bias)

        shape = *windows.output_size, image.channels
        covered = Covered(filtered, shape, bands(windows, image.channels), alpha.dtype, gain=asked.input_scale)
        pixels, filtered_alpha, loss = covered.as_levels(levels, like=image.pixels)
        return Result(pixels, filtered_alpha, how, loss)

    def _how(self, windows: Windows) -> str:
        word = self.asked.padding if isinstance(self.asked.padding, str) else "padded"
        if self.asked.stride != (1, 1):
            return f"{word}, stride {spelled_size(self.asked.stride)}"
        if word == "valid" and windows.span != (1, 1):
            return f"valid; -p same keeps {spelled_size(windows.size)}"
        return word

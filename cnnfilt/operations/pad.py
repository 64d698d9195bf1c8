"""A border around an image."""

from cnnfilt.core.levels import Levels, apply_levels
from cnnfilt.core.padding import pad
from cnnfilt.describe.window import as_pair, axis_padding
from cnnfilt.describe.windows import check_pixels
from cnnfilt.errors import ParameterError
from cnnfilt.files.colours import Colour
from cnnfilt.files.image import Image, top_level
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import AUTO, Result, Values, size_of
from cnnfilt.terms import DEFAULT_MAX_PIXELS, AlphaMode, Padding, PaddingMode, Pair


class Pad(Frozen, kw_only=True):
    """The image with a border: `fill` in mode zeros (black where none is given), else the image continued."""

    padding: Padding
    padding_mode: PaddingMode = "zeros"
    fill: Colour | None = None
    for_kernel: Pair | None = None
    for_stride: Pair = (1, 1)
    values: Values = AUTO
    alpha: AlphaMode = "keep"
    max_pixels: int = DEFAULT_MAX_PIXELS

    def __post_init__(self) -> None:
        """Refuse a word that says nothing without a kernel, and what would be ignored."""
        if self.fill is not None and self.padding_mode != "zeros":
            raise ParameterError(
                f"--padding-value goes with --padding-mode zeros, not {self.padding_mode}; leave one out"
            )
        if self.for_kernel is not None and not isinstance(self.padding, str):
            raise ParameterError("--for-kernel goes with -p same, same-lower or full; leave it out")
        if self.padding in ("same", "same-lower", "full") and self.for_kernel is None:
            raise ParameterError(
                f"-p {self.padding} depends on a kernel: say its size with --for-kernel, or give numbers"
            )

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the one padded image."""
        border = self.border(size_of(image))
        padded_size = [n + sum(sides) for n, sides in zip(size_of(image), border, strict=True)]
        check_pixels((padded_size[0], padded_size[1]), self.max_pixels, "{image} padded")
        fill = self.fill or Colour(0)
        colour, opacity = fill.levels(image.channels, top_level(image.pixels.dtype))
        padded = pad(image.pixels, border, padding_mode=self.padding_mode, padding_value=colour)
        alpha = None
        if image.alpha is not None:
            alpha = pad(image.alpha, border, padding_mode=self.padding_mode, padding_value=opacity)
        pixels, loss = apply_levels(padded, self.levels_of(image, 0, format_name))
        return [Result(pixels, alpha, "filled" if self.fill else self.padding_mode, loss)]

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how the values of result `number` become pixels."""
        return self.values.levels(image, format_name)

    def border(self, size: Pair) -> tuple[Pair, Pair]:
        """Return ((top, bottom), (left, right)) for an image of `size`."""
        per_axis = self.padding if isinstance(self.padding, tuple) else (self.padding, self.padding)
        kernel_size = as_pair(self.for_kernel or 1, "for_kernel")
        vertical, horizontal = (
            axis_padding(n, k, s, 1, p) for n, k, s, p in zip(size, kernel_size, self.for_stride, per_axis, strict=True)
        )
        return vertical, horizontal

"""A border around an image."""

from cnnfilt.core.levels import apply_levels
from cnnfilt.core.padding import pad_as_asked
from cnnfilt.describe.operations import Pad
from cnnfilt.describe.windows import check_pixels
from cnnfilt.errors import ParameterError
from cnnfilt.files.colours import Colour
from cnnfilt.files.image import Image, top_level
from cnnfilt.frozen import replace
from cnnfilt.operations.base import Operation, Result, size_of
from cnnfilt.operations.hints import coloured_border_hints


class PadImage(Operation, kw_only=True):
    """The image with a border as `asked`; in mode zeros it is of the colour `fill` (None: black)."""

    asked: Pad
    fill: Colour | None = None

    command = "pad"

    def __post_init__(self) -> None:
        """Refuse a colour that would be ignored."""
        if self.fill is not None and self.asked.padding_mode != "zeros":
            raise ParameterError(
                f"--padding-value is for --padding-mode zeros, not {self.asked.padding_mode}; leave one out"
            )

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the one padded image."""
        check_pixels(self.asked.windows(size_of(image)).padded_size, self.treatment.max_pixels, "{image} padded")
        colour, opacity = self.colour_for(image)
        padded = pad_as_asked(image.pixels, replace(self.asked, padding_value=colour))
        alpha = None
        if image.alpha is not None:
            alpha = pad_as_asked(image.alpha, replace(self.asked, padding_value=opacity))
        pixels, loss = apply_levels(padded, self.levels_of(image, 0, format_name))
        how = "filled" if self.fill else self.asked.padding_mode
        return [Result(pixels, alpha, how, loss, hints=coloured_border_hints(image, self.fill))]

    def colour_for(self, image: Image) -> tuple[int | float | tuple[int, ...], int]:
        """Return what mode zeros puts around `image`: the levels of its channels, and that of its alpha."""
        return (self.fill or Colour(0)).levels(image.channels, top_level(image.pixels.dtype))

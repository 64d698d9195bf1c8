"""In which numbers an image is filtered: in its levels, or in the light that these stand for."""

from typing import get_args

from cnnfilt.describe.operations import Description
from cnnfilt.frozen import option
from cnnfilt.terms import LightMode


class Light(Description, kw_only=True):
    """Whether levels become light before an operation, and levels again after it."""

    light: LightMode = option(
        "--light",
        words=get_args(LightMode),
        metavar="encoded|linear",
        default="encoded",
        shown="encoded",
        help="linear: mix colours as light mixes.\f The curve that levels are stored with (sRGB, or the profile's own) "
        "is undone before filtering, and done again after.",
    )

    @property
    def is_linear(self) -> bool:
        """Tell whether levels become light."""
        return self.light == "linear"

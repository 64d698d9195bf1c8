"""What all operations share: the base class, a result, the mapping to levels, and the alpha that follows windows."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnfilt.core.levels import Levels, Loss, Range, resolve_values
from cnnfilt.describe.operations import Bordered
from cnnfilt.describe.parts import Box
from cnnfilt.describe.percentiles import Percentiles
from cnnfilt.describe.windows import Slide, Windows, check_pixels
from cnnfilt.errors import OutputError, ParameterError
from cnnfilt.files.formats import named
from cnnfilt.files.image import Image
from cnnfilt.frozen import Frozen
from cnnfilt.operations.hints import Hint
from cnnfilt.terms import DEFAULT_MAX_PIXELS, Activation, AlphaMode, Pair, ValueMapping

if TYPE_CHECKING:
    from cnnfilt.core.explain.convolution import Explained
    from cnnfilt.core.explain.pooling import Pooled

Array = NDArray[Any]


class Result(Frozen):
    """One output of one image; `how` goes into the status line, `extra` is an array for a file of its own.

    `plan` says in one line how it was computed, where there was a choice. `sheets` are pictures for the files that
    the job has for them. `hints` say why it shows little, and what helps. `columns` names the columns of a matrix,
    where they have names.
    """

    pixels: Array
    alpha: Array | None
    how: str
    loss: Loss | None = None
    extra: Array | None = None
    plan: str = ""
    sheets: tuple[Array, ...] = ()
    hints: tuple[Hint, ...] = ()
    columns: tuple[str, ...] = ()


class Values(Frozen):
    """How results become levels, as asked: --values and --value-range."""

    mapping: ValueMapping | Literal["auto"] = "auto"
    value_range: Range | Percentiles | None = None

    def levels(
        self,
        image: Image,
        format_name: str,
        *,
        kernels: tuple[Array, ...] = (),
        bias: float = 0,
        activation: Activation = "none",
        edges: bool = False,
    ) -> Levels:
        """Return the mapping for this image and format; the rest is what "auto" looks at (see `resolve_values`).

        8 bits stay 8, 16 stay 16, floats stay floats where the format holds them. Raises OutputError where it
        does not and no mapping was chosen.
        """
        to_matrix = named(format_name).kind == "matrix"
        mapping, value_range = resolve_values(
            self.mapping,
            value_range=self.value_range,
            to_matrix=to_matrix,
            kernels=kernels,
            bias=bias,
            activation=activation,
            edges=edges,
        )
        holds_float = not to_matrix and "float32" in named(format_name).gray
        stays_float = self == AUTO and image.pixels.dtype.kind == "f" and not to_matrix
        if mapping == "raw" and not (to_matrix or holds_float):
            raise ParameterError(
                f"raw values do not fit the levels of {format_name}; write .tiff or .npy, or map them",
                parameter="values",
            )
        if stays_float and not holds_float:
            raise OutputError(
                f"{{image}} holds floats and {format_name} whole levels; "
                "say what is black and white (--value-range 0,1), choose --values, or write .tiff or .npy"
            )
        if mapping == "raw" or stays_float:
            # Singles hold whole numbers up to 2**24.
            wide = image.stored.bits > 16 and image.pixels.dtype != np.float32
            return Levels("raw", None if to_matrix else np.float64 if wide else np.float32)
        return Levels(mapping, np.uint16 if image.pixels.dtype == np.uint16 else np.uint8, value_range)


AUTO = Values()
"""What happens when neither option is given."""


class Treatment(Frozen):
    """How images are treated whatever is done to them: their levels, their transparency, and how large they may be."""

    values: Values = AUTO
    alpha: AlphaMode = "keep"
    max_pixels: int = DEFAULT_MAX_PIXELS


class Reach(Frozen):
    """How many `rows` and `columns` beyond itself a pixel of a result, of the image's size, depends on.

    `wraps`: what it sees beyond a border is the other side of the image.
    """

    rows: int
    columns: int
    wraps: bool = False


class Operation(Frozen, kw_only=True):
    """What is done to each image of a run; complete when it is made, and sent to workers as it is."""

    treatment: Treatment = Treatment()

    command = ""
    """The command it belongs to."""

    def spend(self, image: Image, format_name: str) -> list[Result]:
        """Return what a call returns; the memory of the image, which nobody wants any more, may become the result's."""
        return self(image, format_name)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what tells the results of one image apart; one "" for a single result."""
        return ("",)

    @property
    def regions(self) -> tuple[str, ...]:
        """Return what tells parts of one image apart, each with results of its own; one "" for the whole."""
        return ("",)

    @property
    def names(self) -> tuple[str, ...]:
        """Return what each result of one image is called, in order: those of the first region come first."""
        return tuple(" ".join(filter(None, (label, region))) for region in self.regions for label in self.labels)

    @property
    def pictures(self) -> tuple[str, ...]:
        """Return the names of the pictures that come beside the results."""
        return ()

    @property
    def has_extra(self) -> bool:
        """Tell whether an array of its own goes beside the result (--indices, --angle)."""
        return False

    @property
    def bytes_per_pixel(self) -> int:
        """Return what it needs for each pixel of the image where that is more than usual; else 0."""
        return 0

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the results for `image`, fit for `format_name`; CnnfiltError where that cannot be."""
        raise ParameterError(f"{self.command} cannot be applied to an image")

    def levels_of(self, image: Image, number: int, format_name: str) -> Levels:
        """Return how the values of result `number` become pixels."""
        return self.treatment.values.levels(image, format_name)

    def reach(self, image: Image | None = None) -> Reach | None:
        """Return what pixels of the results depend on; None: on all of the image.

        ParameterError where the results are not of the image's size; without an image, where that is known beforehand.
        """
        raise ParameterError(f"{self.command} changes no part of an image; leave out --region and --mask")

    def part(self, image: Image, box: Box, format_name: str) -> list[Result]:
        """Return what the results of `image` are in `box`; a mapping that depends on values sees these alone."""
        raise ParameterError(f"{self.command} changes no part of an image; leave out --region and --mask")

    def in_boxes(self, image: Image, boxes: Sequence[Box], format_name: str) -> list[list[Result]]:
        """Return what `part` returns of each box; what depends on all of the image is made once for all of them."""
        return [self.part(image, box, format_name) for box in boxes]

    def settled(self, image: Image, box: Box) -> "Operation":
        """Return the operation with what it looks for in `box` of an image, and finds there, already told."""
        return self

    def in_light(self, light_of: Callable[[float], float]) -> "Operation":
        """Return the operation for an image of light: what it was told in levels becomes `light_of` these."""
        return self

    def explain(self, image: Image, number: int, place: Pair, format_name: str) -> "ExplainedValues":
        """Return how result `number` came to its value at `place`. ParameterError where that is not explained."""
        raise ParameterError("this operation is not explained")

    def check_size(self, windows: Windows) -> Windows:
        """Return `windows`, once they are known to have no more pixels than the limit; else ShapeError."""
        check_pixels(windows.padded_size, self.treatment.max_pixels, "{image} padded")
        check_pixels(windows.output_size, self.treatment.max_pixels, "the result of {image}")
        return windows


class ExplainedValues(Frozen):
    """The values of one result at a place, a map each: the result's label, and how values become pixels.

    Values of light become levels by a `curve`, whose name that is; `inverted` is the white that they are
    taken from, if they are.
    """

    label: str
    levels: Levels
    values: "Sequence[Explained | Pooled]"
    curve: str = ""
    inverted: int = 0


def reach_of(slide: Slide, padding_mode: str = "zeros") -> Reach:
    """Return what the windows of `slide` see. ParameterError unless there is one for each pixel of an image."""
    windows = slide.over((slide.dilation[0] * slide.kernel_size[0], slide.dilation[1] * slide.kernel_size[1]))
    if slide.stride != (1, 1) or windows.output_size != windows.size:
        raise ParameterError(
            "--region and --mask need a result of the image's size: a stride of 1 (-s 1) and padding for it (-p same)"
        )
    rows, columns = (max(one.before, one.after, one.span - 1 - one.before) for one in windows)
    return Reach(rows, columns, padding_mode == "circular")


def refuse_unused_value(asked: Bordered) -> None:
    """Raise ParameterError for a padding value that the mode would not use."""
    if asked.padding_value and asked.padding_mode != "zeros":
        raise ParameterError(f"--padding-value is for --padding-mode zeros, not {asked.padding_mode}; leave one out")


def size_of(image: Image) -> Pair:
    """Return (height, width)."""
    return image.pixels.shape[0], image.pixels.shape[1]


def alpha_under(image: Image, windows: Windows) -> Array | None:
    """Return the alpha at the centre of each window, or None for an opaque image."""
    if image.alpha is None:
        return None
    from cnnfilt.core.alpha import alpha_at_centres  # Photographs have none.

    return alpha_at_centres(image.alpha, windows)

"""What all operations share: a result, the mapping to levels, checked windows, and the alpha that follows them."""

from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnfilt.core.alpha import alpha_at_centres
from cnnfilt.core.levels import Levels, Loss, Range, resolve_values
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import check_pixels, windows
from cnnfilt.errors import OutputError, ParameterError
from cnnfilt.files.formats import named
from cnnfilt.files.image import Image
from cnnfilt.frozen import Frozen
from cnnfilt.terms import PaddingMode, Pair, ValueMapping

Array = NDArray[Any]


class Result(Frozen):
    """One output of one image; `how` goes into the status line, `extra` is an array for a file of its own.

    `plan` says in one line how it was computed, where there was a choice. `sheets` are pictures for the files that
    the job has for them.
    """

    pixels: Array
    alpha: Array | None
    how: str
    loss: Loss | None = None
    extra: Array | None = None
    plan: str = ""
    sheets: tuple[Array, ...] = ()


class Operation(Protocol):
    """What is done to each image of a run."""

    def __call__(self, image: Image, format_name: str) -> list[Result]:
        """Return the results for `image`, fit for `format_name`; CnnfiltError where that cannot be."""
        ...


class Values(Frozen):
    """How results become levels, as asked: --values and --value-range."""

    mapping: ValueMapping | Literal["auto"] = "auto"
    value_range: Range | None = None

    def levels(self, image: Image, format_name: str, **request: Any) -> Levels:
        """Return the mapping for this image and format; `request` is what "auto" looks at (see `resolve_values`).

        8 bits stay 8, 16 stay 16, floats stay floats where the format holds them. Raises OutputError where it
        does not and no mapping was chosen.
        """
        to_matrix = named(format_name).kind == "matrix"
        mapping, value_range = resolve_values(
            self.mapping, value_range=self.value_range, to_matrix=to_matrix, **request
        )
        holds_float = not to_matrix and "float32" in named(format_name).gray
        stays_float = self == AUTO and image.pixels.dtype.kind == "f" and not to_matrix
        if mapping == "raw" and not (to_matrix or holds_float):
            raise ParameterError(f"raw values do not fit the levels of {format_name}; write .tiff or .npy, or map them")
        if stays_float and not holds_float:
            raise OutputError(
                f"{{image}} holds floats and {format_name} whole levels; "
                "say what is black and white (--value-range 0,1), choose --values, or write .tiff or .npy"
            )
        if mapping == "raw" or stays_float:
            return Levels("raw", None if to_matrix else np.float32)
        return Levels(mapping, np.uint16 if image.pixels.dtype == np.uint16 else np.uint8, value_range)


AUTO = Values()
"""What happens when neither option is given."""


def checked_windows(image: Image, kernel_size: Pair, max_pixels: int, **geometry: Any) -> tuple[Window, Window]:
    """Return the windows over `image`; ShapeError if none fits, or if there would be too many pixels."""
    rows, columns = windows(size_of(image), kernel_size, **geometry)
    check_pixels((rows.padded_size, columns.padded_size), max_pixels, "{image} padded")
    check_pixels((rows.output_size, columns.output_size), max_pixels, "the result of {image}")
    return rows, columns


def refuse_unused_value(padding_mode: PaddingMode, padding_value: float) -> None:
    """Raise ParameterError for a padding value that the mode would not use."""
    if padding_value and padding_mode != "zeros":
        raise ParameterError(f"--padding-value goes with --padding-mode zeros, not {padding_mode}; leave one out")


def size_of(image: Image) -> Pair:
    """Return (height, width)."""
    return image.pixels.shape[0], image.pixels.shape[1]


def alpha_under(image: Image, rows: Window, columns: Window) -> Array | None:
    """Return the alpha at the centre of each window, or None for an opaque image."""
    return None if image.alpha is None else alpha_at_centres(image.alpha, rows, columns)


def spelled_range(low: float, high: float) -> str:
    """Return `-765 to 612`, or the one value there is."""
    return f"{spelled_value(low)} to {spelled_value(high)}" if low != high else spelled_value(low)


def spelled_value(value: float) -> str:
    """Return a value in about four digits; levels of 16 bits whole."""
    return f"{value:.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.4g}"


def spelled(pair: Pair) -> str:
    """Return `3x5` for (3, 5)."""
    return f"{pair[0]}x{pair[1]}"

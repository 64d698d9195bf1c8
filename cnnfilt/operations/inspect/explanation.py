"""The values of a result explained: how each came about, and the pixel it became."""

import numpy as np

from cnnfilt.core.explain.convolution import Explained, Number, as_number
from cnnfilt.core.explain.pooling import Pooled
from cnnfilt.core.levels import Levels
from cnnfilt.errors import ShapeError
from cnnfilt.files.image import Image
from cnnfilt.frozen import Frozen
from cnnfilt.operations.base import Array, Operation, Result
from cnnfilt.terms import Pair

MOST_VALUES = 100
"""A walk through more values than this is no longer read by anyone."""

Volume = tuple[tuple[tuple[Number, ...], ...], ...]


class Explanation(Frozen):
    """One value, the pixel it became by `levels`, and the result it is from: label, (height, width), maps.

    A value of light became a level by a `curve`, too; `inverted` is the white that it was taken from, if it was.
    """

    label: str
    size: Pair
    maps: int
    value: Explained | Pooled
    pixel: Number
    levels: Levels
    curve: str = ""
    inverted: int = 0


class Explanations(Frozen):
    """The values asked for, in order; a walk through all of them brings the small image along, (H, W, C).

    `colours` tells that the channels are red, green and blue.
    """

    values: tuple[Explanation, ...]
    image: Volume | None = None
    colours: bool = False


class Explain(Frozen):
    """Explains the value at `place` (row, column) of each result, or all values of small ones (None)."""

    place: Pair | None

    def __call__(self, image: Image, operation: Operation, results: list[Result], format_name: str) -> Explanations:
        """Return the explanations; ShapeError for a place that is not there, or too many of them."""
        if self.place is None:
            _check_count(results)
        found = []
        for number, result in enumerate(results):
            pixels = _volume(result.pixels)
            size, maps = (pixels.shape[0], pixels.shape[1]), pixels.shape[2]
            for place in [self.place] if self.place is not None else np.ndindex(size):
                row, column = place
                told = operation.explain(image, number, (row, column), format_name)
                for map_, value in enumerate(told.values):
                    pixel = as_number(pixels[row, column, map_])
                    about = (told.levels, told.curve, told.inverted)
                    found.append(Explanation(told.label, size, maps, value, pixel, *about))
        whole = self.place is None and image.pixels.size <= MOST_VALUES * MOST_VALUES
        return Explanations(tuple(found), _nested(image.pixels) if whole else None, image.kind == "image")


def _check_count(results: list[Result]) -> None:
    count = sum(result.pixels.size for result in results)
    if count > MOST_VALUES:
        height, width = results[0].pixels.shape[:2]
        raise ShapeError(
            f"the result of {{image}} is {height}x{width}, {count:,} values in all; --explain all walks through at "
            f"most {MOST_VALUES}, so name one: --explain {height // 2},{width // 2}"
        )


def _volume(pixels: Array) -> Array:
    return pixels if pixels.ndim == 3 else pixels[:, :, np.newaxis]


def _nested(pixels: Array) -> Volume:
    return tuple(tuple(tuple(as_number(v) for v in cell) for cell in row) for row in _volume(pixels))

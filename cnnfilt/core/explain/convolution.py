"""One value of a result taken apart, as data: what its window sees, the products, their sum, and what follows.

In Python's own numbers, so that whole ones are exact; a tool's table, JSON or lesson is made from it.
"""

import math
from collections.abc import Sequence
from typing import assert_never

import numpy as np
import numpy.typing as npt

from cnnfilt.core.convolution import as_job
from cnnfilt.core.engine.borders import OUTSIDE, border_positions, finite_values
from cnnfilt.core.engine.images import Array
from cnnfilt.describe.operations import Bordered, Convolution
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import Activation, Pair

Number = int | float
Grid = tuple[tuple[Number, ...], ...]

_AS_SHOWN = 5e-6
"""How near a number is to its six digits."""

MOST_CELLS = 10_000
"""A window of more values than this is no longer explained by writing them out."""


class Patch(Frozen):
    """What a window sees of one channel, and the coefficients these values meet, row by row."""

    channel: int
    window: Grid
    kernel: Grid

    @property
    def products(self) -> Grid:
        """Return value * coefficient; a zero coefficient takes no part, so there it is 0 whatever lies under it."""
        return tuple(
            tuple(value * weight if weight else 0 for value, weight in zip(values, weights, strict=True))
            for values, weights in zip(self.window, self.kernel, strict=True)
        )

    @property
    def total(self) -> Number:
        """Return the sum of the products, of whole numbers exactly."""
        return exact_sum([value for row in self.products for value in row])


class Response(Frozen):
    """What one kernel answers: the products of each channel it meets, added up."""

    name: str
    patches: tuple[Patch, ...]

    @property
    def total(self) -> Number:
        """Return the sum over all channels."""
        return exact_sum([patch.total for patch in self.patches])


class Step(Frozen):
    """What is done with the sums, in words, and what comes of it.

    `shown_within` is how near to the truth the number before has to be shown, so that one sees how this comes of it.
    """

    words: str
    value: Number
    shown_within: float = math.inf


class Explained(Frozen):
    """The value at (`row`, `column`) of one map of the result.

    `rows` and `columns` are the positions in the image under the window's taps; those outside it lie in the
    padding, and `padded` says so for each tap. Of a transposed convolution they are the inputs whose stamps fall there,
    and `taps` are the rows and the columns of the kernel that they lay there.
    """

    row: int
    column: int
    map: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    padded: tuple[tuple[bool, ...], ...]
    responses: tuple[Response, ...]
    steps: tuple[Step, ...] = ()
    taps: tuple[tuple[int, ...], tuple[int, ...]] | None = None

    def window_of(self, channel: int) -> Grid | None:
        """Return what the window holds of `channel` of the image; None for a channel that it does not read."""
        patches = (patch for response in self.responses for patch in response.patches)
        return next((patch.window for patch in patches if patch.channel == channel), None)

    @property
    def value(self) -> Number:
        """Return what comes out, before it becomes a pixel."""
        return self.steps[-1].value if self.steps else self.responses[0].total


def explain_convolution(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    place: Pair,
    asked: Convolution,
    *,
    bias: npt.ArrayLike | None = None,
    name: str = "",
) -> tuple[Explained, ...]:
    """Return how each map of a convolution came to its value at `place` (row, column).

    Raises what `convolve` raises, and ShapeError for a place outside the result or a window too large to show.
    """
    job = as_job(image, kernel, replace(asked, input_scale=1), bias=bias)
    view = PaddedView(job.image, Windows(job.rows, job.columns), asked)
    explained = []
    for number in range(job.maps):
        channels = [number] if job.each else list(range(job.image.shape[2]))
        weights = job.weights[:, :, :, 0 if job.each else number]
        patches = tuple(
            Patch(channel, values, as_grid(weights[:, :, index]))
            for index, (channel, values) in enumerate(zip(channels, view.at(place, channels), strict=True))
        )
        response = Response(name, patches)
        steps = after_the_sum(response.total, asked, as_number(job.bias[number % len(job.bias)]))
        explained.append(view.explained(place, number, (response,), steps))
    return tuple(explained)


def after_the_sum(total: Number, asked: Convolution, bias: Number) -> tuple[Step, ...]:
    """Return what is done with a sum: the input scale, the bias and the activation."""
    steps, value = [], total
    if asked.input_scale != 1:
        value = value * asked.input_scale
        steps.append(Step(f"times input scale {asked.input_scale:.6g}", value))
    if bias:
        value = value + bias
        # The sum may be a small difference of large numbers.
        shown = f"{bias:.6g}" if float(f"{bias:.6g}") == bias else f"{bias:.12g}"
        steps.append(Step(f"plus bias {shown}", value, abs(value) * _AS_SHOWN))
    if asked.activation != "none":
        value = _activated(value, asked.activation)
        # Far below 0 the sigmoid follows its input as a power does.
        steps.append(Step(asked.activation, value, _AS_SHOWN if asked.activation == "sigmoid" else math.inf))
    return tuple(steps)


class PaddedView:
    """What windows over an image (H, W, C) meet, padding included."""

    def __init__(self, image: Array, windows: Windows, border: Bordered) -> None:
        """Raises ShapeError when the mode cannot pad so far."""
        self.image, self.windows = image, windows
        rows, columns = windows
        self.rows, self.columns = rows, columns
        # Which row (column) of the image is met at each padded one.
        self._image_rows = border_positions(rows.size, rows.before, rows.after, border.padding_mode, "rows")
        self._image_columns = border_positions(
            columns.size, columns.before, columns.after, border.padding_mode, "columns"
        )
        self._fill = np.broadcast_to(finite_values(border.padding_value, image.shape[2]), image.shape[2]).tolist()

    def at(self, place: Pair, channels: Sequence[int]) -> list[Grid]:
        """Return what the window of `place` meets of each of `channels`."""
        check_place(place, self.rows, self.columns)
        if self.rows.kernel_size * self.columns.kernel_size * len(channels) > MOST_CELLS:
            size = f"{self.rows.kernel_size}x{self.columns.kernel_size}"
            raise ShapeError(f"a window of {size} is too large to be written out; explain a smaller one")
        ys, xs = taps_of(self.rows, place[0]), taps_of(self.columns, place[1])
        return [self.grid(ys, xs, channel) for channel in channels]

    def grid(self, ys: Sequence[int], xs: Sequence[int], channel: int) -> Grid:
        """Return the values of `channel` at these positions of the image; the padding continues it."""
        at_y = self._image_rows[np.asarray(ys) + self.rows.before].tolist()
        at_x = self._image_columns[np.asarray(xs) + self.columns.before].tolist()
        fill = as_number(self._fill[channel])
        return tuple(
            tuple(fill if OUTSIDE in (y, x) else as_number(self.image[y, x, channel]) for x in at_x) for y in at_y
        )

    def explained(
        self, place: Pair, number: int, responses: tuple[Response, ...], steps: tuple[Step, ...]
    ) -> Explained:
        """Return the explanation of map `number` at `place`."""
        ys, xs = taps_of(self.rows, place[0]), taps_of(self.columns, place[1])
        return Explained(*place, number, ys, xs, outside(ys, xs, self.rows.size, self.columns.size), responses, steps)


def taps_of(window: Window, index: int) -> tuple[int, ...]:
    """Return the positions under the taps of window `index` along one axis; negative ones lie before the image."""
    return tuple(window.start(index) + tap * window.dilation for tap in range(window.kernel_size))


def outside(ys: Sequence[int], xs: Sequence[int], height: int, width: int) -> tuple[tuple[bool, ...], ...]:
    """Return for each pair of positions whether it lies outside an image of this size."""
    return tuple(tuple(not (0 <= y < height and 0 <= x < width) for x in xs) for y in ys)


def check_place(place: Pair, rows: Window, columns: Window) -> None:
    """Raise ShapeError unless `place` is in the result."""
    check_inside(place, (rows.output_size, columns.output_size))


def check_inside(place: Pair, size: Pair) -> None:
    """Raise ShapeError unless `place` (row, column) is in a result of `size`."""
    if not all(0 <= index < n for index, n in zip(place, size, strict=True)):
        raise ShapeError(
            f"there is no value at row {place[0]}, column {place[1]}: the result of {{image}} is {size[0]}x{size[1]}, "
            f"so rows are 0 to {size[0] - 1} and columns 0 to {size[1] - 1}",
            parameter="explain",
        )


def exact_sum(values: Sequence[Number]) -> Number:
    """Return the sum, exact for whole numbers and rounded once for others."""
    if all(isinstance(value, int) for value in values):
        return sum(values)
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):
        # Partial sums past the range of floats, and infinities of both signs, are beyond fsum.
        return sum(values)


def as_grid(values: Array) -> Grid:
    """Return (H, W) as rows of Python numbers."""
    return tuple(tuple(row) for row in values.tolist())


def as_numbers(values: Array) -> Grid:
    """Return (H, W) as rows of int and float; True is 1."""
    return as_grid(values.astype(np.uint8) if values.dtype.kind == "b" else values)


def as_number(value: object) -> Number:
    """Return a NumPy or Python number as int or float; True is 1."""
    plain = value.item() if isinstance(value, np.generic) else value
    return int(plain) if isinstance(plain, bool) else plain  # type: ignore[return-value]


def _activated(value: Number, activation: Activation) -> Number:
    match activation:
        case "none":
            return value
        case "relu":
            return max(value, 0)
        case "tanh":
            return math.tanh(value)
        case "sigmoid":
            # As the engine computes it, so that far below 0 both round alike.
            return (1 + math.tanh(value / 2)) / 2
        case unknown:
            assert_never(unknown)

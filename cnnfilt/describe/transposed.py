"""Where a transposed convolution lays its kernel along an axis: sizes, and what gives what. Whole numbers.

Each input value stamps the kernel, times itself, onto the output, `stride` further on for each input, and what lies on
one place is summed. It is what a convolution of the same numbers sends back to its input.
"""

from collections.abc import Iterator
from math import gcd

from cnnfilt.describe.window import Window, as_pair, require_at_least
from cnnfilt.describe.windows import paddings_of
from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.frozen import Frozen
from cnnfilt.terms import AxisPadding, Padding, Pair


class TransposedSlide(Frozen):
    """How a transposed convolution lays its kernel, before it meets an input; every pair is (height, width)."""

    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Padding = 0
    output_padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    def over(self, size: Pair) -> "TransposedWindows":
        """Return what happens to an input of `size` (height, width). Raises what `transposed_axis` does."""
        return TransposedWindows(self._along(0, size[0]), self._along(1, size[1]))

    def _along(self, axis: int, n: int) -> "TransposedAxis":
        padding = paddings_of(self.padding)[axis]
        numbers = self.kernel_size[axis], self.stride[axis], self.dilation[axis], self.output_padding[axis]
        return transposed_axis(n, *numbers, padding, ("high", "wide")[axis])


class TransposedWindows(Frozen):
    """A transposed convolution over one input: along its `rows`, downward, and along its `columns`."""

    rows: "TransposedAxis"
    columns: "TransposedAxis"

    def __iter__(self) -> Iterator["TransposedAxis"]:
        return iter((self.rows, self.columns))

    @property
    def size(self) -> Pair:
        """Return (height, width) of the input."""
        return self.rows.size, self.columns.size

    @property
    def kernel_size(self) -> Pair:
        """Return (height, width) of the kernel."""
        return self.rows.kernel_size, self.columns.kernel_size

    @property
    def stride(self) -> Pair:
        """Return (down, along)."""
        return self.rows.stride, self.columns.stride

    @property
    def output_size(self) -> Pair:
        """Return (height, width) of what comes out."""
        return self.rows.output_size, self.columns.output_size


class TransposedAxis(Frozen):
    """A transposed convolution along one axis of `size` positions; `before` and `after` are cut off its full output."""

    size: int
    kernel_size: int
    stride: int
    dilation: int
    before: int
    after: int
    extra: int = 0

    @property
    def span(self) -> int:
        """Return how many positions the kernel covers."""
        return self.dilation * (self.kernel_size - 1) + 1

    @property
    def output_size(self) -> int:
        """Return how many positions come out."""
        return (self.size - 1) * self.stride - self.before - self.after + self.span + self.extra

    @property
    def phases(self) -> tuple["Phase", ...]:
        """Return the outputs `stride` apart from each other, of each of which the same taps have a share."""
        return tuple(Phase.of(self, first) for first in range(min(self.stride, self.output_size)))

    @property
    def is_even(self) -> bool:
        """Return whether equally many taps fall on all places away from the border: else a checkerboard shows."""
        common = gcd(self.stride, self.dilation)
        return common == 1 and self.kernel_size % self.stride == 0

    def met_by(self, tap: int) -> tuple[range, range]:
        """Return the inputs whose stamp lays `tap` on what is left of the output, and the outputs it falls on."""
        offset = tap * self.dilation - self.before
        first = min(max(-(offset // self.stride), 0), self.size)
        stop = max(min(-((offset - self.output_size) // self.stride), self.size), first)
        start = first * self.stride + offset
        return range(first, stop), range(start, start + (stop - first) * self.stride, self.stride)

    @property
    def formula(self) -> str:
        """Return how the size comes about."""
        steps = f"({self.size} - 1)*{self.stride} - {self.before} - {self.after} + {self.span} + {self.extra}"
        return f"(n - 1)*s - pads + span + op = {steps} = {self.output_size}"

    @property
    def unread(self) -> int:
        """Return how many positions of the input have no share in what is left of the output."""
        if self.dilation > self.output_size:
            # Taps may fall on both sides of what is left.
            return sum(not self._is_read(position) for position in range(self.size))
        # Those whose last tap falls before it, and those whose first tap falls behind it.
        ahead = min(max(-((self.span - 1 - self.before) // self.stride), 0), self.size)
        behind = min(max(self.size - 1 - (self.output_size - 1 + self.before) // self.stride, 0), self.size)
        return min(ahead + behind, self.size)

    def _is_read(self, position: int) -> bool:
        first = position * self.stride - self.before
        tap = max(-(first // self.dilation), 0)
        return tap < self.kernel_size and first + tap * self.dilation < self.output_size


class Phase(Frozen):
    """Every `stride`-th output of a transposed convolution: a convolution of stride 1 by the `taps` that fall there.

    `window` slides over the `inputs`, the kernel running backwards; None where no tap falls on any of the `outputs`.
    Shi et al. (2016), "Is the deconvolution layer the same as a convolutional layer?"
    """

    outputs: range
    taps: range
    inputs: range
    window: Window | None

    @classmethod
    def of(cls, axis: "TransposedAxis", first: int) -> "Phase":
        """Return the phase of output `first`, which is below the stride."""
        outputs = range(first, axis.output_size, axis.stride)
        common = gcd(axis.stride, axis.dilation)
        period, step = axis.stride // common, axis.dilation // common
        falls = (tap for tap in range(period) if (first + axis.before - tap * axis.dilation) % axis.stride == 0)
        taps = range(next(falls, axis.kernel_size), axis.kernel_size, period)
        if not taps:
            return cls(outputs, taps, range(0), None)
        # Output first + q * stride meets inputs q + newest - m * step with its taps m = 0, 1, ...
        newest = (first + axis.before - taps.start * axis.dilation) // axis.stride
        before = (len(taps) - 1) * step - newest
        after = len(outputs) + newest - axis.size
        inputs = range(max(-before, 0), axis.size - max(-after, 0))
        if not inputs:
            return cls(outputs, taps, inputs, None)
        return cls(outputs, taps, inputs, Window(len(inputs), len(taps), 1, step, max(before, 0), max(after, 0)))


def transposed_axis(
    n: int, kernel_size: int, stride: int, dilation: int, extra: int, padding: AxisPadding, axis: str = "long"
) -> TransposedAxis:
    """Return a transposed convolution of `n` positions. ParameterError for wrong numbers, ShapeError if nothing comes.

    "same" and "valid" are as Keras has them: what the convolution of that padding would turn back into n positions.
    """
    for name, value in (("kernel_size", kernel_size), ("stride", stride), ("dilation", dilation)):
        require_at_least(1, value, name)
    require_at_least(0, extra, "op")
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise ParameterError(
                f"padding {padding!r} is not defined for a transposed convolution; use numbers, same or valid",
                parameter="padding",
            )
        if extra:
            raise ParameterError(f"output padding op is for a padding in numbers; leave it out with p={padding}")
        return _as_keras(n, kernel_size, stride, dilation, padding)
    before, after = as_pair(padding, "padding")
    for value in (before, after):
        require_at_least(0, value, "padding")
    if extra >= max(stride, dilation):
        raise ParameterError(
            f"output padding op is {extra}; it must be below the stride or the dilation, {max(stride, dilation)}"
        )
    found = TransposedAxis(n, kernel_size, stride, dilation, before, after, extra)
    if found.output_size < 1:
        full = found.output_size + before + after
        lines = {"high": "rows", "wide": "columns"}.get(axis, "positions")
        raise ShapeError(f"padding {before} + {after} takes off all of the {full} {lines} that come out; use less")
    return found


def _as_keras(n: int, kernel_size: int, stride: int, dilation: int, padding: str) -> TransposedAxis:
    span = dilation * (kernel_size - 1) + 1
    wanted = n * stride if padding == "same" else n * stride + max(span - stride, 0)
    cut = max((n - 1) * stride + span - wanted, 0)
    # The convolution that goes the other way has its odd pixel of padding after the input.
    return TransposedAxis(
        n, kernel_size, stride, dilation, cut // 2, cut - cut // 2, max(wanted - (n - 1) * stride - span, 0)
    )

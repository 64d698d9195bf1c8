"""The transposed convolution: the layer that a convolution's gradient is, from few rows and columns to more."""

from cnnfilt.describe.layers.base import Effect, LayerWord, Shape, Volume, along_axes, rows_and_columns
from cnnfilt.describe.layers.convolution import check_groups
from cnnfilt.describe.layers.written import Written
from cnnfilt.describe.reach import transposed
from cnnfilt.describe.window import as_pair, require_at_least
from cnnfilt.describe.windows import paddings_of
from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import parse_whole
from cnnfilt.terms import AxisPadding, Padding, Pair


class TransposedLayer(LayerWord):
    """A transposed convolution: each input value is laid out `stride` apart, times the kernel, and all are summed.

    The size is (n-1)*s - pads + span + op (PyTorch); with padding "same" n*s, with "valid" n*s + max(span - s, 0), as
    Keras has them. Dumoulin & Visin (2016), relationship 14.
    """

    filters: int
    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Padding = 0
    output_padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True

    @classmethod
    def parse(cls, written: Written) -> "TransposedLayer":
        """Return the layer that is written: tconv:N,k=,s=."""
        if not written.head or "k" not in written.given:
            raise ParameterError("say how many filters of what size, as in tconv:64,k=2,s=2")
        padding = written.padding
        if padding not in ("same", "valid") and isinstance(padding, str):
            raise ParameterError(f"p={padding} is not defined for it; use numbers, same or valid")
        return cls(
            written.text,
            parse_whole(written.head, "the number of filters"),
            written.pair("k", ""),
            written.stride,
            padding,
            written.pair("op", "0"),
            written.dilation,
            written.groups,
            written.flag("bias", True),
        )

    @property
    def maps(self) -> int:
        """Return the number of filters."""
        return self.filters

    @property
    def learns(self) -> bool:
        """Return True."""
        return True

    def axes(self, size: Pair) -> tuple["TransposedAxis", "TransposedAxis"]:
        """Return what happens to so many rows, and to so many columns."""
        return self._along(0, size[0]), self._along(1, size[1])

    def _along(self, axis: int, n: int) -> "TransposedAxis":
        padding = paddings_of(self.padding)[axis]
        numbers = self.kernel_size[axis], self.stride[axis], self.dilation[axis], self.output_padding[axis]
        return transposed_axis(n, *numbers, padding, ("high", "wide")[axis])

    def effect(self, shape: Shape) -> Effect:
        """Return the effect on `shape`; weights are (height, width, out_channels / groups, in_channels)."""
        volume = rows_and_columns(shape)
        check_groups(self.filters, self.groups, volume)
        rows, columns = self.axes(volume.size)
        weights = (*self.kernel_size, self.filters // self.groups, volume.channels)
        taps = tuple(transposed(one.kernel_size, one.stride, one.dilation, one.before) for one in (rows, columns))
        return Effect(
            Volume(rows.output_size, columns.output_size, self.filters),
            weights=weights,
            biases=self.filters if self.bias else 0,
            macs=volume.values * self.kernel_size[0] * self.kernel_size[1] * (self.filters // self.groups),
            taps=(taps[0], taps[1]),
            lost=(rows.unread, columns.unread),
        )

    def formulas(self, shape: Shape) -> tuple[tuple[str, str], ...]:
        """Return how many rows and columns come out."""
        rows, columns = self.axes(rows_and_columns(shape).size)
        return along_axes(rows.formula, columns.formula)


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
        if extra:
            raise ParameterError(f"op is for a padding in numbers; leave it out with p={padding}")
        return _as_keras(n, kernel_size, stride, dilation, padding)
    before, after = as_pair(padding, "padding")
    for value in (before, after):
        require_at_least(0, value, "padding")
    if extra >= max(stride, dilation):
        raise ParameterError(f"op is {extra}; it must be below the stride or the dilation, {max(stride, dilation)}")
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

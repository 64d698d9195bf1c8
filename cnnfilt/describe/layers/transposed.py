"""The transposed convolution: the layer that a convolution's gradient is, from few rows and columns to more."""

from cnnfilt.describe.layers.base import Effect, LayerWord, Shape, Volume, along_axes, rows_and_columns
from cnnfilt.describe.layers.convolution import check_groups
from cnnfilt.describe.layers.written import Written
from cnnfilt.describe.reach import transposed
from cnnfilt.describe.transposed import TransposedSlide, TransposedWindows
from cnnfilt.errors import ParameterError
from cnnfilt.parsing import parse_whole
from cnnfilt.terms import Padding, Pair


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

    @property
    def slide(self) -> TransposedSlide:
        """Return how the kernel is laid out."""
        return TransposedSlide(self.kernel_size, self.stride, self.padding, self.output_padding, self.dilation)

    def axes(self, size: Pair) -> TransposedWindows:
        """Return what happens to so many rows, and to so many columns."""
        return self.slide.over(size)

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

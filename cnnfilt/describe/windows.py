"""Windows along both axes: how one slides (`Slide`), and the windows that gives over an input (`Windows`)."""

from collections.abc import Iterator

from cnnfilt.describe.window import Window, as_pair, axis_padding, check_pool_padding, require_at_least
from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.frozen import Frozen
from cnnfilt.terms import AxisPadding, Padding, Pair


class Slide(Frozen):
    """How a window slides, before it meets an input; every pair is (height, width)."""

    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Padding = 0
    dilation: Pair = (1, 1)
    ceil_mode: bool = False

    def over(self, size: Pair) -> "Windows":
        """Return the windows over an input of `size` (height, width).

        Raises ParameterError for values no axis could have, ShapeError when not even one window fits.
        """
        return Windows(self.along(0, size[0]), self.along(1, size[1]))

    def along(self, axis: int, n: int) -> Window:
        """Return the window over `n` rows (axis 0) or `n` columns (axis 1); raises what `over` does."""
        kernel_size, stride, dilation = self.kernel_size[axis], self.stride[axis], self.dilation[axis]
        # The words for padding divide by the stride: check it before they do.
        for name, value in (("size", n), ("kernel_size", kernel_size), ("stride", stride), ("dilation", dilation)):
            require_at_least(1, value, name)
        before, after = axis_padding(n, kernel_size, stride, dilation, paddings_of(self.padding)[axis])
        return Window(n, kernel_size, stride, dilation, before, after, self.ceil_mode, ("high", "wide")[axis])


class Windows(Frozen):
    """The windows over one input: along its `rows`, downward, and along its `columns`."""

    rows: Window
    columns: Window

    def __iter__(self) -> Iterator[Window]:
        return iter((self.rows, self.columns))

    @property
    def slide(self) -> Slide:
        """Return how these windows slide, their padding in numbers."""
        return Slide(self.kernel_size, self.stride, self.pads, self.dilation, self.rows.ceil_mode)

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
    def dilation(self) -> Pair:
        """Return (down, along)."""
        return self.rows.dilation, self.columns.dilation

    @property
    def span(self) -> Pair:
        """Return how many rows and columns one window covers."""
        return self.rows.span, self.columns.span

    @property
    def pads(self) -> tuple[Pair, Pair]:
        """Return ((top, bottom), (left, right))."""
        return (self.rows.before, self.rows.after), (self.columns.before, self.columns.after)

    @property
    def padded_size(self) -> Pair:
        """Return (height, width) of the input with its padding."""
        return self.rows.padded_size, self.columns.padded_size

    @property
    def output_size(self) -> Pair:
        """Return (height, width) of what comes out."""
        return self.rows.output_size, self.columns.output_size

    @property
    def unread(self) -> Pair:
        """Return how many rows and columns of the input no tap of any window falls on."""
        return self.rows.unread, self.columns.unread

    @property
    def taps(self) -> Iterator[Pair]:
        """Return every (row, column) of the kernel, row by row."""
        return ((i, j) for i in range(self.rows.kernel_size) for j in range(self.columns.kernel_size))

    def check_pool_padding(self) -> "Windows":
        """Return these windows, once each of them is known to meet the input: see `window.check_pool_padding`."""
        for window in self:
            check_pool_padding(window)
        return self


def windows(
    size: Pair,
    kernel_size: int | Pair,
    *,
    stride: int | Pair = 1,
    padding: Padding = 0,
    dilation: int | Pair = 1,
    ceil_mode: bool = False,
) -> Windows:
    """Return the Windows over an input of `size` (height, width)."""
    return slide(kernel_size, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode).over(size)


def slide(
    kernel_size: int | Pair,
    *,
    stride: int | Pair = 1,
    padding: Padding = 0,
    dilation: int | Pair = 1,
    ceil_mode: bool = False,
) -> Slide:
    """Return the Slide of these numbers, of which one stands for both axes. ParameterError for what is no pair."""
    return Slide(
        as_pair(kernel_size, "kernel_size"),
        as_pair(stride, "stride"),
        padding,
        as_pair(dilation, "dilation"),
        ceil_mode,
    )


def paddings_of(padding: Padding) -> tuple[AxisPadding, AxisPadding]:
    """Return the padding of the rows and that of the columns. ParameterError for what is neither a word nor a pair."""
    if isinstance(padding, tuple | list):
        if len(padding) != 2:
            raise ParameterError(
                f"padding {padding!r} is not a word, N, (H, W) or ((top, bottom), (left, right))", parameter="padding"
            )
        return padding[0], padding[1]
    return padding, padding


def adaptive_bounds(n: int, out: int) -> list[Pair]:
    """Return `out` windows [floor(i*n/out), ceil((i+1)*n/out)) that cover `n` positions.

    As PyTorch's adaptive pooling has them.
    """
    require_at_least(1, out, "adaptive")
    return [(i * n // out, -(-(i + 1) * n // out)) for i in range(out)]


def check_pixels(size: Pair, max_pixels: int, what: str) -> None:
    """Refuse a `size` (height, width) of more than `max_pixels` (0: no limit) before anything is allocated."""
    height, width = size
    if max_pixels and height * width > max_pixels:
        raise ShapeError(
            f"{what} would have {height}x{width} = {height * width:,} pixels; "
            f"the limit is {max_pixels:,} (--max-pixels changes it, 0 lifts it)",
            parameter="max_pixels",
        )

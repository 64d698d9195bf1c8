"""The operations: one description for each, every option said once, with what it means and what it refuses.

The command line makes its options from these fields, the library's functions build the descriptions from their
keyword arguments, and everything below takes them whole.
"""

from typing import TYPE_CHECKING, get_args

from cnnfilt.describe.lengths import Margins, parse_margins
from cnnfilt.describe.window import axis_padding, require_at_least
from cnnfilt.describe.window_shapes import Taps, WindowShape, parse_window
from cnnfilt.describe.windows import Slide, Windows, paddings_of
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen, Habit, changed, option
from cnnfilt.parsing import nearest, parse_number, parse_padding, parse_pair
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import (
    Activation,
    ChannelsMode,
    MorphOperation,
    Padding,
    PaddingMode,
    PaddingValue,
    Pair,
    PoolKind,
)

if TYPE_CHECKING:
    from cnnfilt.describe.transposed import TransposedSlide


class Description(Frozen, kw_only=True):
    """The base of all descriptions: refuses unknown words."""

    def __post_init__(self) -> None:
        """Raise ParameterError, with the nearest words, for a word that its option does not know."""
        for name, one in self.options.items():
            value = vars(self)[name]
            left_out = value is None and one.default is None
            if one.words and not left_out and value not in one.words:
                raise ParameterError(
                    f"{one.title} {value!r} is unknown; {nearest(str(value), one.words)}", parameter=name
                )


def _read_padding(text: str, name: str) -> Padding:
    return parse_padding(text)


class Padded(Description, kw_only=True):
    """What has rows and columns put around the image."""

    padding: Padding = option(
        "-p",
        "--padding",
        read=_read_padding,
        metavar="PADDING",
        help="N, H,W or top,bottom,left,right.\f Or same, full.",
        habit=Habit(unless=("regions", "mask", "whole", "adaptive")),
    )


class Sliding(Padded, kw_only=True):
    """What slides a window over the padded image."""

    stride: Pair | None = option("-s", "--stride", read=parse_pair, metavar="N|HxW", default=None)
    dilation: Pair = option(
        "-d",
        "--dilation",
        read=parse_pair,
        metavar="N|HxW",
        default=(1, 1),
        shown="1",
        help="Spread the kernel's taps this far apart.",
    )


class Bordered(Padded, kw_only=True):
    """What has something to put there."""

    padding_mode: PaddingMode = option(
        "--padding-mode",
        words=get_args(PaddingMode),
        metavar="MODE",
        default="zeros",
        shown="zeros",
        help=f"What the padding holds: {', '.join(get_args(PaddingMode))} (see pad --help).",
        habit=Habit(unless=("padding_value",)),
    )
    padding_value: PaddingValue = option(
        "--padding-value", read=parse_number, metavar="NUMBER", default=0, help="Pad with this number instead of 0."
    )


class Convolution(Bordered, Sliding, kw_only=True):
    """How kernels are slid over an image, and what is done with the sums."""

    stride: Pair = changed(Sliding, "stride", default=(1, 1), shown="1", help="Move the window by this many pixels.")
    padding: Padding = changed(
        Padded,
        "padding",
        default="valid",
        shown="valid",
        help="same keeps the size; or numbers.\f valid: only where the kernel fits; full: wherever it touches.",
    )
    channels: ChannelsMode = option(
        "--channels",
        words=get_args(ChannelsMode),
        metavar="each|sum|luma",
        default="each",
        shown="each",
        help="Filter each channel; sum them to one map; or luma: sharpen without colour fringes.\f It filters the gray "
        "and adds its change to red, green and blue alike. sum is a 3-D filter.",
    )
    activation: Activation = option(
        "--activation",
        words=get_args(Activation),
        metavar="none|relu|tanh|sigmoid",
        default="none",
        shown="none",
        help="Apply this to result + bias, as a layer does.",
    )
    input_scale: float = option(
        "--input-scale",
        read=parse_number,
        metavar="NUMBER",
        default=1,
        shown="1",
        help="Multiply pixels by this first, such as 1/255.",
    )
    flip: bool = option(
        "--flip", default=False, help="Rotate the kernel by 180 degrees: the convolution of mathematics."
    )
    normalize: bool = option("--normalize", default=False, help="Divide the kernel by its sum.")
    transposed: bool = option(
        "--transposed",
        default=False,
        help="Let each pixel stamp the kernel, -s apart.\f The transposed convolution, which enlarges: the result has "
        "(n - 1)*stride + span - pads + output padding rows and columns; -p same gives n*stride. Stamps that overlap "
        "are summed.",
    )
    output_padding: Pair = option(
        "--output-padding",
        read=parse_pair,
        metavar="N|HxW",
        default=(0, 0),
        shown="0",
        help="With --transposed: add so many rows and columns at the end.\f As PyTorch has it: fewer than the stride "
        "or the dilation.",
    )

    def __post_init__(self) -> None:
        """Refuse what is no change of a picture in colour, and what a transposed convolution has not."""
        super().__post_init__()
        self._check_transposed()
        if self.channels == "luma" and (self.activation != "none" or self.input_scale != 1):
            raise ParameterError(
                "channels luma adds a filter's change to the colours; leave out activation and input scale",
                parameter="channels",
            )

    def slide(self, kernel_size: Pair) -> Slide:
        """Return how a kernel of this size slides."""
        return Slide(kernel_size, self.stride, self.padding, self.dilation)

    def stamps(self, kernel_size: Pair) -> "TransposedSlide":
        """Return how the stamps of a kernel of this size are laid out, where it is transposed."""
        from cnnfilt.describe.transposed import TransposedSlide  # Few runs transpose.

        # Keras and PyTorch agree on what is added to the whole result.
        whole = self.padding == "valid" and self.output_padding != (0, 0)
        padding = 0 if whole else self.padding
        return TransposedSlide(kernel_size, self.stride, padding, self.output_padding, self.dilation)

    def _check_transposed(self) -> None:
        if not self.transposed:
            if self.output_padding != (0, 0):
                raise ParameterError("output padding is for transposed convolutions alone; leave it out")
            return
        if self.padding in ("full", "same-lower"):
            raise ParameterError(
                f"padding {self.padding} is not defined for a transposed convolution; use numbers, same or valid",
                parameter="padding",
            )
        if self.padding_mode != "zeros" or self.padding_value != 0:
            raise ParameterError(
                "a transposed convolution has no border to fill: its padding takes rows and columns off; "
                "leave out padding mode and padding value"
            )
        if self.channels == "luma":
            raise ParameterError(
                "channels luma changes pixels where they are, and a transposed convolution moves them; use each or sum"
            )


class Windowed(Description, kw_only=True):
    """What looks at the values in a window: its size, and its shape where it is no rectangle."""

    usual_size = (3, 3)

    kernel_size: Pair | None = option(
        "-f", "--kernel-size", read=parse_pair, metavar="N|HxW", default=None, help="The size of the window."
    )
    window: WindowShape | None = option(
        "--window",
        read=parse_window,
        metavar="SHAPE",
        default=None,
        help="Its shape: disk:R, cross, diamond or @file.\f disk:R holds the pixels with "
        "x^2 + y^2 <= R^2, cross and diamond are of the size of -f, and a file holds 0 and 1.",
    )

    def __post_init__(self) -> None:
        """Refuse a size that the window has not."""
        super().__post_init__()
        for value in self.kernel_size or ():
            require_at_least(1, value, "kernel_size")
        if self.window is not None:
            self.window.check(self.kernel_size)

    @property
    def size(self) -> Pair:
        """Return (height, width) of the window."""
        if self.window is not None:
            return self.window.size(self.kernel_size)
        return self.kernel_size or self.usual_size

    @property
    def taps(self) -> Taps | None:
        """Return which taps the window has, row by row; None for all of them."""
        return None if self.window is None else self.window.taps(self.kernel_size)

    @property
    def in_words(self) -> str:
        """Return the window in words: 3x3, or disk:7."""
        return spelled_size(self.size) if self.window is None else self.window.in_words(self.kernel_size)


class Pooling(Windowed, Sliding, kw_only=True):
    """Which value is kept of each window: of windows of one size, of one over it all, or of as many as are wanted."""

    usual_size = (2, 2)

    kernel_size: Pair | None = changed(Windowed, "kernel_size", default=None, shown="2")
    window: WindowShape | None = changed(Windowed, "window", default=None)
    stride: Pair | None = changed(
        Sliding, "stride", default=None, shown="its size", help="Move by this much; -s 1 -p same filters."
    )
    padding: Padding = changed(
        Padded, "padding", default=0, shown="0", help="0, same, or numbers.\f Padding never wins and never counts."
    )
    kind: PoolKind = option(
        "--kind",
        words=get_args(PoolKind),
        metavar="KIND",
        default="max",
        shown="max",
        help="max, avg, min, median or range.\f The median of an even number of values is the lower middle; the range "
        "is the maximum minus the minimum.",
        title="pooling kind",
    )
    ceil_mode: bool = option("--ceil-mode", default=False, help="Keep a last window that hangs over the edge.")
    count_include_pad: bool = option(
        "--count-include-pad", default=False, help="avg: let padding count as zeros (PyTorch's default)."
    )
    whole: bool = option("--global", default=False, help="One window over the whole image.")
    adaptive: Pair | None = option(
        "--adaptive", read=parse_pair, metavar="H,W", default=None, help="Choose windows that give this output size."
    )

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        super().__post_init__()
        if self.window is not None and self.output_size is not None:
            raise ParameterError("--window is for windows that slide, not for --global or --adaptive; leave one out")
        if self.whole and self.adaptive:
            raise ParameterError("--global and --adaptive cannot be combined; leave one out")
        if self.count_include_pad and self.kind != "avg":
            raise ParameterError(
                f"count_include_pad is for kind 'avg', not {self.kind!r}", parameter="count_include_pad"
            )

    @property
    def output_size(self) -> Pair | None:
        """Return (height, width) of what comes out where that was asked for; None where windows have one size."""
        return (1, 1) if self.whole else self.adaptive

    @property
    def slide(self) -> Slide:
        """Return how the window slides."""
        return Slide(self.size, self.stride or self.size, self.padding, self.dilation, self.ceil_mode)


class Morphology(Windowed, kw_only=True):
    """What is done with the smallest and the largest value of the window around each pixel."""

    kernel_size: Pair | None = changed(Windowed, "kernel_size", default=None, shown="3")
    window: WindowShape | None = changed(Windowed, "window", default=None)
    operation: MorphOperation

    def __post_init__(self) -> None:
        """Refuse an operation that is none."""
        super().__post_init__()
        known = get_args(MorphOperation)
        if self.operation not in known:
            said = nearest(self.operation, known)
            raise ParameterError(f"operation {self.operation!r} is unknown; {said}", parameter="operation")

    @property
    def erosion(self) -> Pooling:
        """Return how the smallest values are taken: an even window begins floor((k - 1) / 2) before its pixel."""
        return self._of("min", "same", self.window)

    @property
    def dilation(self) -> Pooling:
        """Return how the largest values are taken: with the window turned by 180 degrees."""
        return self._of("max", "same-lower", None if self.window is None else self.window.turned)

    @property
    def seen(self) -> Slide:
        """Return the window of what one pixel depends on: two steps see twice as far, a gradient both ways."""
        even = [1 - n % 2 for n in self.size]
        if self.operation in ("erode", "dilate"):
            return (self.erosion if self.operation == "erode" else self.dilation).slide
        if self.operation == "gradient":
            return Slide((self.size[0] + even[0], self.size[1] + even[1]), padding="same")
        return Slide((2 * self.size[0] - 1, 2 * self.size[1] - 1), padding="same")

    def _of(self, kind: PoolKind, padding: Padding, window: WindowShape | None) -> Pooling:
        size = self.size if window is None else self.kernel_size
        return Pooling(kernel_size=size, window=window, stride=(1, 1), padding=padding, kind=kind)


class Pad(Bordered, kw_only=True):
    """A border around an image: so wide, or as wide as a kernel of some size needs it."""

    padding: Padding | Margins = option(  # type: ignore[assignment]
        "-p",
        "--padding",
        read=parse_margins,
        metavar="PADDING",
        help="N, H,W or top,bottom,left,right; or 5%.\f Shares are of the image's height and width. Or same, full.",
    )
    padding_mode: PaddingMode = changed(
        Bordered, "padding_mode", default="zeros", shown="zeros", help="What the border holds."
    )
    for_kernel: Pair | None = option(
        "--for-kernel",
        read=parse_pair,
        metavar="N|HxW",
        default=None,
        help="With -p same or full: the kernel size the border is for.",
    )
    for_stride: Pair = option(
        "--for-stride", read=parse_pair, metavar="N|HxW", default=(1, 1), help="With -p same: the stride it is for."
    )

    def __post_init__(self) -> None:
        """Refuse a word that says nothing without a kernel, and what would be ignored."""
        super().__post_init__()
        for name in ("for_kernel", "for_stride"):
            for value in vars(self)[name] or ():
                require_at_least(1, value, name)
        if self.for_kernel is not None and not isinstance(self.padding, str):
            raise ParameterError("--for-kernel is for -p same, same-lower or full; leave it out")
        if self.padding in ("same", "same-lower", "full") and self.for_kernel is None:
            raise ParameterError(
                f"-p {self.padding} depends on a kernel: say its size with --for-kernel, or give numbers"
            )

    def windows(self, size: Pair) -> Windows:
        """Return the border around an image of `size` (height, width), as windows of one pixel."""
        return Slide((1, 1), padding=self._border(size)).over(size)

    def _border(self, size: Pair) -> tuple[Pair, Pair]:
        if isinstance(self.padding, Margins):
            return self.padding.around(size)
        vertical, horizontal = (
            axis_padding(n, k, s, 1, p)
            for n, k, s, p in zip(
                size, self.for_kernel or (1, 1), self.for_stride, paddings_of(self.padding), strict=True
            )
        )
        return vertical, horizontal

"""Where windows fall along one axis: output sizes, paddings, what is read, and how far a value sees. Whole numbers.

Every size cnnfilt prints or computes comes from `Window`, so `shape` and the pixels cannot disagree.
"""

from collections.abc import Sequence
from math import gcd
from typing import get_args

from cnnfilt.errors import ParameterError, ShapeError, counted
from cnnfilt.frozen import Frozen
from cnnfilt.terms import AxisPadding, PaddingWord, Pair


class Window(Frozen):
    """A window sliding along one axis of `size` positions, padded by `before` and `after`.

    Raises ParameterError for values no axis could have, ShapeError when not even one window fits.
    """

    size: int
    kernel_size: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    ceil_mode: bool = False
    axis: str = "long"

    def __post_init__(self) -> None:
        """Refuse what cannot be slid."""
        for name in ("size", "kernel_size", "stride", "dilation"):
            require_at_least(1, getattr(self, name), name)
        for name in ("before", "after"):
            require_at_least(0, getattr(self, name), "padding")
        if self.output_size < 1:
            raise ShapeError(_too_large(self), parameter="kernel")

    @property
    def lines(self) -> str:
        """Return what the positions along this axis are called."""
        return {"high": "rows", "wide": "columns"}.get(self.axis, "positions")

    @property
    def span(self) -> int:
        """Return how many positions one window covers, the holes of its dilation counted."""
        return self.dilation * (self.kernel_size - 1) + 1

    @property
    def padded_size(self) -> int:
        """Return the number of positions with the padding."""
        return self.before + self.size + self.after

    @property
    def remainder(self) -> int:
        """Return how many positions are left over when the last full window has been placed."""
        return (self.padded_size - self.span) % self.stride

    @property
    def output_size(self) -> int:
        """Return how many windows fit: floor((n + pads - span) / stride) + 1 (Dumoulin & Visin 2016, relationship 15).

        In ceil mode a last, overhanging window counts too, unless it would start in the padding after the image, as
        PyTorch has it: also one that is larger than the padded input, where the stride makes up for what it lacks.
        """
        windows = (self.padded_size - self.span) // self.stride + 1
        overhangs = self.ceil_mode and self.remainder > 0 and windows * self.stride < self.before + self.size
        return windows + 1 if overhangs else windows

    @property
    def overhang(self) -> int:
        """Return how far the last window reaches past the padding (ceil mode only)."""
        return max((self.output_size - 1) * self.stride + self.span - self.padded_size, 0)

    @property
    def unread(self) -> int:
        """Return how many positions of the input no tap of any window falls on."""
        common = gcd(self.dilation, self.stride)
        # Taps `period` apart fall on the same positions modulo the stride, `step` strides further on.
        period, step = self.stride // common, self.dilation // common
        read = sum(self._read_by(tap, period, step) for tap in range(min(period, self.kernel_size)))
        return self.size - read

    def _read_by(self, tap: int, period: int, step: int) -> int:
        """Return how many positions of the input `tap` and those `period`, 2 * `period`, ... after it fall on."""
        offset = tap * self.dilation - self.before
        # Counted in strides from where `tap` first falls: the input lies at first <= q < last.
        first = max(-(offset // self.stride), 0)
        last = -((offset - self.size) // self.stride)
        taps, out = (self.kernel_size - tap + period - 1) // period, self.output_size
        # Each of the taps reads a run of `out` positions, `step` after the run before; runs may overlap or leave gaps.
        if step <= out:
            return max(min(last, (taps - 1) * step + out) - first, 0)
        return _in_runs(last, step, out, taps) - _in_runs(first, step, out, taps)

    def start(self, index: int) -> int:
        """Return the input position where window `index` starts; negative in the padding before."""
        return index * self.stride - self.before


def output_size(
    n: int,
    kernel_size: int,
    *,
    stride: int = 1,
    padding: AxisPadding = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> int:
    """Return how many windows fit along one axis of length `n`.

    `padding` is N on both sides, (before, after), or a word. Dumoulin & Visin (2016), relationship 15.
    Raises ParameterError for a value below its minimum, ShapeError when no window fits.

    >>> output_size(224, 7, stride=2, padding=(3, 3))
    112
    """
    return _window(n, kernel_size, stride, dilation, padding, ceil_mode, "long").output_size


def axis_padding(n: int, kernel_size: int, stride: int, dilation: int, padding: AxisPadding) -> Pair:
    """Return the padding (before, after) along one axis of length `n`.

    "same" makes out = ceil(n / stride); the odd pixel goes after the image (TensorFlow, ONNX SAME_UPPER),
    with "same-lower" before it. "full" is span - 1 on each side.
    """
    if not isinstance(padding, str):
        return as_pair(padding, "padding")
    span = dilation * (kernel_size - 1) + 1
    match padding:
        case "valid":
            return 0, 0
        case "full":
            return span - 1, span - 1
        case "same":
            return _same(n, span, stride)
        case "same-lower":
            less, more = _same(n, span, stride)
            return more, less
        case _:
            words = ", ".join(get_args(PaddingWord))
            raise ParameterError(f"padding {padding!r} is unknown; use {words} or numbers", parameter="padding")


def _same(n: int, span: int, stride: int) -> Pair:
    """Return the padding that makes ceil(n / stride) windows, half on each side, the smaller half first."""
    total = max((-(-n // stride) - 1) * stride + span - n, 0)
    return total // 2, total - total // 2


def as_pair(value: int | Pair, name: str) -> Pair:
    """Return (height, width) from one number for both or from a pair; `name` is the parameter, for the error."""
    if isinstance(value, tuple | list):
        if len(value) == 2:
            return _plain(value[0]), _plain(value[1])
    elif hasattr(value, "__index__"):
        return _plain(value), _plain(value)
    raise ParameterError(f"{name} {value!r} is not a whole number or a pair (height, width)", parameter=name)


def receptive_field(layers: Sequence[Window]) -> tuple[int, int]:
    """Return (receptive field, jump) along one axis after `layers`: r += (span - 1) * jump, jump *= stride.

    Araujo, Norris & Sim (2019), "Computing receptive fields of convolutional neural networks".
    """
    field, jump = 1, 1
    for window in layers:
        field += (window.span - 1) * jump
        jump *= window.stride
    return field, jump


def check_pool_padding(window: Window) -> None:
    """Refuse a pooling window that may see nothing but padding, which has no maximum and no average.

    Raises ParameterError for a padding over half the span (PyTorch: half the kernel size), ShapeError when
    every tap of a window misses the input between the holes of its dilation.
    """
    widest = max(window.before, window.after)
    if 2 * widest > window.span:
        raise ParameterError(
            f"padding {widest} is over half of what the window spans, {window.span}; use at most {window.span // 2}",
            parameter="padding",
        )
    if window.dilation <= window.size:
        return
    # Only a window starting before the image can step over it: the others have their first tap on it.
    for start in range(-window.before, min(0, window.start(window.output_size)), window.stride):
        if start + -(start // window.dilation) * window.dilation >= window.size:
            raise ShapeError(
                f"a window of {window.kernel_size} (dilation {window.dilation}) lies wholly in the padding of "
                f"{{image}}, {window.size} {window.axis}; use less padding or a smaller dilation",
                parameter="padding",
            )


def _plain(value: int) -> int:
    """Return one of NumPy's whole numbers, which wrap, as Python's own; anything else, to be refused, as it is."""
    return value.__index__() if hasattr(value, "__index__") and not isinstance(value, bool) else value


def require_at_least(minimum: int, value: object, name: str) -> None:
    """Raise ParameterError, naming the parameter `name`, unless `value` is a whole number of at least `minimum`."""
    if type(value) is int and value >= minimum:
        return  # As a rule; what follows takes three times as long.
    word = name.replace("_", " ")
    # NumPy's integers are no `int` but have an index; a float has none, and True is not a size.
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ParameterError(f"{word} {value!r} is not a whole number", parameter=name)
    if value.__index__() < minimum:
        raise ParameterError(f"{word} is {value}; it must be at least {minimum}", parameter=name)


def _in_runs(limit: int, step: int, length: int, runs: int) -> int:
    """Return how many positions below `limit` lie in `runs` runs of `length`, one starting every `step`."""
    if limit <= 0:
        return 0
    whole, rest = divmod(limit, step)
    return runs * length if whole >= runs else whole * length + min(rest, length)


def _window(
    n: int, kernel_size: int, stride: int, dilation: int, padding: AxisPadding, ceil_mode: bool, axis: str
) -> Window:
    # The words for padding divide by the stride: check it before they do.
    for name, value in (("size", n), ("kernel_size", kernel_size), ("stride", stride), ("dilation", dilation)):
        require_at_least(1, value, name)
    before, after = axis_padding(n, kernel_size, stride, dilation, padding)
    return Window(n, kernel_size, stride, dilation, before, after, ceil_mode, axis)


def _too_large(window: Window) -> str:
    padded = " padded" if window.before or window.after else ""
    return (
        f"kernel spans {counted(window.span, window.lines)} but {{image}}{padded} is "
        f"{counted(window.padded_size, window.lines)} {window.axis}; "
        "use a smaller kernel or dilation, or more padding"
    )


def formula_of_notes(window: Window) -> int:
    """Return floor((n-f+1)/s), which lecture notes give: one too few whenever s does not divide n-f+1."""
    return (window.padded_size - window.span + 1) // window.stride

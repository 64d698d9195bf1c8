"""What all libraries' scripts need of a run: where its windows fall, and its kernels as literals."""

import math

import numpy as np

from cnnfilt.core.canny import full_step
from cnnfilt.core.edge_responses import kernels_of
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.weights import as_weights, normalized
from cnnfilt.describe.kernels import Rows
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import windows
from cnnfilt.frozen import Frozen
from cnnfilt.operations.convolve import Convolve, Filter
from cnnfilt.operations.edges import Edges
from cnnfilt.operations.inspect.emitted_run import Described
from cnnfilt.operations.pad import Pad
from cnnfilt.operations.pool import Pool
from cnnfilt.terms import Pair

NUMPY_MODES = {
    "zeros": "constant",
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
}


class Slide(Frozen):
    """The windows of a run along both axes."""

    rows: Window
    columns: Window

    @property
    def stride(self) -> Pair:
        """Return (down, along)."""
        return self.rows.stride, self.columns.stride

    @property
    def dilation(self) -> Pair:
        """Return (down, along)."""
        return self.rows.dilation, self.columns.dilation

    @property
    def kernel_size(self) -> Pair:
        """Return (height, width)."""
        return self.rows.kernel_size, self.columns.kernel_size

    @property
    def output_size(self) -> Pair:
        """Return (height, width) of the result."""
        return self.rows.output_size, self.columns.output_size

    @property
    def pads(self) -> tuple[Pair, Pair]:
        """Return ((top, bottom), (left, right)), and at the end as much more as ceil mode overhangs."""
        return (
            (self.rows.before, self.rows.after + self.rows.overhang),
            (self.columns.before, self.columns.after + self.columns.overhang),
        )

    @property
    def is_padded(self) -> bool:
        """Return whether there is any padding."""
        return self.pads != ((0, 0), (0, 0))

    @property
    def even_padding(self) -> Pair | None:
        """Return (rows, columns) where both sides have the same padding and nothing overhangs, else None."""
        overhangs = self.rows.overhang or self.columns.overhang
        sides = [(window.before, window.after) for window in (self.rows, self.columns)]
        even = not overhangs and all(before == after for before, after in sides)
        return (sides[0][0], sides[1][0]) if even else None

    @property
    def steps(self) -> str:
        """Return the slices that keep what a stride keeps, of values everywhere: `[::2, ::2]`, or nothing."""
        down, along = self.stride
        return "" if (down, along) == (1, 1) else f"[::{down}, ::{along}]"


def convolution_slide(run: Described, one: Filter) -> Slide:
    """Return where the windows of this filter fall."""
    operation: Convolve = run.operation
    height, width = one.kernel.shape[:2]
    return Slide(*windows(run.size, (height, width), stride=operation.stride, padding=operation.padding,
                          dilation=operation.dilation))  # fmt: skip


def pool_slide(run: Described) -> Slide:
    """Return where the windows of pooling fall."""
    operation: Pool = run.operation
    return Slide(*windows(run.size, operation.kernel_size, stride=operation.stride or operation.kernel_size,
                          padding=operation.padding, dilation=operation.dilation,
                          ceil_mode=operation.ceil_mode))  # fmt: skip


def edge_slide(run: Described) -> tuple[Slide, tuple[Rows, ...]]:
    """Return where the windows of the edge kernels fall, and the kernels."""
    operation: Edges = run.operation
    kernels = kernels_of(operation.method, operation.direction, operation.sigma or 1.0)
    size = len(kernels[0]), len(kernels[0][0])
    return Slide(*windows(run.size, size, padding=operation.padding)), kernels


def pad_slide(run: Described) -> tuple[Slide, float | tuple[int, ...]]:
    """Return where the border of `pad` falls, as windows of one pixel, and what fills it: a colour has three levels."""
    operation: Pad = run.operation
    (top, bottom), (left, right) = operation.border(run.size)
    height, width = run.size
    slide = Slide(Window(height, 1, before=top, after=bottom), Window(width, 1, before=left, after=right))
    brightest = 65535 if run.dtype == "uint16" else 255
    return slide, operation.fill.levels(run.channels, brightest)[0] if operation.fill else 0


def coefficients(run: Described, one: Filter) -> tuple[Array, bool]:
    """Return the kernel (h, w) or (h, w, C) as it is used, and whether it meets each channel on its own."""
    operation: Convolve = run.operation
    weights, each = as_weights(one.kernel, run.channels, operation.channels)
    if operation.normalize:
        weights = normalized(weights)
    if operation.flip:
        weights = weights[::-1, ::-1]
    return (weights[:, :, 0, 0] if each or one.kernel.ndim == 2 else weights[:, :, :, 0]), each


def literal(name: str, kernel: Array | Rows) -> list[str]:
    """Return the lines `name = np.array([...])`, a row of the kernel on each."""
    rows = [f"    {row!r}," for row in np.asarray(kernel).tolist()]
    return [f"{name} = np.array([", *rows, "], dtype=np.float64)"]


def literals(kernels: tuple[Rows, ...]) -> tuple[list[str], str]:
    """Return the lines that define kernel1, kernel2 and so on, and these names, separated by commas."""
    named = {f"kernel{number}": kernel for number, kernel in enumerate(kernels, 1)}
    return [line for name, kernel in named.items() for line in literal(name, kernel)], ", ".join(named)


def kernel_remark(run: Described) -> list[str]:
    """Return a comment on what was done to the kernel."""
    done = ["rotated by 180 degrees (--flip)"] if run.operation.flip else []
    done += ["divided by its sum (--normalize)"] if run.operation.normalize else []
    return [f"# The kernel is {' and '.join(done)} already."] if done else []


def strength(run: Described, kernels: tuple[Rows, ...]) -> list[str]:
    """Return the lines from the kernels' answers `g`, a list of (H, W, C) arrays, to `y`."""
    operation: Edges = run.operation
    if len(kernels) == 1:
        lines = ["y = np.abs(g[0])"]
    elif len(kernels) == 2:
        lines = ["y = np.sqrt(g[0] ** 2 + g[1] ** 2)"]
    else:
        lines = ["y = np.max(g, axis=0)  # the largest of the compass"]
    positive = math.fsum(value for row in kernels[0] for value in row if value > 0)
    if operation.gain != positive:
        lines.append(f"y = y * {operation.gain / positive!r}  # the gain over the kernel's positive sum")
    if operation.threshold is not None:
        top = full_step(np.dtype(run.dtype)) if run.levels[0].values == "raw" else run.levels[0].top
        lines.append(f"y = np.where(y >= {operation.threshold!r}, {top}, 0)")
    return lines


def numpy_pad(slide: Slide, mode: str, value: object = 0) -> str:
    """Return NumPy's call that pads `x` (H, W, C)."""
    (top, bottom), (left, right) = slide.pads
    filled = f", constant_values={value!r}" if mode == "zeros" and value != 0 else ""
    return f'np.pad(x, (({top}, {bottom}), ({left}, {right}), (0, 0)), mode="{NUMPY_MODES[mode]}"{filled})'

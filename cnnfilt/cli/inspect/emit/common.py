"""What all libraries' scripts need of a run: where its windows fall, and its kernels as literals."""

import math
from collections.abc import Iterable

import numpy as np

from cnnfilt.core.engine.images import Array, float_dtype, full_step
from cnnfilt.core.engine.weights import as_weights, normalized
from cnnfilt.core.noise import NOISE
from cnnfilt.core.otsu import BINS
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.describe.kernels import Rows
from cnnfilt.describe.operations import Bordered, Convolution
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import ParameterError
from cnnfilt.operations.apply import ApplyChain
from cnnfilt.operations.convolve import ConvolveImage, LabelledKernel
from cnnfilt.operations.inspect.emitted_run import EmittedRun
from cnnfilt.operations.pad import PadImage
from cnnfilt.operations.pool import PoolImage
from cnnfilt.terms import Pair

NUMPY_MODES = {
    "zeros": "constant",
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
}


def pads_of(windows: Windows) -> tuple[Pair, Pair]:
    """Return ((top, bottom), (left, right)), and at the end as much more as ceil mode overhangs."""
    rows, columns = windows
    return (rows.before, rows.after + rows.overhang), (columns.before, columns.after + columns.overhang)


def is_padded(windows: Windows) -> bool:
    """Return whether there is any padding."""
    return pads_of(windows) != ((0, 0), (0, 0))


def even_padding(windows: Windows) -> Pair | None:
    """Return (rows, columns) where both sides have the same padding and nothing overhangs, else None."""
    even = all(window.before == window.after and not window.overhang for window in windows)
    return (windows.rows.before, windows.columns.before) if even else None


def steps(windows: Windows) -> str:
    """Return the slices that keep what a stride keeps, of values everywhere: `[::2, ::2]`, or nothing."""
    down, along = windows.stride
    return "" if (down, along) == (1, 1) else f"[::{down}, ::{along}]"


def fill_of(run: EmittedRun, operation: PadImage) -> float | tuple[int | float, ...]:
    """Return what fills the border of `pad`: a colour has three levels."""
    brightest = 65535 if run.dtype == "uint16" else 255
    return operation.fill.levels(run.channels, brightest)[0] if operation.fill else 0


def one_value(asked: Bordered) -> float:
    """Return the padding value, which the command line has but one of. ParameterError for one a channel."""
    if isinstance(asked.padding_value, tuple):
        raise ParameterError("--emit takes one padding value for all channels", parameter="emit")
    return asked.padding_value


def coefficients(run: EmittedRun, one: LabelledKernel, asked: Convolution) -> tuple[Array, bool]:
    """Return the kernel (h, w) or (h, w, C) as it is used, and whether it meets each channel on its own."""
    weights, each = as_weights(one.kernel, run.channels, asked.channels)
    if asked.normalize:
        weights = normalized(weights)
    if asked.flip:
        weights = weights[::-1, ::-1]
    return (weights[:, :, 0, 0] if each or one.kernel.ndim == 2 else weights[:, :, :, 0]), each


def gray_weights(colours: str) -> str:
    """Return what makes gray of whole numbers (H, W, 3), as files are read in gray."""
    return f"({colours}.astype(np.int64) @ np.array([19595, 38470, 7471]) + 32768) >> 16"


def literal(name: str, kernel: Array | Rows) -> list[str]:
    """Return the lines `name = np.array([...])`, a row on each."""
    rows = [f"    {row!r},".replace("nan", "np.nan").replace("inf", "np.inf") for row in np.asarray(kernel).tolist()]
    return [f"{name} = np.array([", *rows, "], dtype=np.float64)"]


def literals(kernels: tuple[Rows, ...]) -> tuple[list[str], str]:
    """Return the lines that define kernel1, kernel2 and so on, and these names, separated by commas."""
    named = {f"kernel{number}": kernel for number, kernel in enumerate(kernels, 1)}
    return [line for name, kernel in named.items() for line in literal(name, kernel)], ", ".join(named)


def kernel_remark(asked: Convolution) -> list[str]:
    """Return a comment on what was done to the kernel."""
    done = ["rotated by 180 degrees (--flip)"] if asked.flip else []
    done += ["divided by its sum (--normalize)"] if asked.normalize else []
    return [f"# The kernel is {' and '.join(done)} already."] if done else []


def strength(run: EmittedRun, asked: EdgeDetection) -> list[str]:
    """Return the lines from the kernels' answers `g`, a list of (H, W, C) arrays, to `y`."""
    kernels, lines = asked.kernels, []
    if asked.threshold is not None and float_dtype(np.dtype(run.dtype)) == np.float32:
        lines.append("g = [one.astype(np.float32) for one in g]  # the threshold is compared in this precision")
    if len(kernels) == 1:
        lines.append("y = np.abs(g[0])")
    elif len(kernels) == 2:
        lines.append("y = np.sqrt(g[0] ** 2 + g[1] ** 2)")
    else:
        lines.append("y = np.max(g, axis=0)  # the largest of all directions")
    positive = math.fsum(value for row in kernels[0] for value in row if value > 0)
    if asked.gain != positive:
        lines.append(f"y = y * {asked.gain / positive!r}  # the gain divided by the kernel's positive sum")
    if asked.threshold is not None:
        levels = run.made[0].levels
        top = full_step(np.dtype(run.dtype)) if levels.values == "raw" else levels.top
        lines += _otsu(run) if asked.threshold == "auto" else []
        threshold = "threshold" if asked.threshold == "auto" else repr(asked.threshold)
        lines.append(f"y = np.where(y >= {threshold}, {top}, 0)")
    return lines


def _otsu(run: EmittedRun) -> list[str]:
    """Return the lines that find Otsu's `threshold` of `y`."""
    if run.dtype in ("uint8", "uint16"):
        top = full_step(np.dtype(run.dtype))
        binned = [
            "low, step = 0, 1",
            f"counts = np.bincount(np.clip(y, 0, {top}).astype(int).ravel(), minlength={top + 1})",
        ]
    else:
        binned = [
            "known = y[np.isfinite(y)].astype(np.float64)",
            f"low, step = known.min(), (known.max() - known.min()) / {BINS} or 1",
            f"counts = np.bincount(np.clip((known - low) / step, 0, {BINS - 1}).astype(int), minlength={BINS})",
        ]
    return [
        "# Otsu's threshold: the variance between the classes is largest there.",
        *binned,
        "below, sums = np.cumsum(counts)[:-1], np.cumsum(counts * np.arange(counts.size))",
        "parted = np.maximum(below * (counts.sum() - below.astype(float)), 1)",
        "between = (below * float(sums[-1]) - counts.sum() * sums[:-1].astype(float)) ** 2 / parted",
        "threshold = low + step * (1 + between.argmax()) if between.any() else np.inf",
    ]


def is_noisy(run: EmittedRun, kernels: Iterable[Array | Rows], *others: float) -> bool:
    """Return whether sums are rounded, and what rounding leaves of 0 would be stretched to black or white.

    `others` are the numbers that join in: a padding value, a bias, a scale.
    """
    whole = not run.may_hold_nan and all(float(number).is_integer() for number in others)
    return run.stretches and not (whole and all(bool((np.asarray(kernel) % 1 == 0).all()) for kernel in kernels))


def are_rounded(run: EmittedRun, number: int) -> bool:
    """Return whether result `number` is of sums or averages that are rounded, and is to be stretched."""
    operation = run.operation
    if isinstance(operation, PoolImage):
        return operation.asked.kind == "avg"
    if isinstance(operation, ApplyChain):
        return True
    if not isinstance(operation, ConvolveImage):
        return False
    one, asked = operation.kernels[number], operation.asked
    values = asked.padding_value if isinstance(asked.padding_value, tuple) else (asked.padding_value,)
    return is_noisy(run, [coefficients(run, one, asked)[0]], *values, one.bias, asked.input_scale)


def silenced(values: str, added: str) -> str:
    """Return `values` where what is rounding noise, beside the sums of magnitudes `added`, is 0."""
    return f"np.where(np.abs({values}) <= {NOISE} * {added}, 0, {values})"


def numpy_pad(windows: Windows, mode: str, value: object = 0) -> str:
    """Return NumPy's call that pads `x` (H, W, C)."""
    (top, bottom), (left, right) = pads_of(windows)
    filled = f", constant_values={value!r}" if mode == "zeros" and value != 0 else ""
    return f'np.pad(x, (({top}, {bottom}), ({left}, {right}), (0, 0)), mode="{NUMPY_MODES[mode]}"{filled})'

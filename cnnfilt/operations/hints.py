"""What to say of a picture that came out black, white or mostly clipped: why, and which option helps.

A hint says first what is the same for all images of a run, so that a folder of them is told once.
"""

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from cnnfilt.core.engine.weights import ZERO_SUM
from cnnfilt.core.levels import Levels, Loss
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.describe.operations import Convolution
from cnnfilt.describe.windows import Windows
from cnnfilt.files.image import AT_ONE_END, Array, Image, top_level
from cnnfilt.frozen import Frozen

if TYPE_CHECKING:
    from cnnfilt.files.colours import Colour

SATURATED = 0.9
"""Where more than this part of a picture is black or white, the function that made it tells levels no longer apart."""


class Hint(Frozen):
    """What is wrong with a picture (`seen`, "is nearly all white"), and the reason with what helps."""

    seen: str
    help: str


def convolution_hints(
    image: Image, kernel: Array, bias: float, asked: Convolution, windows: Windows, levels: Levels, loss: Loss
) -> tuple[Hint, ...]:
    """Return what to say of one kernel's result on `image`, as levels with this `loss`."""
    total = 1.0 if asked.normalize else float(kernel.sum())
    hints = [*_changed_border(image, kernel, total, asked, windows)]
    seen = _seen(image, levels, loss)
    if seen:
        hints.append(Hint(seen, _why(total, np.abs(kernel).sum(), bias, levels)))
    return tuple(hints)


def edge_hints(image: Image, asked: EdgeDetection, levels: Levels, loss: Loss) -> tuple[Hint, ...]:
    """Return what to say of a picture of edges."""
    top = top_level(image.pixels.dtype)
    # Floats and wide whole numbers have no levels: 0.3 is as good a threshold as any.
    has_levels = image.pixels.dtype in (np.uint8, np.uint16)
    if asked.threshold == "auto":
        return ()
    if asked.threshold is not None and asked.threshold <= 1 and has_levels:
        return (Hint("is white wherever anything changes", f"--threshold {asked.threshold:g} is a level, 0 to {top}"),)
    seen = _seen(image, levels, loss, share_clipped=1)
    if not seen:
        return ()
    if asked.threshold is not None:
        scale = f"a level, 0 to {top}" if has_levels else "in the image's own values"
        return (Hint(seen, f"--threshold {asked.threshold:g} is {scale}"),)
    if asked.gain != 3 and asked.method != "canny":
        return (Hint(seen, f"--gain {asked.gain:g} multiplies every magnitude; the default is 3"),)
    return ()


def saturation_hints(image: Image, pixels: Array, functions: Iterable[str], scale: float) -> tuple[Hint, ...]:
    """Return what to say of `pixels` after sigmoid or tanh, where levels times `scale` are too large for these."""
    squashing = [name for name in functions if name in ("sigmoid", "tanh")]
    if image.kind != "image" or image.pixels.dtype.kind != "u" or pixels.dtype.kind != "u" or not squashing:
        return ()
    top, near = top_level(image.pixels.dtype), AT_ONE_END * top_level(pixels.dtype)
    white, black = (np.mean(part) for part in (pixels >= top_level(pixels.dtype) - near, pixels <= near))
    if scale * top <= 1 or white + black <= SATURATED or image.is_flat:
        return ()
    seen = "white" if white > SATURATED else "black" if black > SATURATED else "black or white"
    help = f"{squashing[0]} is flat at values as large as levels; --input-scale 1/{top} makes them 0 to 1"
    return (Hint(f"is nearly all {seen}", help),)


def coloured_border_hints(image: Image, fill: "Colour | None") -> tuple[Hint, ...]:
    """Return what to say of a border whose colour `fill` the picture cannot show, or has no levels for."""
    if fill is None or not isinstance(fill.value, tuple):
        return ()
    hints = []
    if not fill.is_gray and image.channels == 1:
        hints.append(Hint("has a gray border", "a gray picture keeps only the brightness of a colour"))
    if image.kind == "image" and image.pixels.dtype not in (np.uint8, np.uint16) and any(fill.value):
        help = "its numbers have no white of their own; give a number, such as --padding-value 1"
        hints.append(Hint("has a border in levels of 0 to 255", help))
    return tuple(hints)


def _changed_border(image: Image, kernel: Array, total: float, asked: Convolution, windows: Windows) -> list[Hint]:
    """Return a hint where zeros around a photo are mixed into its border."""
    seen_kernel = kernel[::-1, ::-1] if asked.flip else kernel
    blurs = kernel.size > 1 and math.isclose(total, 1, rel_tol=1e-6)
    padded = asked.padding_mode == "zeros" and not asked.padding_value and _reads_padding(seen_kernel, windows)
    if image.kind != "image" or not (blurs and padded):
        return []
    # What is taken away from a pixel is less beside black: to sharpen makes such a border brighter.
    seen = "has a darker border" if kernel.min() >= 0 else "has a border that is too dark or too bright"
    return [Hint(seen, "the padding is zeros, which is black; --padding-mode replicate prevents this")]


def _reads_padding(kernel: Array, windows: Windows) -> bool:
    """Return whether a number of the kernel that is not 0 falls on the padding, as none of the identity does.

    `kernel` is as it slides, and not all 0.
    """
    for axis, window in enumerate(windows):
        taps = np.flatnonzero(np.moveaxis(kernel, axis, 0).reshape(kernel.shape[axis], -1).any(axis=1))
        first, last = window.start(0), window.start(window.output_size - 1)
        if first + taps[0] * window.dilation < 0 or last + taps[-1] * window.dilation >= window.size:
            return True
    return False


def _seen(image: Image, levels: Levels, loss: Loss, *, share_clipped: float = 0.5) -> str:
    """Return in words that all is black, white or clipped; "" where something shows, or nothing does in the image."""
    if (
        levels.needs_range
        or levels.values not in ("clip", "abs", "offset")
        or not loss.total
        or loss.lowest > loss.highest
    ):
        return ""
    low, high = _shown(levels, loss)
    ends = "black" if high <= AT_ONE_END else "white" if low >= 1 - AT_ONE_END else ""
    if ends:
        return "" if image.is_flat else f"is nearly all {ends}"
    share = (loss.clipped - loss.not_numbers) / loss.total
    return f"is mostly clipped ({share:.0%})" if share > share_clipped else ""


def _shown(levels: Levels, loss: Loss) -> tuple[float, float]:
    """Return the lowest and the highest level of the result, black as 0 and white as 1."""
    scale = levels.scale()
    ends = [float(loss.lowest), float(loss.highest)]
    if scale.magnitude:
        crosses = ends[0] < 0 < ends[1]
        ends = sorted([0.0 if crosses else min(map(abs, ends)), max(map(abs, ends))])
    to_level: Callable[[float], float] = lambda v: (v - scale.origin) * scale.gain / scale.over + scale.base  # noqa: E731
    low, high = (min(max(to_level(value) / levels.top, 0), 1) for value in ends)
    return low, high


def _why(total: float, magnitudes: float, bias: float, levels: Levels) -> str:
    """Return why, and what helps."""
    if bias and abs(bias) >= levels.top / 2:
        return f"--bias {bias:g} is added in levels, which run from 0 to {levels.top}"
    if abs(total) <= ZERO_SUM * magnitudes:
        return "the kernel sums to 0, so results lie around 0; --values offset shows 0 as mid-gray, abs magnitudes"
    if total < 0:
        return f"the kernel sums to {total:g}, so what is bright becomes negative; --values abs or offset shows it"
    if not 0.9 < total < 1.1:
        return f"the kernel sums to {total:g}; --normalize divides by it"
    return 'other mappings show it: --values and --value-range, see "cnnfilt convolve --help-all"'

"""Every window of a row of values combined (largest, smallest or sum), in few passes over plain slices.

Down the columns the windows of two neighbouring rows share all but one row of each: what they share is combined
once for both, and again by pairs. A window of any height so costs at most three passes for an odd height, four
for an even one. Along the rows widths are doubled: 15 columns are four passes (of maxima,
whose parts may overlap; sums need six). All passes run over contiguous values, in the values' own type: a u8
maximum takes 0.05 ns, and one of every second column 0.8 ns. Columns between the windows are dropped at the end.
"""

import sys
from collections.abc import Iterator

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.passes import Pass, copy
from cnnfilt.describe.window import Window

FEW = 2
"""So few passes are not worth sharing: every second row is read and written more slowly than all of them."""

DENSE_PASSES = 3
"""What sharing costs for each row there is; cheaper than one pass for each tap of the rows that are kept."""


def fold_rows(combine: np.ufunc, source: Array, target: Array, window: Window, scratch: Array) -> Iterator[Pass]:
    """Yield the passes that write to row i of `target` rows i * stride + tap * dilation of `source`, combined.

    `scratch` has rows of the same length and type, `scratch_rows` of them; `source` is not changed.
    """
    size, stride, dilation = window.kernel_size, window.stride, window.dilation
    reach = (len(target) - 1) * stride + 1
    if not is_shared(window):
        taps = [source[start : start + reach : stride] for start in range(0, window.span, dilation)]
        yield from _fold_taps(combine, taps, target)
        return
    dense, rest = (target, scratch) if stride == 1 else (scratch[:reach], scratch[reach:])
    # Rows with the same remainder modulo the dilation are an image of their own.
    for phase in range(min(dilation, reach)):
        yield from _fold_shared(combine, source[phase::dilation], dense[phase::dilation], size, rest)
    if stride > 1:
        yield copy, (dense[::stride],), target


def is_shared(window: Window) -> bool:
    """Tell whether sharing between neighbouring windows pays."""
    return window.kernel_size - 1 > max(FEW, DENSE_PASSES * window.stride if window.stride > 1 else 0)


def scratch_rows(window: Window, count: int) -> int:
    """Return how many rows of scratch `fold_rows` needs for `count` windows."""
    if not is_shared(window):
        return 0
    dense = (count - 1) * window.stride + 1
    return (dense if window.stride > 1 else 0) + _shared_rows(dense, window.kernel_size)


def _fold_shared(combine: np.ufunc, source: Array, target: Array, size: int, scratch: Array) -> Iterator[Pass]:
    """Write rows i to i + size of `source`, combined, to row i of `target`; i and i + 1 (i even) share most.

    Rows i + 1 to i + size are in both windows: as many pairs as fit, and one more row if the size is even.
    """
    if size <= 2:
        yield from _fold_taps(combine, [source[tap : tap + len(target)] for tap in range(size)], target)
        return
    count, pairs = (len(target) + 1) // 2, (size - 1) // 2
    shared = paired = scratch[: count + pairs - 1]
    last = 2 * len(paired)
    yield combine, (source[1:last:2], source[2 : last + 1 : 2]), paired
    if pairs > 1:
        shared = scratch[len(paired) : len(paired) + count]
        yield from _fold_shared(combine, paired, shared, pairs, scratch[len(paired) + count :])
    if size % 2 == 0:
        # In place is safe where input and output are the same elements.
        yield combine, (shared, source[size - 1 : size - 1 + 2 * count : 2]), shared
    odd = len(target) // 2
    yield combine, (shared, source[0 : 2 * count : 2]), target[::2]
    yield combine, (shared[:odd], source[size : size + 2 * odd : 2]), target[1::2]


def _shared_rows(count: int, size: int) -> int:
    if size <= 2:
        return 0
    half, pairs = (count + 1) // 2, (size - 1) // 2
    return half + pairs - 1 + (half + _shared_rows(half, pairs) if pairs > 1 else 0)


def _fold_taps(combine: np.ufunc, taps: list[Array], target: Array) -> Iterator[Pass]:
    if len(taps) == 1:
        yield copy, (taps[0],), target
        return
    yield combine, (taps[0], taps[1]), target
    for tap in taps[2:]:
        yield combine, (target, tap), target


def fold_columns(combine: np.ufunc, rows: Array, target: Array, window: Window, spare: list[Array]) -> Iterator[Pass]:
    """Yield the passes that write to `target` (n, W', C) each of `rows` (n, width * C) combined over its windows.

    `rows` is contiguous, as are `spare`, `spare_rows` more of its shape and type; C * stride divides its width.
    """
    channels = target.shape[2]
    step, size = channels * window.dilation, target.shape[1] * channels
    steps = _steps(window.kernel_size, combine)
    current = rows
    for number, (doubled, shift) in enumerate(steps):
        other, start = current if doubled else rows, shift * step
        if window.stride == 1 and number == len(steps) - 1:
            yield combine, (current[:, :size], other[:, start : start + size]), target.reshape(len(rows), -1)
            return
        into = spare[number % len(spare)]
        # All rows at once: what runs over the end of a row into the next is where no window ends.
        end = into.size - start
        yield combine, (current.reshape(-1)[:end], other.reshape(-1)[start:]), into.reshape(-1)[:end]
        current = into
    yield from take_columns(current, target, window.stride)


def spare_rows(window: Window, combine: np.ufunc) -> int:
    """Return how many spare arrays `fold_columns` needs: none, one, or two to write by turns."""
    steps = len(_steps(window.kernel_size, combine))
    return max(0, min(2, steps - (window.stride == 1)))


def _steps(size: int, combine: np.ufunc) -> list[tuple[bool, int]]:
    """Return (doubled, shift) of each pass: it combines the last one's result with itself, or with single values.

    `shift` is how many taps further on. The values of a sum may be counted only once.
    """
    steps, width = [], 1
    if combine is not np.add:
        while width < size:
            steps.append((True, min(width, size - width)))
            width += steps[-1][1]
        return steps
    for bit in bin(size)[3:]:
        steps.append((True, width))
        width *= 2
        if bit == "1":
            steps.append((False, width))
            width += 1
    return steps


def take_columns(rows: Array, target: Array, stride: int) -> Iterator[Pass]:
    """Write the first of every `stride` pixels of `rows` (n, width * C) to `target` (n, W', C)."""
    height, width, channels = target.shape
    pixel = channels * rows.itemsize
    if stride > 1 and pixel in (1, 2, 4) and pixel * stride in (2, 4, 8) and sys.byteorder == "little":
        # The first pixel is the low half (quarter, ...) of a wider integer: casting is four times as fast.
        wide = rows.view(f"u{pixel * stride}")[:, :width]
        yield copy, (wide,), target.reshape(height, -1).view(f"u{pixel}")
        return
    every = rows.reshape(height, -1, channels)[:, : width * stride : stride]
    # NumPy walks strided pixels three values at a time: taking each channel on its own is much faster.
    lanes = [slice(None)] if stride == 1 else [slice(channel, channel + 1) for channel in range(channels)]
    for lane in lanes:
        yield copy, (every[..., lane],), target[..., lane]

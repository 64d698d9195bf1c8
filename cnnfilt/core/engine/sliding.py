"""Every window of a row of values combined (largest, smallest or sum), in few passes over plain slices.

Down the columns the windows of two neighbouring rows share all but one row of each: what they share is combined
once for both, and again by pairs. A window of any height so costs at most three passes for an odd height, four
for an even one; 3 rows cost 1.5. Along the rows widths are doubled: 15 columns are four passes (of maxima,
whose parts may overlap; sums need six). All passes run over contiguous values, in the values' own type: a u8
maximum takes 0.05 ns, and one of every second column 0.8 ns. Columns between the windows are dropped at the end.
"""

import sys
from collections.abc import Iterator

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.geometry import Window

DENSE_PASSES = 3
"""What sharing costs for each row there is; cheaper than one pass for each tap of the rows that are kept."""


def fold_rows(combine: np.ufunc, source: Array, target: Array, window: Window, scratch: Array) -> None:
    """Write to row i of `target` the rows i * stride + tap * dilation of `source`, combined.

    `scratch` has rows of the same length and type, `scratch_rows` of them; `source` is not changed.
    """
    size, stride, dilation = window.kernel_size, window.stride, window.dilation
    if is_shared(window) and stride > 1:
        dense = scratch[: (len(target) - 1) * stride + 1]
        _fold_phases(combine, source, dense, size, dilation, scratch[len(dense) :])
        np.copyto(target, dense[::stride])
    elif is_shared(window):
        _fold_phases(combine, source, target, size, dilation, scratch)
    else:
        reach = (len(target) - 1) * stride + 1
        taps = [source[start : start + reach : stride] for start in range(0, window.span, dilation)]
        _fold_taps(combine, taps, target)


def is_shared(window: Window) -> bool:
    """Tell whether sharing between neighbouring windows pays."""
    return window.kernel_size - 1 > (1 if window.stride == 1 else DENSE_PASSES * window.stride)


def scratch_rows(window: Window, count: int) -> int:
    """Return how many rows of scratch `fold_rows` needs for `count` windows."""
    if not is_shared(window):
        return 0
    dense = (count - 1) * window.stride + 1
    return (dense if window.stride > 1 else 0) + _shared_rows(dense, window.kernel_size)


def _fold_phases(combine: np.ufunc, source: Array, target: Array, size: int, dilation: int, scratch: Array) -> None:
    # Rows with the same remainder modulo the dilation are an image of their own.
    for phase in range(min(dilation, len(target))):
        _fold_shared(combine, source[phase::dilation], target[phase::dilation], size, scratch)


def _fold_shared(combine: np.ufunc, source: Array, target: Array, size: int, scratch: Array) -> None:
    """Write rows i to i + size of `source`, combined, to row i of `target`; row i and i + 1 (i even) share them.

    Rows i + 1 to i + size are in both windows: as many pairs as fit, and one more row if the size is even.
    """
    if size <= 2:
        _fold_taps(combine, [source[tap : tap + len(target)] for tap in range(size)], target)
        return
    count, pairs = (len(target) + 1) // 2, (size - 1) // 2
    paired = scratch[: count + pairs - 1]
    last = 2 * len(paired)
    combine(source[1:last:2], source[2 : last + 1 : 2], out=paired)
    shared = paired
    if pairs > 1:
        shared = scratch[len(paired) : len(paired) + count]
        _fold_shared(combine, paired, shared, pairs, scratch[len(paired) + count :])
    if size % 2 == 0:
        # In place is safe where input and output are the same elements.
        combine(shared, source[size - 1 : size - 1 + 2 * count : 2], out=shared)
    odd = len(target) // 2
    combine(shared, source[0 : 2 * count : 2], out=target[::2])
    combine(shared[:odd], source[size : size + 2 * odd : 2], out=target[1::2])


def _shared_rows(count: int, size: int) -> int:
    if size <= 2:
        return 0
    half, pairs = (count + 1) // 2, (size - 1) // 2
    return half + pairs - 1 + (half + _shared_rows(half, pairs) if pairs > 1 else 0)


def _fold_taps(combine: np.ufunc, taps: list[Array], target: Array) -> None:
    if len(taps) == 1:
        np.copyto(target, taps[0])
        return
    combine(taps[0], taps[1], out=target)
    for tap in taps[2:]:
        combine(target, tap, out=target)


def fold_columns(combine: np.ufunc, rows: Array, target: Array, window: Window, spare: list[Array]) -> None:
    """Write to `target` (n, W', C) each row of `rows` (n, padded width * C) combined over its windows.

    `rows` is contiguous, as are `spare`, `spare_rows` more of its shape and type; C * stride divides its width.
    """
    channels = target.shape[2]
    step, size = channels * window.dilation, window.output_size * channels
    current = rows
    passes = list(_passes(window.kernel_size, combine is not np.add))
    for number, (doubled, shift) in enumerate(passes):
        other = current if doubled else rows
        if window.stride == 1 and number == len(passes) - 1:
            start = shift * step
            combine(current[:, :size], other[:, start : start + size], out=target.reshape(len(rows), -1))
            return
        into = spare[number % len(spare)]
        # All rows at once: what runs over the end of a row into the next is where no window ends.
        flat, end = into.reshape(-1), into.size - shift * step
        combine(current.reshape(-1)[:end], other.reshape(-1)[shift * step :], out=flat[:end])
        current = into
    _take_columns(current, target, window.stride)


def spare_rows(window: Window, combine: np.ufunc) -> int:
    """Return how many spare arrays `fold_columns` needs: none, one, or two to write by turns."""
    passes = len(list(_passes(window.kernel_size, combine is not np.add)))
    return max(0, min(2, passes - (window.stride == 1)))


def _passes(size: int, may_overlap: bool) -> Iterator[tuple[bool, int]]:
    """Yield (doubled, shift): a pass combines what there is with itself (or with single values), `shift` taps on."""
    width = 1
    if may_overlap:
        while width < size:
            shift = min(width, size - width)
            yield True, shift
            width += shift
        return
    for bit in bin(size)[3:]:
        yield True, width
        width *= 2
        if bit == "1":
            yield False, width
            width += 1


def _take_columns(rows: Array, target: Array, stride: int) -> None:
    """Write the first of every `stride` pixels of `rows` (n, width * C) to `target` (n, W', C)."""
    height, width, channels = target.shape
    pixel = channels * rows.itemsize
    if stride > 1 and pixel in (1, 2, 4) and pixel * stride in (2, 4, 8) and sys.byteorder == "little":
        # The first pixel is the low half (quarter, ...) of a wider integer: casting is four times as fast.
        wide = rows.view(f"u{pixel * stride}")[:, :width]
        np.copyto(target.reshape(height, -1).view(f"u{pixel}"), wide, casting="unsafe")
        return
    every = rows.reshape(height, -1, channels)[:, : width * stride : stride]
    if stride == 1:
        np.copyto(target, every)
        return
    for channel in range(channels):
        # NumPy walks strided pixels three values at a time: taking each channel on its own is much faster.
        np.copyto(target[..., channel], every[..., channel])

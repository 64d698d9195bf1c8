"""How often each position of an input is read: a corner once, where nothing is padded. Integers only, no arrays."""

from collections.abc import Iterator, Sequence

from cnnfilt.describe.transposed import TransposedAxis
from cnnfilt.describe.window import Window
from cnnfilt.errors import ParameterError, ShapeError

MOST_POSITIONS, MOST_TAPS = 20_000, 5_000_000
"""Beyond so many positions along an axis, or taps along it, counting would take minutes, and say no more."""


def coverage(layers: Sequence[Window]) -> list[int]:
    """Return for each position of the first layer's input how many values of the last layer's output depend on it.

    `layers` are the windows along one axis, one after the other. Rows and columns are counted apart: a pixel is
    read as often as its row times its column. ShapeError for an input too large to count.
    """
    if not layers:
        raise ParameterError("no layer here has a window (conv, filter or pool), so there is nothing to count")
    size = layers[0].size
    for window in layers:
        if window.size > MOST_POSITIONS or window.output_size * window.kernel_size > MOST_TAPS:
            raise ShapeError(
                f"{window.size} is too long to count how many windows read each pixel; try a smaller size",
                parameter="size",
            )
    # One number for each value, with a bit for each position of the input that it depends on.
    reads = [1 << position for position in range(size)]
    for window in layers:
        reads = [_read_through(window, index, reads) for index in range(window.output_size)]
    changes = [0] * (size + 1)
    for positions in reads:
        for first, last in _runs(positions):
            changes[first] += 1
            changes[last] -= 1
    counts: list[int] = []
    for change in changes[:size]:
        counts.append(change + (counts[-1] if counts else 0))
    return counts


def received(layers: Sequence[Window | TransposedAxis]) -> list[int]:
    """Return for each position of the last layer's output how many products with values of the first's input it sums.

    Of a single transposed convolution that is how many stamps fall on it. `layers` are along one axis, one after the
    other; a pixel sums as many as its row times its column. ShapeError for sizes too large to count.
    """
    counts = [1] * layers[0].size
    for layer in layers:
        inputs = layer.size if isinstance(layer, TransposedAxis) else layer.output_size
        if max(layer.size, layer.output_size) > MOST_POSITIONS or inputs * layer.kernel_size > MOST_TAPS:
            raise ShapeError(
                f"{max(layer.size, layer.output_size)} is too long to count what each pixel sums; try a smaller size",
                parameter="size",
            )
        counts = _stamped(layer, counts) if isinstance(layer, TransposedAxis) else _summed(layer, counts)
    return counts


def _stamped(axis: TransposedAxis, counts: Sequence[int]) -> list[int]:
    found = [0] * axis.output_size
    for tap in range(axis.kernel_size):
        for position, place in zip(*axis.met_by(tap), strict=True):
            found[place] += counts[position]
    return found


def _summed(window: Window, counts: Sequence[int]) -> list[int]:
    taps = range(0, window.span, window.dilation)
    places = ((window.start(index) + tap for tap in taps) for index in range(window.output_size))
    return [sum(counts[place] for place in those if 0 <= place < window.size) for those in places]


def _read_through(window: Window, index: int, reads: Sequence[int]) -> int:
    """Return the positions that window `index` depends on, where its input depends on `reads`."""
    start = window.start(index)
    positions = 0
    for place in range(start, start + window.span, window.dilation):
        if 0 <= place < window.size:
            positions |= reads[place]
    return positions


def _runs(positions: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last + 1) of each run of bits that are set."""
    done = 0
    while positions:
        gap = (positions & -positions).bit_length() - 1
        positions >>= gap
        length = (~positions & (positions + 1)).bit_length() - 1
        yield done + gap, done + gap + length
        positions >>= length
        done += gap + length

"""Convolutions with one kernel for each channel: by the compiled loops where they are, else by jobs of the core."""

from collections.abc import Callable, Sequence

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.padded import NO_SIDES
from cnnfilt.core.engine.run import PlannedConvolution
from cnnfilt.core.engine.strips import strip_edges
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.describe.window import Window
from cnnfilt.frozen import Frozen
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.borders import with_border

SHARED = 1 << 20
"""From so many values on the rows of a result are worth sharing out to threads."""


class _Lane(Frozen, eq=False):
    """Some channels, which the loops hold at once, with their weights and biases as the loops take them."""

    channels: slice
    kernel: Array
    bias: Array
    outside: Array


def by_channel(kernels: Array, bias: Array | None, windows: Sequence[Window]) -> Callable[[Array], Array]:
    """Return what convolves images (N, H, W, C), float32, with `kernels` (kernel height, kernel width, 1, C)."""
    rows, columns = windows
    addends = np.zeros(kernels.shape[3], np.float32) if bias is None else bias
    together = _channels_at_once(columns)
    if native.loops is None or not together:
        return lambda images: _by_jobs(images, kernels, addends, rows, columns)
    lanes = [_lane(kernels, addends, start, together) for start in range(0, kernels.shape[3], together)]

    def run(images: Array) -> Array:
        out = np.empty((len(images), rows.output_size, columns.output_size, images.shape[3]), np.float32)
        for image, responses in zip(with_border(images, windows, 0), out, strict=True):
            for lane in lanes:
                _fill(lane, image, responses, rows, columns)
        return out

    return run


def _channels_at_once(columns: Window) -> int:
    """Return how many channels the loops hold, whatever their stride and however far their taps lie apart."""
    reach = (columns.kernel_size - 1) * columns.dilation
    return min(native.BLOCK // columns.stride, native.REACH // reach if reach else native.BLOCK)


def _lane(kernels: Array, bias: Array, start: int, together: int) -> _Lane:
    some = slice(start, min(start + together, kernels.shape[3]))
    count = some.stop - some.start
    pattern = np.arange(native.BLOCK) % count
    weights, addends = (np.ascontiguousarray(one[..., some], np.float32) for one in (kernels[:, :, 0], bias))
    return _Lane(some, np.ascontiguousarray(weights[..., pattern]), addends[pattern], np.zeros(count, np.float32))


def _fill(lane: _Lane, image: Array, responses: Array, rows: Window, columns: Window) -> None:
    """Write the responses of a lane's channels of one padded image (H, W, C) to `responses` (H', W', C)."""
    assert native.loops is not None, "lanes are for them"
    loop, count = native.loops.correlate_each, len(lane.outside)
    is_all = count == image.shape[2]
    source = np.ascontiguousarray(image if is_all else image[..., lane.channels]).reshape(len(image), -1)
    out = responses if is_all else np.empty((*responses.shape[:2], count), np.float32)
    flat, steps = out.reshape(len(out), -1), native.steps_of(rows, columns)

    def write(first: int, last: int) -> None:
        met = source[first * rows.stride : (last - 1) * rows.stride + rows.span]
        loop(met, NO_SIDES.places, lane.kernel, lane.bias, lane.outside, flat[first:last], count, *steps, (0, 0), None)

    if out.size < SHARED:
        write(0, len(out))
    else:
        run_strips(strip_edges(rows, source[0].nbytes, flat[0].nbytes), lambda: write)
    if not is_all:
        responses[..., lane.channels] = out


def _by_jobs(images: Array, kernels: Array, bias: Array, rows: Window, columns: Window) -> Array:
    out = np.empty((len(images), rows.output_size, columns.output_size, images.shape[3]), np.float32)
    for image, responses in zip(images, out, strict=True):
        job = Job(image, kernels.astype(np.float64), True, bias.astype(np.float64), rows, columns)
        PlannedConvolution(job, dtype=np.dtype(np.float32)).write(responses)
    return out

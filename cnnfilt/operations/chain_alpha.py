"""How transparency follows an image through a chain of layers."""

from collections.abc import Sequence

import numpy as np

from cnnfilt.core.alpha import alpha_at_centres
from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import CropLayer, JoinLayer, MorphLayer, PadLayer, UpLayer, Volume
from cnnfilt.describe.reach import Taps
from cnnfilt.nn.layer_table import output_of
from cnnfilt.operations.base import Array


def alpha_after(report: Report, taken: Sequence[Array | None]) -> Array | None:
    """Return the alpha (H, W) under a layer's output, from that under each value it takes; a list of values has none.

    It goes where the values go: looked up at the centres of windows, repeated or moved with rows and columns. Zeros
    put around are transparent.
    """
    output, alpha = report.output, taken[0]
    if isinstance(report.layer, JoinLayer):
        # One of 1x1 stands for all rows and columns of the other, whose alpha it is.
        return next((one for one in taken if one is not None and one.shape == _size(report)), None)
    if alpha is None or not isinstance(output, Volume):
        return None
    match report.layer:
        case MorphLayer():
            return alpha  # Its size stays, also where its window is even and has two middles.
        case PadLayer() | CropLayer() | UpLayer():
            moved = output_of(report, {}, alpha[..., np.newaxis])[..., 0]
            return np.asarray(np.rint(moved).astype(alpha.dtype))
    if report.effect.windows is not None:
        return alpha_at_centres(alpha, report.effect.windows)
    if report.effect.taps is None:
        return alpha
    rows, columns = (_middles(*axis) for axis in zip(report.effect.taps, output.size, alpha.shape, strict=True))
    return np.asarray(alpha[np.ix_(rows, columns)])


def _size(report: Report) -> tuple[int, ...]:
    return report.output.size if isinstance(report.output, Volume) else ()


def _middles(taps: Taps, outputs: int, inputs: int) -> Array:
    """Return which position of the input lies in the middle of those that each output depends on."""
    middles, last = np.zeros(outputs, np.intp), 0
    for output in range(outputs):
        turn, phase = divmod(output, taps.outputs)
        if (read := taps.read(phase)) is not None:
            last = (read[0] + read[1]) // 2 + turn * taps.inputs
        middles[output] = last
    return np.clip(middles, 0, inputs - 1)

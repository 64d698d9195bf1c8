"""Weights from elsewhere: the arrays of a PyTorch network of the same layers, turned to channels-last."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnfilt.describe import layers as specs
from cnnfilt.describe.chain import Report
from cnnfilt.errors import ShapeError
from cnnfilt.nn.layer import Array, Shape
from cnnfilt.nn.model import names_of, reports_of, shapes_of


def from_pytorch(
    words: str | Sequence[str], size: tuple[int, int, int], state: Mapping[str, Array]
) -> dict[str, Array]:
    """Return `state` (names ending in .weight and .bias, in the order of the layers) as weights for `Sequential`.

    PyTorch keeps convolutions as (out, in, height, width) and fully connected layers as (out, in), and flattens
    channels first: the layer after a flatten is permuted to the (height, width, channels) order used here.
    ShapeError if the arrays do not fit the layers.
    """
    reports = reports_of(words, size)
    for report in reports:
        if report.layer.learns and not isinstance(report.layer, specs.ConvLayer | specs.FullyConnectedLayer):
            raise ShapeError(f"how PyTorch keeps the weights of {report.layer.word} is not known here")
    shapes = shapes_of(reports)
    if len(state) != len(shapes):
        raise ShapeError(f"{len(state)} arrays for layers that have {len(shapes)}: {', '.join(shapes)}")
    flattened = _flattened(reports)
    weights: dict[str, Array] = {}
    for (name, shape), (theirs, array) in zip(shapes.items(), state.items(), strict=True):
        turned = _channels_last(np.asarray(array), flattened.get(name))
        if turned.shape != shape or theirs.endswith("bias") != name.endswith("bias"):
            raise ShapeError(f"{theirs} of shape {np.shape(array)} does not fit {name}, which is {shape} here")
        weights[name] = np.ascontiguousarray(turned, np.float64 if turned.dtype == np.float64 else np.float32)
    return weights


def _channels_last(array: Array, flattened: Shape | None) -> Array:
    if array.ndim == 4:
        return array.transpose(2, 3, 1, 0)
    if array.ndim != 2:
        return array
    if flattened is None or array.shape[1] != np.prod(flattened):
        return array.T
    height, width, channels = flattened
    return array.reshape(-1, channels, height, width).transpose(2, 3, 1, 0).reshape(-1, len(array))


def _flattened(reports: Sequence[Report]) -> dict[str, Shape]:
    """Return (height, width, channels) before the flatten, for each fully connected layer that reads it."""
    volume: Shape | None = None
    found: dict[str, Shape] = {}
    for report, name in zip(reports, names_of(reports), strict=True):
        if isinstance(report.layer, specs.FlattenLayer) and isinstance(report.input, specs.Volume):
            volume = (report.input.height, report.input.width, report.input.channels)
        elif isinstance(report.layer, specs.FullyConnectedLayer):
            if volume is not None:
                found[f"{name}.kernel"] = volume
            volume = None
    return found

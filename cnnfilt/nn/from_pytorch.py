"""Weights from elsewhere: the arrays of a PyTorch network of the same layers, turned to channels-last."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnfilt.describe import layers as specs
from cnnfilt.describe.chain import Report
from cnnfilt.errors import ShapeError
from cnnfilt.nn.layer import Array, Shape
from cnnfilt.nn.model import reports_of
from cnnfilt.nn.weights import names_of, parts_of

_KNOWN = (
    specs.ConvLayer,
    specs.DepthwiseLayer,
    specs.TransposedLayer,
    specs.FullyConnectedLayer,
    specs.BatchNormLayer,
    specs.LayerNormLayer,
    specs.GroupNormLayer,
    specs.SlopesLayer,
)

_BY_ORDER = (specs.TakeLayer, specs.ShuffleLayer, specs.GroupNormLayer, specs.LocalResponseNormLayer, specs.JoinLayer)
"""Layers to which it matters which values are neighbours, or come first."""

_COUNTED = "num_batches_tracked"
"""What PyTorch keeps beside running statistics, and nothing here depends on."""


def from_pytorch(
    words: str | Sequence[str], size: tuple[int, int, int], state: Mapping[str, Array]
) -> dict[str, Array]:
    """Return `state` (names ending in .weight and .bias, in the order of the layers) as arrays for `Sequential`.

    PyTorch keeps convolutions as (out, in, height, width), transposed ones as (in, out, height, width) and fully
    connected layers as (out, in), and flattens channels first: the layer after a flatten is permuted to the (height,
    width, channels) order used here. Batch normalisation has .running_mean and .running_var as well, unless `state`
    are gradients, which have none. ShapeError if the arrays do not fit the layers.
    """
    reports = reports_of(words, size)
    given = {name: array for name, array in state.items() if not name.endswith(_COUNTED)}
    expected = _expected(reports)
    if len(given) != len(expected):
        without = [one for one in expected if not one[1].endswith((".mean", ".variance"))]
        if len(given) != len(without):
            names = ", ".join(name for _, name, _ in expected)
            raise ShapeError(f"{len(given)} arrays for layers that have {len(expected)}: {names}")
        expected = without
    flattened = _flattened(reports)
    weights: dict[str, Array] = {}
    for (report, name, shape), (theirs, array) in zip(expected, given.items(), strict=True):
        turned = _channels_last(np.asarray(array), report.layer, flattened.get(name))
        if turned.shape != shape or theirs.endswith("bias") != name.endswith("bias"):
            raise ShapeError(f"{theirs} of shape {np.shape(array)} does not fit {name}, which is {shape} here")
        weights[name] = np.ascontiguousarray(turned, np.float64 if turned.dtype == np.float64 else np.float32)
    return weights


def _expected(reports: Sequence[Report]) -> list[tuple[Report, str, Shape]]:
    """Return (report, name, shape) of each array that is to be found."""
    expected = []
    for report, name in zip(reports, names_of(reports), strict=True):
        parts = parts_of(report)
        if parts and not isinstance(report.layer, _KNOWN):
            raise ShapeError(f"how PyTorch keeps the weights of {report.layer.word} is not known here")
        expected += [(report, f"{name}.{part}", shape) for part, shape in parts.items()]
    return expected


def _channels_last(array: Array, layer: specs.Layer | specs.LoneWindow, flattened: Shape | None) -> Array:
    if array.ndim == 4 and isinstance(layer, specs.DepthwiseLayer):
        # (channels * filters, 1, height, width): the filters of a channel follow one another.
        return array.transpose(2, 3, 0, 1).reshape(*array.shape[2:], -1, layer.multiplier)
    if array.ndim == 4:
        return array.transpose(2, 3, 1, 0)
    if array.ndim == 1 and flattened is not None:
        height, width, channels = flattened
        return array.reshape(channels, height, width).transpose(1, 2, 0).reshape(-1)
    if array.ndim != 2:
        return array
    if flattened is None or array.shape[1] != np.prod(flattened):
        return array.T
    height, width, channels = flattened
    return array.reshape(-1, channels, height, width).transpose(2, 3, 1, 0).reshape(-1, len(array))


def _flattened(reports: Sequence[Report]) -> dict[str, Shape]:
    """Return (height, width, channels) before the flatten, for each array that goes by the order of what it gave.

    ShapeError for a layer by which that order would matter in another way.
    """
    volume: Shape | None = None
    found: dict[str, Shape] = {}
    for report, name in zip(reports, names_of(reports), strict=True):
        if isinstance(report.layer, specs.FlattenLayer) and isinstance(report.input, specs.Volume):
            volume = (report.input.height, report.input.width, report.input.channels)
        elif volume is not None and isinstance(report.layer, _BY_ORDER) and volume[:2] != (1, 1):
            raise ShapeError(f"what {report.layer.word} does after flatten is another thing in PyTorch's order")
        elif isinstance(report.layer, specs.FullyConnectedLayer):
            found |= {} if volume is None else {f"{name}.kernel": volume}
            volume = None
        elif volume is not None:
            found |= dict.fromkeys((f"{name}.{part}" for part in parts_of(report)), volume)
    return found

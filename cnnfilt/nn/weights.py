"""The arrays of a network: what they are called, which shapes they have, and their first values."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnfilt.describe import layers as specs
from cnnfilt.describe.chain import Report
from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.nn.initializers import first_weights
from cnnfilt.nn.layer import Array, Shape, Weights
from cnnfilt.nn.layer_table import first_of

MOST_PARAMETERS = 250_000_000
"""The most parameters a new network may have: 1 GB, about twice those of VGG-16."""


def new_arrays(reports: Sequence[Report], generator: np.random.Generator) -> dict[str, Array]:
    """Return first weights for the layers that learn, drawn from `generator`: He before relu, else Glorot; biases 0.

    Running means are 0 and variances 1: batch normalisation that has seen nothing changes nothing.
    """
    count = sum(report.effect.params for report in reports)
    if count > MOST_PARAMETERS:
        raise ParameterError(f"the network has {count:,} parameters; the limit is {MOST_PARAMETERS:,}")
    arrays: dict[str, Array] = {}
    for number, (report, name) in enumerate(zip(reports, names_of(reports), strict=True)):
        before_relu = is_before_relu(reports[number + 1 :])
        for part, shape in parts_of(report).items():
            arrays[f"{name}.{part}"] = first_weights(
                part, shape, generator, before_relu=before_relu, **first_of(report)
            )
    return arrays


def names_of(reports: Sequence[Report]) -> list[str]:
    """Return a name for each layer: its word with a number, counted for each word by itself."""
    counts: dict[str, int] = {}
    names = []
    for report in reports:
        word = report.layer.word.partition(":")[0]
        counts[word] = counts.get(word, 0) + 1
        names.append(f"{word}{counts[word]}")
    return names


def parts_of(report: Report) -> dict[str, Shape]:
    """Return the shape of each array of a layer that learns, by its name in it; statistics come last."""
    effect, parts = report.effect, dict[str, Shape]()
    if report.layer.learns:
        parts["kernel"] = effect.weights
        if effect.biases:
            parts["bias"] = (effect.biases,)
    if effect.statistics:
        parts["mean"] = parts["variance"] = (effect.statistics // 2,)
    return parts


def shapes_of(reports: Sequence[Report]) -> dict[str, Shape]:
    """Return the shape of every array of a network, by name: `conv1.kernel`, `bn1.mean`; nothing is allocated."""
    layers = zip(reports, names_of(reports), strict=True)
    return {f"{name}.{part}": shape for report, name in layers for part, shape in parts_of(report).items()}


def weights_of(arrays: Mapping[str, Array], name: str) -> Weights:
    """Return the arrays of the layer called `name`, by their names in it."""
    owned = ((full_name.partition("."), array) for full_name, array in arrays.items())
    return {part: array for (owner, _, part), array in owned if owner == name}


def check_arrays(arrays: Mapping[str, Array], shapes: Mapping[str, Shape]) -> None:
    """Raise ShapeError for an array that is missing or of no layer, or of another shape or type."""
    for name in sorted(arrays.keys() ^ shapes.keys()):
        raise ShapeError(f"weights {name} are {'missing' if name in shapes else 'of no layer of the network'}")
    for name, shape in shapes.items():
        array = arrays[name]
        if array.shape != shape:
            raise ShapeError(f"weights {name} are of shape {array.shape}; the layers need {shape}")
        if array.dtype not in (np.float32, np.float64):
            raise ShapeError(f"weights {name} are {array.dtype}; they must be float32 or float64")


_LOOKED_THROUGH = (
    specs.BatchNormLayer,
    specs.LayerNormLayer,
    specs.GroupNormLayer,
    specs.DropoutLayer,
    specs.AsLayer,
    specs.JoinLayer,
)
"""What may stand between a convolution and its relu."""

_LIKE_RELU = ("relu", "relu6", "leaky", "elu", "gelu", "silu", "hardswish")


def is_before_relu(following: Sequence[Report]) -> bool:
    """Return whether the first function among the layers that follow is relu, or like it."""
    after = next((one.layer for one in following if not isinstance(one.layer, _LOOKED_THROUGH)), None)
    if isinstance(after, specs.ActivationLayer):
        return after.function in _LIKE_RELU
    return isinstance(after, specs.SlopesLayer)

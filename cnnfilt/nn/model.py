"""A network from layer words: the same words that `shape` describes and counts are built here, and run."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from cnnfilt.describe import layers as specs
from cnnfilt.describe.chain import Report, describe, parse_chain
from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.nn.activations import Sigmoid, Softmax
from cnnfilt.nn.initializers import first_weights
from cnnfilt.nn.layer import Array, Layer, Shape, Weights
from cnnfilt.nn.layer_table import check_runs, layer_of

MOST_PARAMETERS = 250_000_000
"""The most parameters a new network may have: 1 GB, about twice those of VGG-16."""


class Sequential:
    """Layers one after the other, on batches (N, H, W, C).

    `reports` is what `shape` tells of each layer, `names` are conv1, conv2, fc1 and so on. Kernels given by name
    (`conv:vertical`, `filter:sobel-x`) stay as they are: only the layers in `trained` learn.
    """

    def __init__(self, words: str | Sequence[str], size: tuple[int, int, int], parameters: Mapping[str, Array]) -> None:
        """Build the layers written in `words` for images (height, width, channels), with the weights as they are.

        `parameters` has an array for each name in `shapes_of`; ShapeError for any other, or of another shape or type.
        """
        self.size = size
        self.reports = reports_of(words, size)
        self.names = names_of(self.reports)
        _check(parameters, shapes_of(self.reports))
        self.layers = [
            layer_of(report, weights_of(parameters, name))
            for report, name in zip(self.reports, self.names, strict=True)
        ]

    @classmethod
    def new(
        cls, words: str | Sequence[str], size: tuple[int, int, int], generator: np.random.Generator
    ) -> "Sequential":
        """Return the network with first weights drawn from `generator`: He before relu, else Glorot; biases 0."""
        return cls(words, size, new_parameters(reports_of(words, size), generator))

    @property
    def words(self) -> str:
        """Return the layers as they are written."""
        return " ".join(report.layer.word for report in self.reports)

    @property
    def output(self) -> specs.Shape:
        """Return the shape of what comes out for one image."""
        return self.reports[-1].output if self.reports else specs.Volume(*self.size)

    @property
    def parameters(self) -> dict[str, Array]:
        """Return the arrays that are trained, by name: `conv1.kernel`, `conv1.bias`; changing one changes the layer."""
        return {
            f"{name}.{part}": array
            for name, layer, report in zip(self.names, self.layers, self.reports, strict=True)
            for part, array in layer.parameters.items()
            if report.layer.learns
        }

    @property
    def trained(self) -> list[Layer]:
        """Return the layers that learn."""
        return [layer for layer, report in zip(self.layers, self.reports, strict=True) if report.layer.learns]

    def forward(self, x: Array) -> Array:
        """Return the output for a batch."""
        return self._through(x, self.layers)

    def backward(self, d_output: Array) -> Array:
        """Return dL/dX for dL/d(output) of the last `forward`; every layer has its gradients then."""
        for layer in reversed(self.layers):
            d_output = layer.backward(d_output)
        return d_output

    def logits(self, x: Array) -> Array:
        """Return the output before the last softmax or sigmoid, which the losses compute themselves."""
        return self._through(x, self._below_activation())

    def backward_from_logits(self, d_logits: Array) -> None:
        """Leave every layer that learns its gradients, for the gradient of the last `logits`."""
        trained = self.trained
        for layer in reversed(self._below_activation() if trained else []):
            if layer is trained[0]:
                layer.fill_gradients(d_logits)
                return
            d_logits = layer.backward(d_logits)

    def _below_activation(self) -> list[Layer]:
        ends = bool(self.layers) and isinstance(self.layers[-1], Softmax | Sigmoid)
        return self.layers[:-1] if ends else self.layers

    def _through(self, x: Array, layers: Sequence[Layer]) -> Array:
        if x.shape[1:] != self.size:
            raise ShapeError(f"a network for images of {self.size} got a batch of shape {x.shape}")
        for layer in layers:
            x = layer.forward(x)
        return x


def reports_of(words: str | Sequence[str], size: tuple[int, int, int]) -> list[Report]:
    """Return what each layer makes of the one before, for images of `size`; nothing is allocated.

    ParameterError for a layer that is described alone, and cannot be run.
    """
    chain = parse_chain([words] if isinstance(words, str) else words)
    check_runs(chain)
    return describe(chain, specs.Volume(*size))


def new_parameters(reports: Sequence[Report], generator: np.random.Generator) -> dict[str, Array]:
    """Return first weights for the layers that learn, drawn from `generator`: He before relu, else Glorot; biases 0."""
    count = sum(report.effect.params for report in reports)
    if count > MOST_PARAMETERS:
        raise ParameterError(f"the network has {count:,} parameters; the limit is {MOST_PARAMETERS:,}")
    parameters: dict[str, Array] = {}
    for name, shape in shapes_of(reports).items():
        layer, _, part = name.partition(".")
        before_relu = _before_relu(reports, layer)
        parameters[name] = first_weights(part, shape, generator, before_relu=before_relu)
    return parameters


def names_of(reports: Sequence[Report]) -> list[str]:
    """Return a name for each layer: its word with a number, counted for each word by itself."""
    counts: dict[str, int] = {}
    names = []
    for report in reports:
        word = report.layer.word.partition(":")[0]
        counts[word] = counts.get(word, 0) + 1
        names.append(f"{word}{counts[word]}")
    return names


def shapes_of(reports: Sequence[Report]) -> dict[str, Shape]:
    """Return the shape of every array that is trained, by name; nothing is allocated."""
    shapes: dict[str, Shape] = {}
    for report, name in zip(reports, names_of(reports), strict=True):
        if report.layer.learns:
            shapes[f"{name}.kernel"] = report.effect.weights
            if report.effect.biases:
                shapes[f"{name}.bias"] = (report.effect.biases,)
    return shapes


def weights_of(parameters: Mapping[str, Array], name: str) -> Weights:
    """Return the arrays of the layer called `name`, by their names in it."""
    owned = ((full_name.partition("."), array) for full_name, array in parameters.items())
    return {part: array for (owner, _, part), array in owned if owner == name}


def _before_relu(reports: Sequence[Report], layer: str) -> bool:
    following = {name: after.layer for name, (_, after) in zip(names_of(reports), pairwise(reports), strict=False)}
    after = following.get(layer)
    return isinstance(after, specs.ActivationLayer) and after.function == "relu"


def _check(parameters: Mapping[str, Array], shapes: Mapping[str, Shape]) -> None:
    for name in sorted(parameters.keys() ^ shapes.keys()):
        raise ShapeError(f"weights {name} are {'missing' if name in shapes else 'of no layer of the network'}")
    for name, shape in shapes.items():
        array = parameters[name]
        if array.shape != shape:
            raise ShapeError(f"weights {name} are of shape {array.shape}; the layers need {shape}")
        if array.dtype not in (np.float32, np.float64):
            raise ShapeError(f"weights {name} are {array.dtype}; they must be float32 or float64")

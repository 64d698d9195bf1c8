"""A network from layer words: the same words that `shape` describes and counts are built here, and run."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnfilt.describe import layers as specs
from cnnfilt.describe.chain import Report, describe, parse_chain
from cnnfilt.describe.values import Takes, taken_last, values_taken
from cnnfilt.errors import ShapeError
from cnnfilt.nn.activations import Sigmoid, Softmax
from cnnfilt.nn.layer import Array, Shared, Step, alone
from cnnfilt.nn.layer_table import layer_of
from cnnfilt.nn.weights import check_arrays, names_of, new_arrays, shapes_of, weights_of


class Sequential:
    """Layers on batches (N, H, W, C), each taking the value before it, and those that join another one, too.

    Value 0 is the batch, value n the output of layer n; `takes` has the numbers of what each layer takes. `reports` is
    what `shape` tells of each layer, `names` are conv1, conv2, fc1 and so on. Kernels given by name (`conv:vertical`,
    `filter:sobel-x`) stay as they are: only the layers in `trained` learn.
    """

    def __init__(self, words: str | Sequence[str], size: tuple[int, int, int], arrays: Mapping[str, Array]) -> None:
        """Build the layers written in `words` for images (height, width, channels), with the weights as they are.

        `arrays` has an array for each name in `shapes_of`; ShapeError for any other, or of another shape or type.
        """
        self.size = size
        self.reports = reports_of(words, size)
        self.names = names_of(self.reports)
        check_arrays(arrays, shapes_of(self.reports))
        self.layers = [
            layer_of(report, weights_of(arrays, name)) for report, name in zip(self.reports, self.names, strict=True)
        ]
        self.takes = values_taken([report.layer for report in self.reports])
        self._let_go = taken_last(self.takes)
        self._moved = _moved_by_learning(self.reports, self.takes)

    @classmethod
    def new(
        cls, words: str | Sequence[str], size: tuple[int, int, int], generator: np.random.Generator
    ) -> "Sequential":
        """Return the network with first weights drawn from `generator`: He before relu, else Glorot; biases 0."""
        return cls(words, size, new_arrays(reports_of(words, size), generator))

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
    def arrays(self) -> dict[str, Array]:
        """Return all that the network is made of beside its words: what is trained, and the statistics beside it."""
        statistics = {
            f"{name}.{part}": array
            for name, layer in zip(self.names, self.layers, strict=True)
            for part, array in layer.statistics.items()
        }
        return self.parameters | statistics

    @property
    def trained(self) -> list[Step]:
        """Return the layers that learn."""
        return [layer for layer, report in zip(self.layers, self.reports, strict=True) if report.layer.learns]

    def learn_with(self, generator: np.random.Generator | None) -> None:
        """Let the layers do what they do while they learn, with what they draw from; with None, what they do after."""
        for layer in self.layers:
            layer.generator = generator

    def remember(self) -> None:
        """Take what was seen of the last batch into the statistics."""
        for layer in self.layers:
            layer.remember()

    def forward(self, x: Array) -> Array:
        """Return the output for a batch."""
        return alone(self._forward(x, len(self.layers)))

    def backward(self, d_output: Array) -> Array:
        """Return dL/dX for dL/d(output) of the last `forward`; every layer has its gradients then."""
        return alone(self._backward(d_output, len(self.layers), {*range(len(self.layers) + 1)}))[0]

    def logits(self, x: Array) -> Array:
        """Return the output before the last softmax or sigmoid, which the losses compute themselves."""
        return alone(self.logits_shared(x))

    def backward_from_logits(self, d_logits: Array) -> None:
        """Leave every layer that learns its gradients, for the gradient of the last `logits`."""
        alone(self.backward_from_logits_shared(d_logits))

    def logits_shared(self, x: Array) -> Shared[Array]:
        """Return `logits` of a part of a batch."""
        return self._forward(x, self._below_activation())

    def backward_from_logits_shared(self, d_logits: Array) -> Shared[dict[int, Array]]:
        """Do as `backward_from_logits`, for a part of a batch."""
        return self._backward(d_logits, self._below_activation(), self._moved)

    def _below_activation(self) -> int:
        ends = bool(self.layers) and isinstance(self.layers[-1], Softmax | Sigmoid)
        return len(self.layers) - ends

    def _forward(self, x: Array, count: int) -> Shared[Array]:
        """Return value number `count`; each value is let go once no later layer takes it."""
        if x.shape[1:] != self.size:
            raise ShapeError(f"a network for images of {self.size} got a batch of shape {x.shape}")
        values = {0: x}
        for number, layer in enumerate(self.layers[:count]):
            inputs = (values[one] for one in self.takes[number])
            values[number + 1] = yield from layer.forward_shared(*inputs)
            for one in self._let_go[number]:
                del values[one]
        return values[count]

    def _backward(self, d_output: Array, count: int, wanted: set[int]) -> Shared[dict[int, Array]]:
        """Return d(batch), if that is `wanted`, from d(value number `count`): every layer gets its gradients.

        What several layers took, L depends on through each of them: d(value) is the sum of what each sends back (the
        chain rule for a function of several variables). Values that are not `wanted` get none.
        """
        d_values = {count: d_output}
        for number in range(count, 0, -1):
            layer, taken = self.layers[number - 1], self.takes[number - 1]
            if number not in wanted:
                continue
            d_value = d_values.pop(number, None)
            if d_value is None:  # The loss does not depend on it.
                layer.gradients |= {name: np.zeros_like(array) for name, array in layer.parameters.items()}
            elif wanted.isdisjoint(taken):
                layer.fill_gradients(d_value)
            else:
                d_inputs = yield from layer.backward_shared(d_value)
                for one, d_input in zip(taken, d_inputs, strict=True):
                    d_values[one] = d_values[one] + d_input if one in d_values else d_input
        return d_values


def reports_of(words: str | Sequence[str], size: tuple[int, int, int]) -> list[Report]:
    """Return what each layer makes of what it takes, for images of `size`; nothing is allocated."""
    return describe(parse_chain([words] if isinstance(words, str) else words), specs.Volume(*size))


def _moved_by_learning(reports: Sequence[Report], takes: Takes) -> set[int]:
    """Return the numbers of the values that change when a layer learns: those that layers that learn have part in."""
    moved: set[int] = set()
    for number, (report, taken) in enumerate(zip(reports, takes, strict=True), 1):
        if report.layer.learns or not moved.isdisjoint(taken):
            moved.add(number)
    return moved

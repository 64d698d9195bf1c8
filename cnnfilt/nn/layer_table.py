"""Which code runs each layer of `describe.layers`: for training, and for the outputs of one image alone."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import (
    ActivationLayer,
    ConvLayer,
    Effect,
    FilterLayer,
    FlattenLayer,
    FullyConnectedLayer,
    LayerWord,
    MorphLayer,
    PoolLayer,
)
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.nn.activations import ACTIVATIONS, activation_layer, activation_output
from cnnfilt.nn.conv2d import conv_layer, conv_output, filter_layer, filter_output
from cnnfilt.nn.dense import dense_layer, dense_output, flatten_layer, flatten_output
from cnnfilt.nn.layer import Array, Layer, Weights
from cnnfilt.nn.pool2d import morph_layer, morph_output, pool_layer, pool_output

Described = TypeVar("Described", bound=LayerWord)


class LayerRunner(Frozen, Generic[Described]):
    """How layers of one description are run: `layer` keeps what gradients need, `output` is for one image alone."""

    description: type[Described]
    layer: Callable[[Described, Effect, Weights], Layer]
    output: Callable[[Described, Effect, Weights, Array], Array]


_RUNNERS: tuple[LayerRunner[Any], ...] = (
    LayerRunner(ConvLayer, conv_layer, conv_output),
    LayerRunner(FilterLayer, filter_layer, filter_output),
    LayerRunner(PoolLayer, pool_layer, pool_output),
    LayerRunner(MorphLayer, morph_layer, morph_output),
    LayerRunner(ActivationLayer, activation_layer, activation_output),
    LayerRunner(FlattenLayer, flatten_layer, flatten_output),
    LayerRunner(FullyConnectedLayer, dense_layer, dense_output),
)

RUNNERS: dict[type[LayerWord], LayerRunner[Any]] = {runner.description: runner for runner in _RUNNERS}


def check_runs(chain: Sequence[LayerWord]) -> None:
    """Raise ParameterError naming the first layer of `chain` that is described and cannot be run."""
    for layer in chain:
        if not _runs(layer):
            raise ParameterError(
                f"layer {layer.word} is described, not run yet; cnnfilt shape says what comes out of it",
                parameter="layer",
            )


def _runs(layer: LayerWord) -> bool:
    match layer:
        case ActivationLayer():
            return layer.function in ACTIVATIONS
        case PoolLayer():
            return layer.pooling.adaptive is None
        case _:
            return type(layer) in RUNNERS


def layer_of(report: Report, weights: Weights) -> Layer:
    """Return the layer of a network. ParameterError for a layer that nothing here runs."""
    return _runner(report).layer(report.layer, report.effect, weights)


def output_of(report: Report, weights: Weights, x: Array) -> Array:
    """Return the layer's output for one image (H, W, C), or a list of values. ParameterError as `layer_of`."""
    return _runner(report).output(report.layer, report.effect, weights, x)


def _runner(report: Report) -> LayerRunner[Any]:
    if type(report.layer) not in RUNNERS:
        raise ParameterError(f"layer {report.layer.word} is described, but nothing runs it", parameter="layer")
    return RUNNERS[type(report.layer)]

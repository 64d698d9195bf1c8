"""Which code runs each layer of `describe.layers`: for training, and for the outputs of one image alone."""

from collections.abc import Callable
from typing import Any, Generic, TypedDict, TypeVar

import numpy as np

from cnnfilt.describe import layers as specs
from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import Effect, LayerWord
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.nn.activations import activation_layer, activation_output, slopes_layer
from cnnfilt.nn.arrangement import crop_layer, pad_layer, pad_output, shuffle_layer, take_layer
from cnnfilt.nn.branches import join_layer, join_output, same_layer, same_output
from cnnfilt.nn.conv2d import conv_layer, conv_output, filter_layer, filter_output
from cnnfilt.nn.dense import dense_layer, dense_output, flatten_layer, flatten_output
from cnnfilt.nn.depthwise import depthwise_fans, depthwise_layer, depthwise_output
from cnnfilt.nn.dropout import dropout_layer, dropout_output
from cnnfilt.nn.initializers import Fans
from cnnfilt.nn.layer import Array, Step, Weights, alone, float_type
from cnnfilt.nn.norms import batch_norm_layer, group_norm_layer, layer_norm_layer, local_response_norm_layer
from cnnfilt.nn.pool2d import morph_layer, morph_output, pool_layer, pool_output
from cnnfilt.nn.resampling import up_layer, up_output
from cnnfilt.nn.scale import scale_layer
from cnnfilt.nn.transposed2d import transposed_fans, transposed_layer, transposed_output

Described = TypeVar("Described", bound=LayerWord)


class LayerRunner(Frozen, Generic[Described]):
    """How layers of one description are run: `layer` keeps what gradients need, `output` is for one image alone.

    Without an `output` it is what `layer` gives: in the type of its input where it `keeps_type`, else in floats.
    `fans` count what is summed where the shape of the weights does not tell; `factor` is what each channel is
    multiplied by at first.
    """

    description: type[Described]
    layer: Callable[[Described, Effect, Weights], Step]
    output: Callable[..., Array] | None = None
    keeps_type: bool = False
    fans: Callable[[Described, Effect], Fans] | None = None
    factor: float = 1.0


_RUNNERS: tuple[LayerRunner[Any], ...] = (
    LayerRunner(specs.ConvLayer, conv_layer, conv_output),
    LayerRunner(specs.DepthwiseLayer, depthwise_layer, depthwise_output, fans=depthwise_fans),
    LayerRunner(specs.TransposedLayer, transposed_layer, transposed_output, fans=transposed_fans),
    LayerRunner(specs.FilterLayer, filter_layer, filter_output),
    LayerRunner(specs.PoolLayer, pool_layer, pool_output),
    LayerRunner(specs.MorphLayer, morph_layer, morph_output),
    LayerRunner(specs.ActivationLayer, activation_layer, activation_output),
    # He et al. 2015: the slopes begin at 0.25.
    LayerRunner(specs.SlopesLayer, slopes_layer, factor=0.25),
    LayerRunner(specs.BatchNormLayer, batch_norm_layer),
    LayerRunner(specs.LayerNormLayer, layer_norm_layer),
    LayerRunner(specs.GroupNormLayer, group_norm_layer),
    LayerRunner(specs.LocalResponseNormLayer, local_response_norm_layer),
    LayerRunner(specs.ScaleLayer, scale_layer),
    LayerRunner(specs.DropoutLayer, dropout_layer, dropout_output),
    LayerRunner(specs.UpLayer, up_layer, up_output),
    LayerRunner(specs.PadLayer, pad_layer, pad_output),
    LayerRunner(specs.CropLayer, crop_layer, keeps_type=True),
    LayerRunner(specs.TakeLayer, take_layer, keeps_type=True),
    LayerRunner(specs.ShuffleLayer, shuffle_layer, keeps_type=True),
    LayerRunner(specs.FlattenLayer, flatten_layer, flatten_output),
    LayerRunner(specs.FullyConnectedLayer, dense_layer, dense_output),
    LayerRunner(specs.AsLayer, same_layer, same_output),
    LayerRunner(specs.FromLayer, same_layer, same_output),
    LayerRunner(specs.JoinLayer, join_layer, join_output),
)

RUNNERS: dict[type[LayerWord], LayerRunner[Any]] = {runner.description: runner for runner in _RUNNERS}


def layer_of(report: Report, weights: Weights) -> Step:
    """Return the layer of a network. ParameterError for a layer that nothing here runs."""
    return _runner(report).layer(report.layer, report.effect, weights)


def output_of(report: Report, weights: Weights, *inputs: Array) -> Array:
    """Return the layer's output for one image (H, W, C), or a list of values. ParameterError as `layer_of`."""
    runner = _runner(report)
    if runner.output is not None:
        return runner.output(report.layer, report.effect, weights, *inputs)
    batches = [x[None] if runner.keeps_type else x[None].astype(float_type(x.dtype), copy=False) for x in inputs]
    return np.asarray(alone(layer_of(report, weights).forward_shared(*batches))[0])


class First(TypedDict):
    """What the first values of a layer's weights depend on."""

    summed: Fans | None
    factor: float


def first_of(report: Report) -> First:
    """Return what the first values of its weights depend on, beside their shape."""
    runner = _runner(report)
    return First(summed=None if runner.fans is None else runner.fans(report.layer, report.effect), factor=runner.factor)


def _runner(report: Report) -> LayerRunner[Any]:
    if type(report.layer) not in RUNNERS:
        raise ParameterError(f"layer {report.layer.word} is described, but nothing runs it", parameter="layer")
    return RUNNERS[type(report.layer)]

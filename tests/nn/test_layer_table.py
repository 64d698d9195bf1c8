"""Every layer runs, in training and for the outputs of one image alone, and none is taken for another."""

from typing import get_args

import numpy as np
import pytest

from cnnfilt.describe import layers as specs
from cnnfilt.describe.chain import WORDS, Report, describe, parse_chain
from cnnfilt.describe.layers import Effect, LayerWord, LoneWindow, Volume
from cnnfilt.describe.layers.branches import JoinKind
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import fields
from cnnfilt.nn.activations import ACTIVATIONS
from cnnfilt.nn.branches import JOINS
from cnnfilt.nn.inference import outputs
from cnnfilt.nn.layer_table import RUNNERS, layer_of, output_of
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.pool2d import POOLS
from cnnfilt.terms import PoolKind

CHAINS = {
    "conv": "conv:4,k=3,p=same,g=2",
    "filter": "filter:sobel-x,p=1",
    "pool": "pool:avg,k=3,s=2,ceil=1",
    "relu": "relu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "softmax": "softmax",
    "dw": "dw:k=3,m=2,p=1,s=2",
    "tconv": "tconv:4,k=3x2,s=2,p=1x0,op=1x0,g=2",
    "bn": "conv:4,k=1 bn",
    "ln": "ln",
    "gn": "conv:4,k=1 gn:2",
    "lrn": "conv:6,k=1 lrn",
    "scale": "scale",
    "relu6": "relu6",
    "leaky": "leaky:0.2",
    "prelu": "prelu",
    "elu": "elu",
    "gelu": "gelu",
    "silu": "silu",
    "hardsigmoid": "hardsigmoid",
    "hardswish": "hardswish",
    "dropout": "dropout:0.3",
    "up": "up:2x3,mode=bilinear",
    "pad": "pad:1x2,mode=reflect",
    "crop": "crop:3x3",
    "take": "take:1",
    "shuffle": "conv:6,k=1 shuffle:2",
    "as": "tanh as:in",
    "from": "as:in tanh from:in",
    "add": "as:in tanh add:in",
    "cat": "as:in tanh cat:in",
    "mul": "as:in pool:global sigmoid mul:in",
    "flatten": "flatten",
    "fc": "flatten fc:3",
}
"""For each word a chain that ends in it."""


def test_nothing_that_can_be_described_is_missing() -> None:
    assert set(RUNNERS) == set(get_args(specs.Layer))
    assert set(ACTIVATIONS) == set(get_args(specs.Function))
    assert set(POOLS) == set(get_args(PoolKind))
    assert set(JOINS) == set(get_args(JoinKind))
    assert set(CHAINS) | {"morph"} == set(WORDS)


@pytest.mark.parametrize("words", ["morph:open", "morph:tophat,k=2"])
def test_what_has_no_gradient_is_run_and_not_trained(words: str) -> None:
    with pytest.raises(ParameterError, match=f"layer {words} cannot be trained"):
        Sequential.new(words, (7, 6, 2), np.random.default_rng(0))
    image = np.random.default_rng(1).integers(0, 9, (7, 6, 2))
    (report,) = describe(parse_chain([words]), Volume(7, 6, 2))
    assert output_of(report, {}, image).shape == (report.output.height, report.output.width, 2)


@pytest.mark.parametrize("word", CHAINS)
def test_training_and_inference_give_the_same(word: str) -> None:
    rng = np.random.default_rng(2)
    image = rng.normal(size=(7, 6, 2))
    network = Sequential.new(CHAINS[word], image.shape, rng)
    *_, output = outputs(network.reports, image, network.arrays)
    assert type(network.reports[-1].layer) in RUNNERS
    np.testing.assert_allclose(output, network.forward(image[None])[0], atol=1e-5)


@pytest.mark.parametrize("word", CHAINS)
def test_what_is_trained_is_what_is_counted(word: str) -> None:
    network = Sequential.new(CHAINS[word], (7, 6, 2), np.random.default_rng(0))
    learned = [report for report in network.reports if report.layer.learns]
    assert sum(array.size for array in network.parameters.values()) == sum(report.effect.params for report in learned)
    assert len(network.trained) == len(learned)


@pytest.mark.parametrize(
    "layer", [LoneWindow("window:k=3", Slide((3, 3))), LayerWord("later")], ids=["window", "later"]
)
def test_a_layer_that_nothing_runs_is_refused(layer: LoneWindow) -> None:
    """Whatever was not known used to be taken for flatten."""
    report = describe([LoneWindow("window:k=3", Slide((3, 3)))], Volume(6, 6))[0]
    report = Report(**fields(report) | {"layer": layer, "effect": Effect(Volume(4, 4))})
    with pytest.raises(ParameterError, match="nothing runs it"):
        layer_of(report, {})
    with pytest.raises(ParameterError, match="nothing runs it"):
        output_of(report, {}, np.zeros((6, 6, 1)))

"""Every layer runs, in training and for the outputs of one image alone, and none is taken for another."""

from typing import get_args

import numpy as np
import pytest

from cnnfilt.describe import layers as specs
from cnnfilt.describe.chain import WORDS, Report, describe, parse_chain
from cnnfilt.describe.layers import Effect, LayerWord, LoneWindow, Volume
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import fields
from cnnfilt.nn.activations import ACTIVATIONS
from cnnfilt.nn.inference import outputs
from cnnfilt.nn.layer_table import RUNNERS, layer_of, output_of
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.pool2d import POOLS
from cnnfilt.operations.apply import ApplyChain
from cnnfilt.terms import PoolKind

CHAINS = {
    "conv": "conv:4,k=3,p=same,g=2",
    "filter": "filter:sobel-x,p=1",
    "pool": "pool:avg,k=3,s=2,ceil=1",
    "relu": "relu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "softmax": "softmax",
    "flatten": "flatten",
    "fc": "flatten fc:3",
}
"""For each word a chain that ends in it."""


NOT_RUN_YET = {
    "dw": "dw:k=3",
    "tconv": "tconv:4,k=2,s=2",
    "bn": "bn",
    "ln": "ln",
    "gn": "gn:2",
    "lrn": "lrn",
    "scale": "scale",
    "relu6": "relu6",
    "leaky": "leaky",
    "prelu": "prelu",
    "elu": "elu",
    "gelu": "gelu",
    "silu": "silu",
    "hardsigmoid": "hardsigmoid",
    "hardswish": "hardswish",
    "dropout": "dropout",
    "up": "up:2",
    "pad": "pad:1",
    "crop": "crop:3x3",
    "take": "take:0",
    "shuffle": "shuffle:2",
    "as": "as:in",
    "from": "from:in",
    "add": "add:in",
    "cat": "cat:in",
    "mul": "mul:in",
}
"""Words that `shape` describes, and that nothing runs."""


def test_nothing_that_can_be_described_is_missing() -> None:
    described = {WORDS[name].layer for name in NOT_RUN_YET} - {specs.ActivationLayer}
    assert set(RUNNERS) | described == set(get_args(specs.Layer))
    assert not set(RUNNERS) & described
    assert set(ACTIVATIONS) | (set(NOT_RUN_YET) & set(get_args(specs.Function))) == set(get_args(specs.Function))
    assert not set(ACTIVATIONS) & set(NOT_RUN_YET)
    assert set(POOLS) | {"median", "range"} == set(get_args(PoolKind))
    assert set(CHAINS) | set(NOT_RUN_YET) | {"morph"} == set(WORDS)
    assert not set(CHAINS) & set(NOT_RUN_YET)


@pytest.mark.parametrize("words", [*NOT_RUN_YET.values(), "pool:avg,adaptive=2x2"])
def test_what_is_only_described_is_refused_in_plain_words(words: str) -> None:
    message = f"^layer {words} is described, not run yet; cnnfilt shape says what comes out of it$"
    with pytest.raises(ParameterError, match=message):
        Sequential.new(f"relu {words}", (7, 6, 2), np.random.default_rng(2))
    with pytest.raises(ParameterError, match=message):
        ApplyChain(chain=tuple(parse_chain([f"relu {words}"])))


@pytest.mark.parametrize("words", ["pool:median", "pool:range,k=3", "morph:open", "morph:tophat,k=2"])
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
    *_, output = outputs(network.reports, image, network.parameters)
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

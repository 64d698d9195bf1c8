"""Every layer runs, in training and for the outputs of one image alone, and none is taken for another."""

from typing import get_args

import numpy as np
import pytest

from cnnfilt.describe import layers as specs
from cnnfilt.describe.chain import WORDS, Report, describe
from cnnfilt.describe.layers import Effect, LayerWord, LoneWindow, Volume
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import fields
from cnnfilt.nn.activations import ACTIVATIONS
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
    "flatten": "flatten",
    "fc": "flatten fc:3",
}
"""For each word a chain that ends in it."""


def test_nothing_that_can_be_described_is_missing() -> None:
    assert set(RUNNERS) == set(get_args(specs.Layer))
    assert set(ACTIVATIONS) == set(get_args(specs.Function))
    assert set(POOLS) == set(get_args(PoolKind))
    assert set(CHAINS) == set(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_training_and_inference_give_the_same(word: str) -> None:
    rng = np.random.default_rng(2)
    image = rng.normal(size=(7, 6, 2))
    network = Sequential.new(CHAINS[word], image.shape, rng)
    *_, output = outputs(network.reports, image, network.parameters)
    assert type(network.reports[-1].layer) in RUNNERS
    np.testing.assert_allclose(output, network.forward(image[None])[0], atol=1e-5)


@pytest.mark.parametrize("word", WORDS)
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

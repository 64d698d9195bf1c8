"""The pooling layers forward what the notes say and send back the true gradient."""

import numpy as np
import pytest

from cnnfilt.core.pooling import pool_as_asked
from cnnfilt.describe.chain import parse_chain
from cnnfilt.describe.layers import PoolLayer
from cnnfilt.describe.windows import Slide
from cnnfilt.nn.model import Sequential
from cnnfilt.nn.pool2d import AveragePool2D, MaxPool2D
from tests.nn.gradients import check_gradients_of
from tests.nn.torch_twins import check_against_torch

WORDS = [
    "pool:min,k=2",
    "pool:median,k=3,s=1,p=1",
    "pool:median,k=2",
    "pool:range,k=2x3,s=1",
    "pool:max,adaptive=2x3",
    "pool:avg,adaptive=3x2",
    "pool:median,adaptive=2",
    "pool:min,adaptive=7x1",
]


@pytest.mark.parametrize("words", WORDS)
def test_gradients_against_central_differences(words: str) -> None:
    check_gradients_of(words)


@pytest.mark.parametrize("words", [*WORDS, "pool:median,k=3,s=2,ceil=1", "pool:range,k=3,s=2,p=1,ceil=1"])
def test_outputs_are_those_of_the_core(words: str) -> None:
    x = np.random.default_rng(0).normal(size=(2, 6, 5, 3))
    (layer,) = parse_chain([words])
    assert isinstance(layer, PoolLayer)
    found = Sequential.new(words, (6, 5, 3), np.random.default_rng(0)).forward(x)
    for one, image in zip(found, x, strict=True):
        np.testing.assert_allclose(one, pool_as_asked(image, layer.pooling), atol=1e-12)


def test_adaptive_values_and_gradients_are_those_of_torch() -> None:
    nn = pytest.importorskip("torch").nn
    check_against_torch("pool:avg,adaptive=3x2", nn.AdaptiveAvgPool2d((3, 2)), (7, 5, 3))
    check_against_torch("pool:max,adaptive=2x4", nn.AdaptiveMaxPool2d((2, 4)), (7, 5, 3))


def test_the_notes_max_pooling() -> None:
    layer = MaxPool2D(Slide((2, 2), (2, 2)))
    assert layer.forward(np.array([[1.0, 2], [3, 4]]).reshape(1, 2, 2, 1)).tolist() == [[[[4.0]]]]
    assert layer.backward(np.full((1, 1, 1, 1), 2.0))[0, :, :, 0].tolist() == [[0, 0], [0, 2]]


def test_of_equal_maxima_the_first_gets_the_gradient() -> None:
    layer = MaxPool2D(Slide((2, 2), (2, 2)))
    layer.forward(np.ones((1, 2, 2, 1)))
    assert layer.backward(np.ones((1, 1, 1, 1)))[0, :, :, 0].tolist() == [[1, 0], [0, 0]]


def test_average_pooling_shares_a_quarter_each() -> None:
    layer = AveragePool2D(Slide((2, 2), (2, 2)))
    layer.forward(np.ones((1, 2, 2, 1)))
    assert layer.backward(np.full((1, 1, 1, 1), 2.0))[0, :, :, 0].tolist() == [[0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize("channels", [1, 2, 3, 32])
def test_the_mean_of_all_positions_is_summed_in_their_order(channels: int) -> None:
    """To the last bit: what was trained before is what is trained now."""
    x = np.random.default_rng(0).normal(size=(3, 7, 5, channels)).astype(np.float32)
    layer, total = AveragePool2D(Slide((7, 5))), np.zeros((3, 1, 1, channels), np.float32)
    for row, column in np.ndindex(7, 5):
        total = total + x[:, row : row + 1, column : column + 1]
    np.testing.assert_array_equal(layer.forward(x), total / np.float32(35))
    d_output = np.random.default_rng(1).normal(size=total.shape).astype(np.float32)
    np.testing.assert_array_equal(layer.backward(d_output), np.broadcast_to(d_output / np.float32(35), x.shape))

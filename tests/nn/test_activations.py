"""The activations forward what the notes say and send back the true gradient."""

from typing import Any

import numpy as np
import pytest

from cnnfilt.nn.activations import ReLU, Sigmoid, Softmax
from cnnfilt.nn.model import Sequential
from tests.nn.gradients import check_gradients_of
from tests.nn.torch_twins import check_against_torch


@pytest.mark.parametrize(
    "words", ["relu6", "leaky:0.2", "prelu", "flatten prelu", "elu", "gelu", "silu", "hardsigmoid", "hardswish"]
)
def test_gradients_against_central_differences(words: str) -> None:
    check_gradients_of(words)


@pytest.mark.parametrize(
    ("words", "module"),
    [
        ("relu6", "ReLU6()"),
        ("leaky:0.2", "LeakyReLU(0.2)"),
        ("leaky", "LeakyReLU()"),
        ("prelu", "PReLU(3)"),
        ("elu", "ELU()"),
        ("gelu", "GELU()"),
        ("silu", "SiLU()"),
        ("hardsigmoid", "Hardsigmoid()"),
        ("hardswish", "Hardswish()"),
        ("tanh", "Tanh()"),
    ],
)
def test_values_and_gradients_are_those_of_torch(words: str, module: str) -> None:
    nn: Any = pytest.importorskip("torch").nn
    name, _, arguments = module.partition("(")
    made = getattr(nn, name)(*(float(one) if "." in one else int(one) for one in [arguments[:-1]] if one))
    check_against_torch(words, made, (4, 5, 3))


def test_relu_sends_nothing_through_zero() -> None:
    layer = ReLU()
    assert layer.forward(np.array([-1.0, 0, 2])).tolist() == [0, 0, 2]
    assert layer.backward(np.ones(3)).tolist() == [0, 0, 1]


@pytest.mark.parametrize("words", ["elu", "gelu", "silu", "hardswish"])
def test_far_from_zero_they_are_zero_or_the_value(words: str) -> None:
    layer, wide = Sequential.new(words, (1, 3, 1), np.random.default_rng(0)), np.array([-1e4, 0, 1e4])
    with np.errstate(all="raise", under="ignore"):
        assert layer.forward(wide.reshape(1, 1, 3, 1)).ravel().tolist() == [-1 if words == "elu" else 0, 0, 1e4]


def test_activations_do_not_overflow() -> None:
    wide = np.array([[-1e4, 0, 1e4]])
    assert Sigmoid().forward(wide).tolist() == [[0, 0.5, 1]]
    assert Softmax().forward(wide).tolist() == [[0, 0, 1]]

"""Values put in other places go back to where they came from."""

import numpy as np
import pytest

from cnnfilt.core.padding import pad
from cnnfilt.nn.arrangement import Border, Shuffle
from cnnfilt.terms import PaddingMode
from tests.nn.gradients import check_gradients_of
from tests.nn.torch_twins import check_against_torch


@pytest.mark.parametrize(
    "words",
    [
        "pad:1x0x2x1",
        "pad:2x1,mode=reflect",
        "pad:2,mode=symmetric",
        "pad:3x7,mode=replicate",
        "pad:2x3,mode=circular",
        "crop:3x2",
        "crop:1x0x2x1",
        "take:1-2",
        "flatten take:3-8",
        "shuffle:2",
        "flatten shuffle:4",
    ],
)
def test_gradients_against_central_differences(words: str) -> None:
    check_gradients_of(words)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "symmetric", "replicate", "circular"])
def test_borders_are_those_of_the_core(mode: PaddingMode) -> None:
    x = np.random.default_rng(0).normal(size=(2, 4, 5, 3))
    border = Border(((2, 1), (0, 3)), mode)
    for one, expected in zip(border.forward(x), x, strict=True):
        np.testing.assert_array_equal(one, pad(expected, ((2, 1), (0, 3)), padding_mode=mode))


def test_channels_are_taken_turn_about() -> None:
    x = np.array([[[["a1", "a2", "a3", "b1", "b2", "b3"]]]])
    assert Shuffle(2).forward(x).ravel().tolist() == ["a1", "b1", "a2", "b2", "a3", "b3"]
    assert Shuffle(2).backward(Shuffle(2).forward(x)).tolist() == x.tolist()


def test_values_and_gradients_are_those_of_torch() -> None:
    nn = pytest.importorskip("torch").nn
    check_against_torch("pad:1x2x3x0", nn.ZeroPad2d((3, 0, 1, 2)), (5, 4, 3))
    check_against_torch("pad:2x1,mode=reflect", nn.ReflectionPad2d((1, 1, 2, 2)), (5, 4, 3))
    check_against_torch("pad:2x1,mode=replicate", nn.ReplicationPad2d((1, 1, 2, 2)), (5, 4, 3))
    check_against_torch("pad:2x1,mode=circular", nn.CircularPad2d((1, 1, 2, 2)), (5, 4, 3))
    check_against_torch("shuffle:3", nn.ChannelShuffle(3), (5, 4, 6))

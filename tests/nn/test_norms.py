"""Normalisation: its gradients, its statistics, and PyTorch's values."""

import numpy as np
import pytest

from cnnfilt.nn.model import Sequential
from cnnfilt.nn.norms import BatchNorm
from tests.nn.gradients import check_gradients_of
from tests.nn.torch_twins import check_against_torch


@pytest.mark.parametrize(
    "words",
    ["bn", "flatten bn", "ln", "flatten ln", "gn:1", "gn:4", "flatten gn:2", "lrn", "flatten lrn", "take:0 lrn"],
)
def test_gradients_against_central_differences(words: str) -> None:
    check_gradients_of(words)


def batch_norm(channels: int = 2) -> BatchNorm:
    arrays = (np.full(channels, value) for value in (2.0, 3.0, 0.0, 1.0))
    return BatchNorm(*arrays)


def test_a_batch_has_mean_beta_and_deviation_gamma_while_the_network_learns() -> None:
    layer, x = batch_norm(), np.random.default_rng(0).normal([5, -300], [7, 0.1], (8, 6, 5, 2))
    layer.generator = np.random.default_rng(0)
    y = layer.forward(x)
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), 3, atol=1e-9)
    np.testing.assert_allclose(y.std(axis=(0, 1, 2)), 2, rtol=1e-3)


def test_running_statistics_go_a_tenth_of_the_way_to_those_of_each_batch() -> None:
    """The variance is that of a sample: over m - 1. Nothing is taken in before `remember`, nor while it is used."""
    layer, x = batch_norm(), np.random.default_rng(0).normal(size=(4, 3, 5, 2))
    layer.generator = np.random.default_rng(0)
    layer.forward(x)
    np.testing.assert_array_equal(layer.statistics["mean"], 0)
    layer.remember()
    np.testing.assert_allclose(layer.statistics["mean"], 0.1 * x.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(layer.statistics["variance"], 0.9 + 0.1 * x.var(axis=(0, 1, 2), ddof=1))
    layer.generator = None
    mean, variance = layer.statistics["mean"], layer.statistics["variance"]
    np.testing.assert_allclose(layer.forward(x), (x - mean) / np.sqrt(variance + 1e-5) * 2 + 3)


def test_one_value_a_channel_gives_numbers() -> None:
    """A batch of a single image without rows and columns, the last of an epoch, has no deviation."""
    layer = batch_norm(3)
    layer.generator = np.random.default_rng(0)
    np.testing.assert_array_equal(layer.forward(np.array([[1.0, 2.0, 3.0]])), [[3, 3, 3]])
    layer.remember()
    assert all(np.isfinite(array).all() for array in layer.statistics.values())
    np.testing.assert_array_equal(layer.backward(np.ones((1, 3))), np.zeros((1, 3)))


def test_new_statistics_leave_values_as_they_are() -> None:
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 3)).astype(np.float32)
    network = Sequential.new("bn", (4, 4, 3), np.random.default_rng(0))
    np.testing.assert_allclose(network.forward(x), x, rtol=1e-5)


def test_single_precision_is_enough_far_from_zero() -> None:
    """A variance as the mean of squares less the square of the mean would be all rounding here."""
    x = np.random.default_rng(0).normal(1e4, 1, (32, 16, 16, 1)).astype(np.float32)
    layer = BatchNorm(*(np.full(1, value, np.float32) for value in (1, 0, 0, 1)))
    layer.generator = np.random.default_rng(0)
    assert layer.forward(x).std() == pytest.approx(1, rel=0.01)


def test_values_and_gradients_are_those_of_torch() -> None:
    nn = pytest.importorskip("torch").nn
    check_against_torch("bn", nn.BatchNorm2d(4), (5, 3, 4))
    check_against_torch("gn:2", nn.GroupNorm(2, 4), (5, 3, 4))
    check_against_torch("lrn", nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0), (5, 3, 7))

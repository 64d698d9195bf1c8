"""Dropout: what is left out, how the rest grows, and that a seed settles it."""

import numpy as np
import pytest

from cnnfilt.nn.dropout import Dropout
from tests.nn.gradients import check_gradients_of


def dropout(probability: float, seed: int = 0) -> Dropout:
    layer = Dropout(probability)
    layer.generator = np.random.default_rng(seed)
    return layer


def test_gradients_against_central_differences() -> None:
    check_gradients_of("dropout:0.4")


@pytest.mark.parametrize("probability", [0.0, 0.2, 0.5, 0.9])
def test_values_are_zero_or_grow_so_that_the_mean_stays(probability: float) -> None:
    y = dropout(probability).forward(np.ones((100, 10, 10, 2), np.float32))
    assert y.dtype == np.float32
    assert set(np.unique(y)) <= {np.float32(0), np.float32(1 / (1 - probability))}
    assert (y == 0).mean() == pytest.approx(probability, abs=0.02)
    assert y.mean() == pytest.approx(1, abs=0.05)


def test_the_gradient_goes_where_the_value_went() -> None:
    layer = dropout(0.5)
    np.testing.assert_array_equal(layer.forward(np.ones((4, 50))), layer.backward(np.ones((4, 50))))


def test_nothing_is_left_out_once_the_network_is_used() -> None:
    layer, x = Dropout(0.9), np.random.default_rng(0).normal(size=(3, 4))
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x), x)


def test_a_seed_settles_what_is_left_out() -> None:
    x = np.ones((4, 50))
    np.testing.assert_array_equal(dropout(0.5, 3).forward(x), dropout(0.5, 3).forward(x))
    assert not np.array_equal(dropout(0.5, 3).forward(x), dropout(0.5, 4).forward(x))


def test_it_scales_as_torch_does() -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Dropout(0.3)(torch.ones(10_000)).unique().numpy()
    np.testing.assert_allclose(np.unique(dropout(0.3).forward(np.ones((1, 10_000), np.float32))), theirs, rtol=1e-6)

"""Steps as published, by hand."""

import numpy as np

from cnnfilt.nn.dense import Dense
from cnnfilt.nn.initializers import fans, glorot_uniform, he_normal
from cnnfilt.nn.optimizers import SGD, Adam, RMSprop, decay


def layer(gradient: float) -> Dense:
    dense = Dense(np.array([[1.0]]))
    dense.gradients["kernel"] = np.array([[gradient]])
    return dense


def test_sgd_is_the_notes_update() -> None:
    dense = layer(4)
    SGD(0.1).step([dense])
    assert dense.parameters["kernel"][0, 0] == 1 - 0.1 * 4


def test_momentum_adds_what_came_before() -> None:
    dense, optimizer = layer(1), SGD(0.1, momentum=0.5)
    optimizer.step([dense])
    optimizer.step([dense])
    np.testing.assert_allclose(dense.parameters["kernel"], 1 - 0.1 * (1 + 1.5))


def test_adam_steps_by_the_rate_at_first_whatever_the_gradient() -> None:
    for gradient in (1e-3, 1.0, 1e3):
        dense = layer(gradient)
        Adam(0.01).step([dense])
        np.testing.assert_allclose(dense.parameters["kernel"], 0.99, rtol=1e-6)


def test_rmsprop_divides_by_the_root_of_the_mean_square() -> None:
    dense, optimizer = layer(3.0), RMSprop(0.01, smoothing=0.75)
    optimizer.step([dense])
    np.testing.assert_allclose(dense.parameters["kernel"], 1 - 0.01 * 3 / np.sqrt(9 / 4), rtol=1e-6)


def test_rmsprop_goes_on_where_it_was() -> None:
    whole, broken = layer(3.0), layer(3.0)
    first, second = RMSprop(0.01), RMSprop(0.01)
    for _ in range(4):
        first.step([whole])
    before = RMSprop(0.01)
    for optimizer in (before, before):
        optimizer.step([broken])
    second.restore(before.state())
    for _ in range(2):
        second.step([broken])
    np.testing.assert_array_equal(whole.parameters["kernel"], broken.parameters["kernel"])


def test_decay_pulls_weights_and_no_biases() -> None:
    dense = Dense(np.array([[2.0]]), np.array([2.0]))
    decay([dense], 0.1)
    assert (dense.parameters["kernel"].item(), dense.parameters["bias"].item()) == (1.8, 2.0)


def test_fans_count_the_window() -> None:
    assert fans((3, 5, 2, 7)) == (30, 105)
    assert fans((4, 3)) == (4, 3)


def test_initial_weights_come_from_the_seed_and_have_their_spread() -> None:
    for make, variance in ((glorot_uniform, 2 / (1152 + 576)), (he_normal, 2 / 1152)):
        first, again = (make((3, 3, 128, 64), np.random.default_rng(5)) for _ in range(2))
        assert np.array_equal(first, again)
        assert first.dtype == np.float32
        np.testing.assert_allclose(first.var(), variance, rtol=0.05)

"""The activations forward what the notes say and send back the true gradient."""

import numpy as np

from cnnfilt.nn.activations import ReLU, Sigmoid, Softmax


def test_relu_sends_nothing_through_zero() -> None:
    layer = ReLU()
    assert layer.forward(np.array([-1.0, 0, 2])).tolist() == [0, 0, 2]
    assert layer.backward(np.ones(3)).tolist() == [0, 0, 1]


def test_activations_do_not_overflow() -> None:
    wide = np.array([[-1e4, 0, 1e4]])
    assert Sigmoid().forward(wide).tolist() == [[0, 0.5, 1]]
    assert Softmax().forward(wide).tolist() == [[0, 0, 1]]

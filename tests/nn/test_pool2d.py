"""The pooling layers forward what the notes say and send back the true gradient."""

import numpy as np

from cnnfilt.describe.windows import Slide
from cnnfilt.nn.pool2d import AveragePool2D, MaxPool2D


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

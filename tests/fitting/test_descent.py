"""Descent takes the steps of the notes, and ends where least squares is."""

import numpy as np
import pytest

from cnnfilt.core.convolution import convolve
from cnnfilt.errors import ParameterError
from cnnfilt.fitting.descent import descend
from cnnfilt.fitting.equations import equations_of
from cnnfilt.nn.conv2d import Conv2D
from cnnfilt.nn.optimizers import SGD
from tests.fitting.noise import NOISE, RAW


def test_descent_takes_the_very_steps_of_the_notes_loop() -> None:
    """Forward, dL/dZ = (Z - Y) / windows, backward, K = K - alpha dL/dK: by the layers and the optimizer themselves."""
    image, alpha = NOISE[:12, :13].astype(float), 1e-6
    after = convolve(image, [[1.0, 2.0], [3.0, -1.0]]) + 5
    layer = Conv2D(np.zeros((2, 2, 1, 1)), np.zeros(1))
    optimizer = SGD(alpha)
    for _ in range(50):
        z = layer.forward(image[np.newaxis, :, :, np.newaxis])
        layer.backward((z - after[np.newaxis, :, :, np.newaxis]) / after.size)
        optimizer.step([layer])
    descent = descend(equations_of(image, after, (2, 2), inverse=RAW), learning_rate=alpha, steps=50)
    np.testing.assert_allclose(descent.unknowns[:-1].ravel(), layer.parameters["kernel"].ravel(), rtol=1e-9)
    np.testing.assert_allclose(descent.unknowns[-1], layer.parameters["bias"], rtol=1e-9)
    assert [step.number for step in descent.steps] == [0, 1, 10, 50]
    assert not descent.at_rest


def test_descent_comes_to_rest_where_least_squares_is() -> None:
    equations = equations_of(NOISE, convolve(NOISE, [[1, 0, -1]] * 3), (3, 3), inverse=RAW).without_bias()
    descent = descend(equations, steps=100_000)
    assert descent.at_rest
    np.testing.assert_allclose(descent.unknowns.reshape(3, 3), [[1, 0, -1]] * 3, atol=1e-6)
    errors = [step.rms for step in descent.steps]
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("rate", [0.0, -1.0, 1.0, float("nan")])
def test_a_learning_rate_that_diverges_is_refused_with_the_one_that_does_not(rate: float) -> None:
    equations = equations_of(NOISE, NOISE, (3, 3), inverse=RAW)
    with pytest.raises(ParameterError, match="below"):
        descend(equations, learning_rate=rate, steps=10)

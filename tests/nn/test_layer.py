"""Every layer sends back the true gradient, and refuses inputs of another shape."""

from collections.abc import Callable

import numpy as np
import pytest

from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ShapeError
from cnnfilt.nn.activations import ReLU, Sigmoid, Softmax, Tanh
from cnnfilt.nn.conv2d import Conv2D
from cnnfilt.nn.dense import Dense, Flatten
from cnnfilt.nn.layer import Layer
from cnnfilt.nn.pool2d import AveragePool2D, MaxPool2D
from tests.nn.gradients import central_differences


def check_gradients(layer: Layer, x: np.ndarray, tolerance: float = 1e-6) -> None:
    """Compare d(input) and every d(parameter) with central differences, for a random gradient from above."""
    rng = np.random.default_rng(7)
    d_output = rng.normal(size=layer.forward(x).shape)

    def loss() -> float:
        return float((layer.forward(x) * d_output).sum())

    expected = {"input": central_differences(loss, x)}
    expected |= {name: central_differences(loss, array) for name, array in layer.parameters.items()}
    layer.forward(x)
    found = {"input": layer.backward(d_output), **layer.gradients}
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        np.testing.assert_allclose(found[name], gradient, atol=tolerance, err_msg=name)


RNG = np.random.default_rng(3)


LAYERS: dict[str, tuple[Callable[[], Layer], tuple[int, ...]]] = {
    "conv": (
        lambda: Conv2D(RNG.normal(size=(3, 2, 2, 3)), RNG.normal(size=3), slide=Slide((3, 2), (2, 1), 1)),
        (2, 5, 4, 2),
    ),
    "max": (lambda: MaxPool2D(Slide((3, 2), (1, 2), 1)), (2, 5, 4, 2)),
    "max ceil": (lambda: MaxPool2D(Slide((2, 2), (2, 2), ceil_mode=True)), (1, 5, 5, 1)),
    "average": (lambda: AveragePool2D(Slide((3, 3), (2, 2), 1)), (2, 5, 4, 2)),
    "average ceil": (lambda: AveragePool2D(Slide((2, 2), (2, 2), ceil_mode=True)), (1, 5, 5, 2)),
    "dense": (lambda: Dense(RNG.normal(size=(4, 3)), RNG.normal(size=3)), (5, 4)),
    "flatten": (Flatten, (2, 3, 2, 2)),
    "relu": (ReLU, (3, 4)),
    "tanh": (Tanh, (3, 4)),
    "sigmoid": (Sigmoid, (3, 4)),
    "softmax": (Softmax, (3, 4)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_against_central_differences(name: str) -> None:
    make, shape = LAYERS[name]
    check_gradients(make(), np.random.default_rng(1).normal(size=shape))


def test_inputs_of_other_shapes_are_refused() -> None:
    with pytest.raises(ShapeError, match="3 channels"):
        Conv2D(np.zeros((3, 3, 3, 1))).forward(np.zeros((1, 5, 5, 1)))
    with pytest.raises(ShapeError, match="Flatten"):
        Dense(np.zeros((8, 2))).forward(np.zeros((1, 2, 2, 2)))

"""Every layer forwards what the notes say and sends back the true gradient."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.convolution import conv2d
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


def test_the_notes_convolution_symbol_by_symbol() -> None:
    x = np.arange(1.0, 10).reshape(1, 3, 3, 1) ** 1.5
    k, d = np.array([[2.0, -3], [5, 7]]), np.array([[0.5, -1], [4, 3]])
    layer = Conv2D(k.reshape(2, 2, 1, 1).copy(), np.array([0.25]))
    (x11, x12, x13), (x21, x22, x23), (x31, x32, x33) = x[0, :, :, 0]
    (k11, k12), (k21, k22) = k
    (d11, d12), (d21, d22) = d
    z = layer.forward(x)[0, :, :, 0]
    np.testing.assert_allclose(
        z,
        [
            [
                x11 * k11 + x12 * k12 + x21 * k21 + x22 * k22 + 0.25,
                x12 * k11 + x13 * k12 + x22 * k21 + x23 * k22 + 0.25,
            ],
            [
                x21 * k11 + x22 * k12 + x31 * k21 + x32 * k22 + 0.25,
                x22 * k11 + x23 * k12 + x32 * k21 + x33 * k22 + 0.25,
            ],
        ],
    )
    d_x = layer.backward(d.reshape(1, 2, 2, 1))[0, :, :, 0]
    np.testing.assert_allclose(
        layer.gradients["kernel"][:, :, 0, 0],
        [
            [d11 * x11 + d12 * x12 + d21 * x21 + d22 * x22, d11 * x12 + d12 * x13 + d21 * x22 + d22 * x23],
            [d11 * x21 + d12 * x22 + d21 * x31 + d22 * x32, d11 * x22 + d12 * x23 + d21 * x32 + d22 * x33],
        ],
    )
    np.testing.assert_allclose(layer.gradients["bias"], [d11 + d12 + d21 + d22])
    np.testing.assert_allclose(
        d_x,
        [
            [d11 * k11, d11 * k12 + d12 * k11, d12 * k12],
            [
                d11 * k21 + d21 * k11,
                d11 * k22 + d12 * k21 + d21 * k12 + d22 * k11,
                d12 * k22 + d22 * k12,
            ],
            [d21 * k21, d21 * k22 + d22 * k21, d22 * k22],
        ],
    )


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


def test_relu_sends_nothing_through_zero() -> None:
    layer = ReLU()
    assert layer.forward(np.array([-1.0, 0, 2])).tolist() == [0, 0, 2]
    assert layer.backward(np.ones(3)).tolist() == [0, 0, 1]


@settings(max_examples=30, deadline=None)
@given(
    kernel_size=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    padding=st.sampled_from(["valid", "same", "same-lower", "full", 1, ((0, 2), (1, 0))]),
    groups=st.sampled_from([1, 2]),
    seed=st.integers(0, 1000),
)
def test_convolution_gradients_are_the_adjoint(kernel_size, stride, dilation, padding, groups, seed) -> None:  # type: ignore[no-untyped-def]
    """<conv(x), g> = <x, conv_t(g)>, and the forward is the core's own."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 7, 6, 4))
    kernel = rng.normal(size=(*kernel_size, 4 // groups, 6))
    layer = Conv2D(kernel, slide=Slide(kernel.shape[:2], stride, padding, dilation), groups=groups)
    z = layer.forward(x)
    np.testing.assert_allclose(
        z, conv2d(x, kernel, stride=stride, padding=padding, dilation=dilation, groups=groups), atol=1e-10
    )
    g = rng.normal(size=z.shape)
    assert (z * g).sum() == pytest.approx((x * layer.backward(g)).sum())
    assert (z * g).sum() == pytest.approx((kernel * layer.gradients["kernel"]).sum())


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


def test_activations_do_not_overflow() -> None:
    wide = np.array([[-1e4, 0, 1e4]])
    assert Sigmoid().forward(wide).tolist() == [[0, 0.5, 1]]
    assert Softmax().forward(wide).tolist() == [[0, 0, 1]]


def test_inputs_of_other_shapes_are_refused() -> None:
    with pytest.raises(ShapeError, match="3 channels"):
        Conv2D(np.zeros((3, 3, 3, 1))).forward(np.zeros((1, 5, 5, 1)))
    with pytest.raises(ShapeError, match="Flatten"):
        Dense(np.zeros((8, 2))).forward(np.zeros((1, 2, 2, 2)))

"""The convolution layer forwards what the notes say and sends back the true gradient."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.convolution import conv2d
from cnnfilt.describe.windows import Slide
from cnnfilt.nn.conv2d import Conv2D


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

"""The transposed convolution's layer: outputs and gradients against loops, differences and torch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.transposed import transpose_batch
from cnnfilt.describe.transposed import TransposedSlide
from cnnfilt.errors import ShapeError
from cnnfilt.nn import transposed2d
from cnnfilt.nn.transposed2d import TransposedConv2D
from tests.core.test_transposed import geometries, windows_of
from tests.nn.gradients import central_differences


def drawn_layer(drawn, seed):
    """Return (layer, batch, d(output)) of random numbers, or None where nothing comes out."""
    size, slide, groups, channels = drawn
    windows = windows_of(size, slide)
    if windows is None:
        return None
    rng = np.random.default_rng(seed)
    kernel = rng.normal(size=(*slide.kernel_size, channels[1] // groups, channels[0]))
    layer = TransposedConv2D(kernel, rng.normal(size=channels[1]), slide=slide, groups=groups)
    return layer, rng.normal(size=(2, *size, channels[0])), rng.normal(size=(2, *windows.output_size, channels[1]))


@given(geometries(), st.integers(0, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_outputs_are_those_of_the_core(drawn, seed):
    if (made := drawn_layer(drawn, seed)) is None:
        return
    layer, x, _ = made
    kernel, bias = layer.parameters["kernel"], layer.parameters["bias"]
    expected = transpose_batch(x, kernel, bias, layer.slide, groups=layer.groups)
    np.testing.assert_allclose(layer.forward(x), expected, rtol=1e-12, atol=1e-12)


@given(geometries(), st.integers(0, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_gradients_are_adjoint_to_what_is_linear_in_input_and_in_kernel(drawn, seed):
    """<Z(x) - B, g> = <x, dX> = <K, dK>, and B takes part in every Z once."""
    if (made := drawn_layer(drawn, seed)) is None:
        return
    layer, x, g = made
    kernel, bias = layer.parameters["kernel"], layer.parameters["bias"]
    linear = np.vdot(layer.forward(x) - bias, g)
    d_x = layer.backward(g)
    assert np.vdot(x, d_x) == pytest.approx(linear, rel=1e-9, abs=1e-9)
    assert np.vdot(kernel, layer.gradients["kernel"]) == pytest.approx(linear, rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(layer.gradients["bias"], g.sum(axis=(0, 1, 2)))


def test_gradients_are_those_of_small_differences(monkeypatch):
    monkeypatch.setattr(transposed2d, "_BLOCK", 1)  # One image at a time.
    slide = TransposedSlide((3, 2), (2, 1), ((1, 0), (0, 1)), (1, 0), (1, 2))
    layer, x, g = drawn_layer(((3, 4), slide, 2, (4, 2)), 5)
    layer.forward(x)
    d_x = layer.backward(g)
    for array, found in ((x, d_x), *((layer.parameters[name], layer.gradients[name]) for name in ("kernel", "bias"))):
        expected = central_differences(lambda: float(np.vdot(layer.forward(x), g)), array)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@given(geometries(), st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_gradients_are_those_of_pytorch(drawn, seed):
    torch = pytest.importorskip("torch")
    if (made := drawn_layer(drawn, seed)) is None:
        return
    layer, x, g = made
    pads = [(one.before, one.after) for one in layer.slide.over(x.shape[1:3])]
    if isinstance(layer.slide.padding, str) or any(before != after for before, after in pads):
        return
    theirs = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()).requires_grad_()
    kernel = torch.from_numpy(layer.parameters["kernel"].transpose(3, 2, 0, 1).copy()).requires_grad_()
    bias = torch.from_numpy(layer.parameters["bias"]).clone().requires_grad_()
    slide, before = layer.slide, tuple(before for before, _ in pads)
    geometry = slide.stride, before, slide.output_padding, layer.groups, slide.dilation
    z = torch.nn.functional.conv_transpose2d(theirs, kernel, bias, *geometry)
    z.backward(torch.from_numpy(g.transpose(0, 3, 1, 2).copy()))
    np.testing.assert_allclose(layer.forward(x).transpose(0, 3, 1, 2), z.detach().numpy(), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(layer.backward(g).transpose(0, 3, 1, 2), theirs.grad.numpy(), rtol=1e-10, atol=1e-10)
    found = layer.gradients["kernel"].transpose(3, 2, 0, 1), layer.gradients["bias"]
    np.testing.assert_allclose(found[0], kernel.grad.numpy(), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(found[1], bias.grad.numpy(), rtol=1e-10, atol=1e-10)


def test_types_stay_those_of_the_weights():
    layer = TransposedConv2D(np.ones((2, 2, 1, 1), np.float32), np.ones(1, np.float32))
    assert layer.forward(np.ones((1, 2, 2, 1), np.float32)).dtype == np.float32
    assert layer.backward(np.ones((1, 3, 3, 1), np.float32)).dtype == np.float32
    assert {array.dtype for array in layer.gradients.values()} == {np.dtype(np.float32)}


def test_other_channels_are_refused():
    layer = TransposedConv2D(np.ones((2, 2, 1, 3)))
    with pytest.raises(ShapeError, match="a transposed convolution of 3 channels got"):
        layer.forward(np.ones((1, 2, 2, 2)))

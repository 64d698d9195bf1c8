"""The words that `shape` counts are built and run, and weights go in and out as they are."""

import numpy as np
import pytest

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.nn.model import Sequential
from tests.nn.gradients import central_differences

CHAINS = [
    "conv:6,k=3 relu pool:avg conv:4,k=3,p=same tanh pool:max flatten fc:10 softmax",
    "conv:6,k=3x5,s=2,p=1x2,d=2,g=3,bias=0 sigmoid flatten fc:2,bias=0",
    "conv:4,k=2,p=0x1x0x1 pool:max,k=3,s=2,p=1,ceil=1 pool:min,k=2,s=1 pool:avg,k=global",
    "conv:vertical+horizontal,p=same pool:global filter:sobel-x,p=1",
    "filter:0 1 0; 1 -4 1; 0 1 0 pool:max,k=2x3",
]


def network(words: str, size: tuple[int, int, int] = (12, 14, 3), dtype: type = np.float64) -> Sequential:
    model = Sequential.new(words, size, np.random.default_rng(0))
    return Sequential(words, size, {name: array.astype(dtype) for name, array in model.parameters.items()})


@pytest.mark.parametrize("words", CHAINS)
def test_what_shape_says_comes_out(words: str) -> None:
    reports = describe(parse_chain([words]), Volume(12, 14, 3))
    model = network(words)
    x = np.random.default_rng(1).normal(size=(2, 12, 14, 3))
    for report, layer in zip(reports, model.layers, strict=True):
        x = layer.forward(x)
        shape = report.output
        expected = (shape.height, shape.width, shape.channels) if isinstance(shape, Volume) else (shape.features,)
        assert x.shape == (2, *expected)


def test_parameters_are_counted_as_shape_does() -> None:
    model = network(CHAINS[0])
    assert sum(array.size for array in model.parameters.values()) == sum(r.effect.params for r in model.reports)
    assert list(model.parameters) == [f"{n}.{p}" for n in ("conv1", "conv2", "fc1") for p in ("kernel", "bias")]


def test_named_kernels_stay_as_they_are() -> None:
    model = network("conv:vertical,bias=0 flatten fc:2")
    assert list(model.parameters) == ["fc1.kernel", "fc1.bias"]
    x = np.zeros((1, 12, 14, 3))
    x[:, :, 5:] = 1
    np.testing.assert_array_equal(model.layers[0].forward(x)[0, 0, :, 0], [0, 0, 0, -9, -9, 0, 0, 0, 0, 0, 0, 0])


def test_the_gradient_of_the_whole_network() -> None:
    model = network(CHAINS[0])
    x, d = np.random.default_rng(1).normal(size=(2, 12, 14, 3)), np.random.default_rng(2).normal(size=(2, 10))
    kernel = model.parameters["conv1.kernel"]
    expected = central_differences(lambda: float((model.forward(x) * d).sum()), kernel)
    model.forward(x)
    model.backward(d)
    np.testing.assert_allclose(model.layers[0].gradients["kernel"], expected, atol=1e-6)


def test_first_weights_come_from_the_seed() -> None:
    first, again, other = (
        Sequential.new(CHAINS[0], (12, 14, 3), np.random.default_rng(s)).parameters for s in (3, 3, 4)
    )
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["conv1.kernel"], other["conv1.kernel"])


def test_weights_that_do_not_fit_are_refused() -> None:
    weights = network("flatten fc:2", (2, 2, 1)).parameters
    with pytest.raises(ShapeError, match=r"fc1.bias are missing"):
        Sequential("flatten fc:2", (2, 2, 1), {"fc1.kernel": weights["fc1.kernel"]})
    with pytest.raises(ShapeError, match=r"of shape \(4, 2\); the layers need \(4, 3\)"):
        Sequential("flatten fc:3", (2, 2, 1), weights)
    with pytest.raises(ShapeError, match="of no layer"):
        Sequential("flatten", (2, 2, 1), weights)
    with pytest.raises(ShapeError, match="int64"):
        Sequential("flatten fc:2,bias=0", (2, 2, 1), {"fc1.kernel": np.ones((4, 2), np.int64)})


def test_a_network_too_large_is_refused_before_it_is_built() -> None:
    with pytest.raises(ParameterError, match="limit"):
        Sequential.new("flatten fc:999999999", (99, 99, 3), np.random.default_rng(0))


def test_a_batch_of_another_size_is_refused() -> None:
    with pytest.raises(ShapeError, match="got a batch"):
        network(CHAINS[0]).forward(np.zeros((1, 8, 8, 3)))

"""The arrays of a network: their names, shapes and first values."""

import numpy as np
import pytest

from cnnfilt.nn.model import Sequential, reports_of
from cnnfilt.nn.weights import new_arrays, shapes_of


def new(words: str, size: tuple[int, int, int] = (8, 8, 64)) -> dict[str, np.ndarray]:
    return new_arrays(reports_of(words, size), np.random.default_rng(0))


def test_statistics_stand_beside_the_parameters() -> None:
    shapes = shapes_of(reports_of("conv:4,k=3 bn relu bn", (8, 8, 3)))
    assert list(shapes) == [
        *("conv1.kernel", "conv1.bias"),
        *(f"bn{number}.{part}" for number in (1, 2) for part in ("kernel", "bias", "mean", "variance")),
    ]
    network = Sequential.new("conv:4,k=3 bn relu bn", (8, 8, 3), np.random.default_rng(0))
    assert {name: array.shape for name, array in network.arrays.items()} == shapes
    assert not any(name.endswith(("mean", "variance")) for name in network.parameters)


def test_first_values_change_nothing_but_where_they_are_drawn() -> None:
    first = new("bn scale prelu ln gn:2")
    assert {name: set(array) for name, array in first.items()} == {
        "bn1.kernel": {1},
        "bn1.bias": {0},
        "bn1.mean": {0},
        "bn1.variance": {1},
        "scale1.kernel": {1},
        "prelu1.kernel": {0.25},
        "ln1.kernel": {1},
        "ln1.bias": {0},
        "gn1.kernel": {1},
        "gn1.bias": {0},
    }


@pytest.mark.parametrize(
    ("words", "fan_in"),
    [
        ("conv:64,k=3 relu", 9 * 64),
        ("conv:64,k=3 bn relu", 9 * 64),
        ("as:in conv:64,k=3,p=1 bn add:in dropout:0.1 gelu", 9 * 64),
        ("conv:64,k=3 prelu", 9 * 64),
        ("dw:k=5,m=32 relu", 25),
        ("tconv:64,k=4,s=2 relu", 4 * 64),
        ("tconv:64,k=4,s=2,g=4 silu", 4 * 16),
    ],
)
def test_weights_before_a_relu_are_as_wide_as_what_is_summed_asks_for(words: str, fan_in: int) -> None:
    kernel = next(array for array in new(words).values() if array.ndim == 4)
    assert kernel.var() == pytest.approx(2 / fan_in, rel=0.1)


def test_values_stay_of_their_size_through_layers_that_are_new() -> None:
    """Of normally distributed values each layer and relu gives ones whose mean square is about the same."""
    x = np.random.default_rng(1).normal(size=(4, 16, 16, 32)).astype(np.float32)
    for words in ("dw:k=5,m=1,p=same relu", "tconv:32,k=4,s=2,p=1 relu", "conv:32,k=3,p=1,g=4 relu"):
        y = Sequential.new(words, (16, 16, 32), np.random.default_rng(0)).forward(x)
        assert 0.5 < float((y**2).mean()) < 1.6, words

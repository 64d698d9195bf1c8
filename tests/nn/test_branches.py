"""Branches: what joins adds up, what is taken twice gets both gradients, and whole numbers never wrap."""

from typing import Any

import numpy as np
import pytest

from cnnfilt.nn.inference import outputs
from cnnfilt.nn.model import Sequential, reports_of
from tests.nn.gradients import check_gradients_of
from tests.nn.torch_twins import check_against_torch


@pytest.mark.parametrize(
    "words",
    [
        "as:in tanh add:in",
        "as:in conv:4,k=3,p=1 bn relu add:in relu",
        "as:in tanh cat:in take:2-5",
        "as:in tanh mul:in",
        "as:in pool:global sigmoid mul:in",
        "as:in pool:global as:mean from:in add:mean",
        "as:in conv:2,k=1 as:a from:in conv:2,k=3,p=1 cat:a add:in as:b mul:b",
        "as:in relu from:in add:in add:in",
        "flatten as:in tanh add:in cat:in",
        "2*( as:in tanh add:in )",
    ],
)
def test_gradients_against_central_differences(words: str) -> None:
    check_gradients_of(words)


def output(words: str, image: np.ndarray) -> np.ndarray:
    *_, last = outputs(reports_of(words, image.shape), image, {})
    return last


@pytest.mark.parametrize(
    ("words", "dtype", "made", "value"),
    [
        ("as:in relu add:in", np.uint8, np.int16, 510),
        ("as:in relu add:in", np.uint16, np.int32, 131_070),
        ("as:in relu mul:in", np.uint8, np.int32, 65_025),
        ("as:in relu mul:in", np.uint16, np.int64, 65_535**2),
        ("as:in relu mul:in as:a mul:a", np.uint16, np.float64, 65_535.0**4),
        ("as:in filter:1000 0; 0 1000 as:a mul:a crop:1x1", np.uint8, np.int64, 510_000**2),
        ("as:in relu cat:in take:0", np.uint8, np.uint8, 255),
        ("as:in tanh add:in", np.uint8, np.float32, 256),
    ],
)
def test_whole_numbers_stay_exact_and_never_wrap(words: str, dtype: type, made: type, value: float) -> None:
    last = output(words, np.full((3, 3, 1), np.iinfo(dtype).max, dtype))
    assert last.dtype == made
    assert last.flat[0] == value


def test_the_channels_of_the_named_value_come_first() -> None:
    image = np.arange(12.0).reshape(2, 2, 3)
    np.testing.assert_array_equal(output("as:in take:1 cat:in", image), np.concatenate([image, image[..., 1:2]], -1))


def test_one_of_1x1_stands_for_all_positions_whichever_comes_first() -> None:
    image = np.arange(12.0).reshape(2, 2, 3)
    mean = image.mean(axis=(0, 1))
    np.testing.assert_allclose(output("as:in pool:global mul:in", image), image * mean)
    np.testing.assert_allclose(output("as:in pool:global as:m from:in add:m", image), image + mean)


def test_a_branch_that_goes_nowhere_gets_no_gradient() -> None:
    network = Sequential.new("as:in conv:2,k=1 bn from:in flatten fc:2", (3, 3, 1), np.random.default_rng(0))
    network.learn_with(np.random.default_rng(0))
    network.backward_from_logits(np.ones_like(network.logits(np.ones((4, 3, 3, 1)))))
    assert [bool(layer.gradients["kernel"].any()) for layer in network.trained] == [False, False, True]


def test_blocks_are_those_of_torch() -> None:
    torch: Any = pytest.importorskip("torch")

    class Block(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.first, self.norm = torch.nn.Conv2d(4, 4, 3, padding=1, bias=False), torch.nn.BatchNorm2d(4)
            self.gate = torch.nn.Conv2d(4, 4, 1)

        def forward(self, x: Any) -> Any:
            y = torch.relu(self.norm(self.first(x)))
            gate = torch.sigmoid(self.gate(y.mean((2, 3), keepdim=True)))
            return torch.cat([x, torch.relu(y * gate + x)], 1)

    words = (
        "as:in conv:4,k=3,p=1,bias=0 bn relu as:y pool:global conv:4,k=1 sigmoid as:gate from:y mul:gate add:in relu "
        "cat:in"
    )
    check_against_torch(words, Block(), (6, 5, 4))

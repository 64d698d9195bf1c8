"""What a layer is: `forward` keeps what `backward` needs; `backward` fills `gradients` and returns d(input)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]
Shape = tuple[int, ...]

Weights = Mapping[str, Array]
"""What one layer is given, by name: "kernel" and "bias", as far as it has them."""


class Layer(ABC):
    """One step of a network. `parameters` and `gradients` are arrays by name ("kernel", "bias"), the same in both."""

    def __init__(self) -> None:
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}

    @abstractmethod
    def forward(self, x: Array) -> Array:
        """Return the output for a batch `x`."""

    @abstractmethod
    def backward(self, d_output: Array) -> Array:
        """Return d(input) for d(output) of the last `forward`, and put d(parameter) into `gradients`."""

    def fill_gradients(self, d_output: Array) -> None:  # noqa: B027  # Most layers have no parameters.
        """Put d(parameter) into `gradients` and no more: nobody needs d(input) below the lowest layer that learns."""

"""What a layer is: `forward` keeps what `backward` needs; `backward` fills `gradients` and returns d(input)."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Shape = tuple[int, ...]

Weights = Mapping[str, Array]
"""What one layer is given, by name: "kernel" and "bias", "mean" and "variance", as far as it has them."""

Answer = TypeVar("Answer")

Shared = Generator[Array, Array, Answer]
"""Work on a part of a batch, which now and then yields a sum over its part, and is sent that over the whole batch."""


class Step(ABC):
    """One step of a network, of one value or several.

    `parameters` and `gradients` are arrays by name ("kernel", "bias"), the same in both. `statistics` are arrays that
    are kept beside them and not trained. `generator` is what is drawn from while the network learns; None where it is
    used, and nothing is left to chance.
    """

    def __init__(self) -> None:
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}
        self.statistics: dict[str, Array] = {}
        self.generator: np.random.Generator | None = None

    @abstractmethod
    def forward_shared(self, *inputs: Array) -> Shared[Array]:
        """Return the output for a part of a batch."""

    @abstractmethod
    def backward_shared(self, d_output: Array) -> Shared[tuple[Array, ...]]:
        """Return d(input) for each input of the last forward, and put d(parameter) of this part into `gradients`."""

    def fill_gradients(self, d_output: Array) -> None:  # noqa: B027  # Most layers have no parameters.
        """Put d(parameter) into `gradients` and no more: nobody needs d(input) below the lowest layer that learns."""

    def remember(self) -> None:  # noqa: B027  # Most layers have no statistics.
        """Take what was seen of the last batch into `statistics`."""


class Layer(Step):
    """A step of one value. Most know nothing of the rest of a batch, and have `forward` and `backward` alone."""

    @abstractmethod
    def forward(self, x: Array) -> Array:
        """Return the output for a batch `x`."""

    @abstractmethod
    def backward(self, d_output: Array) -> Array:
        """Return d(input) for d(output) of the last `forward`, and put d(parameter) into `gradients`."""

    def forward_shared(self, *inputs: Array) -> Shared[Array]:
        """Return `forward`."""
        return self.forward(*inputs)
        yield

    def backward_shared(self, d_output: Array) -> Shared[tuple[Array, ...]]:
        """Return `backward`."""
        return (self.backward(d_output),)
        yield


class Join(Step):
    """A step of two values, the one that is there and another, which has no parameters."""

    @abstractmethod
    def forward(self, x: Array, other: Array) -> Array:
        """Return the output for two batches."""

    @abstractmethod
    def backward(self, d_output: Array) -> tuple[Array, Array]:
        """Return (d(x), d(other)) for d(output) of the last `forward`."""

    def forward_shared(self, *inputs: Array) -> Shared[Array]:
        """Return `forward`."""
        return self.forward(*inputs)
        yield

    def backward_shared(self, d_output: Array) -> Shared[tuple[Array, ...]]:
        """Return `backward`."""
        return self.backward(d_output)
        yield


def alone(work: Shared[Answer]) -> Answer:
    """Return what `work` comes to where its part is the whole batch."""
    try:
        total = next(work)
        while True:
            total = work.send(total)
    except StopIteration as done:
        answer: Answer = done.value
        return answer


def float_type(dtype: "np.dtype[Any]") -> "np.dtype[Any]":
    """Return the floats in which values of one image go on: double precision for those of 64 bits, else single.

    Whole numbers of 64 bits come from images that single precision does not hold.
    """
    return np.dtype(np.float64 if dtype.itemsize == 8 else np.float32)

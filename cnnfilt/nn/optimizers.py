"""How parameters follow their gradients."""

from collections.abc import Iterable, Mapping
from math import sqrt
from typing import Protocol

import numpy as np

from cnnfilt.nn.layer import Array, Step


class Optimizer(Protocol):
    """Moves the parameters of layers, in place."""

    learning_rate: float

    def step(self, layers: Iterable[Step]) -> None:
        """Take one step against the gradients that `backward` left."""

    def state(self) -> dict[str, Array]:
        """Return copies of all that the next step depends on, by name, so that training can be taken up again."""

    def restore(self, state: Mapping[str, Array]) -> None:
        """Go on from where `state` was taken."""


def decay(layers: Iterable[Step], share: float) -> None:
    """Take so great a `share` off every weight, but for biases and factors of single channels.

    Before a step it is decoupled weight decay, K = (1 - alpha l) K, of any optimizer (Loshchilov & Hutter 2019: AdamW).
    """
    if share:
        for layer in layers:
            for array in layer.parameters.values():
                if array.ndim > 1:
                    array *= 1 - share


class SGD:
    """K = K - alpha dL/dK, as in the notes; with `momentum` m, v = m v + dL/dK and K = K - alpha v (Polyak 1964)."""

    def __init__(self, learning_rate: float = 0.01, *, momentum: float = 0.0) -> None:
        self.learning_rate, self.momentum = learning_rate, momentum
        self._velocity: dict[str, Array] = {}

    def step(self, layers: Iterable[Step]) -> None:
        """Take one step."""
        for number, layer in enumerate(layers):
            for name, gradient in layer.gradients.items():
                if self.momentum:
                    place = f"{number}.{name}"
                    gradient = self._velocity[place] = self.momentum * self._velocity.get(place, 0) + gradient
                layer.parameters[name] -= self.learning_rate * gradient

    def state(self) -> dict[str, Array]:
        """Return the velocities."""
        return {name: velocity.copy() for name, velocity in self._velocity.items()}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the velocities of `state`."""
        self._velocity = {name: velocity.copy() for name, velocity in state.items()}


class Adam:
    """Adaptive steps from running means of the gradient and its square (Kingma & Ba 2015, algorithm 1)."""

    def __init__(
        self, learning_rate: float = 0.001, *, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8
    ) -> None:
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self._steps = 0
        self._means: dict[str, Array] = {}
        self._squares: dict[str, Array] = {}

    def step(self, layers: Iterable[Step]) -> None:
        """Take one step."""
        self._steps += 1
        # Both means start at 0; this takes away their bias towards it. Python floats: NumPy's would make all float64.
        correction_1, correction_2 = 1 - self.beta_1**self._steps, sqrt(1 - self.beta_2**self._steps)
        rate = self.learning_rate * correction_2 / correction_1
        for number, layer in enumerate(layers):
            for name, gradient in layer.gradients.items():
                place = f"{number}.{name}"
                mean = self._means.setdefault(place, np.zeros_like(gradient))
                square = self._squares.setdefault(place, np.zeros_like(gradient))
                mean += (1 - self.beta_1) * (gradient - mean)
                square += (1 - self.beta_2) * (gradient**2 - square)
                layer.parameters[name] -= rate * mean / (np.sqrt(square) + self.epsilon * correction_2)

    def state(self) -> dict[str, Array]:
        """Return the steps taken and both running means."""
        means = {f"mean.{name}": array.copy() for name, array in self._means.items()}
        squares = {f"square.{name}": array.copy() for name, array in self._squares.items()}
        return {"steps": np.array(self._steps), **means, **squares}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the steps and means of `state`."""
        self._steps = int(state["steps"])
        for kind, arrays in (("mean", self._means), ("square", self._squares)):
            prefix = f"{kind}."
            arrays |= {name[len(prefix) :]: array.copy() for name, array in state.items() if name.startswith(prefix)}


class RMSprop:
    """Steps over the root of a running mean of the gradient's square (Hinton 2012, lecture 6e), as PyTorch has it."""

    def __init__(self, learning_rate: float = 0.001, *, smoothing: float = 0.99, epsilon: float = 1e-8) -> None:
        self.learning_rate, self.smoothing, self.epsilon = learning_rate, smoothing, epsilon
        self._squares: dict[str, Array] = {}

    def step(self, layers: Iterable[Step]) -> None:
        """Take one step."""
        for number, layer in enumerate(layers):
            for name, gradient in layer.gradients.items():
                square = self._squares.setdefault(f"{number}.{name}", np.zeros_like(gradient))
                square += (1 - self.smoothing) * (gradient**2 - square)
                layer.parameters[name] -= self.learning_rate * gradient / (np.sqrt(square) + self.epsilon)

    def state(self) -> dict[str, Array]:
        """Return the running means."""
        return {f"square.{name}": array.copy() for name, array in self._squares.items()}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the means of `state`."""
        self._squares = {name.removeprefix("square."): array.copy() for name, array in state.items()}

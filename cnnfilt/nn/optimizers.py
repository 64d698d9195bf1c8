"""How parameters follow their gradients."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from cnnfilt.nn.layers import Array, Layer


class Optimizer(Protocol):
    """Moves the parameters of layers, in place."""

    def step(self, layers: Iterable[Layer]) -> None:
        """Take one step against the gradients that `backward` left."""


class SGD:
    """K = K - alpha dL/dK, as in the notes; with `momentum` m, v = m v + dL/dK and K = K - alpha v (Polyak 1964)."""

    def __init__(self, learning_rate: float = 0.01, *, momentum: float = 0.0) -> None:
        self.learning_rate, self.momentum = learning_rate, momentum
        self._velocity: dict[tuple[int, str], Array] = {}

    def step(self, layers: Iterable[Layer]) -> None:
        """Take one step."""
        for number, layer in enumerate(layers):
            for name, gradient in layer.gradients.items():
                if self.momentum:
                    before = self._velocity.get((number, name), 0)
                    gradient = self._velocity[number, name] = self.momentum * before + gradient
                layer.parameters[name] -= self.learning_rate * gradient


class Adam:
    """Adaptive steps from running means of the gradient and its square (Kingma & Ba 2015, algorithm 1)."""

    def __init__(
        self, learning_rate: float = 0.001, *, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8
    ) -> None:
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self._steps = 0
        self._means: dict[tuple[int, str], tuple[Array, Array]] = {}

    def step(self, layers: Iterable[Layer]) -> None:
        """Take one step."""
        self._steps += 1
        # Both means start at 0; this undoes their bias towards it.
        correction_1, correction_2 = 1 - self.beta_1**self._steps, 1 - self.beta_2**self._steps
        rate = self.learning_rate * np.sqrt(correction_2) / correction_1
        for number, layer in enumerate(layers):
            for name, gradient in layer.gradients.items():
                zeros = (np.zeros_like(gradient), np.zeros_like(gradient))
                mean, square = self._means.setdefault((number, name), zeros)
                mean += (1 - self.beta_1) * (gradient - mean)
                square += (1 - self.beta_2) * (gradient**2 - square)
                layer.parameters[name] -= rate * mean / (np.sqrt(square) + self.epsilon * np.sqrt(correction_2))

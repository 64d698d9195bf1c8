"""A filter learned as the notes train a network: forward, the gradient of the loss, a step against it, and again.

With Z = conv(X, K) + B and the loss L = mean((Z - Y)^2) / 2 one step is

    dL/dZ = (Z - Y) / windows
    dL/dK = conv(X, dL/dZ),  dL/dB = sum(dL/dZ)
    K = K - alpha dL/dK,     B = B - alpha dL/dB

With the windows in the columns of X that is dL/dK = (X X^T K - X Y) / windows. Both products are the same in every
step; summed up once, they give the very steps, some microseconds each, without going through the images for each.
"""

from collections.abc import Iterator

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.errors import ParameterError
from cnnfilt.fitting.equations import Equations
from cnnfilt.frozen import Frozen

STILL = 1e-10
"""A step that changes no coefficient by more than this part of the largest is the last."""


class DescentStep(Frozen):
    """Where descent was after `number` steps: the error, RMS in responses, and the steepest slope of the loss."""

    number: int
    rms: float
    slope: float


class Descent(Frozen):
    """Where descent ended: the unknowns (n, maps), some steps on the way, and whether it had come to rest."""

    unknowns: Array
    steps: tuple[DescentStep, ...]
    learning_rate: float
    at_rest: bool


def descend(equations: Equations, *, learning_rate: float | None = None, steps: int) -> Descent:
    """Return where at most `steps` steps from zero lead; by default alpha is one over the steepest curvature.

    Raises ParameterError for a learning rate with which the error grows.
    """
    curvature, slope_at_zero = equations.gram / equations.windows, equations.moments / equations.windows
    steepest = float(np.linalg.eigvalsh(curvature)[-1])
    alpha = 1 / steepest if learning_rate is None else learning_rate
    if not 0 < alpha < 2 / steepest:
        raise ParameterError(
            f"--learning-rate {alpha:g} lets the error grow here; use one above 0 and below {2 / steepest:g}",
            parameter="learning_rate",
        )
    unknowns, taken, number = np.zeros_like(slope_at_zero), [], 0
    marks = _marks()
    mark = next(marks)
    for number in range(1, steps + 1):
        gradient = curvature @ unknowns - slope_at_zero
        if number - 1 == mark:
            taken.append(_step(equations, unknowns, mark, gradient))
            mark = next(marks)
        change = alpha * gradient
        unknowns -= change
        if np.abs(change).max() <= STILL * np.abs(unknowns).max():
            break
    gradient = curvature @ unknowns - slope_at_zero
    taken.append(_step(equations, unknowns, number, gradient))
    at_rest = bool(np.abs(alpha * gradient).max() <= STILL * np.abs(unknowns).max())
    return Descent(unknowns, tuple(taken), alpha, at_rest)


def _step(equations: Equations, unknowns: Array, number: int, gradient: Array) -> DescentStep:
    mean = equations.squared_error(unknowns) / equations.windows
    return DescentStep(number, float(np.sqrt(mean.mean())), float(np.abs(gradient).max()))


def _marks() -> Iterator[int]:
    """Yield the steps worth a line: 0, 1, 10, 100 and so on, where a descent that slows down shows evenly."""
    yield 0
    number = 1
    while True:
        yield number
        number *= 10

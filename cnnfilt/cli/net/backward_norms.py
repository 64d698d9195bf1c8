"""Batch normalisation forward and backward on a matrix, all of whose values are one channel of a batch."""

import math
from collections.abc import Sequence
from statistics import fmean

import numpy as np

from cnnfilt.cli.net.backward_formulas import (
    BackwardPass,
    Formula,
    Sums,
    added,
    entry,
    equation,
    name_of,
    number,
    places,
)
from cnnfilt.nn.layer import Array
from cnnfilt.nn.norms import EPSILON, BatchNorm

_EPSILON = f"{EPSILON:f}".rstrip("0")
_DEVIATION = f"sqrt(variance + {_EPSILON})"


def batch_norm(gamma: float, beta: float) -> BatchNorm:
    """Return the layer of one channel as it is while its network learns: mean and variance are those of the batch."""
    zero, one = np.zeros(1), np.ones(1)
    layer = BatchNorm(gamma * one, beta * one, zero, one)
    # There is nothing to draw: that there is a generator tells that it learns.
    layer.generator = np.random.default_rng(0)
    return layer


def batch_norm_results(layer: BatchNorm, x: Array, y: Array, d_x: Array) -> dict[str, Array]:
    """Return all that came out, by name."""
    mean, variance = np.asarray(x.mean()), np.asarray(x.var())
    return {
        "mean": mean,
        "variance": variance,
        "Xhat": (x - mean) / np.sqrt(variance + layer.epsilon),
        "Y": y,
        "dL/dgamma": layer.gradients["kernel"].reshape(()),
        "dL/dbeta": layer.gradients["bias"].reshape(()),
        "dL/dX": d_x,
    }


def batch_norm_pass(layer: BatchNorm, x: Array, d_y: Array, results: dict[str, Array]) -> BackwardPass:
    """Return the results with what writes the sums behind them."""
    gamma, beta = (float(layer.parameters[name][0]) for name in ("kernel", "bias"))
    return BackwardPass(results, lambda: _sums(gamma, beta, x, d_y, results))


def _sums(gamma: float, beta: float, x: Array, d_y: Array, results: dict[str, Array]) -> Sums:
    scalars = {name: float(array) for name, array in results.items() if array.ndim == 0}
    mean, variance, hat = scalars["mean"], scalars["variance"], results["Xhat"]
    entries = [entry("X", x, place) for place in places(x)]
    hats = [entry("Xhat", hat, place) for place in places(x)]
    gradients = [entry("dL/dY", d_y, place) for place in places(x)]
    factor, shift = number("gamma", gamma), number("beta", beta)
    normal = [_normal(one, mean, variance) for one in entries]
    outputs = [added([factor * one, shift]) for one in hats]
    back = [
        _back(factor, variance, gradient, one, (scalars["dL/dbeta"], scalars["dL/dgamma"]), x.size)
        for gradient, one in zip(gradients, hats, strict=True)
    ]
    d_gamma = added([gradient * one for gradient, one in zip(gradients, hats, strict=True)])
    return {
        "mean": [equation("mean", mean, _mean_of(entries))],
        "variance": [equation("variance", variance, _mean_of([_square(one, mean) for one in entries]))],
        "Xhat": _each("Xhat", hat, normal),
        "Y": _each("Y", results["Y"], outputs),
        "dL/dgamma": [equation("dL/dgamma", scalars["dL/dgamma"], d_gamma)],
        "dL/dbeta": [equation("dL/dbeta", scalars["dL/dbeta"], added(gradients))],
        "dL/dX": _each("dL/dX", results["dL/dX"], back),
    }


def _each(letter: str, result: Array, formulas: Sequence[Formula]) -> list[str]:
    found = zip(places(result), formulas, strict=True)
    return [equation(name_of(letter, result, place), float(result[place]), formula) for place, formula in found]


def _mean_of(terms: Sequence[Formula]) -> Formula:
    """Return `mean(X11, X12, ...)`."""
    symbols, templates = (", ".join(parts) for parts in zip(*((t.symbols, t.template) for t in terms), strict=True))
    numbers, each = tuple(value for term in terms for value in term.numbers), len(terms[0].numbers)

    def compute(values: Sequence[float]) -> float:
        return fmean(term.compute(values[each * i : each * (i + 1)]) for i, term in enumerate(terms))

    return Formula(f"mean({symbols})", f"mean({templates})", numbers, compute)


def _square(x: Formula, mean: float) -> Formula:
    return Formula(
        f"({x.symbols} - mean)^2", f"({{}} - {_inner(mean)})^2", (*x.numbers, mean), lambda v: (v[0] - v[1]) ** 2
    )


def _normal(x: Formula, mean: float, variance: float) -> Formula:
    """Return `(X11 - mean)/sqrt(variance + eps)`."""
    return Formula(
        f"({x.symbols} - mean)/{_DEVIATION}",
        f"({{}} - {_inner(mean)})/sqrt({{}} + {_EPSILON})",
        (*x.numbers, mean, variance),
        lambda v: (v[0] - v[1]) / math.sqrt(v[2] + EPSILON),
    )


def _back(
    gamma: Formula, variance: float, d_y: Formula, hat: Formula, sums: tuple[float, float], count: int
) -> Formula:
    """Return `gamma/sqrt(variance + eps)*(dL/dY11 - dL/dbeta/m - Xhat11*dL/dgamma/m)`."""
    d_beta, d_gamma = sums
    return Formula(
        f"gamma/{_DEVIATION}*({d_y.symbols} - dL/dbeta/{count} - {hat.symbols}*dL/dgamma/{count})",
        f"{{}}/sqrt({{}} + {_EPSILON})*({{}} - {_inner(d_beta)}/{count} - {hat.inner}*{_inner(d_gamma)}/{count})",
        (*gamma.numbers, variance, *d_y.numbers, d_beta, *hat.numbers, d_gamma),
        lambda v: v[0] / math.sqrt(v[1] + EPSILON) * (v[2] - v[3] / count - v[4] * v[5] / count),
    )


def _inner(value: float) -> str:
    """Return the place of a number after a sign, in brackets where it has its own."""
    return "({})" if value < 0 else "{}"

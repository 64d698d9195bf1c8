"""Operators that sum along axes: matrix products, and reductions to a mean, a maximum or a sum."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cnnfilt.describe.graphs.value import axis
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.task import Make, Run, Task, plain

Places = tuple[int, ...]
Reduce = Callable[[Array, Places], Array]
"""From an array, and the axes that go, to what is left with a length of 1 in their place."""


def gemm(task: Task) -> Run:
    """alpha A B + beta C, A and B turned where that is said."""
    alpha, beta = task.number("alpha", 1.0), task.number("beta", 1.0)
    weight, bias = task.take(1), task.take(2)
    right = None if weight is None else _turned(task, "transB", weight)

    def run(left: Array, given: Array | None, addend: Array | None = None) -> Array:
        factor = right if given is None else _turned(task, "transB", given)
        assert factor is not None, "it is given, or was taken"
        product = _turned(task, "transA", left) @ factor
        if alpha != 1:
            product = product * product.dtype.type(alpha)
        more = bias if addend is None else addend
        return product if more is None else np.asarray(product + (more if beta == 1 else more * more.dtype.type(beta)))

    return run


def _turned(task: Task, name: str, matrix: Array) -> Array:
    return matrix.T if task.whole(name, 0) else matrix


def reduction(reduce: Reduce) -> Make:
    """Return the operator that reduces the axes it names; none are all."""

    def run(task: Task, x: Array, *_: Array) -> Array:
        asked = task.sizes(1) if task.maybe(1) is not None else task.wholes("axes")
        if not asked and task.whole("noop_with_empty_axes", 0):
            return x
        places = tuple(sorted({axis(one, x.ndim) for one in asked})) or tuple(range(x.ndim))
        return np.asarray(reduce(x, places), x.dtype).reshape(task.output.dims)

    return plain(run)


def means(x: Array, places: Places) -> Array:
    """Return the mean, one axis after the other: sums of few numbers lose little."""
    for place in reversed(places):
        x = x.mean(axis=place, keepdims=True)
    return x


def _largest(x: Array, places: Places) -> Array:
    return np.asarray(x.max(axis=places, keepdims=True, initial=_end(x, -np.inf)))


def _smallest(x: Array, places: Places) -> Array:
    return np.asarray(x.min(axis=places, keepdims=True, initial=_end(x, np.inf)))


def _end(x: Array, end: float) -> Any:
    """Return what the largest of no numbers is, or (for infinity) the smallest."""
    if x.dtype.kind == "f":
        return end
    if x.dtype.kind == "b":
        return end > 0
    return np.iinfo(x.dtype).max if end > 0 else np.iinfo(x.dtype).min


def _log_sum_exp(x: Array, places: Places) -> Array:
    largest = _largest(x, places)
    largest[~np.isfinite(largest)] = 0
    return np.asarray(np.log(np.exp(x - largest).sum(axis=places, keepdims=True)) + largest)


def place_of(task: Task, x: Array) -> Array:
    """ArgMax, ArgMin: the first place of the largest or the smallest, or the last."""
    place = axis(task.whole("axis", 0), x.ndim)
    find = np.argmax if task.node.operator == "ArgMax" else np.argmin
    if task.whole("select_last_index", 0):
        found = x.shape[place] - 1 - find(np.flip(x, place), axis=place)
    else:
        found = find(x, axis=place)
    return np.asarray(found, np.int64).reshape(task.output.dims)


OPERATORS: dict[str, Make] = {
    "Gemm": gemm,
    "MatMul": plain(lambda task, left, right: np.asarray(left @ right)),
    "ReduceMean": reduction(means),
    "ReduceSum": reduction(lambda x, places: x.sum(axis=places, dtype=x.dtype)),
    "ReduceMax": reduction(_largest),
    "ReduceMin": reduction(_smallest),
    "ReduceProd": reduction(lambda x, places: x.prod(axis=places, dtype=x.dtype)),
    "ReduceL1": reduction(lambda x, places: np.abs(x).sum(axis=places, dtype=x.dtype)),
    "ReduceL2": reduction(lambda x, places: np.sqrt(np.square(x).sum(axis=places, dtype=x.dtype))),
    "ReduceSumSquare": reduction(lambda x, places: np.square(x).sum(axis=places, dtype=x.dtype)),
    "ReduceLogSum": reduction(lambda x, places: np.log(x.sum(axis=places, dtype=x.dtype))),
    "ReduceLogSumExp": reduction(_log_sum_exp),
    "ArgMax": plain(place_of),
    "ArgMin": plain(place_of),
}

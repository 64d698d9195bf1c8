"""Resize and Upsample: each axis by itself, every position made of the few around where it lies in the input."""

from collections.abc import Sequence

import numpy as np

from cnnfilt.describe.graphs.value import axis
from cnnfilt.errors import ShapeError
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.task import Make, Run, Task

Taps = tuple[Array, Array]
"""The positions (out, taps) that each position along an axis is made of, and by what each of them is multiplied."""


def resize(task: Task) -> Run:
    """From nearest positions, from two by linear, or from four by cubic interpolation."""
    taps = taps_of_resize(task)

    def run(x: Array, *_: Array) -> Array:
        for place, (positions, shares) in taps.items():
            x = _along(x, place, positions, shares)
        return x

    return run


def taps_of_resize(task: Task) -> dict[int, Taps]:
    """Return by the number of each axis that changes what its positions are made of. ShapeError for what is not run."""
    mode, scales = task.text("mode", "nearest"), _factors(task)
    mode = {"bilinear": "linear"}.get(mode, mode)
    if mode not in ("nearest", "linear", "cubic") or task.whole("antialias", 0):
        raise ShapeError(f"its mode {mode[:20]!r}{' with antialias' * task.whole('antialias', 0)} is not run")
    dims = task.value(0).dims
    changed = [place for place, factor in enumerate(scales) if factor != 1 or task.output.dims[place] != dims[place]]
    return {place: _taps(task, mode, dims[place], task.output.dims[place], scales[place]) for place in changed}


def _along(x: Array, place: int, positions: Array, shares: Array) -> Array:
    """Return `x` resized along one axis; the sum is made in the order that `x` has in memory."""
    order = sorted(range(x.ndim), key=lambda at: -abs(x.strides[at]))
    lying = x.transpose(order)
    at = order.index(place)
    shape = [1] * x.ndim
    shape[at] = -1
    made = np.take(lying, positions[:, 0], axis=at)
    if shares.shape[1] > 1 or x.dtype.kind == "f":
        kind = x.dtype if x.dtype.kind == "f" else np.dtype(np.float32)
        if shares.shape[1] > 1:
            made = made * shares[:, 0].astype(kind).reshape(shape)
        for tap in range(1, shares.shape[1]):
            made += np.take(lying, positions[:, tap], axis=at) * shares[:, tap].astype(kind).reshape(shape)
    return np.asarray(made, x.dtype).transpose(np.argsort(order))


def _factors(task: Task) -> tuple[float, ...]:
    """Return by what each axis is multiplied; what is given as a size has the factor that leads there."""
    value, out = task.value(0), task.output.dims
    places = [axis(number, value.rank) for number in task.wholes("axes", tuple(range(value.rank)))]
    factors = [1.0] * value.rank
    if task.node.operator == "Resize" and task.version >= 11 and task.maybe(3) is not None:
        given: Sequence[float] = _of_sizes(task, places)
    elif task.node.operator == "Upsample" and task.maybe(1) is None:
        given = task.floats("scales")
    else:
        given = [float(one) for one in task.numbers(2 if task.node.operator == "Resize" and task.version >= 11 else 1)]
    for place, factor in zip(places, given, strict=True):
        factors[place] = factor
    return tuple(factors) if value.rank == len(out) else ()


def _of_sizes(task: Task, places: list[int]) -> list[float]:
    dims = task.value(0).dims
    ratios = [size / dims[place] for place, size in zip(places, task.sizes(3), strict=True)]
    policy = task.text("keep_aspect_ratio_policy", "stretch")
    if policy == "stretch":
        return ratios
    return [(min if policy == "not_larger" else max)(ratios)] * len(places)


def _taps(task: Task, mode: str, size: int, out: int, factor: float) -> Taps:
    at = _origins(task, size, out, factor)
    if mode == "nearest":
        # Before version 11 positions were cut off, not rounded.
        rounding = task.text("nearest_mode", "round_prefer_floor") if task.version >= 11 else "floor"
        return _rounded(at, rounding).clip(0, size - 1)[:, None], np.ones((out, 1))
    below = np.floor(at)
    rest = at - below
    if mode == "linear":
        offsets, shares = np.array([0, 1]), np.stack([1 - rest, rest], axis=1)
    else:
        offsets, shares = np.arange(-1, 3), _cubic(rest, task.number("cubic_coeff_a", -0.75))
    positions = below.astype(int)[:, None] + offsets
    if task.whole("exclude_outside", 0):
        shares = np.where((positions >= 0) & (positions < size), shares, 0)
        shares = shares / shares.sum(axis=1, keepdims=True)
    return positions.clip(0, size - 1), shares


def _origins(task: Task, size: int, out: int, factor: float) -> Array:
    """Return where each of `out` positions lies in an input of `size`."""
    at, exact = np.arange(out), factor * size
    legacy = task.node.operator == "Upsample" or task.version < 11
    match "asymmetric" if legacy else task.text("coordinate_transformation_mode", "half_pixel"):
        case "asymmetric":
            return np.asarray(at / factor)
        case "align_corners":
            return np.asarray(at * (size - 1) / (exact - 1) if exact != 1 else at * 0.0)
        case "pytorch_half_pixel" if exact == 1:
            return np.full(out, -0.5)
        case "half_pixel" | "pytorch_half_pixel":
            return np.asarray((at + 0.5) / factor - 0.5)
        case "half_pixel_symmetric":
            return np.asarray(size / 2 * (1 - out / exact) + (at + 0.5) / factor - 0.5)
        case word:
            raise ShapeError(f"its coordinate_transformation_mode {word[:20]!r} is not run")


def _rounded(at: Array, how: str) -> Array:
    match how:
        case "round_prefer_floor":
            return np.ceil(at - 0.5).astype(int)
        case "round_prefer_ceil":
            return np.floor(at + 0.5).astype(int)
        case "floor":
            return np.floor(at).astype(int)
        case "ceil":
            return np.ceil(at).astype(int)
    raise ShapeError(f"its nearest_mode {how[:20]!r} is unknown")


def _cubic(rest: Array, a: float) -> Array:
    """Return the shares of the four positions around. Keys (1981)."""
    far, near = rest + 1, 1 - rest
    return np.stack(
        [
            ((a * far - 5 * a) * far + 8 * a) * far - 4 * a,
            ((a + 2) * rest - (a + 3)) * rest * rest + 1,
            ((a + 2) * near - (a + 3)) * near * near + 1,
            ((a * (near + 1) - 5 * a) * (near + 1) + 8 * a) * (near + 1) - 4 * a,
        ],
        axis=1,
    )


OPERATORS: dict[str, Make] = {"Resize": resize, "Upsample": resize}

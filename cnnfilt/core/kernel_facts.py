"""What can be said about a kernel before it meets an image: its sum, its range, whether it comes apart in two."""

import math
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.weights import ZERO_SUM, as_coefficients, has_zero_sum, whole_or_float
from cnnfilt.frozen import Frozen

Array = npt.NDArray[Any]
Number = int | float
Turned = Literal["same", "negated", "other"]


class KernelFacts(Frozen):
    """The facts of one kernel, (H, W) or (H, W, C).

    `lowest` and `highest` are the least and the greatest response to levels of 0..255. `ranks` holds the rank of
    each channel; `factors` are a column and a row whose outer product is the kernel, where its one channel has
    rank 1. `turned` says what a turn by 180 degrees, which is --flip, makes of it.
    """

    total: Number
    zero_sum: bool
    lowest: Number
    highest: Number
    ranks: tuple[int, ...]
    factors: tuple[tuple[Number, ...], tuple[Number, ...]] | None
    turned: Turned


def kernel_facts(kernel: npt.ArrayLike) -> KernelFacts:
    """Return the facts of `kernel`, (H, W) or (H, W, C). Whole coefficients give whole numbers. KernelError."""
    given = as_coefficients(kernel)
    values = whole_or_float(given)
    # As Python's own numbers, which do not wrap.
    coefficients = values.ravel().tolist()
    # Of the numbers as given: what single precision has rounded is no second rank.
    ranks = tuple(int(np.linalg.matrix_rank(plane)) for plane in _planes(given))
    zero_sum = bool(has_zero_sum(values)[0])
    return KernelFacts(
        total=0 if zero_sum else _sum(coefficients),
        zero_sum=zero_sum,
        lowest=255 * _sum([value for value in coefficients if value < 0]),
        highest=255 * _sum([value for value in coefficients if value > 0]),
        ranks=ranks,
        factors=_factors(_planes(values)[0]) if ranks == (1,) else None,
        turned=_turned(values),
    )


def _sum(numbers: list[Number]) -> Number:
    return sum(numbers) if all(isinstance(number, int) for number in numbers) else math.fsum(numbers)


def _planes(values: Array) -> list[Array]:
    return [values] if values.ndim == 2 else list(np.moveaxis(values, 2, 0))


def _factors(plane: Array) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
    """Return a column and a row with `plane` as their outer product, in whole numbers where `plane` has them."""
    y, x = np.unravel_index(np.abs(plane.astype(np.float64)).argmax(), plane.shape)
    row = plane[y]
    if plane.dtype.kind == "i":
        # Every row is a multiple of this one over its greatest common divisor, so nothing is left over.
        row = row // np.gcd.reduce(row)
        column = plane[:, x] // row[x]
    else:
        total = row.sum()
        row = row / (total if abs(total) > ZERO_SUM * np.abs(row).sum() else np.abs(row).max())
        column = plane[:, x] / row[x]
    return tuple(column.tolist()), tuple(row.tolist())


def _turned(values: Array) -> Turned:
    turned = values[::-1, ::-1]
    hair = 0 if values.dtype.kind == "i" else ZERO_SUM * float(np.abs(values).max())
    if np.allclose(values, turned, rtol=0, atol=hair):
        return "same"
    return "negated" if np.allclose(values, -turned, rtol=0, atol=hair) else "other"

"""Operators that sum along axes: matrix products, and reductions to a mean, a maximum or a sum."""

from math import prod

from cnnfilt.describe.graphs.call import Call, Made
from cnnfilt.describe.graphs.value import Value, axis, broadcast
from cnnfilt.describe.reach import Taps, taps_of
from cnnfilt.describe.window import Window
from cnnfilt.errors import ShapeError, counted
from cnnfilt.frozen import replace
from cnnfilt.spelling import spelled_size


def gemm(call: Call) -> Made:
    """Gemm: a matrix by a matrix, either of them turned, and a bias."""
    left, right = call.value(0), call.value(1)
    if left.rank != 2 or right.rank != 2:
        raise ShapeError(f"its inputs {spelled_size(left.dims)} and {spelled_size(right.dims)} are not both matrices")
    rows, inner = left.dims[::-1] if call.whole("transA", 0) else left.dims
    other, columns = right.dims[::-1] if call.whole("transB", 0) else right.dims
    _check_inner(inner, other)
    letters = "N?" if left.axes.startswith("N") and not call.whole("transA", 0) else "??"
    made = replace(left.with_dims((rows, columns), letters), reach={})
    if (bias := call.maybe(2)) is not None and broadcast([made, bias]).dims != made.dims:
        raise ShapeError(f"its bias {spelled_size(bias.dims)} does not fit {spelled_size(made.dims)}")
    return Made((made,), None, _macs(made, inner, left, right))


def matmul(call: Call) -> Made:
    """MatMul: matrices by matrices, in as many as the axes before the last two make, broadcast."""
    return _product(call.value(0), call.value(1))


def quantized_matmul(call: Call) -> Made:
    """QLinearMatMul, whose second matrix comes after the scale and the zero of the first."""
    return _product(call.value(0), call.value(3))


def _product(left: Value, right: Value) -> Made:
    if not left.rank or not right.rank:
        raise ShapeError("a product of matrices has a single number for an input")
    # A list is a row before a matrix and a column after one, and is none in what comes out.
    one = left if left.rank > 1 else left.with_dims((1, *left.dims), "?" + left.axes)
    two = right if right.rank > 1 else right.with_dims((*right.dims, 1), right.axes + "?")
    _check_inner(one.dims[-1], two.dims[-2])
    before = broadcast([one.with_dims(one.dims[:-2], one.axes[:-2]), two.with_dims(two.dims[:-2], two.axes[:-2])])
    rows, columns = (one.dims[-2],) * (left.rank > 1), (two.dims[-1],) * (right.rank > 1)
    letters = before.axes + one.axes[-2] * (left.rank > 1) + "?" * (right.rank > 1)
    made = replace(one.with_dims((*before.dims, *rows, *columns), letters), reach={})
    return Made((made,), None, _macs(made, one.dims[-1], left, right))


def reduction(call: Call) -> Made:
    """ReduceMean and its kin: the axes are an attribute, or since 13 or 18 an input; none are all."""
    value = call.value(0)
    asked = call.sizes(1) if call.maybe(1) is not None else call.wholes("axes")
    if not asked and call.whole("noop_with_empty_axes", 0):
        return Made((value.with_dims(value.dims),))
    places = {axis(number, value.rank) for number in asked} or set(range(value.rank))
    return Made((reduced(value, places, keep=bool(call.whole("keepdims", 1))),))


def place_of_largest(call: Call) -> Made:
    """ArgMax, ArgMin: where along one axis."""
    value = call.value(0)
    made = reduced(value, {axis(call.whole("axis", 0), value.rank)}, keep=bool(call.whole("keepdims", 1)))
    return Made((replace(made, kind="int64"),))


def reduced(value: Value, places: set[int], *, keep: bool) -> Value:
    """Return one number in place of all along the axes at `places`, which stay with a length of 1 or go."""
    kept = [place for place in range(value.rank) if keep or place not in places]
    dims = [1 if place in places else value.dims[place] for place in kept]
    made = value.with_dims(dims, "".join(value.axes[place] for place in kept))
    taps: dict[str, Taps | None] = {}
    for place in places:
        if value.axes[place] in "HW" and value.dims[place]:
            taps[value.axes[place]] = taps_of(Window(value.dims[place], value.dims[place]))
    return made.seen_through(taps, value)


def _check_inner(one: int, other: int) -> None:
    if one != other:
        raise ShapeError(f"it multiplies rows of {counted(one, 'numbers')} with columns of {other:,}")


def _macs(made: Value, inner: int, *factors: Value) -> int:
    """Return the products for one image; none where no factor is a weight."""
    if all(value.weights is None for value in factors):
        return 0
    positions = prod(side for side, letter in zip(made.dims, made.axes, strict=True) if letter != "N")
    return positions * inner

"""The few numbers that say sizes, computed: what a file works out of its own sizes before it reshapes by them."""

import operator
from collections.abc import Callable, Sequence
from itertools import product
from math import ceil, floor, isfinite, prod, sqrt

from cnnfilt.describe.graphs.call import Call, Made
from cnnfilt.describe.graphs.graph import Number
from cnnfilt.describe.graphs.parts import slices_of
from cnnfilt.describe.graphs.value import Value, axis
from cnnfilt.frozen import replace

MOST_NUMBERS = 4096
"""Longer lists say no sizes."""

_LARGEST = 1 << 62

Numbers = tuple[Number, ...]
Fold = Callable[[Call, Sequence[Value]], Sequence[Numbers | None]]
"""From a call, and the values that it makes, to the numbers of each of them; None where they are not worked out."""


def folded(fold: Fold, call: Call, made: Made) -> Made:
    """Return `made` with the numbers of its values where those of the inputs are known."""
    if any(value.content is None for value in call.given) or max(value.count for value in made.values) > MOST_NUMBERS:
        return made
    try:
        contents = fold(call, made.values)
    except (ArithmeticError, ValueError, IndexError):
        # A division by zero, an index that is not there: no numbers that anything could be sized by.
        return made
    values = [
        value if content is None else replace(value, content=_checked(content, value))
        for content, value in zip(contents, made.values, strict=True)
    ]
    return replace(made, values=tuple(values))


def _checked(content: Numbers, value: Value) -> Numbers | None:
    fits = len(content) == value.count and all(isfinite(one) and abs(one) < _LARGEST for one in content)
    return content if fits else None


def unchanged(call: Call, values: Sequence[Value]) -> Sequence[Numbers | None]:
    """Return the numbers of the first input: only the size changes."""
    return [call.value(0).content] * len(values)


def cast(call: Call, values: Sequence[Value]) -> Sequence[Numbers | None]:
    """Return whole numbers where the kind is one of these: what is after the point is cut off."""
    numbers, kind = call.numbers(0), values[0].kind
    if kind == "bool":
        return [tuple(int(bool(one)) for one in numbers)]
    return [tuple(map(int, numbers)) if kind.startswith("int") else tuple(map(float, numbers))]


def each(function: Callable[..., Number]) -> Fold:
    """Return what applies `function` to one number of each input, of which a single one stands for all."""

    def fold(call: Call, values: Sequence[Value]) -> Sequence[Numbers | None]:
        count = values[0].count
        columns = [(one.content or ()) * (count if one.count == 1 else 1) for one in call.given]
        if any(len(column) != count for column in columns):
            return [None]
        return [tuple(function(*row) for row in zip(*columns, strict=True))]

    return fold


def along(function: Callable[[Numbers], Number]) -> Fold:
    """Return what applies `function` to all numbers of a list."""
    return lambda call, values: [(function(call.numbers(0)),) if values[0].count == 1 else None]


def joined(call: Call, values: Sequence[Value]) -> Sequence[Numbers | None]:
    """Return the numbers of all inputs, one after the other: right along the first axis."""
    if call.whole("axis", 0) not in (0, -values[0].rank):
        return [None]
    return [tuple(one for value in call.given for one in value.content or ())]


def picked(call: Call, values: Sequence[Value]) -> Sequence[Numbers | None]:
    """Return the numbers that indices name along an axis; a negative one counts from the end."""
    value = call.value(0)
    places = [range(side) for side in value.dims]
    along_ = axis(call.whole("axis", 0), value.rank)
    side = value.dims[along_]
    if not all(-side <= index < side for index in call.sizes(1)):
        return [None]
    return [_taken(value, [*places[:along_], [index % side for index in call.sizes(1)], *places[along_ + 1 :]])]


def cut(call: Call, values: Sequence[Value]) -> Sequence[Numbers | None]:
    """Return a slice."""
    value = call.value(0)
    places: list[Sequence[int]] = [range(side) for side in value.dims]
    for place, start, end, step in slices_of(call):
        # Two slices of one axis would have to be taken one after the other.
        if len(places[place]) != value.dims[place]:
            return [None]
        places[place] = range(value.dims[place])[slice(start, end, step)]
    return [_taken(value, places)]


def parted(call: Call, values: Sequence[Value]) -> Sequence[Numbers | None]:
    """Return the parts of a list."""
    if call.value(0).rank != 1:
        return [None] * len(values)
    parts, start = [], 0
    for value in values:
        parts.append(call.numbers(0)[start : start + value.count])
        start += value.count
    return parts


def turned(call: Call, values: Sequence[Value]) -> Sequence[Numbers | None]:
    """Return the numbers in another order of the axes."""
    value = call.value(0)
    order = call.wholes("perm", tuple(reversed(range(value.rank))))
    steps = _steps(value)
    numbers = call.numbers(0)
    indices = product(*(range(value.dims[place]) for place in order))
    return [tuple(numbers[sum(i * steps[place] for i, place in zip(index, order, strict=True))] for index in indices)]


def _taken(value: Value, places: Sequence[Sequence[int]]) -> Numbers:
    """Return the numbers of `value` at all of these `places` along each axis."""
    numbers, steps = value.content or (), _steps(value)
    return tuple(numbers[sum(i * step for i, step in zip(index, steps, strict=True))] for index in product(*places))


def _steps(value: Value) -> list[int]:
    """Return how many numbers further on the next one along each axis lies."""
    return [prod(value.dims[place + 1 :]) for place in range(value.rank)]


def repeated(call: Call, values: Sequence[Value]) -> Sequence[Numbers | None]:
    """Return a single number as often as it is wanted."""
    numbers, count = call.numbers(0), values[0].count
    return [numbers * count if len(numbers) == 1 else numbers if len(numbers) == count else None]


def _quotient(one: Number, other: Number) -> Number:
    """Return the quotient, of whole numbers without what is after the point."""
    if isinstance(one, float) or isinstance(other, float):
        return one / other
    return abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)


def _power(one: Number, other: Number) -> Number:
    if abs(other) > 64 or abs(one) > 1 << 32:
        raise OverflowError
    result: Number = one**other
    return result


FOLDS: dict[str, Fold] = {
    **dict.fromkeys(("Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"), unchanged),
    "Cast": cast,
    "Add": each(operator.add),
    "Sub": each(operator.sub),
    "Mul": each(operator.mul),
    "Div": each(_quotient),
    "Mod": each(operator.mod),
    "Pow": each(_power),
    "Min": each(lambda *numbers: min(numbers)),
    "Max": each(lambda *numbers: max(numbers)),
    "Equal": each(lambda one, other: int(one == other)),
    "Less": each(lambda one, other: int(one < other)),
    "Greater": each(lambda one, other: int(one > other)),
    "Where": each(lambda condition, one, other: one if condition else other),
    "Not": each(lambda one: int(not one)),
    "Neg": each(operator.neg),
    "Abs": each(abs),
    "Floor": each(floor),
    "Ceil": each(ceil),
    "Sqrt": each(sqrt),
    "ReduceProd": along(prod),
    "ReduceSum": along(sum),
    "ReduceMax": along(max),
    "ReduceMin": along(min),
    "Concat": joined,
    "Gather": picked,
    "Slice": cut,
    "Split": parted,
    "Transpose": turned,
    "Expand": repeated,
    "Tile": repeated,
}
"""The operators that files compute sizes with."""

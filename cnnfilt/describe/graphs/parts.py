"""Operators that take a part of their input, add a border to it, or put several together."""

from collections.abc import Sequence
from typing import cast

from cnnfilt.describe.graphs.call import Call, Made, UnknownError
from cnnfilt.describe.graphs.value import Value, axis, fewer, reach_of_all
from cnnfilt.describe.reach import Taps, shifted
from cnnfilt.errors import ShapeError, counted
from cnnfilt.frozen import replace
from cnnfilt.spelling import spelled_size


def concat(call: Call) -> Made:
    """Concat: one after the other along an axis. Before version 4 it was the second by default."""
    given = call.given
    if not given:
        raise ShapeError("it has no input")
    first = given[0]
    place = axis(call.whole("axis", 1), first.rank)
    check_fit(given, place)
    columns = zip(*(value.axes for value in given), strict=True)
    letters = "".join(next((letter for letter in column if letter != "?"), "?") for column in columns)
    return Made((put_together(given, place, letters),))


def check_fit(given: Sequence[Value], place: int) -> None:
    """Raise ShapeError unless all are as long as the first along every other axis than the one at `place`."""
    first = given[0]
    for value in given[1:]:
        others = value.dims[:place] + value.dims[place + 1 :]
        if value.rank != first.rank or others != first.dims[:place] + first.dims[place + 1 :]:
            sizes = " and ".join(spelled_size(one.dims) for one in (first, value))
            raise ShapeError(f"its inputs have the sizes {sizes}, which differ elsewhere than along axis {place}")


def put_together(given: Sequence[Value], place: int, letters: str) -> Value:
    """Return all values one after the other along the axis at `place`; `letters` are the axes of what comes out."""
    first = given[0]
    dims = [sum(v.dims[place] for v in given) if at == place else side for at, side in enumerate(first.dims)]
    reach = {**reach_of_all(given, letters)}
    if letters[place] in reach:
        reach[letters[place]] = None
    return replace(first.with_dims(dims, letters), reach=reach)


def split(call: Call) -> Made:
    """Split: in parts along an axis, as large as an attribute or since 13 an input says; else equal ones."""
    value, count = call.value(0), len(call.node.outputs)
    place = axis(call.whole("axis", 0), value.rank)
    whole = value.dims[place]
    if call.maybe(1) is not None:
        sizes: Sequence[int] = call.sizes(1)
    elif call.has("split"):
        sizes = call.wholes("split")
    else:
        size = -(-whole // max(count, 1))
        if whole % max(count, 1) and not call.has("num_outputs"):
            raise ShapeError(f"it splits {whole:,} into {counted(count, 'parts')} of the same size")
        sizes = [min(size, whole - part * size) for part in range(count)]
    if len(sizes) != count or sum(sizes) != whole or min((*sizes, 0)) < 0:
        raise ShapeError(f"it splits {whole:,} into {spelled_size(sizes)} for {counted(count, 'outputs')}")
    made, start = [], 0
    for size in sizes:
        made.append(part_of(value, place, start, 1, size))
        start += size
    return Made(tuple(made))


def slice_(call: Call) -> Made:
    """Slice: from a start to an end by steps, along some axes. Before version 10 they are attributes."""
    value = call.value(0)
    for place, start, end, step in slices_of(call):
        first, last, by = slice(start, end, step).indices(value.dims[place])
        value = part_of(value, place, first, by, len(range(first, last, by)))
    return Made((value.with_dims(value.dims),), lost=fewer(call.value(0), value))


def slices_of(call: Call) -> list[tuple[int, int, int, int]]:
    """Return the axis, the start, the end and the step of each slice that a Slice takes."""
    rank = call.value(0).rank
    if len(call.inputs) > 1:
        starts, ends = call.sizes(1), call.sizes(2)
        axes = call.sizes(3) if call.maybe(3) is not None else tuple(range(len(starts)))
        steps = call.sizes(4) if call.maybe(4) is not None else (1,) * len(starts)
    else:
        starts, ends = call.wholes("starts"), call.wholes("ends")
        axes, steps = call.wholes("axes", tuple(range(len(starts)))), (1,) * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        raise ShapeError("its starts, ends, axes and steps do not fit together")
    return list(zip([axis(number, rank) for number in axes], starts, ends, steps, strict=True))


def part_of(value: Value, place: int, start: int, step: int, size: int) -> Value:
    """Return `size` positions of an axis from `start` on, `step` apart."""
    made = value.with_dims((*value.dims[:place], size, *value.dims[place + 1 :]))
    taps = Taps(1, step, lambda _: (start, start, 1)) if step > 0 else None
    return made.seen_through({value.axes[place]: taps}, value)


def pad(call: Call) -> Made:
    """Pad: before and after each axis; negative numbers cut off. Since version 11 they are an input."""
    value = call.value(0)
    named = "pads" if call.has("pads") else "paddings"
    pads = call.sizes(1) if call.maybe(1) is not None else call.wholes(named)
    places = [axis(n, value.rank) for n in call.sizes(3)] if call.maybe(3) is not None else [*range(value.rank)]
    if len(pads) != 2 * len(places):
        raise ShapeError(f"it has {counted(len(pads), 'paddings')} for {counted(len(places), 'axes')}")
    dims = list(value.dims)
    taps: dict[str, Taps | None] = {}
    for number, place in enumerate(places):
        before, after = pads[number], pads[len(places) + number]
        dims[place] += before + after
        taps[value.axes[place]] = shifted(before)
        if dims[place] < 0:
            raise ShapeError(f"it cuts {-before - after:,} off an axis of {value.dims[place]:,}")
    return Made((value.with_dims(dims).seen_through(taps, value),))


def gather(call: Call) -> Made:
    """Gather: those of an axis that the second input names, in its size."""
    value, indices = call.value(0), call.value(1)
    place = axis(call.whole("axis", 0), value.rank)
    letters = value.axes[:place] + "?" * indices.rank + value.axes[place + 1 :]
    if indices.rank == 1 and value.axes[place] in "NC":
        letters = value.axes
    return Made((value.with_dims((*value.dims[:place], *indices.dims, *value.dims[place + 1 :]), letters),))


def gather_elements(call: Call) -> Made:
    """GatherElements: as many as there are indices."""
    return Made((replace(call.value(0).with_dims(call.value(1).dims, ""), reach={}),))


def constant(call: Call) -> Made:
    """Constant: a tensor, or since version 12 numbers of an attribute."""
    for name, rank in (("value_float", 0), ("value_int", 0), ("value_floats", 1), ("value_ints", 1)):
        value = call.node.attributes.get(name)
        if value is not None:
            numbers = value if isinstance(value, tuple) else (value,)
            kind = "float32" if "float" in name else "int64"
            content = cast(tuple[int | float, ...], numbers)
            return Made((Value((len(numbers),) * rank, kind=kind, content=content),))
    tensor = call.tensor("value")
    if tensor is None:
        raise UnknownError("its value is of a kind that is not read")
    return Made((Value(tensor.dims, kind=tensor.kind, content=tensor.content),))


def constant_of_shape(call: Call) -> Made:
    """ConstantOfShape: the same number all over."""
    tensor = call.tensor("value")
    dims = call.sizes(0)
    kind, content = ("float32", (0.0,)) if tensor is None else (tensor.kind, tensor.content)
    made = Value(dims, kind=kind)
    few = content is not None and len(content) == 1 and made.count <= 4096 and kind.startswith("int")
    return Made((replace(made, content=cast(tuple[int, ...], content) * made.count) if few else made,))


def sizes_of(call: Call) -> Made:
    """Shape: the sides of the input, as numbers."""
    value = call.value(0)
    first, last, _ = slice(call.whole("start", 0), call.whole("end", value.rank), 1).indices(value.rank)
    sides = value.dims[first:last]
    return Made((Value((len(sides),), kind="int64", content=sides, weights=frozenset()),))


def count_of(call: Call) -> Made:
    """Size: how many numbers there are."""
    return Made((Value((), kind="int64", content=(call.value(0).count,), weights=frozenset()),))


def range_(call: Call) -> Made:
    """Range: numbers from a start, by a step, up to a limit."""
    start, limit, step = (call.numbers(place)[0] for place in range(3))
    if not step:
        raise ShapeError("its step is 0")
    count = max(int(-(-(limit - start) // step)), 0)
    made = Value((count,), kind=call.value(0).kind)
    content = tuple(start + place * step for place in range(count)) if count <= 4096 else None
    return Made((replace(made, content=content),))

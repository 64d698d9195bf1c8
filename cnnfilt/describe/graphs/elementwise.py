"""Operators on each number by itself, or on each of several inputs: the size stays, or the inputs are broadcast."""

from cnnfilt.describe.graphs.call import Call, Made
from cnnfilt.describe.graphs.sliding import SPATIAL, as_images
from cnnfilt.describe.graphs.value import Value, axis, broadcast
from cnnfilt.errors import ShapeError, counted
from cnnfilt.frozen import replace
from cnnfilt.spelling import spelled_size

KINDS = {1: "float32", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64", 16: "bfloat16"}


def same(call: Call) -> Made:
    """Return what has the size of the first input; further outputs, as of Dropout, have it too."""
    value = call.value(0)
    return Made((value.with_dims(value.dims),) * max(len(call.node.outputs), 1))


def cast(call: Call) -> Made:
    """Cast: other numbers of the same size."""
    made = call.value(0).with_dims(call.value(0).dims)
    return Made((replace(made, kind=KINDS.get(call.whole("to", 0), "other")),))


def truth(call: Call) -> Made:
    """Comparisons and the like, whose values are true or false."""
    return Made((replace(together(call).values[0], kind="bool"),))


def together(call: Call) -> Made:
    """Add and its kin: all inputs, broadcast. Before version 7 the second had to be said to be."""
    given = call.given
    if not given:
        raise ShapeError("it has no input")
    if call.version < 7 and len(given) == 2 and call.whole("broadcast", 0):
        first, second = given
        return Made((_as_first(first, second, call.whole("axis", first.rank - second.rank)),))
    return Made((broadcast(given),))


def as_first(call: Call) -> Made:
    """PRelu: what the size of the first input is, whatever the slopes are broadcast from."""
    image, slope = call.value(0), call.value(1)
    if slope.count != 1 and slope.rank < image.rank and slope.dims == image.dims[1:2] and image.rank > 1:
        # Before version 7 there was one slope for each channel, which did not look broadcast.
        return Made((image.with_dims(image.dims),))
    made = broadcast([image, slope])
    if made.dims != image.dims:
        raise ShapeError(f"its slopes {spelled_size(slope.dims)} do not fit an input {spelled_size(image.dims)}")
    return Made((made,))


def chosen(call: Call) -> Made:
    """Where: numbers of the second input or of the third."""
    made = broadcast([call.value(0), call.value(1), call.value(2)])
    return Made((replace(made, kind=call.value(1).kind),))


def normalization(call: Call) -> Made:
    """BatchNormalization, InstanceNormalization: numbers for each channel, the second axis."""
    image = call.value(0)
    if image.rank < 2:
        raise ShapeError(f"its input, {spelled_size(image.dims)}, has no channels")
    for value in call.given[1:]:
        if value.dims != image.dims[1:2]:
            raise ShapeError(
                f"it has {counted(value.count, 'numbers')} for the {counted(image.dims[1], 'channels')} of its input"
            )
    image = as_images(image) if image.rank in SPATIAL else image
    made = image.with_dims(image.dims)
    return Made((made, *call.given[3:5]))


def over_last_axes(call: Call) -> Made:
    """LayerNormalization: the size stays; mean and deviation have 1 in place of each axis they are over."""
    value = call.value(0)
    first = axis(call.whole("axis", -1), value.rank)
    few = value.with_dims((*value.dims[:first], *(1 for _ in value.dims[first:])))
    return Made((value.with_dims(value.dims), few, few))


def _as_first(first: Value, second: Value, start: int) -> Value:
    place = axis(start, first.rank) if second.rank else 0
    around = (1,) * place, (1,) * (first.rank - place - second.rank)
    made = broadcast([first, second.with_dims((*around[0], *second.dims, *around[1]), "")])
    if made.dims != first.dims:
        raise ShapeError(f"its inputs {spelled_size(first.dims)} and {spelled_size(second.dims)} do not fit together")
    return made

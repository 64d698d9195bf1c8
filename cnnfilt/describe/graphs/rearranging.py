"""Operators that give the same numbers another order, or other axes: reshape, transpose, squeeze, space to depth."""

from collections.abc import Sequence
from math import prod

from cnnfilt.describe.graphs.call import Call, Made
from cnnfilt.describe.graphs.sliding import as_images
from cnnfilt.describe.graphs.value import Value, axis
from cnnfilt.describe.reach import Taps, repeated
from cnnfilt.errors import ShapeError, counted
from cnnfilt.frozen import replace
from cnnfilt.spelling import spelled_size


def reshape(call: Call) -> Made:
    """Reshape: 0 keeps a side, -1 is what is left. Before version 5 the size is an attribute."""
    value = call.value(0)
    asked = call.sizes(1) if len(call.inputs) > 1 else call.wholes("shape")
    zero = not call.whole("allowzero", 0)
    dims = list(asked)
    for place, side in enumerate(asked):
        if side == 0 and zero:
            if place >= value.rank:
                raise ShapeError(f"it keeps side {place + 1} of an input with {value.rank} axes")
            dims[place] = value.dims[place]
    if dims.count(-1) > 1 or min((*dims, 0)) < -1:
        raise ShapeError(f"its size {spelled_size(asked)} is none")
    if -1 in dims:
        others = prod(side for side in dims if side != -1)
        if not others or value.count % others:
            raise _other_count(value, asked)
        dims[dims.index(-1)] = value.count // others
    if prod(dims) != value.count:
        raise _other_count(value, asked)
    return Made((reshaped(value, dims),))


def reshaped(value: Value, dims: Sequence[int]) -> Value:
    """Return `value` in other axes; those at both ends that are as long as they were stay what they are."""
    first = 0
    while first < min(value.rank, len(dims)) and value.dims[first] == dims[first]:
        first += 1
    last = 0
    while last < min(value.rank, len(dims)) - first and value.dims[-1 - last] == dims[-1 - last]:
        last += 1
    end = value.axes[value.rank - last :]
    letters = value.axes[:first] + "?" * (len(dims) - first - last) + end
    # What is between batch, rows and columns can only be channels.
    letters = letters.replace("?", "C") if letters in ("N?HW", "NHW?") else letters
    return value.with_dims(dims, letters)


def flatten(call: Call) -> Made:
    """Flatten: a matrix, the axes before `axis` and those from it on."""
    value = call.value(0)
    number = call.whole("axis", 1)
    first = number if number == value.rank else axis(number, value.rank)
    dims = prod(value.dims[:first]), prod(value.dims[first:])
    return Made((value.with_dims(dims, "N?" if first == 1 and value.axes[0] == "N" else "??"),))


def transpose(call: Call) -> Made:
    """Transpose: the axes in another order, by default the reverse."""
    value = call.value(0)
    order = call.wholes("perm", tuple(reversed(range(value.rank))))
    if sorted(order) != list(range(value.rank)):
        raise ShapeError(f"its order {spelled_size(order)} is none of {counted(value.rank, 'axes')}")
    return Made((transposed(value, order),))


def transposed(value: Value, order: Sequence[int]) -> Value:
    """Return `value` with its axes in another order."""
    return value.with_dims([value.dims[place] for place in order], "".join(value.axes[place] for place in order))


def squeeze(call: Call) -> Made:
    """Squeeze: without axes of length 1; since version 13 they are an input."""
    value = call.value(0)
    asked = call.sizes(1) if call.maybe(1) is not None else call.wholes("axes") if call.has("axes") else None
    if asked is None:
        places = {place for place, side in enumerate(value.dims) if side == 1}
    else:
        places = {axis(number, value.rank) for number in asked}
    if any(value.dims[place] != 1 for place in places):
        raise ShapeError(f"it takes away an axis of {spelled_size(value.dims)} that is longer than 1")
    kept = [place for place in range(value.rank) if place not in places]
    return Made((transposed(value, kept),))


def unsqueeze(call: Call) -> Made:
    """Unsqueeze: with new axes of length 1; since version 13 they are an input."""
    value = call.value(0)
    asked = call.sizes(1) if call.maybe(1) is not None else call.wholes("axes")
    rank = value.rank + len(asked)
    places = {axis(number, rank) for number in asked}
    if len(places) < len(asked):
        raise ShapeError("it puts two axes in one place")
    sides, letters = iter(value.dims), iter(value.axes)
    new = [place in places for place in range(rank)]
    dims = [1 if one else next(sides) for one in new]
    return Made((value.with_dims(dims, "".join("?" if one else next(letters) for one in new)),))


def depth_to_space(call: Call) -> Made:
    """DepthToSpace: channels become blocks of rows and columns."""
    image, block = _image(call)
    batch, channels, height, width = image.dims
    if channels % (block * block):
        raise ShapeError(f"its blocks of {block}x{block} do not divide {counted(channels, 'channels')}")
    made = image.with_dims((batch, channels // (block * block), height * block, width * block))
    return Made((made.seen_through({"H": repeated(block), "W": repeated(block)}, image),))


def space_to_depth(call: Call) -> Made:
    """SpaceToDepth: blocks of rows and columns become channels."""
    image, block = _image(call)
    batch, channels, height, width = image.dims
    if height % block or width % block:
        raise ShapeError(f"its blocks of {block}x{block} do not divide {height}x{width}")
    made = image.with_dims((batch, channels * block * block, height // block, width // block))
    whole = Taps(1, block, lambda _: (0, block - 1, 1))
    return Made((made.seen_through({"H": whole, "W": whole}, image),))


def _image(call: Call) -> tuple[Value, int]:
    value, block = call.value(0), call.whole("blocksize", 0)
    if value.rank != 4 or block < 1:
        raise ShapeError(f"its blocks of {block} do not fit an input {spelled_size(value.dims)}")
    return as_images(value), block


def expand(call: Call) -> Made:
    """Expand: repeated along axes of length 1."""
    value, asked = call.value(0), call.sizes(1)
    if min((*asked, 1)) < 0:
        raise ShapeError(f"its size {spelled_size(asked)} is none")
    rank = max(value.rank, len(asked))
    dims = list((1,) * (rank - value.rank) + value.dims)
    for place, side in enumerate((1,) * (rank - len(asked)) + asked):
        if side != 1 and dims[place] not in (1, side):
            raise ShapeError(f"its size {spelled_size(asked)} does not fit an input {spelled_size(value.dims)}")
        dims[place] = side if dims[place] == 1 else dims[place]
    return Made((replace(value.with_dims(dims, "?" * (rank - value.rank) + value.axes), reach={}),))


def tile(call: Call) -> Made:
    """Tile: the whole, several times along each axis."""
    value, times = call.value(0), call.sizes(1)
    if len(times) != value.rank or min((*times, 1)) < 0:
        raise ShapeError(f"its repeats {spelled_size(times)} do not fit an input {spelled_size(value.dims)}")
    dims = [side * count for side, count in zip(value.dims, times, strict=True)]
    return Made((replace(value.with_dims(dims), reach=dict.fromkeys(value.reach)),))


def _other_count(value: Value, asked: Sequence[int]) -> ShapeError:
    return ShapeError(f"its size {spelled_size(asked)} does not hold the {value.count:,} numbers of its input")

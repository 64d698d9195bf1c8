"""Operators that give the same numbers another order or other axes, take a part of them, or put several together."""

import numpy as np

from cnnfilt.describe.graphs.parts import slices_of
from cnnfilt.describe.graphs.value import axis
from cnnfilt.errors import ShapeError
from cnnfilt.nn.layer import Array
from cnnfilt.nn.operators.layout import first, in_rows, last
from cnnfilt.nn.operators.task import Arrays, Make, Task, plain


def reshaped(task: Task, x: Array, *_: Array) -> Array:
    """Reshape, Flatten, Squeeze, Unsqueeze: the same numbers, in the order of the file, in the size that was found."""
    return x.reshape(task.output.dims)


def transposed(task: Task, x: Array) -> Array:
    """Transpose: the same memory, seen with its axes in another order."""
    return x.transpose(task.wholes("perm", tuple(reversed(range(x.ndim)))))


def depth_to_space(task: Task, x: Array) -> Array:
    """DepthToSpace: channels become blocks, of which their number is the first or ("CRD") the last part."""
    block = task.whole("blocksize", 1)
    images = in_rows(x)
    batch, height, width, channels = images.shape
    kept = channels // (block * block)
    if task.text("mode", "DCR") == "CRD":
        parts = images.reshape(batch, height, width, kept, block, block).transpose(0, 1, 4, 2, 5, 3)
    else:
        parts = images.reshape(batch, height, width, block, block, kept).transpose(0, 1, 3, 2, 4, 5)
    return first(parts.reshape(batch, height * block, width * block, kept))


def space_to_depth(task: Task, x: Array) -> Array:
    """SpaceToDepth: blocks become channels, of which their number is the first or ("CRD") the last part."""
    block = task.whole("blocksize", 1)
    images = in_rows(x)
    batch, height, width, channels = images.shape
    parts = images.reshape(batch, height // block, block, width // block, block, channels)
    is_crd = task.text("mode", "DCR") == "CRD"
    rows = parts.transpose(0, 1, 3, 5, 2, 4) if is_crd else parts.transpose(0, 1, 3, 2, 4, 5)
    return first(rows.reshape(batch, height // block, width // block, block * block * channels))


def expanded(task: Task, x: Array, *_: Array) -> Array:
    """Expand: repeated along axes of length 1."""
    return np.broadcast_to(x, task.output.dims)


def tiled(task: Task, x: Array, *_: Array) -> Array:
    """Tile: the whole, several times along each axis."""
    return np.tile(x, task.sizes(1))


def concatenated(task: Task, *parts: Array) -> Array:
    """Concat: one after the other along an axis; NumPy keeps the order that they have in memory."""
    return np.concatenate(parts, axis=axis(task.whole("axis", 1), parts[0].ndim))


def split(task: Task, x: Array, *_: Array) -> Arrays:
    """Split: parts along an axis, as long as was found."""
    place = axis(task.whole("axis", 0), x.ndim)
    sizes = [value.dims[place] for value in task.made if value is not None]
    return tuple(np.split(x, np.cumsum(sizes)[:-1], axis=place))


def sliced(task: Task, x: Array, *_: Array) -> Array:
    """Slice: from a start to an end by steps."""
    for place, start, end, step in slices_of(task):
        index = [slice(None)] * x.ndim
        index[place] = slice(start, end if end >= -x.shape[place] or step > 0 else None, step)
        x = x[tuple(index)]
    return x


_MODES = {"constant": "constant", "reflect": "reflect", "edge": "edge", "wrap": "wrap"}


def padded(task: Task, x: Array, *_: Array | None) -> Array:
    """Pad: before and after each axis; negative numbers cut off."""
    mode = task.text("mode", "constant")
    if mode not in _MODES:
        raise ShapeError(f"its mode {mode[:20]!r} is unknown")
    pads = task.sizes(1) if task.maybe(1) is not None else task.wholes("pads" if task.has("pads") else "paddings")
    places = [axis(n, x.ndim) for n in task.sizes(3)] if task.maybe(3) is not None else [*range(x.ndim)]
    around = [(0, 0)] * x.ndim
    for number, place in enumerate(places):
        around[place] = (pads[number], pads[len(places) + number])
    kept = tuple(slice(max(-b, 0), side - max(-a, 0)) for (b, a), side in zip(around, x.shape, strict=True))
    wide = [(max(before, 0), max(after, 0)) for before, after in around]
    inner = x[kept]
    if mode != "constant":
        _check_border(mode, inner.shape, wide)
    # NumPy pads in the order of axes, so they are put as they lie in memory.
    order = [0, *range(2, x.ndim), 1] if x.ndim > 2 else [*range(x.ndim)]
    options = {"constant_values": _value(task)} if mode == "constant" else {}
    made = np.pad(last(inner), [wide[place] for place in order], mode=_MODES[mode], **options)  # type: ignore[call-overload]
    return first(np.asarray(made))


def _check_border(mode: str, sides: tuple[int, ...], around: list[tuple[int, int]]) -> None:
    for side, pads in zip(sides, around, strict=True):
        if max(pads) >= side + (mode != "reflect") and max(pads) and (mode == "reflect" or side == 0):
            raise ShapeError(f"its {mode} padding of {max(pads)} does not fit a side of {side}")


def _value(task: Task) -> float | int:
    if task.maybe(2) is not None:
        value = task.constant(2, "padding value")
        return value.item() if value is not None and value.size == 1 else 0
    return task.number("value", 0.0)


def gathered(task: Task, x: Array, indices: Array) -> Array:
    """Gather: those of an axis that the second input names; a negative number counts from the end."""
    place = axis(task.whole("axis", 0), x.ndim)
    side = x.shape[place]
    if indices.size and not (-side <= int(indices.min()) and int(indices.max()) < side):
        raise ShapeError(f"it takes places that are none of the {side} of its input")
    return np.take(x, indices, axis=place)


def constant(task: Task) -> Array:
    """Constant: a tensor that is set at the node, or the few numbers of another attribute."""
    tensor = task.tensor("value")
    if tensor is not None:
        return task.read(tensor)
    content = task.output.content
    if content is None:
        raise ShapeError("its numbers are not read")
    return np.array(content, task.output.kind).reshape(task.output.dims)


def constant_of_shape(task: Task, *_: Array) -> Array:
    """ConstantOfShape: the same number all over."""
    tensor = task.tensor("value")
    value = np.zeros(1, np.float32) if tensor is None else task.read(tensor)
    if value.size != 1:
        raise ShapeError(f"its value is {value.size:,} numbers; it must be one")
    return np.full(task.output.dims, value.reshape(()), value.dtype)


def numbers_from(task: Task, *_: Array) -> Array:
    """Shape, Size, Range: numbers that the description has found."""
    content = task.output.content
    if content is None:
        raise ShapeError("it is computed from the values of the input, which is not run")
    return np.array(content, task.output.kind).reshape(task.output.dims)


OPERATORS: dict[str, Make] = {
    **dict.fromkeys(("Reshape", "Flatten", "Squeeze", "Unsqueeze"), plain(reshaped)),
    "Transpose": plain(transposed),
    "DepthToSpace": plain(depth_to_space),
    "SpaceToDepth": plain(space_to_depth),
    "Expand": plain(expanded),
    "Tile": plain(tiled),
    "Concat": plain(concatenated),
    "Split": plain(split),
    "Slice": plain(sliced),
    "Pad": plain(padded),
    "Gather": plain(gathered),
    "Constant": plain(constant),
    "ConstantOfShape": plain(constant_of_shape),
    **dict.fromkeys(("Shape", "Size", "Range"), plain(numbers_from)),
}

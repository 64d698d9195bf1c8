"""The page of one operation: the image and what became of it, value by value, each with where it comes from."""

import json
import math
from collections.abc import Sequence
from typing import Any

from cnnfilt.describe.parts import Box
from cnnfilt.files.image import Array, Image, top_level
from cnnfilt.operations.base import Operation, Result
from cnnfilt.operations.inspect.thumbnails import Thumbnails
from cnnfilt.page.arrays import number, packed, picture
from cnnfilt.page.document import Page
from cnnfilt.page.makers import maker_of
from cnnfilt.page.steps import Axis, Kernel, Stage, Step

_THUMBNAIL = 320
"""How high and wide, in pixels, the pictures of the whole images are at most."""

MOST_BYTES = 4_400_000
"""So large the data may be: with the pictures and the script a page stays below 5 MB."""

_TYPICAL = 0.9
"""How many bytes a byte of an array takes, deflated and written as text."""


def page(image: Image, operation: Operation, results: list[Result], format_name: str) -> Page:
    """Return the page of `results`. Where all numbers would make it too large it holds those of the middle."""
    maker = maker_of(operation)
    names = operation.names if len(results) > 1 else ("",)
    shown = [
        (name, maker.steps(image, operation, place, result, format_name))
        for place, (name, result) in enumerate(zip(names, results, strict=True))
    ]
    sources = {id(one.source): one.source for _, steps in shown for one in steps}
    size = max(one.shape[0] for one in sources.values()), max(one.shape[1] for one in sources.values())
    share = min(1.0, MOST_BYTES / (_TYPICAL * sum(_bytes_of(step) for _, steps in shown for step in steps)))
    while True:
        part = _middle(size, share)
        arrays = _Arrays()
        data = [{"name": name, "steps": [_step(one, part, arrays) for one in steps]} for name, steps in shown]
        weight = len(json.dumps(arrays.packed)) + len(json.dumps(data))
        if weight <= MOST_BYTES or part.height * part.width <= 1:
            break
        share *= 0.95 * MOST_BYTES / weight
    pictures = Thumbnails(_THUMBNAIL, _THUMBNAIL)(image, operation, results, format_name)
    return Page(
        "operation",
        {
            "command": operation.command,
            "colours": image.kind == "image" and image.channels == 3,
            "white": top_level(image.pixels.dtype)
            if image.kind == "image" and image.pixels.dtype.kind == "u"
            else None,
            "pictures": [{"caption": one.caption, "picture": picture(one.pixels)} for one in pictures],
            "size": size,
            "part": [part.top, part.left, part.height, part.width],
            "results": data,
            "arrays": arrays.packed,
        },
        maker.sections(image, operation),
    )


def _bytes_of(step: Step) -> int:
    """Return how large the arrays of a step are, each once."""
    held: list[Array | None] = [step.source, step.found, *(one.answers for one in step.kernels)]
    held += [array for stage in step.stages for array in (stage.values, *stage.uses, stage.chosen, stage.clipped)]
    return sum({id(one): one.nbytes for one in held if one is not None}.values())


def _middle(size: tuple[int, int], share: float) -> Box:
    """Return the middle of an image of `size`, with this share of its pixels."""
    side = math.sqrt(share)
    height, width = (max(min(n, int(n * side)), 1) for n in size)
    return Box((size[0] - height) // 2, (size[1] - width) // 2, height, width)


class _Arrays:
    """The arrays of a page, each packed once."""

    def __init__(self) -> None:
        self.packed: list[dict[str, Any]] = []
        self._known: dict[tuple[int, ...], int] = {}
        self._held: list[Array] = []

    def add(self, array: Array, box: Box | None = None) -> int:
        """Return the number of what is in `box` of an array, or of all of it."""
        box = box or Box(0, 0, array.shape[0], array.shape[1])
        key = (id(array), box.top, box.left, box.height, box.width)
        if key not in self._known:
            self._held.append(array)  # As long as it is held no other has its id.
            self._known[key] = len(self.packed)
            self.packed.append(packed(array[box.slices]) | {"top": box.top, "left": box.left})
        return self._known[key]


def _step(step: Step, part: Box, arrays: _Arrays) -> dict[str, Any]:
    height, width = step.source.shape[:2]
    top, left = min(part.top, height - 1), min(part.left, width - 1)
    seen = Box(top, left, min(part.height, height - top), min(part.width, width - left))
    made = _made_in(step, seen)
    return {
        "title": step.title,
        "kind": step.kind,
        "source": arrays.add(step.source, seen),
        "sourceName": step.source_name,
        "channels": step.source.shape[2],
        "rows": _axis(step.rows),
        "columns": _axis(step.columns),
        "size": [len(step.rows.starts), len(step.columns.starts)],
        "made": [made.top, made.left, made.height, made.width],
        "kernels": [_kernel(one, made, arrays) for one in step.kernels],
        "found": None if step.found is None else arrays.add(step.found, made),
        "stages": [_stage(one, made, arrays) for one in step.stages],
        "overAll": step.over_all,
        "fill": [number(one) for one in step.fill],
        "taps": None if step.taps is None else [[int(tap) for tap in row] for row in step.taps],
        "countsPadding": step.counts_padding,
    }


def _made_in(step: Step, seen: Box) -> Box:
    """Return which results are kept: those that need nothing else of the source, or as many where there are none."""
    rows = step.rows.covered(seen.top, seen.top + seen.height)
    columns = step.columns.covered(seen.left, seen.left + seen.width)
    if rows[0] == rows[1]:
        rows = 0, min(len(step.rows.starts), seen.height)
    if columns[0] == columns[1]:
        columns = 0, min(len(step.columns.starts), seen.width)
    return Box(rows[0], columns[0], rows[1] - rows[0], columns[1] - columns[0])


def _axis(axis: Axis) -> dict[str, Any]:
    plain = axis.positions == tuple(at if 0 <= at < axis.size else -1 for at in _padded(axis))
    return {
        "size": axis.size,
        "before": axis.before,
        "after": axis.after,
        "dilation": axis.dilation,
        "starts": list(axis.starts),
        "counts": axis.counts[0] if len(set(axis.counts)) == 1 else list(axis.counts),
        "positions": None if plain else list(axis.positions),
        "stamps": axis.stamps,
    }


def _padded(axis: Axis) -> Sequence[int]:
    return range(-axis.before, axis.size + axis.after)


def _kernel(kernel: Kernel, made: Box, arrays: _Arrays) -> dict[str, Any]:
    height, width, channels, maps = kernel.weights.shape
    weights = packed(kernel.weights.reshape(height * width, channels * maps))
    about = {"height": height, "width": width, "channels": channels, "maps": maps}
    return about | {"name": kernel.name, "weights": weights, "answers": arrays.add(kernel.answers, made)}


def _stage(stage: Stage, made: Box, arrays: _Arrays) -> dict[str, Any]:
    return {
        "name": stage.name,
        "words": list(stage.words),
        "values": arrays.add(stage.values, made),
        "uses": [arrays.add(one, made) for one in stage.uses],
        "chosen": None if stage.chosen is None else arrays.add(stage.chosen, made),
        "clipped": None if stage.clipped is None else arrays.add(stage.clipped, made),
        "isLevel": stage.is_level,
    }

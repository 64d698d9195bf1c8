"""A page of layers carried to one image, whatever they come from: what is in it, and what is left out of it."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from cnnfilt.describe.layers import Shape, Volume
from cnnfilt.errors import counted
from cnnfilt.files.image import Array, Image
from cnnfilt.frozen import Frozen
from cnnfilt.page.arrays import number, packed, picture
from cnnfilt.page.chain_maps import maps_of
from cnnfilt.page.chain_parts import MOST_BYTES, Part, parts_of, reduction
from cnnfilt.page.document import Page, Section
from cnnfilt.page.layer_run import Step
from cnnfilt.page.network import Node, drawing_of
from cnnfilt.spelling import spelled_size


class Source(Frozen, eq=False):
    """What goes into a network, (H, W, C), with the names of its channels, and the levels that it was made of.

    These are multiplied by `scale`, and then `mean` is taken off and `std` divided by, where they are given; with
    `is_bgr` the channels are turned about.
    """

    first: Array
    levels: Array
    scale: float
    names: Sequence[str]
    mean: Sequence[float] = ()
    std: Sequence[float] = ()
    is_bgr: bool = False


class Made(Frozen, eq=False):
    """What a layer made: its values, (H, W, C) or a list, their names, and how each came about.

    Of its `total` filters the page has the weights of `filters`; None is all of them.
    """

    values: Array
    names: Sequence[str]
    step: Step
    filters: list[int] | None = None
    total: int = 0


def chain_page(image: Image, nodes: Sequence[Node], source: Source, made: Iterable[Made]) -> Page:
    """Return the page of `nodes`, of which the first is the input, and of what each of the others `made`."""
    shapes = [node.output for node in nodes]
    parts, stride = parts_of(shapes, MOST_BYTES // _item_size(source.first)), reduction(shapes)
    values = [maps_of(source.first, source.names, parts[0], stride)]
    steps: list[Step | None] = [None]
    lines = _lines_of_parts(nodes, parts, stride)
    for place, one in enumerate(made, 1):
        part = parts[place] if one.values.ndim == 3 else None
        values.append(maps_of(one.values, one.names, part, stride))
        steps.append(_packed(one.step, part))
        if one.filters is not None:
            lines.append(
                f"Layer {place} ({nodes[place].label}): of its {counted(one.total, 'filters')} the weights of the "
                f"first {len(one.filters):,} are here; values of the others are shown without their sums."
            )
    data = {
        "drawing": drawing_of(nodes),
        "values": values,
        "steps": steps,
        "input": _input(source, image, parts[0], stride),
    }
    return Page("chain", data, (Section("What is left out", (), tuple(lines)),) if lines else ())


def _packed(step: Step, part: Part | None) -> Step:
    """Return a step as JSON has it: of numbers for each position those of the positions that are in the page."""
    arrays = {name: array for name, array in step.items() if isinstance(array, np.ndarray)}
    cut = {
        name: array if part is None or array.shape[:2] == (1, 1) else array[part.slices]
        for name, array in arrays.items()
    }
    return step | {name: packed(array) for name, array in cut.items()}


def _item_size(first: Array) -> int:
    """Return the bytes of a value of any layer: layers compute in 32 bits, but for what needs more."""
    return 8 if first.dtype.itemsize == 8 else 4


def _input(source: Source, image: Image, part: Part | None, stride: int) -> dict[str, Any]:
    """Return what the first values were made of: levels, and what was done with them."""
    assert part is not None, "the input has rows and columns"
    levels, size = source.levels, image.pixels.shape[:2]
    treated = source.scale != 1 or source.mean or source.std or source.is_bgr
    is_colour = levels.dtype == np.uint8 and levels.shape[2] == 3
    return {
        "scale": number(source.scale),
        "mean": _each(source.mean, levels.shape[2]),
        "std": _each(source.std, levels.shape[2]),
        "bgr": source.is_bgr,
        "levels": packed(levels[part.slices]) if treated else None,
        "resized": None if size == levels.shape[:2] else [spelled_size(size), spelled_size(levels.shape[:2])],
        "picture": picture(np.ascontiguousarray(levels[::stride, ::stride])) if is_colour else None,
    }


def _each(numbers: Sequence[float], channels: int) -> list[Any]:
    """Return a number for each channel; none where there are none."""
    return [number(one) for one in (numbers if len(numbers) != 1 else list(numbers) * channels)]


def _lines_of_parts(nodes: Sequence[Node], parts: Sequence[Part | None], stride: int) -> list[str]:
    """Return what the page says of the rows and columns that are left out."""
    lines = [_line_of_part(nodes[0].output, parts[0])] if _is_cut(nodes[0].output, parts[0]) else []
    count = sum(map(_is_cut, (node.output for node in nodes[1:]), parts[1:]))
    if count:
        lines.append(
            f"The numbers of all layers would make this page too large: of {counted(count, 'layers')} the middle rows "
            "and columns are here, and each says which. What a window reads beyond is said to be left out."
        )
    if stride > 1:
        lines.append(
            f"Pictures of whole maps show one of {stride} rows and one of {stride} columns, but of small maps all."
        )
    return lines


def _is_cut(whole: Shape, part: Part | None) -> bool:
    return isinstance(whole, Volume) and part is not None and (part.height, part.width) != whole.size


def _line_of_part(whole: Shape, part: Part | None) -> str:
    assert isinstance(whole, Volume), "lists are not cut"
    assert part is not None, "it is cut"
    return (
        f"Of the input, {whole.height}x{whole.width}, the numbers of rows {part.top} to {part.top + part.height - 1} "
        f"and columns {part.left} to {part.left + part.width - 1} are here."
    )

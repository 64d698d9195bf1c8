"""The page of a chain of layers carried to one image: every layer's maps, and how each value came about."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cnnfilt.describe.layers import Layer, Volume
from cnnfilt.errors import ParameterError, counted
from cnnfilt.files.image import Array, Image
from cnnfilt.nn.inference import outputs
from cnnfilt.nn.weights import names_of, weights_of
from cnnfilt.operations.apply import ApplyChain, Opened
from cnnfilt.operations.base import Operation, Result
from cnnfilt.operations.map_names import channels_of
from cnnfilt.page.arrays import packed, picture
from cnnfilt.page.chain_maps import maps_of
from cnnfilt.page.chain_parts import MOST_BYTES, Part, filters_kept, parts_of, reduction
from cnnfilt.page.chain_steps import Step, step_of, weights_kept
from cnnfilt.page.document import Page, Section
from cnnfilt.page.network import Node, drawing_of, nodes_of
from cnnfilt.spelling import spelled_size


def page(image: Image, operation: Operation, results: list[Result], format_name: str) -> Page:
    """Return the page of what `operation`, an ApplyChain, makes of `image`."""
    if not isinstance(operation, ApplyChain):
        raise ParameterError("--page shows chains of layers on whole images")
    opened = operation.opened(image)
    height, width, channels = opened.first.shape
    nodes, places = nodes_of(opened.reports, Volume(height, width, channels))
    shapes = [node.output for node in nodes]
    parts, step = parts_of(shapes, MOST_BYTES // _item_size(opened.first)), reduction(shapes)
    kept = _kept(opened)
    values = [maps_of(opened.first, _names_of_input(channels), parts[0], step)]
    steps: list[Step | None] = [None]
    arrays = outputs(opened.reports, opened.first, opened.arrays)
    for number, (report, array, place) in enumerate(zip(opened.reports, arrays, places, strict=True)):
        if place < len(values):
            continue  # It remembers a value, or goes back to one, and makes none.
        names = operation.classes_of(array) or _names(operation.chain[: number + 1], array, channels)
        values.append(maps_of(array, names, parts[place], step))
        weights = weights_of(opened.arrays, names_of(opened.reports)[number])
        steps.append(step_of(report, weights, kept.get(number)))
    data = {
        "drawing": drawing_of(nodes),
        "values": values,
        "steps": steps,
        "input": _input(opened, image, parts[0], step),
        "classes": opened.classes,
    }
    return Page("chain", data, tuple(_sections(nodes, parts, kept, opened, step)))


def _kept(opened: Opened) -> dict[int, list[int]]:
    """Return by the layer's number the filters whose weights are in the page, where not all of them are."""
    names = names_of(opened.reports)
    found = [
        weights_kept(report, weights_of(opened.arrays, name))
        for report, name in zip(opened.reports, names, strict=True)
    ]
    layers = [(number, one) for number, one in enumerate(found) if one is not None]
    counts = filters_kept([one for _, one in layers])
    pairs = zip(layers, counts, strict=True)
    return {number: list(range(count)) for (number, (_, filters)), count in pairs if count < filters}


def _names_of_input(channels: int) -> Sequence[str]:
    return channels_of((), channels)


def _names(chain: Sequence[Layer], array: Array, channels: int) -> Sequence[str]:
    """Return a name for each map; those of the chain's words where they are as many as there are maps."""
    if array.ndim == 1:
        return ()
    names = channels_of(chain, channels)
    return names if len(names) == array.shape[2] else [f"map{number + 1}" for number in range(array.shape[2])]


def _item_size(first: Array) -> int:
    """Return the bytes of a value of any layer: layers compute in 32 bits, but for what needs more."""
    return 8 if first.dtype.itemsize == 8 else 4


def _input(opened: Opened, image: Image, part: Part | None, step: int) -> dict[str, Any]:
    """Return what the network's input was made of: levels, and what they are multiplied by."""
    assert part is not None, "the input has rows and columns"
    levels = opened.levels
    size = image.pixels.shape[:2]
    found: dict[str, Any] = {"scale": opened.scale, "levels": None, "resized": None, "picture": None}
    if opened.scale != 1:
        found["levels"] = packed(levels[part.slices])
    if size != levels.shape[:2]:
        found["resized"] = [spelled_size(size), spelled_size(levels.shape[:2])]
    if levels.dtype == np.uint8 and levels.shape[2] == 3:
        found["picture"] = picture(np.ascontiguousarray(levels[::step, ::step]))
    return found


def _sections(
    nodes: Sequence[Node], parts: Sequence[Part | None], kept: dict[int, list[int]], opened: Opened, step: int
) -> Iterator[Section]:
    """Yield what the page says of itself: what is in it, and what is left out."""
    lines = []
    first, whole = parts[0], nodes[0].output
    assert first is not None
    assert isinstance(whole, Volume)
    if (first.height, first.width) != whole.size:
        lines.append(
            f"The numbers of all rows and columns would make this page too large. Of each layer the middle is here; of "
            f"the input, {spelled_size(whole.size)}, rows {first.top} to {first.top + first.height - 1} and columns "
            f"{first.left} to {first.left + first.width - 1}. What a window reads beyond is said to be left out."
        )
    if step > 1:
        lines.append(f"Pictures of whole maps show one of {step} rows and one of {step} columns.")
    for number, filters in kept.items():
        report = opened.reports[number]
        total = report.output.channels if isinstance(report.output, Volume) else report.output.values
        lines.append(
            f"Layer {number + 1} ({report.layer.word}): of its {counted(total, 'filters')} the weights of the first "
            f"{len(filters):,} are here; values of the others are shown without their sums."
        )
    if lines:
        yield Section("What is left out", (), tuple(lines))

"""How `cnnfilt shape` answers at length: as a table or as JSON, or explained, or by how often pixels are read."""

import json
import shutil
import sys
from collections.abc import Sequence
from typing import Any

from cnnfilt.cli.messages import printable
from cnnfilt.cli.shape.answers import Answer, AnswerOptions, LayerWindows
from cnnfilt.cli.shape.coverage_map import coverage_data, coverage_text
from cnnfilt.cli.shape.formulas import formulas
from cnnfilt.cli.shape.sizes import pair_text
from cnnfilt.cli.tables import aligned, bold
from cnnfilt.describe.chain import Report, describe
from cnnfilt.describe.layers import Flat, Layer, LoneWindow, Shape, Volume
from cnnfilt.describe.windows import Slide
from cnnfilt.frozen import fields
from cnnfilt.terms import Padding

HEADINGS = ("layer", "output", "params", "MACs", "field", "jump", "unread")
SHORTEST_WORD = 12


def answer(size: tuple[int, int, int], chain: Sequence[Layer | LoneWindow], options: AnswerOptions) -> Answer:
    """Return what the layers of `chain` make of an input of `size` (height, width, channels).

    Raises ParameterError or ShapeError naming the layer at fault.
    """
    shape = Volume(*size)
    reports = describe(chain, shape)
    layers = _windows(reports)
    output = reports[-1].output if reports else shape
    return Answer(_text(shape, reports, layers, output, options), layers, tuple(fields(output).values()))


def lone_window(slide: Slide) -> LoneWindow:
    """Return one window as a layer, with the word it would have among layers."""
    word = f"window:k={pair_text(slide.kernel_size)},s={pair_text(slide.stride)}"
    if slide.padding not in (0, "valid"):
        word += f",p={_padding(slide.padding)}"
    if slide.dilation != (1, 1):
        word += f",d={pair_text(slide.dilation)}"
    return LoneWindow(word + ",ceil=1" * slide.ceil_mode, slide)


def _padding(padding: Padding) -> str:
    """Return the padding as a layer word has it: same, 1, 1x2, or 1x2x3x4 for top, bottom, left and right."""
    if isinstance(padding, str | int):
        return str(padding)
    return "x".join(str(n) for side in padding for n in (side if isinstance(side, tuple) else (side,)))


def _windows(reports: Sequence[Report]) -> tuple[LayerWindows, ...]:
    layers = []
    for number, report in enumerate(reports, 1):
        if report.effect.windows:
            where = "" if isinstance(report.layer, LoneWindow) else f"layer {number} ({report.layer.word}): "
            layers.append(LayerWindows(where, report.effect.windows))
    return tuple(layers)


def _text(
    size: Volume, reports: Sequence[Report], layers: Sequence[LayerWindows], output: Shape, options: AnswerOptions
) -> str:
    windows = [layer.windows for layer in layers]
    if options.json:
        counted = {"coverage": coverage_data(windows)} if options.coverage else {}
        return json.dumps(_object(size, reports, output) | counted)
    if options.coverage:
        return "\n".join(coverage_text(windows))
    return "\n".join(formulas(reports) if options.explain else _table(size, reports))


def _table(size: Shape, reports: Sequence[Report]) -> list[str]:
    """Return the lines of the table: one per layer, and the totals."""
    rows: list[tuple[str, ...]] = [("input", str(size), "", "", "", "", "")]
    for report in reports:
        counts = f"{report.effect.params:,}", f"{report.effect.macs:,}"
        reach = (pair_text(pair) for pair in (report.receptive_field, report.jump, report.unread))
        rows.append((printable(report.layer.word), str(report.output), *counts, *reach))
    params, macs = _totals(reports).values()
    rows.append(("total", "", f"{params:,}", f"{macs:,}", "", "", ""))
    heading, *lines = _aligned([HEADINGS, *rows])
    return [bold(heading), *lines]


def _object(size: Shape, reports: Sequence[Report], output: Shape) -> dict[str, Any]:
    """Return the same as data; of a flat output, what needs rows and columns is None."""
    layers = [
        {
            "layer": report.layer.word,
            "output": _shape_object(report.output),
            "params": report.effect.params,
            "macs": report.effect.macs,
            "receptive_field": report.receptive_field,
            "jump": report.jump,
            "unread": report.unread,
        }
        for report in reports
    ]
    shapes = {"input": _shape_object(size), "layers": layers, "output": _shape_object(output)}
    return shapes | _totals(reports)


def _totals(reports: Sequence[Report]) -> dict[str, int]:
    return {
        "params": sum(report.effect.params for report in reports),
        "macs": sum(report.effect.macs for report in reports),
    }


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return `rows` in columns, words to the left and numbers to the right; long words shortened on a terminal."""
    width = max(len(word) for word, *_ in rows)
    if sys.stdout.isatty():
        others = [max(map(len, column)) + 2 for column in list(zip(*rows, strict=True))[1:]]
        width = min(width, max(shutil.get_terminal_size().columns - sum(others), SHORTEST_WORD))
    shown = [(word if len(word) <= width else word[: width - 3] + "...", *others) for word, *others in rows]
    return aligned(shown, "ll" + "r" * (len(rows[0]) - 2))


def _shape_object(shape: Shape) -> dict[str, int]:
    if isinstance(shape, Flat):
        return {"features": shape.features}
    return {"height": shape.height, "width": shape.width, "channels": shape.channels}

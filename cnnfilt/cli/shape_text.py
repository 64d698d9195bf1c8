"""How `cnnfilt shape` answers: as a table, as JSON, or explained window by window."""

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from itertools import pairwise
from typing import Any

from cnnfilt.architecture import Report, describe, parse_chain
from cnnfilt.cli.report import printable
from cnnfilt.cli.shape import formula_of_notes
from cnnfilt.cli.tables import aligned, bold
from cnnfilt.errors import ShapeError
from cnnfilt.geometry import Window, windows
from cnnfilt.layer_specs import Effect, Flat, Layer, Shape, Sliding, Volume
from cnnfilt.terms import Padding, Pair

HEADINGS = ("layer", "output", "params", "MACs", "field", "jump", "unread")
SHORTEST_WORD = 12

Slid = list[tuple[str, tuple[Window, Window]]]
"""The windows of each layer that has any, with the words an error about them starts with."""


def answer(
    size: tuple[int, int, int], window: dict[str, Any] | None, words: Sequence[str], *, json_: bool, explain: bool
) -> tuple[str, Slid, tuple[int, ...]]:
    """Return the text to print, the windows, and the output as (height, width, channels) or (features,).

    `window` holds the arguments of a lone window; without it the layers written in `words` are described.
    """
    shape = Volume(*size)
    chain: list[Layer] = [_sliding(window)] if window else parse_chain(words)
    reports = describe(chain, shape)
    slid: Slid = []
    for number, report in enumerate(reports, 1):
        if report.effect.windows:
            slid.append(("" if window else f"layer {number} ({report.layer.word}): ", report.effect.windows))
    output = reports[-1].output if reports else shape
    if json_:
        text = _json(shape, reports, output)
    else:
        text = "\n".join(_explanation(reports) if explain else _table(shape, reports))
    return text, slid, astuple(output)


def _sliding(window: dict[str, Any]) -> Sliding:
    layer = Sliding("", **window)
    word = f"window:k={_pair(layer.kernel_size)},s={_pair(layer.stride)}"
    if layer.padding not in (0, "valid"):
        word += f",p={_padding(layer.padding)}"
    if layer.dilation != (1, 1):
        word += f",d={_pair(layer.dilation)}"
    return replace(layer, word=word + ",ceil=1" * layer.ceil_mode)


def _padding(padding: Padding) -> str:
    """Return the padding as a layer word has it: same, 1, 1x2, or 1x2x3x4 for top, bottom, left and right."""
    if isinstance(padding, str | int):
        return str(padding)
    return "x".join(str(n) for side in padding for n in (side if isinstance(side, tuple) else (side,)))


def _table(size: Shape, reports: Sequence[Report]) -> list[str]:
    """Return the lines of the table: one per layer, and the totals."""
    rows: list[tuple[str, ...]] = [("input", str(size), "", "", "", "", "")]
    for report in reports:
        counts = f"{report.effect.params:,}", f"{report.effect.macs:,}"
        reach = (_pair(pair) for pair in (report.receptive_field, report.jump, report.unread))
        rows.append((printable(report.layer.word), str(report.output), *counts, *reach))
    params, macs = (sum(getattr(report.effect, name) for report in reports) for name in ("params", "macs"))
    rows.append(("total", "", f"{params:,}", f"{macs:,}", "", "", ""))
    heading, *lines = _aligned([HEADINGS, *rows])
    return [bold(heading), *lines]


def _json(size: Shape, reports: Sequence[Report], output: Shape) -> str:
    """Return the same as one line of JSON; of a flat output, what needs rows and columns is null."""
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
    totals = {name: sum(getattr(report.effect, name) for report in reports) for name in ("params", "macs")}
    answer = {"input": _shape_object(size), "layers": layers, "output": _shape_object(output), **totals}
    return json.dumps(answer)


def _explanation(reports: Sequence[Report]) -> Iterator[str]:
    """Yield the lines that say how each size comes about, with the numbers filled in."""
    for number, report in enumerate(reports):
        if number:
            yield ""
        yield bold(f"{printable(report.layer.word)}: {report.input} -> {report.output}")
        if report.effect.windows:
            yield from _axes(report.effect.windows)
            if isinstance(report.layer, Sliding):
                yield from _conventions(report.layer, report.effect.windows)
        elif isinstance(report.input, Volume) and isinstance(report.output, Flat):
            yield f"  features    {str(report.input).replace('x', '*')} = {report.output}"
        elif not report.effect.weights:
            yield "  size        unchanged: every value by itself"
        yield from _counts(report.effect)
        if report.effect.windows and not isinstance(report.layer, Sliding):
            field, jump = _pair(report.receptive_field), _pair(report.jump)
            yield f"  one value   sees {field} pixels of the input across; its neighbour is {jump} further on"


def _pair(pair: Pair | None) -> str:
    """Return "3" for (3, 3), "3x5" for (3, 5) and "-" for None."""
    if pair is None:
        return "-"
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}x{pair[1]}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return `rows` in columns, words to the left and numbers to the right; long words shortened on a terminal."""
    width = max(len(word) for word, *_ in rows)
    if sys.stdout.isatty():
        others = [max(map(len, column)) + 2 for column in list(zip(*rows, strict=True))[1:]]
        width = min(width, max(shutil.get_terminal_size().columns - sum(others), SHORTEST_WORD))
    shown = [(word if len(word) <= width else word[: width - 3] + "...", *others) for word, *others in rows]
    return aligned(shown, "ll" + "r" * (len(rows[0]) - 2))


def _axes(pair: tuple[Window, Window]) -> Iterator[str]:
    rows, columns = pair
    yield from _axis("rows", rows)
    # A square window over a square input: saying it twice helps nobody.
    if _numbers(rows) == _numbers(columns):
        yield "  columns     the same"
    else:
        yield from _axis("columns", columns)


def _axis(name: str, w: Window) -> Iterator[str]:
    dilated = f"{w.dilation}*({w.kernel_size}-1)+1 = {w.span}" if w.dilation > 1 else str(w.span)
    yield f"  {name:10}  n={w.size}, window spans {dilated}, stride {w.stride}, padding {w.before} + {w.after}"
    left = f"({w.size} + {w.before} + {w.after} - {w.span})/{w.stride}"
    yield f"    size      floor((n + pads - span)/s) + 1 = floor({left}) + 1 = {_floor(w)}"
    if w.ceil_mode:
        rounded = -(-(w.padded_size - w.span) // w.stride) + 1
        dropped = "" if rounded == w.output_size else f", less one that would start in the padding: {w.output_size}"
        yield f"    ceil mode ceil({left}) + 1 = {rounded}{dropped}"
    notes = formula_of_notes(w)
    above = w.padded_size - w.span + 1
    verdict = "" if notes == _floor(w) else f", one window too few: {w.stride} does not divide {above}"
    yield f"    in notes  floor((n + pads - span + 1)/s) = floor({above}/{w.stride}) = {notes}{verdict}"
    yield f"    windows   start at {_starts(w)}"
    if w.unread:
        yield f"    unread    {w.unread} of {w.size} {name} are read by no window"


def _starts(window: Window) -> str:
    count = window.output_size
    shown = list(range(count)) if count <= 9 else [0, 1, 2, 3, count - 3, count - 2, count - 1]
    gaps = ["" if after == before + 1 else " ...," for before, after in pairwise([-1, *shown])]
    return ",".join(f"{gap} {window.start(i)}" for i, gap in zip(shown, gaps, strict=True)).strip()


def _conventions(layer: Sliding, pair: tuple[Window, Window]) -> Iterator[str]:
    """Yield what the frameworks' ways of padding would make of the same window."""
    half = pair[0].span // 2, pair[1].span // 2
    ways: list[tuple[str, Padding, bool]] = [
        ("as asked", layer.padding, layer.ceil_mode),
        (f"PyTorch, padding={_pair(half)}", half, False),
        ("Keras SAME, ONNX SAME_UPPER", "same", False),
        ("ONNX SAME_LOWER", "same-lower", False),
        ("ceil mode (pooling), padding as asked", layer.padding, True),
    ]
    rows: list[tuple[str, ...]] = [("the same window elsewhere", "output", "top,bottom", "left,right")]
    for name, padding, ceil_mode in ways:
        try:
            found = windows(
                (pair[0].size, pair[1].size),
                layer.kernel_size,
                stride=layer.stride,
                padding=padding,
                dilation=layer.dilation,
                ceil_mode=ceil_mode,
            )
        except ShapeError:
            continue
        pads = [f"{window.before},{window.after}" for window in found]
        rows.append((name, f"{found[0].output_size}x{found[1].output_size}", *pads))
    yield ""
    yield from ("  " + line for line in _aligned(rows))


def _counts(effect: Effect) -> Iterator[str]:
    if not effect.weights:
        return
    weights = "*".join(map(str, effect.weights))
    biases = f" + {effect.biases}" if effect.biases else ""
    yield f"  parameters  {weights}{biases} = {effect.params:,}"
    size = effect.output
    positions = f"{size.height}*{size.width} * " if isinstance(size, Volume) else ""
    yield f"  MACs        {positions}{weights} = {effect.macs:,}"


def _floor(window: Window) -> int:
    return (window.padded_size - window.span) // window.stride + 1


def _numbers(window: Window) -> tuple[int, ...]:
    return (window.size, window.kernel_size, window.stride, window.dilation, window.before, window.after)


def _shape_object(shape: Shape) -> dict[str, int]:
    if isinstance(shape, Flat):
        return {"features": shape.features}
    return {"height": shape.height, "width": shape.width, "channels": shape.channels}

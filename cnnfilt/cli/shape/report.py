"""How `cnnfilt shape` answers: as a table, as JSON, or explained window by window."""

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from cnnfilt.cli.messages import printable
from cnnfilt.cli.shape.command import Answers, formula_of_notes
from cnnfilt.cli.shape.coverage_map import coverage_data, coverage_text
from cnnfilt.cli.tables import aligned, bold
from cnnfilt.describe.chain import Report, describe, parse_chain
from cnnfilt.describe.layers import Effect, Flat, Layer, LoneWindow, Shape, Volume
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Slide, Windows
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import fields, replace
from cnnfilt.terms import Padding, Pair

HEADINGS = ("layer", "output", "params", "MACs", "field", "jump", "unread")
SHORTEST_WORD = 12

Slid = list[tuple[str, Windows]]
"""The windows of each layer that has any, with the words an error about them starts with."""


def answer(
    size: tuple[int, int, int], window: Slide | None, words: Sequence[str], answers: Answers
) -> tuple[str, Slid, tuple[int, ...]]:
    """Return the text to print, the windows, and the output as (height, width, channels) or (features,).

    `window` is a lone one; without it the layers written in `words` are described.
    """
    shape = Volume(*size)
    chain: Sequence[Layer | LoneWindow] = [_lone(window)] if window else parse_chain(words)
    reports = describe(chain, shape)
    slid: Slid = []
    for number, report in enumerate(reports, 1):
        if report.effect.windows:
            slid.append(("" if window else f"layer {number} ({report.layer.word}): ", report.effect.windows))
    output = reports[-1].output if reports else shape
    if answers.json_:
        text = json.dumps(_object(shape, reports, output) | _counted(slid, answers))
    elif answers.coverage:
        text = "\n".join(coverage_text([pair for _, pair in slid]))
    else:
        text = "\n".join(_explanation(reports) if answers.explain else _table(shape, reports))
    return text, slid, tuple(fields(output).values())


def _counted(slid: Slid, answers: Answers) -> dict[str, Any]:
    return {"coverage": coverage_data([pair for _, pair in slid])} if answers.coverage else {}


def _lone(slide: Slide) -> LoneWindow:
    word = f"window:k={_pair(slide.kernel_size)},s={_pair(slide.stride)}"
    if slide.padding not in (0, "valid"):
        word += f",p={_padding(slide.padding)}"
    if slide.dilation != (1, 1):
        word += f",d={_pair(slide.dilation)}"
    return LoneWindow(word + ",ceil=1" * slide.ceil_mode, slide)


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
    totals = {name: sum(getattr(report.effect, name) for report in reports) for name in ("params", "macs")}
    return {"input": _shape_object(size), "layers": layers, "output": _shape_object(output), **totals}


def _explanation(reports: Sequence[Report]) -> Iterator[str]:
    """Yield the lines that say how each size comes about, with the numbers filled in."""
    for number, report in enumerate(reports):
        if number:
            yield ""
        yield bold(f"{printable(report.layer.word)}: {report.input} -> {report.output}")
        if report.effect.windows:
            yield from _axes(report.effect.windows)
            if isinstance(report.layer, LoneWindow) and isinstance(report.input, Volume):
                yield from _conventions(report.layer.slide, report.input.size)
        elif isinstance(report.input, Volume) and isinstance(report.output, Flat):
            yield f"  features    {str(report.input).replace('x', '*')} = {report.output}"
        elif not report.effect.weights:
            yield "  size        unchanged: every value by itself"
        yield from _counts(report.effect)
        if report.effect.windows and not isinstance(report.layer, LoneWindow):
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


def _axes(windows: Windows) -> Iterator[str]:
    rows, columns = windows
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


def _conventions(asked: Slide, size: Pair) -> Iterator[str]:
    """Yield what the frameworks' ways of padding would make of the same window, and the options for each."""
    high, wide = asked.over(size).span
    half = high // 2, wide // 2
    ways: list[tuple[str, str, Padding, bool]] = [
        ("as asked", "", asked.padding, asked.ceil_mode),
        (f"PyTorch padding={half[0] if half[0] == half[1] else half}", f"-p {_pair(half)}", half, False),
        ("Keras SAME, ONNX SAME_UPPER", "-p same", "same", False),
        ("ONNX SAME_LOWER", "-p same-lower", "same-lower", False),
        ("Keras, TensorFlow, ONNX VALID", "-p valid", "valid", False),
        ("PyTorch ceil_mode (pooling)", "--ceil-mode", asked.padding, True),
    ]
    rows: list[tuple[str, ...]] = [("the same window elsewhere", "here", "output", "top,bottom", "left,right")]
    for name, option, padding, ceil_mode in ways:
        with suppress(ShapeError):
            found = replace(asked, padding=padding, ceil_mode=ceil_mode).over(size)
            pads = [f"{window.before},{window.after}" for window in found]
            rows.append((name, option, f"{found.rows.output_size}x{found.columns.output_size}", *pads))
    yield ""
    yield from ("  " + line for line in aligned(rows, "lllrr"))
    yield from _pad_first(replace(asked, padding="same", ceil_mode=False).over(size))


def _pad_first(same: Windows) -> Iterator[str]:
    """Say how PyTorch, whose padding is even, gets the windows of SAME where that is not."""
    rows, columns = same
    if rows.before != rows.after or columns.before != columns.after:
        pads = columns.before, columns.after, rows.before, rows.after
        yield f"  SAME in PyTorch, which pads evenly: F.pad(x, {pads}), then padding=0"


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

"""How `cnnfilt shape` answers at length: table, JSON, formulas, a script, or how often pixels are read."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.shape.answers import Answer, AnswerOptions, LayerWindows
from cnnfilt.cli.shape.coverage_map import coverage_data, coverage_text
from cnnfilt.cli.shape.formulas import formulas
from cnnfilt.cli.shape.memory import in_units, most_at_once
from cnnfilt.cli.shape.rows import Row, rows_of
from cnnfilt.cli.shape.sizes import pair_text
from cnnfilt.cli.shape.stamp_map import stamp_data, stamp_text
from cnnfilt.cli.shape.tables import TABLES, LayerTable
from cnnfilt.describe.chain import Report, describe
from cnnfilt.describe.chain_text import Block
from cnnfilt.describe.graphs.file_shapes import data_of
from cnnfilt.describe.layers import Layer, LoneWindow, TransposedLayer, Volume
from cnnfilt.describe.transposed import TransposedWindows
from cnnfilt.describe.windows import Slide, Windows
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import fields
from cnnfilt.terms import Padding

if TYPE_CHECKING:
    from cnnfilt.page.document import Page


def answer(
    size: tuple[int, int, int],
    chain: Sequence[Layer | LoneWindow],
    options: AnswerOptions,
    block: Block | None = None,
) -> Answer:
    """Return what the layers of `chain` make of an input of `size` (height, width, channels).

    `block` has their words as they are written, repeats in brackets. Raises ParameterError or ShapeError naming the
    layer at fault.
    """
    shape = Volume(*size)
    reports = describe(chain, shape)
    layers = _windows(reports)
    output = reports[-1].output if reports else shape
    block = block or Block(1, tuple(layer.word for layer in chain))
    text = _text(shape, reports, block, options) if options.printed else ""
    return Answer(text, layers, tuple(fields(output).values()), _page(shape, reports, options))


def _page(size: Volume, reports: Sequence[Report], options: AnswerOptions) -> "Page | None":
    if options.page is None:
        return None
    from cnnfilt.cli.shape.page import page_of_chain

    return page_of_chain(size, reports)


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


def _text(size: Volume, reports: Sequence[Report], block: Block, options: AnswerOptions) -> str:
    if options.emit:
        # Its tables take as long to import as all of a short run.
        from cnnfilt.cli.shape.emit.script import network_script

        return network_script(options.emit, size, reports)
    if options.explain:
        return "\n".join(formulas(reports))
    counted: dict[str, Any] = {}
    if options.coverage:
        path = _one_path(reports)
        stamps = any(isinstance(windows, TransposedWindows) for windows in path)
        if not options.json:
            return "\n".join(stamp_text(path) if stamps else coverage_text(path))
        counted = {"received": stamp_data(path)} if stamps else {"coverage": coverage_data(path)}
    label, rows = rows_of(reports, block, options.columns.depth)
    table = LayerTable(label, size, tuple(rows), options.columns)
    return table_text(table, options, most_at_once(size, reports) if options.columns.memory else 0, counted)


def table_text(table: LayerTable, options: AnswerOptions, most_memory: int, more: Mapping[str, Any]) -> str:
    """Return `table` as `options` ask for it; JSON has `more` beside it.

    `most_memory` are the bytes of all values of one image that are there at once, at most.
    """
    most = table.images * most_memory
    if options.json:
        return json_text({**_object(table, most), **more})
    lines = TABLES[options.table](table)
    if options.columns.memory and options.table is None:
        kept = in_units(table.memory)
        lines.append(f"{kept} where all outputs are kept, as training does; else {in_units(most)} at once")
    return "\n".join(lines)


def _one_path(reports: Sequence[Report]) -> list[Any]:
    """Return the windows, one layer after the other. ParameterError for what they alone do not tell."""
    path: list[Windows | TransposedWindows] = []
    for number, report in enumerate(reports, 1):
        if isinstance(report.layer, TransposedLayer) and isinstance(report.input, Volume):
            path.append(report.layer.axes(report.input.size))
        elif report.effect.taps is not None or report.layer.takes != (None,):
            raise ParameterError(
                f"--coverage counts along one window after the other, and layer {number} ({report.layer.word}) is none",
                parameter="coverage",
            )
        elif report.effect.windows:
            path.append(report.effect.windows)
    return path


def _object(table: LayerTable, most_memory: int) -> dict[str, Any]:
    """Return the same as data; of a flat output, what needs rows and columns is None."""
    columns, output = table.columns, table.rows[-1].output if table.rows else table.size
    shapes: dict[str, Any] = {"batch": columns.batch} if columns.batch else {}
    shapes |= {"input": data_of(table.size), "layers": [_row_object(table, row) for row in table.rows]}
    shapes |= {"output": data_of(output), "params": table.params, "macs": table.macs}
    if table.statistics:
        shapes["statistics"] = table.statistics
    if columns.flops:
        shapes["flops"] = 2 * table.macs
    if columns.memory:
        shapes |= {"memory": table.memory, "most_memory": most_memory}
    return shapes


def _row_object(table: LayerTable, row: Row) -> dict[str, Any]:
    macs = table.images * row.macs
    found = {
        "layer": row.label,
        "output": data_of(row.output),
        "params": row.params,
        "macs": macs,
        "receptive_field": row.receptive_field,
        "jump": row.jump,
        "unread": row.unread,
    }
    found |= {"statistics": row.statistics} if row.statistics else {}
    found |= {"layers": row.layers} if row.layers > 1 else {}
    found |= {"operator": row.operator} if row.operator else {}
    found |= {"flops": 2 * macs} if table.columns.flops else {}
    return found | ({"memory": table.images * row.memory} if table.columns.memory else {})

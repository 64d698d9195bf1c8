"""A network as a page draws it: its layers, what goes from one to the next, and what a value sees of the input."""

from collections.abc import Iterator, Sequence
from typing import Any

from cnnfilt.describe.chain import Report
from cnnfilt.describe.formulas import count_lines, size_lines
from cnnfilt.describe.layers import AsLayer, FromLayer, Shape, Volume
from cnnfilt.describe.reach import Reach
from cnnfilt.frozen import Frozen, replace
from cnnfilt.page.lanes import lanes_of
from cnnfilt.terms import Pair

Reaches = tuple[Reach | None, Reach | None]


class Node(Frozen):
    """One layer, or the input, as it is drawn.

    `takes` are the places of the nodes that its input comes from. `names` are those that words remember its output by.
    `reach` says along both axes which part of the network's input a value of its output depends on, `part` is what all
    of them together depend on, (first, last) row and column. `lines` say how its size, its parameters and its receptive
    field come about.
    """

    label: str
    output: Shape
    takes: tuple[int, ...] = ()
    operator: str = ""
    names: tuple[str, ...] = ()
    params: int = 0
    statistics: int = 0
    macs: int = 0
    field: Pair | None = None
    jump: tuple[int | float, int | float] | None = None
    unread: Pair | None = None
    reach: Reaches = (None, None)
    part: tuple[Pair, Pair] | None = None
    lines: tuple[str, ...] = ()


def nodes_of(reports: Sequence[Report], size: Volume, label: str = "input") -> tuple[list[Node], list[int]]:
    """Return the nodes of a chain, the input of `size` first, and the place of each report's node.

    A word that only remembers a value or goes back to one is no node; its place is that of the value's.
    """
    nodes = [input_node(label, size)]
    places: list[int] = []
    here, named = 0, dict[str, int]()
    for report in reports:
        sources = [here if name is None else named[name] for name in report.layer.takes]
        if not isinstance(report.layer, AsLayer | FromLayer):
            here = len(nodes)
            nodes.append(_node(report, sources, nodes))
        else:
            here = sources[0]
        if (name := report.layer.remembered_as) is not None:
            named[name] = here
            nodes[here] = replace(nodes[here], names=(*nodes[here].names, name))
        places.append(here)
    return nodes, places


def input_node(label: str, size: Shape) -> Node:
    """Return the node of a network's input."""
    seen = Reach(), Reach()
    return Node(label, size, field=(1, 1), jump=(1, 1), reach=seen, part=part_of(size, seen, ()))


def part_of(output: Shape, reach: Reaches, before: Sequence[Node]) -> tuple[Pair, Pair] | None:
    """Return what all values of an `output` depend on; where that follows no pattern, what those `before` it do."""
    rows, columns = reach
    if isinstance(output, Volume) and rows is not None and columns is not None:
        spans = rows.all_of(output.height), columns.all_of(output.width)
        return None if spans[0] is None or spans[1] is None else (spans[0], spans[1])
    parts = [node.part for node in before if node.part is not None]
    if not parts:
        return None
    along = [(min(part[axis][0] for part in parts), max(part[axis][1] for part in parts)) for axis in (0, 1)]
    return along[0], along[1]


def drawing_of(nodes: Sequence[Node]) -> dict[str, Any]:
    """Return what network.js draws: the nodes with their lanes, and the arrows between them."""
    lanes = lanes_of([node.takes for node in nodes])
    return {
        "nodes": [_as_data(node, lane) for node, lane in zip(nodes, lanes.of, strict=True)],
        "arrows": [[arrow.first, arrow.last, arrow.lane] for arrow in lanes.arrows],
        "lanes": lanes.count,
        "params": sum(node.params for node in nodes),
        "statistics": sum(node.statistics for node in nodes),
        "macs": sum(node.macs for node in nodes),
    }


def _node(report: Report, sources: Sequence[int], nodes: Sequence[Node]) -> Node:
    effect = report.effect
    lines = (*size_lines(report), *_field_lines(report, nodes[sources[0]]), *count_lines(effect, report.input))
    return Node(
        report.layer.word,
        report.output,
        tuple(sources),
        params=effect.params,
        statistics=effect.statistics,
        macs=effect.macs,
        field=report.receptive_field,
        jump=report.jump,
        unread=report.unread,
        reach=report.reach,
        part=part_of(report.output, report.reach, [nodes[source] for source in sources]),
        lines=lines,
    )


def _field_lines(report: Report, before: Node) -> Iterator[str]:
    """Yield how the receptive field and the jump follow from those before, where windows alone tell it.

    Araujo, Norris & Sim (2019): r = r_before + (span - 1) * j_before, j = j_before * stride.
    """
    windows, field, jump = report.effect.windows, report.receptive_field, report.jump
    if windows is None or field is None or jump is None or before.field is None or before.jump is None:
        return
    square = all(len(set(pair)) == 1 for pair in (before.field, before.jump, windows.span, windows.stride))
    for axis, window in enumerate(windows):
        was, step, span, stride = before.field[axis], before.jump[axis], window.span, window.stride
        if (axis and square) or (field[axis], jump[axis]) != (was + (span - 1) * step, step * stride):
            return
        which = "" if square else ("down", "along")[axis]
        yield f"field {which:6}{was} + ({span} - 1)*{step} = {field[axis]}, jump {step}*{stride} = {jump[axis]}"


def _as_data(node: Node, lane: int) -> dict[str, Any]:
    shape = node.output
    return {
        "label": node.label,
        "operator": node.operator,
        "names": node.names,
        "size": str(shape),
        "shape": [shape.height, shape.width, shape.channels] if isinstance(shape, Volume) else None,
        "values": shape.values,
        "takes": node.takes,
        "lane": lane,
        "params": node.params,
        "statistics": node.statistics,
        "macs": node.macs,
        "field": node.field,
        "jump": node.jump,
        "unread": node.unread,
        "reach": None if None in node.reach else [_reach_data(one) for one in node.reach if one is not None],
        "part": node.part,
        "lines": node.lines,
    }


def _reach_data(reach: Reach) -> dict[str, Any]:
    return {"spans": reach.spans, "shift": reach.shift, "fixed": reach.fixed}

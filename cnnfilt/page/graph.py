"""A network from a file as a page draws it: the nodes that `shape` lists, with the file's names."""

from collections.abc import Sequence

from cnnfilt.describe.formulas import window_lines
from cnnfilt.describe.graphs.shapes import seen_by, shape_of
from cnnfilt.describe.graphs.value import Value
from cnnfilt.describe.graphs.walk import Step
from cnnfilt.describe.layers import Volume
from cnnfilt.page.network import Node, Reaches, input_node, part_of


def nodes_of_graph(image: Value, name: str, layers: Sequence[Step]) -> tuple[list[Node], dict[str, int]]:
    """Return the nodes of `layers`, whose input `image` is called `name`, first the input; and where each value is."""
    nodes = [input_node("input", shape_of(image))]
    places = {name: 0}
    for step in layers:
        nodes.append(_node(step, places, nodes))
        places |= dict.fromkeys(filter(None, step.node.outputs), len(nodes) - 1)
    return nodes, places


def _node(step: Step, places: dict[str, int], nodes: Sequence[Node]) -> Node:
    takes = tuple(dict.fromkeys(places[name] for name in step.node.inputs if name in places))
    made = [value for value, name in zip(step.values, step.node.outputs, strict=True) if name]
    first = made[0] if made else None
    output, seen = shape_of(first), seen_by(first)
    reach: Reaches = (None, None) if first is None else (first.reach.get("H"), first.reach.get("W"))
    return Node(
        step.node.title,
        output,
        takes,
        step.node.full_operator,
        params=step.params,
        statistics=step.statistics,
        macs=step.macs,
        field=seen.field,
        jump=seen.jump,
        unread=step.unread if isinstance(output, Volume) else None,
        reach=reach,
        part=part_of(output, reach, [nodes[place] for place in takes]),
        lines=tuple(window_lines(step.windows)) if step.windows else (),
    )

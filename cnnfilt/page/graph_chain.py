"""The page of a network from an .onnx file carried to one image: every layer's values, and how each came about."""

from collections.abc import Iterator

from cnnfilt.describe.graphs.image import input_of
from cnnfilt.describe.graphs.shapes import shape_of
from cnnfilt.describe.layers import Volume
from cnnfilt.files.image import Array, Image
from cnnfilt.operations.apply_network import ApplyNetwork, OpenedNetwork
from cnnfilt.operations.map_names import channels_of
from cnnfilt.page.chain_page import Made, Source, chain_page
from cnnfilt.page.chain_parts import filters_kept
from cnnfilt.page.document import Page
from cnnfilt.page.graph import nodes_of_graph
from cnnfilt.page.graph_steps import graph_step, weights_of_node


def page_of_network(image: Image, operation: ApplyNetwork) -> Page:
    """Return the page of what the network of `operation` makes of `image`."""
    opened = operation.opened(image)
    steps = [step for step in opened.ready.steps if step.computes]
    graph = opened.network.graph
    nodes, places = nodes_of_graph(opened.network.image(opened.form.size), input_of(graph).name, steps)
    form, names = opened.form, list(channels_of((), opened.first.shape[2]))
    names = names[::-1] if form.is_bgr else names
    scale = form.scale(image.pixels.dtype)
    source = Source(opened.first, opened.levels, scale, names, form.mean, form.std, form.is_bgr)
    return chain_page(image, nodes, source, _made(opened, places))


def _made(opened: OpenedNetwork, places: dict[str, int]) -> Iterator[Made]:
    """Yield what each node makes, in order."""
    steps = [step for step in opened.ready.steps if step.computes]
    split = {name for step in steps for name in step.node.outputs[1:]}
    sizes = [weights_of_node(step) for step in steps]
    counts = iter(filters_kept([size for size in sizes if size is not None]))
    for (step, named), size in zip(opened.ready.values(opened.batch), sizes, strict=True):
        name = step.node.outputs[0]
        values = opened.ready.one_image(name, named[name])
        if values.ndim != 3 or not isinstance(shape_of(step.values[0]), Volume):
            values = values.reshape(-1)  # Along other axes than rows, columns and channels it is a list.
        most, total = (0, 0) if size is None else (next(counts), size[1])
        filters = list(range(most)) if most < total else None
        made = graph_step(step, opened.network.graph.version, places, split, opened.network.weight, filters)
        names = opened.network.classes_of(name, values.shape[-1]) or _names(values)
        yield Made(values, names, made, filters, total)


def _names(values: Array) -> list[str]:
    return [] if values.ndim == 1 else [f"map{number}" for number in range(1, values.shape[2] + 1)]

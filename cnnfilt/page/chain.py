"""The page of a chain of layers carried to one image: every layer's maps, and how each value came about."""

from collections.abc import Iterator, Sequence

from cnnfilt.describe.layers import Layer, Volume
from cnnfilt.errors import ParameterError
from cnnfilt.files.image import Array, Image
from cnnfilt.nn.inference import outputs
from cnnfilt.nn.weights import names_of, weights_of
from cnnfilt.operations.apply import ApplyChain, Opened
from cnnfilt.operations.apply_network import ApplyNetwork
from cnnfilt.operations.base import Operation, Result
from cnnfilt.operations.map_names import channels_of
from cnnfilt.page.chain_page import Made, Source, chain_page
from cnnfilt.page.chain_parts import filters_kept
from cnnfilt.page.chain_steps import step_of, weights_kept
from cnnfilt.page.document import Page
from cnnfilt.page.graph_chain import page_of_network
from cnnfilt.page.layer_run import LayerRun
from cnnfilt.page.network import nodes_of


def page(image: Image, operation: Operation, results: list[Result], format_name: str) -> Page:
    """Return the page of what `operation`, an ApplyChain or ApplyNetwork, makes of `image`."""
    if isinstance(operation, ApplyNetwork):
        return page_of_network(image, operation)
    if not isinstance(operation, ApplyChain):
        raise ParameterError("--page shows chains of layers on whole images")
    opened = operation.opened(image)
    height, width, channels = opened.first.shape
    nodes, places = nodes_of(opened.reports, Volume(height, width, channels))
    source = Source(opened.first, opened.levels, opened.scale, channels_of((), channels))
    return chain_page(image, nodes, source, _made(operation, opened, places))


def _made(operation: ApplyChain, opened: Opened, places: Sequence[int]) -> Iterator[Made]:
    """Yield what each layer makes that makes any values: one that remembers a value, or goes back to one, does not."""
    names, kept, done = names_of(opened.reports), _kept(opened), 0
    arrays, array = outputs(opened.reports, opened.first, opened.arrays), opened.first
    for number, (report, place) in enumerate(zip(opened.reports, places, strict=True)):
        taken, array = array, next(arrays)
        if place <= done:
            continue
        done = place
        called = operation.classes_of(array, number + 1) or _names(
            operation.chain[: number + 1], array, opened.first.shape[2]
        )
        step = step_of(LayerRun(report, weights_of(opened.arrays, names[number]), kept.get(number), taken))
        total = report.output.channels if isinstance(report.output, Volume) else report.output.values
        yield Made(array, called, step, kept.get(number), total)


def _kept(opened: Opened) -> dict[int, list[int]]:
    """Return by the layer's number the filters whose weights are in the page, where not all of them are."""
    found = [(number, weights_kept(report)) for number, report in enumerate(opened.reports)]
    layers = [(number, one) for number, one in found if one is not None]
    counts = filters_kept([one for _, one in layers])
    pairs = zip(layers, counts, strict=True)
    return {number: list(range(count)) for (number, (_, filters)), count in pairs if count < filters}


def _names(chain: Sequence[Layer], array: Array, channels: int) -> Sequence[str]:
    """Return a name for each map; those of the chain's words where they are as many as there are maps."""
    if array.ndim == 1:
        return ()
    names = channels_of(chain, channels)
    return names if len(names) == array.shape[2] else [f"map{number + 1}" for number in range(array.shape[2])]

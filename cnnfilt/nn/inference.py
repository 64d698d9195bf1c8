"""A chain of layers carried to one image for its outputs alone: nothing is kept for gradients."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from cnnfilt.describe.chain import Report, describe
from cnnfilt.describe.layers import GroupNormLayer, LayerNormLayer, PadLayer, Shape, Volume
from cnnfilt.describe.tiles import AT_ONCE, Axis, Tiling, tiling_of
from cnnfilt.describe.values import taken_last, values_taken
from cnnfilt.errors import CnnfiltError
from cnnfilt.nn.layer import Array
from cnnfilt.nn.layer_table import output_of
from cnnfilt.nn.tiles import carried
from cnnfilt.nn.weights import names_of, weights_of
from cnnfilt.terms import Pair


def outputs(reports: Sequence[Report], image: Array, arrays: Mapping[str, Array]) -> Iterator[Array]:
    """Yield the output of each layer in turn: (H, W, C), or (features,) from flatten on.

    `image` is (H, W, C), as `reports` were made for; `arrays` are those of `Sequential`. Types are the core's: whole
    numbers stay exact under kernels of whole numbers, all else is float32 (float64 stays). What no later layer takes
    is let go.
    """
    takes = values_taken([report.layer for report in reports])
    layers = zip(reports, names_of(reports), takes, taken_last(takes), strict=True)
    values = {0: image}
    for number, (report, name, taken, let_go) in enumerate(layers, 1):
        values[number] = output_of(report, weights_of(arrays, name), *(values[one] for one in taken))
        for one in let_go:
            del values[one]
        yield values[number]


def last_output(
    reports: Sequence[Report], image: Array, arrays: Mapping[str, Array], tiling: Tiling | None = None
) -> Array:
    """Return the last of the `outputs`; of an image that is cut as `tiling` says, one tile after the other."""
    if tiling is None:
        return _last(reports, image, arrays)
    of_a_tile = _described(reports, (*tiling.size, image.shape[2]))
    return carried(tiling, image, lambda part: _last(of_a_tile, part, arrays))


def _last(reports: Sequence[Report], image: Array, arrays: Mapping[str, Array]) -> Array:
    return deque(outputs(reports, image, arrays), maxlen=1).pop()


def tiling_of_chain(reports: Sequence[Report], at_once: int = AT_ONCE) -> Tiling | None:
    """Return how to cut the image of a chain so that about `at_once` numbers are in memory; None for all at once.

    That is where it is small enough, or where the last layer's output cannot be made of tiles.
    """
    image = reports[0].input
    if not isinstance(image, Volume) or not all(map(_is_local, reports)):
        return None

    def of_tile(size: Pair) -> tuple[Axis, Axis] | None:
        try:
            return _axes(_described(reports, (*size, image.channels)))
        except CnnfiltError:
            return None  # What a layer puts around is more than a tile.

    return tiling_of(_axes(reports), _numbers_at_once(reports), of_tile, at_once)


def _described(reports: Sequence[Report], size: tuple[int, int, int]) -> list[Report]:
    return describe([report.layer for report in reports], Volume(*size), max_pixels=0)


def _is_local(report: Report) -> bool:
    """Return whether a layer does the same at every position, as far as its reach does not tell."""
    layer = report.layer
    if not isinstance(report.output, Volume) or isinstance(layer, LayerNormLayer | GroupNormLayer):
        return False
    return not (isinstance(layer, PadLayer) and layer.mode == "circular")


def _axes(reports: Sequence[Report]) -> tuple[Axis, Axis]:
    rows, columns = (
        Axis(_size(reports[0].input)[at], tuple((_size(one.output)[at], one.reach[at]) for one in reports))
        for at in (0, 1)
    )
    return rows, columns


def _size(shape: Shape) -> Pair:
    return shape.size if isinstance(shape, Volume) else (0, 0)


def _numbers_at_once(reports: Sequence[Report]) -> int:
    """Return how many numbers are in memory at most while the layers are run one by one, weights apart."""
    takes = values_taken([report.layer for report in reports])
    held = {0: reports[0].input.values}
    most = 0
    for number, (report, let_go) in enumerate(zip(reports, taken_last(takes), strict=True), 1):
        held[number] = report.output.values if report.layer.makes_values else 0
        most = max(most, sum(held.values()))
        for one in let_go:
            del held[one]
    return most

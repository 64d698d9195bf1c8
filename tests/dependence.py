"""Which positions of an input each output of a chain depends on, along one axis: the plainest way, one set a value."""

from math import ceil, floor

from cnnfilt.describe.layers import (
    AsLayer,
    ConvLayer,
    CropLayer,
    FromLayer,
    JoinLayer,
    PadLayer,
    PoolLayer,
    TransposedLayer,
    UpLayer,
)

Reads = list[set[int]]


def spans_of(chain, size: int) -> list[tuple[int, int]]:
    """Return (first, last) for each output along the rows that depends on anything."""
    value: Reads = [{i} for i in range(size)]
    named: dict[str, Reads] = {}
    for layer in chain:
        match layer:
            case AsLayer():
                named[layer.name] = value
            case FromLayer():
                value = named[layer.name]
            case JoinLayer():
                value = [one | other for one, other in zip(value, named[layer.name], strict=True)]
            case _:
                value = list(_through(layer, value))
    return [(min(reads), max(reads)) for reads in value if reads]


def _through(layer, value: Reads):
    match layer:
        case ConvLayer(slide=slide) | PoolLayer(pooling=slide):
            if isinstance(layer, PoolLayer):
                slide = layer.pooling.slide
            window = slide.along(0, len(value))
            for o in range(window.output_size):
                places = [o * window.stride - window.before + t * window.dilation for t in range(window.kernel_size)]
                yield set().union(*(value[i] for i in places if 0 <= i < len(value)))
        case TransposedLayer():
            axis, _ = layer.axes((len(value), len(value)))
            found: Reads = [set() for _ in range(axis.output_size)]
            for i, reads in enumerate(value):
                for t in range(axis.kernel_size):
                    o = i * axis.stride + t * axis.dilation - axis.before
                    if 0 <= o < len(found):
                        found[o] |= reads
            yield from found
        case UpLayer(factor=(factor, _), mode="nearest"):
            for o in range(len(value) * factor):
                yield value[o // factor]
        case UpLayer(factor=(factor, _)):
            for o in range(len(value) * factor):
                place = min(max((o + 0.5) / factor - 0.5, 0), len(value) - 1)
                yield value[floor(place)] | value[ceil(place)]
        case PadLayer(sides=((top, bottom), _)):
            yield from [set() for _ in range(top)] + value + [set() for _ in range(bottom)]
        case CropLayer(sides=((top, bottom), _)):
            yield from value[top : len(value) - bottom]

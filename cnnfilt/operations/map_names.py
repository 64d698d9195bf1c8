"""What the words of a chain say before any image is read: its maps' names, its pictures' names, how it is shown."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cnnfilt.core.engine.weights import has_zero_sum
from cnnfilt.describe.kernels import Kernel
from cnnfilt.describe.layers import (
    ActivationLayer,
    AsLayer,
    DepthwiseLayer,
    FromLayer,
    GroupNormLayer,
    JoinLayer,
    Layer,
    LayerNormLayer,
    MorphLayer,
    PoolLayer,
)
from cnnfilt.describe.layers.branches import JoinKind
from cnnfilt.describe.values import known_of_values
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.terms import ValueMapping

Range = tuple[float, float]

_LONGEST_NAME = 60
"""A typed-out kernel makes a long word; names of files have limits."""

_MOST_DEVIATIONS = 3.0
"""What is farther from a mean is rare: of normally distributed values 3 in 1,000."""


class _Maps(Frozen):
    """What the words say of a value: whether it is a list, and the names of its maps.

    None are the image's own colours. Where it is not `known` how many there are, that depends on the image.
    """

    flat: bool = False
    names: tuple[str, ...] | None = None
    known: bool = True


def ends_flat(chain: Sequence[Layer]) -> bool:
    """Return whether a list of values comes out, without rows and columns."""
    return _maps(chain)[-1].flat


def labels_of(chain: Sequence[Layer]) -> tuple[str, ...]:
    """Return the name of each map that comes out: the kernel's, or its number; one "" for a single result.

    Without a convolution, which mixes them, the channels stay the image's own colours and are one result.
    ParameterError where only the image tells how many maps there are.
    """
    last = _maps(chain)[-1]
    if not last.known:
        raise ParameterError(
            f"how many maps {chain[-1].word} ends in depends on the image's channels; name them, as in take:0, "
            "or mix them, as in conv:8,k=1",
            parameter="layer",
        )
    return ("",) if last.flat or last.names is None or len(last.names) < 2 else last.names


def _maps(chain: Sequence[Layer]) -> list[_Maps]:
    return known_of_values(chain, _Maps(), _maps_made)


def _maps_made(layer: Layer, taken: Sequence[_Maps]) -> _Maps:
    if layer.flattens or taken[0].flat:
        return _Maps(flat=True)
    if layer.maps is not None:
        return _Maps(names=_names_of_maps(layer, layer.maps))
    match layer:
        case JoinLayer(kind="cat"):
            return _together(taken[1], taken[0])
        case JoinLayer():
            return next((one for one in taken if one.names is not None or not one.known), taken[0])
        case DepthwiseLayer() if layer.multiplier > 1:
            one = taken[0]
            return (
                _Maps(known=False) if one.names is None else _Maps(names=_numbered(len(one.names) * layer.multiplier))
            )
    return taken[0]


def _together(first: _Maps, then: _Maps) -> _Maps:
    if first.names is None or then.names is None:
        return _Maps(known=False)
    names = *first.names, *then.names
    return _Maps(names=names if len(set(names)) == len(names) else _numbered(len(names)))


def _names_of_maps(layer: Layer, count: int) -> tuple[str, ...]:
    """Return a name for each map that a layer makes, fit for file names and no two alike."""
    if not layer.kernels:
        return _numbered(count)
    names = [_name_of(kernel, number) for number, kernel in enumerate(layer.kernels, 1)]
    return tuple(f"{name}-{n}" if names.count(name) > 1 else name for n, name in enumerate(names, 1))


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"map{number:0{len(str(count))}}" for number in range(1, count + 1))


def channels_of(chain: Sequence[Layer], channels: int) -> tuple[str, ...]:
    """Return a name for each of the `channels` that `chain` ends in; none for a list of values."""
    last = _maps(chain)[-1]
    if last.flat:
        return ()
    if last.names is not None:
        return last.names
    return {1: ("gray",), 3: ("red", "green", "blue")}.get(channels, tuple(f"channel {n + 1}" for n in range(channels)))


def pictures_of(chain: Sequence[Layer]) -> tuple[str, ...]:
    """Return the names of the pictures of all layers that have one: 01-filter-sobel-x.png, 02-relu.png."""
    digits = max(2, len(str(len(chain))))
    layers = enumerate(chain, 1)
    return tuple(f"{number:0{digits}}-{_slug(layer)}.png" for number, layer in layers if has_picture(layer))


def has_picture(layer: Layer) -> bool:
    """Return whether a picture of its output shows anything new: a name given, or gone on from, does not."""
    return not isinstance(layer, AsLayer | FromLayer)


class _Bounds(Frozen):
    """Which values are black and white; of `signed` ones there are as many below zero as above."""

    low: float
    high: float
    signed: bool = False


def shown_as(chain: Sequence[Layer], top: float) -> tuple[ValueMapping, Range]:
    """Return how the values that come out are best shown, and which of them are black and white.

    It looks at the words, never at the values. Pixels are 0 to `top`; relu leaves nothing below 0, tanh gives -1 to 1,
    sigmoid and softmax 0 to 1. Kernels that sum to zero give as much below zero as above: magnitudes show both.
    """
    last = known_of_values(chain, _Bounds(0.0, top), _bounds_made)[-1]
    return ("abs", (0.0, last.high)) if last.signed else ("clip", (last.low, last.high))


def _bounds_made(layer: Layer, taken: Sequence[_Bounds]) -> _Bounds:
    one = taken[0]
    match layer:
        case ActivationLayer():
            return _Bounds(*layer.bounds(one.high))
        case LayerNormLayer() | GroupNormLayer():
            return _Bounds(-_MOST_DEVIATIONS, _MOST_DEVIATIONS)
        case JoinLayer():
            return _bounds_joined(layer.kind, one, taken[1])
    if _is_difference(layer):
        return _Bounds(0.0, one.high - one.low)
    sums_to_zero = (has_zero_sum(np.array(kernel.channels or kernel.rows)).all() for kernel in layer.kernels)
    return _Bounds(one.low, one.high, one.signed or (bool(layer.kernels) and all(sums_to_zero)))


def _bounds_joined(kind: JoinKind, one: _Bounds, other: _Bounds) -> _Bounds:
    signed = one.signed or other.signed
    match kind:
        case "add":
            return _Bounds(one.low + other.low, one.high + other.high, signed)
        case "cat":
            return _Bounds(min(one.low, other.low), max(one.high, other.high), signed)
        case "mul":
            ends = [a * b for a in (one.low, one.high) for b in (other.low, other.high)]
            return _Bounds(min(ends), max(ends), signed)


def _is_difference(layer: Layer) -> bool:
    """Return whether it gives a larger value minus a smaller one."""
    match layer:
        case PoolLayer():
            return layer.pooling.kind == "range"
        case MorphLayer():
            return layer.asked.operation in ("gradient", "tophat", "blackhat")
    return False


def bytes_per_pixel(chain: Sequence[Layer]) -> int:
    """Return how many bytes a pixel of the image takes while two neighbouring layers have their outputs in memory.

    Colours in 32 bits, pooling and strides left aside: it is for guessing how many files can be done at once.
    """
    widths = [3]
    for layer in chain:
        widths.append(widths[-1] if layer.maps is None else layer.maps)
    return 4 * max(map(sum, pairwise(widths)), default=0)


def _name_of(kernel: Kernel, number: int) -> str:
    return kernel.name or f"k{number}"


def _slug(layer: Layer) -> str:
    word, _, rest = layer.word.partition(":")
    about = (
        "+".join(_name_of(kernel, number) for number, kernel in enumerate(layer.kernels, 1)) or rest.partition(",")[0]
    )
    return re.sub(r"[^A-Za-z0-9.+-]+", "-", f"{word}-{about}" if about else word)[:_LONGEST_NAME].rstrip("-+.")

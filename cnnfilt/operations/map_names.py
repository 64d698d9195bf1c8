"""What the words of a chain say before any image is read: its maps' names, its pictures' names, how it is shown."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cnnfilt.core.engine.weights import has_zero_sum
from cnnfilt.describe.kernels import Kernel
from cnnfilt.describe.layers import ActivationLayer, Layer, MorphLayer, PoolLayer
from cnnfilt.terms import ValueMapping

Range = tuple[float, float]

_LONGEST_NAME = 60
"""A typed-out kernel makes a long word; names of files have limits."""


def ends_flat(chain: Sequence[Layer]) -> bool:
    """Return whether a list of values comes out, without rows and columns."""
    return any(layer.flattens for layer in chain)


def labels_of(chain: Sequence[Layer]) -> tuple[str, ...]:
    """Return the name of each map that comes out: the kernel's, or its number; one "" for a single result.

    Without a convolution, which mixes them, the channels stay the image's own colours and are one result.
    """
    names = _names_of_maps(chain)
    return ("",) if len(names) < 2 or ends_flat(chain) else names


def _names_of_maps(chain: Sequence[Layer]) -> tuple[str, ...]:
    """Return a name for each map of the last layer that makes any, fit for file names and no two alike."""
    layer = next((layer for layer in reversed(chain) if layer.maps is not None), None)
    if layer is None or layer.maps is None:
        return ()
    digits = len(str(layer.maps))
    if not layer.kernels:
        return tuple(f"map{number:0{digits}}" for number in range(1, layer.maps + 1))
    names = [_name_of(kernel, number) for number, kernel in enumerate(layer.kernels, 1)]
    return tuple(f"{name}-{n}" if names.count(name) > 1 else name for n, name in enumerate(names, 1))


def channels_of(chain: Sequence[Layer], channels: int) -> tuple[str, ...]:
    """Return a name for each channel of what `chain` makes of an image of so many; none for a list of values."""
    if ends_flat(chain):
        return ()
    if names := _names_of_maps(chain):
        return names
    return {1: ("gray",), 3: ("red", "green", "blue")}.get(channels, tuple(f"channel {n + 1}" for n in range(channels)))


def pictures_of(chain: Sequence[Layer]) -> tuple[str, ...]:
    """Return the names of the pictures of all layers: 01-filter-sobel-x.png, 02-relu.png."""
    digits = max(2, len(str(len(chain))))
    return tuple(f"{number:0{digits}}-{_slug(layer)}.png" for number, layer in enumerate(chain, 1))


def shown_as(chain: Sequence[Layer], top: float) -> tuple[ValueMapping, Range]:
    """Return how the values that come out are best shown, and which of them are black and white.

    It looks at the words, never at the values. Pixels are 0 to `top`; relu leaves nothing below 0, tanh gives -1 to 1,
    sigmoid and softmax 0 to 1. Kernels that sum to zero give as much below zero as above: magnitudes show both.
    """
    low, high, signed = 0.0, top, False
    for layer in chain:
        if isinstance(layer, ActivationLayer):
            (low, high), signed = layer.bounds(high), False
        elif _is_difference(layer):
            low, high, signed = 0.0, high - low, False
        elif layer.kernels:
            signed = signed or all(
                has_zero_sum(np.array(kernel.channels or kernel.rows)).all() for kernel in layer.kernels
            )
    return ("abs", (0.0, high)) if signed else ("clip", (low, high))


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

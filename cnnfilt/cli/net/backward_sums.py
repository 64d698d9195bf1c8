"""The sums behind each gradient of convolution and pooling, written as the lecture notes write them.

They are put together window by window from the positions alone, apart from the layers that computed the numbers.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import assert_never

import numpy as np

from cnnfilt.cli.net.backward_formulas import Formula, Sums, added, entry, equation, equations, name_of, number, places
from cnnfilt.describe.layers import PoolLayer, Volume
from cnnfilt.describe.transposed import TransposedWindows
from cnnfilt.describe.windows import Windows
from cnnfilt.frozen import Frozen
from cnnfilt.nn.conv2d import Conv2D
from cnnfilt.nn.layer import Array, Layer
from cnnfilt.nn.transposed2d import TransposedConv2D
from cnnfilt.terms import Pair

_Terms = defaultdict[Pair, list[Formula]]
"""The terms of the sum at each place."""

_UNREAD = "no output depends on it"


_KINDS: dict[str, Callable[[Sequence[float]], float]] = {"mean": fmean, "max": max, "min": min}


class _Read(Frozen):
    """One tap meets a value of X for a value of the output: the places of the output, of the tap and of X."""

    output: Pair
    tap: Pair
    x: Pair


def convolution_sums(layer: Conv2D, x: Array, d_z: Array, results: Mapping[str, Array]) -> Sums:
    """Return the sums of Z, dL/dK, dL/dB and dL/dX; what meets padding is 0 and left out."""
    reads = _reads(layer.slide.over((x.shape[0], x.shape[1])))
    return _linear_sums(layer, reads, x, d_z, results, ("it meets only padding", _UNREAD))


def transposed_sums(layer: TransposedConv2D, x: Array, d_z: Array, results: Mapping[str, Array]) -> Sums:
    """Return the same of a transposed convolution; what stamps lay beside the output is left out."""
    stamps = _stamps(layer.slide.over((x.shape[0], x.shape[1])))
    return _linear_sums(
        layer, stamps, x, d_z, results, ("it falls beside the output", "its stamp falls beside the output")
    )


def _linear_sums(
    layer: Layer, reads: Iterator[_Read], x: Array, d_z: Array, results: Mapping[str, Array], nothing: tuple[str, str]
) -> Sums:
    """Return the sums where every read adds X*K to its output; `nothing` says why a K, and an X, is in none."""
    kernel, bias = layer.parameters["kernel"][:, :, 0, 0], number("B", float(layer.parameters["bias"][0]))
    z, d_k, d_x = _Terms(list), _Terms(list), _Terms(list)
    for read in reads:
        one_x, one_k, one_d = entry("X", x, read.x), entry("K", kernel, read.tap), entry("dL/dZ", d_z, read.output)
        z[read.output].append(one_x * one_k)
        d_k[read.tap].append(one_d * one_x)
        d_x[read.x].append(one_d * one_k)
    # Also where nothing is read.
    for place in places(d_z):
        z[place].append(bias)
    d_b = added([entry("dL/dZ", d_z, place) for place in places(d_z)])
    return {
        "Z": equations("Z", z, results["Z"], nothing=_UNREAD),
        "dL/dK": equations("dL/dK", d_k, results["dL/dK"], nothing=nothing[0]),
        "dL/dB": [equation("dL/dB", float(results["dL/dB"]), d_b)],
        "dL/dX": equations("dL/dX", d_x, results["dL/dX"], nothing=nothing[1]),
    }


def pooling_sums(pool: PoolLayer, x: Array, d_p: Array, results: Mapping[str, Array]) -> Sums:
    """Return how each P came about, and what each X gets: all of dL/dP where it was chosen, or its share."""
    windows = pool.effect(Volume(*x.shape)).windows
    inside: defaultdict[Pair, list[Pair]] = defaultdict(list)
    for read in _reads(windows) if windows else ():
        inside[read.output].append(read.x)
    lines, d_x = [], _Terms(list)
    for place, members in inside.items():
        value = float(results["P"][place])
        lines.append(equation(name_of("P", results["P"], place), value, _pooled(pool, x, members)))
        gradient = entry("dL/dP", d_p, place).over(len(members) if pool.pooling.kind == "avg" else 1)
        for member in _chosen(pool, x, members):
            d_x[member].append(gradient)
    return {"P": lines, "dL/dX": equations("dL/dX", d_x, results["dL/dX"], nothing=_UNREAD)}


def _reads(windows: Windows) -> Iterator[_Read]:
    """Yield what the taps of all windows read of X, windows and taps row by row; padding is left out."""
    rows, columns = windows
    for output in np.ndindex(rows.output_size, columns.output_size):
        for tap in np.ndindex(rows.kernel_size, columns.kernel_size):
            y = rows.start(output[0]) + tap[0] * rows.dilation
            x = columns.start(output[1]) + tap[1] * columns.dilation
            if 0 <= y < rows.size and 0 <= x < columns.size:
                yield _Read((output[0], output[1]), (tap[0], tap[1]), (y, x))


def _stamps(windows: TransposedWindows) -> Iterator[_Read]:
    """Yield where the taps of all stamps fall, inputs and taps row by row; what falls beside the output is left out."""
    rows, columns = windows
    for x in np.ndindex(*windows.size):
        for tap in np.ndindex(*windows.kernel_size):
            down = x[0] * rows.stride + tap[0] * rows.dilation - rows.before
            across = x[1] * columns.stride + tap[1] * columns.dilation - columns.before
            if 0 <= down < rows.output_size and 0 <= across < columns.output_size:
                yield _Read((down, across), (tap[0], tap[1]), (x[0], x[1]))


def _pooled(pool: PoolLayer, x: Array, members: list[Pair]) -> Formula:
    """Return `max(X11, X12, ...)`."""
    word = "mean" if pool.pooling.kind == "avg" else pool.pooling.kind
    entries = [entry("X", x, member) for member in members]
    symbols, templates = (", ".join(parts) for parts in zip(*((e.symbols, e.template) for e in entries), strict=True))
    return Formula(f"{word}({symbols})", f"{word}({templates})", tuple(e.numbers[0] for e in entries), _KINDS[word])


def _chosen(pool: PoolLayer, x: Array, members: list[Pair]) -> list[Pair]:
    """Return the places that the gradient goes to: all, or that of the maximum or minimum, of equal ones the first."""
    match pool.pooling.kind:
        case "avg":
            return members
        case "max":
            return [max(members, key=lambda place: float(x[place]))]
        case "min":
            return [min(members, key=lambda place: float(x[place]))]
        case "median" | "range":
            raise AssertionError("such a layer is not trained")
        case unknown:
            assert_never(unknown)

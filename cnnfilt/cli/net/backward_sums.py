"""The sums behind each gradient of a layer, written as the lecture notes write them.

They are put together window by window from the positions alone, apart from the layers that computed the numbers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import assert_never

import numpy as np

from cnnfilt.describe.layers import PoolLayer, Volume
from cnnfilt.describe.windows import Windows
from cnnfilt.frozen import Frozen
from cnnfilt.nn.conv2d import Conv2D
from cnnfilt.nn.layer import Array
from cnnfilt.spelling import spelled_number
from cnnfilt.terms import Pair

Sums = dict[str, list[str]]
"""For each result the lines that explain it."""


class _Read(Frozen):
    """One tap of one window reads a value of X: the places of the output, of the tap and of X."""

    output: Pair
    tap: Pair
    x: Pair


class _Term(Frozen):
    """A term of a sum, in symbols and in numbers: "X12*K21" and "6*3"."""

    symbols: str
    numbers: str

    def __mul__(self, other: "_Term") -> "_Term":
        numbers = f"{_in_brackets(self.numbers)}*{_in_brackets(other.numbers)}"
        return _Term(f"{self.symbols}*{other.symbols}", numbers)


_Terms = defaultdict[Pair, list[_Term]]
"""The terms of the sum at each place."""


def convolution_sums(layer: Conv2D, x: Array, d_z: Array, results: Mapping[str, Array]) -> Sums:
    """Return the sums of Z, dL/dK, dL/dB and dL/dX; what meets padding is 0 and left out."""
    kernel, bias = layer.parameters["kernel"][:, :, 0, 0], layer.parameters["bias"][0]
    z, d_k, d_x = _Terms(list), _Terms(list), _Terms(list)
    for read in _reads(layer.slide.over((x.shape[0], x.shape[1]))):
        one_x, one_k, one_d = _entry("X", x, read.x), _entry("K", kernel, read.tap), _entry("dL/dZ", d_z, read.output)
        z[read.output].append(one_x * one_k)
        d_k[read.tap].append(one_d * one_x)
        d_x[read.x].append(one_d * one_k)
    for terms in z.values():
        terms.append(_Term("B", spelled_number(float(bias))))
    d_b = [_entry("dL/dZ", d_z, place) for place in _places(d_z)]
    return {
        "Z": _lines("Z", z, results["Z"]),
        "dL/dK": _lines("dL/dK", d_k, results["dL/dK"]),
        "dL/dB": [_line("dL/dB", d_b, float(results["dL/dB"]))],
        "dL/dX": _lines("dL/dX", d_x, results["dL/dX"]),
    }


def pooling_sums(pool: PoolLayer, x: Array, d_p: Array, results: Mapping[str, Array]) -> Sums:
    """Return how each P came about, and what each X gets: all of dL/dP where it was chosen, or its share."""
    windows = pool.effect(Volume(*x.shape)).windows
    inside: defaultdict[Pair, list[Pair]] = defaultdict(list)
    for read in _reads(windows) if windows else ():
        inside[read.output].append(read.x)
    lines, d_x = [], _Terms(list)
    for place, members in inside.items():
        result = _Term(_name("P", x, place), spelled_number(float(results["P"][place])))
        lines.append(_pooled(pool, x, members, result))
        gradient, share = _entry("dL/dP", d_p, place), _share(pool, len(members))
        for member in _chosen(pool, x, members):
            d_x[member].append(_Term(gradient.symbols + share, gradient.numbers + share))
    return {"P": lines, "dL/dX": _lines("dL/dX", d_x, results["dL/dX"])}


def activation_sums(slopes: Array, d_c: Array, results: Mapping[str, Array]) -> Sums:
    """Return dL/dX = dL/dC times the slope dC/dX, for each value by itself."""
    terms = _Terms(list)
    for place in _places(d_c):
        terms[place].append(_entry("dL/dC", d_c, place) * _entry("dC/dX", slopes, place))
    return {"dL/dX": _lines("dL/dX", terms, results["dL/dX"])}


def _reads(windows: Windows) -> Iterator[_Read]:
    """Yield what the taps of all windows read of X, windows and taps row by row; padding is left out."""
    rows, columns = windows
    for output in np.ndindex(rows.output_size, columns.output_size):
        for tap in np.ndindex(rows.kernel_size, columns.kernel_size):
            y = rows.start(output[0]) + tap[0] * rows.dilation
            x = columns.start(output[1]) + tap[1] * columns.dilation
            if 0 <= y < rows.size and 0 <= x < columns.size:
                yield _Read((output[0], output[1]), (tap[0], tap[1]), (y, x))


def _places(array: Array) -> Iterator[Pair]:
    return ((row, column) for row in range(array.shape[0]) for column in range(array.shape[1]))


def _pooled(pool: PoolLayer, x: Array, members: list[Pair], result: _Term) -> str:
    """Return the line `P11 = max(X11, X12, ...) = max(1, 6, ...) = 6`."""
    word = "mean" if pool.pooling.kind == "avg" else pool.pooling.kind
    entries = [_entry("X", x, member) for member in members]
    symbols, numbers = (", ".join(parts) for parts in zip(*((e.symbols, e.numbers) for e in entries), strict=True))
    return f"{result.symbols} = {word}({symbols}) = {word}({numbers}) = {result.numbers}"


def _chosen(pool: PoolLayer, x: Array, members: list[Pair]) -> list[Pair]:
    """Return the places that the gradient goes to: all, or that of the maximum or minimum, of equal ones the first."""
    match pool.pooling.kind:
        case "avg":
            return members
        case "max":
            return [max(members, key=lambda place: float(x[place]))]
        case "min":
            return [min(members, key=lambda place: float(x[place]))]
        case unknown:
            assert_never(unknown)


def _share(pool: PoolLayer, count: int) -> str:
    return f"/{count}" if pool.pooling.kind == "avg" and count > 1 else ""


def _entry(letter: str, array: Array, place: Pair) -> _Term:
    """Return the value at `place`, with its name."""
    return _Term(_name(letter, array, place), spelled_number(float(array[place])))


def _name(letter: str, array: Array, place: Pair) -> str:
    """Return `X12`, counted from 1 as in the notes; with a comma between where `array` has places over 9."""
    comma = "," if max(array.shape) > 9 else ""
    return f"{letter}{place[0] + 1}{comma}{place[1] + 1}"


def _lines(letter: str, terms: Mapping[Pair, list[_Term]], result: Array) -> list[str]:
    return [
        _line(_name(letter, result, place), terms.get(place, []), float(result[place])) for place in _places(result)
    ]


def _line(name: str, terms: list[_Term], value: float) -> str:
    if not terms:
        return f"{name} = 0, for no output depends on it"
    symbols, numbers = [term.symbols for term in terms], [term.numbers for term in terms]
    steps = [name, " + ".join(symbols), " + ".join(map(_in_brackets, numbers)), spelled_number(value)]
    # A sum of one number is that number already.
    return " = ".join(steps if len(terms) > 1 or numbers[0] != steps[-1] else [*steps[:2], steps[-1]])


def _in_brackets(text: str) -> str:
    return f"({text})" if text.startswith("-") else text

"""The sums behind each number of a layer carried back, written as the lecture notes write them.

They are put together window by window from the positions alone, apart from the layers that computed the numbers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

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


class _Meeting(Frozen):
    """Where one tap of one window meets X: the places of the output, the filter and X."""

    output: Pair
    tap: Pair
    x: Pair


class _Terms(defaultdict[Pair, list[tuple[str, str]]]):
    """The terms of the sum at each place, each in symbols and in numbers."""

    def __init__(self) -> None:
        super().__init__(list)


def convolution_sums(layer: Conv2D, x: Array, d_z: Array, results: Mapping[str, Array]) -> Sums:
    """Return the sums of Z, dL/dK, dL/dB and dL/dX; what meets padding is 0 and left out."""
    kernel, bias = layer.parameters["kernel"][:, :, 0, 0], layer.parameters["bias"][0]
    z, d_k, d_x = _Terms(), _Terms(), _Terms()
    for meeting in _meetings(layer.slide.over((x.shape[0], x.shape[1]))):
        one_x, one_k = _entry("X", x, meeting.x), _entry("K", kernel, meeting.tap)
        one_d = _entry("dL/dZ", d_z, meeting.output)
        z[meeting.output].append(_product(one_x, one_k))
        d_k[meeting.tap].append(_product(one_d, one_x))
        d_x[meeting.x].append(_product(one_d, one_k))
    for terms in z.values():
        terms.append(("B", spelled_number(bias)))
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
    members: defaultdict[Pair, list[Pair]] = defaultdict(list)
    for meeting in _meetings(windows) if windows else ():
        members[meeting.output].append(meeting.x)
    lines, d_x = [], _Terms()
    for place, inside in members.items():
        names, values = zip(*(_entry("X", x, one) for one in inside), strict=True)
        word = "mean" if pool.pooling.kind == "avg" else pool.pooling.kind
        whole = f"{word}({', '.join(names)}) = {word}({', '.join(values)}) = {spelled_number(results['P'][place])}"
        lines.append(f"{_entry('P', x, place)[0]} = {whole}")
        name, value = _entry("dL/dP", d_p, place)
        share = f"/{len(inside)}" if pool.pooling.kind == "avg" and len(inside) > 1 else ""
        for one in inside if pool.pooling.kind == "avg" else [_chosen(pool, x, inside)]:
            d_x[one].append((name + share, value + share))
    return {"P": lines, "dL/dX": _lines("dL/dX", d_x, results["dL/dX"])}


def activation_sums(slopes: Array, d_c: Array, results: Mapping[str, Array]) -> Sums:
    """Return dL/dX = dL/dC times the slope dC/dX, for each value by itself."""
    terms = _Terms()
    for place in _places(d_c):
        terms[place].append(_product(_entry("dL/dC", d_c, place), _entry("dC/dX", slopes, place)))
    return {"dL/dX": _lines("dL/dX", terms, results["dL/dX"])}


def _meetings(windows: Windows) -> Iterator[_Meeting]:
    """Yield where the taps of all windows meet X, windows and taps row by row; padding is left out."""
    rows, columns = windows
    for output in np.ndindex(rows.output_size, columns.output_size):
        for tap in np.ndindex(rows.kernel_size, columns.kernel_size):
            y = rows.start(output[0]) + tap[0] * rows.dilation
            x = columns.start(output[1]) + tap[1] * columns.dilation
            if 0 <= y < rows.size and 0 <= x < columns.size:
                yield _Meeting((output[0], output[1]), (tap[0], tap[1]), (y, x))


def _places(array: Array) -> Iterator[Pair]:
    return ((row, column) for row in range(array.shape[0]) for column in range(array.shape[1]))


def _chosen(pool: PoolLayer, x: Array, inside: list[Pair]) -> Pair:
    """Return the place of the maximum (or minimum): of equal ones the first."""
    return (max if pool.pooling.kind == "max" else min)(inside, key=lambda place: float(x[place]))


def _entry(letter: str, array: Array, place: Pair) -> tuple[str, str]:
    """Return the name of one value, counted from 1 as in the notes, and the value: ("X12", "6")."""
    comma = "," if max(array.shape) > 9 else ""
    return f"{letter}{place[0] + 1}{comma}{place[1] + 1}", spelled_number(array[place])


def _product(first: tuple[str, str], second: tuple[str, str]) -> tuple[str, str]:
    return f"{first[0]}*{second[0]}", f"{_in_brackets(first[1])}*{_in_brackets(second[1])}"


def _lines(letter: str, terms: Mapping[Pair, list[tuple[str, str]]], result: Array) -> list[str]:
    return [_line(_entry(letter, result, place)[0], terms.get(place, []), result[place]) for place in _places(result)]


def _line(name: str, terms: list[tuple[str, str]], value: float) -> str:
    if not terms:
        return f"{name} = 0, for no output depends on it"
    symbols, numbers = zip(*terms, strict=True)
    steps = [name, " + ".join(symbols), " + ".join(map(_in_brackets, numbers)), spelled_number(value)]
    # A sum of one number is that number already.
    return " = ".join(steps if len(terms) > 1 or numbers[0] != steps[-1] else [*steps[:2], steps[-1]])


def _in_brackets(number: str) -> str:
    return f"({number})" if number.startswith("-") else number

"""The sums behind each gradient of layers without windows: activations, softmax, flatten and fully connected."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from cnnfilt.cli.net.backward_formulas import (
    Formula,
    Sums,
    added,
    entry,
    equation,
    name_of,
    number,
    places,
)
from cnnfilt.cli.numbers import DIGITS, written
from cnnfilt.describe.layers import Function
from cnnfilt.nn.layer import Array


def activation_sums(function: Function, x: Array, slopes: Array, d_c: Array, results: Mapping[str, Array]) -> Sums:
    """Return how each C comes of its X, and dL/dX = dL/dC times the slope dC/dX, for each value by itself."""
    c, d_x = results["C"], results["dL/dX"]
    values, steps, products = [], [], []
    for place in places(x):
        value, slope = float(c[place]), float(slopes[place])
        values.append(equation(name_of("C", c, place), value, *_value(function, entry("X", x, place))))
        steps.append(_slope(function, name_of("dC/dX", x, place), slope, entry("C", c, place)))
        product = entry("dL/dC", d_c, place) * entry("dC/dX", slopes, place)
        products.append(equation(name_of("dL/dX", d_x, place), float(d_x[place]), product))
    return {"C": values, "dL/dX": [*steps, *products]}


def softmax_sums(x: Array, d_c: Array, results: Mapping[str, Array]) -> Sums:
    """Return how each C comes of all X, and dL/dX1 = dL/dC1*dC1/dX1 + dL/dC2*dC2/dX1 + ..., of one list of values.

    dCj/dXi is Cj*(1 - Ci) for j = i, and Cj*(0 - Ci) for any other j.
    """
    names, c = listed("X", x), listed("C", results["C"])
    gradients, answers = listed("dL/dC", d_c), results["dL/dX"].ravel()
    values = [equation(one.symbols, one.numbers[0], *power_shares(names, place)) for place, one in enumerate(c)]
    chains = [
        added([d_j * c_j * _less(float(i == j), c_i) for j, (d_j, c_j) in enumerate(zip(gradients, c, strict=True))])
        for i, c_i in enumerate(c)
    ]
    lines = [
        equation(f"dL/dX{place}", float(value), chain)
        for place, (value, chain) in enumerate(zip(answers, chains, strict=True), 1)
    ]
    return {"C": values, "dL/dX": lines}


def flatten_sums(x: Array, d_f: Array, results: Mapping[str, Array]) -> Sums:
    """Return which X each f is, and which dL/df each dL/dX."""
    found = list(zip(places(x), listed("f", results["f"]), listed("dL/df", d_f), strict=True))
    forward = [equation(f.symbols, f.numbers[0], entry("X", x, place)) for place, f, _ in found]
    backward = [equation(name_of("dL/dX", x, place), d.numbers[0], d) for place, _, d in found]
    return {"f": forward, "dL/dX": backward}


def dense_sums(f: Array, weights: Array, bias: Array, d_z: Array, results: Mapping[str, Array]) -> Sums:
    """Return the sums of Z = W f + B, dL/dW = dL/dZ f^T, dL/dB = dL/dZ and dL/df = W^T dL/dZ."""
    inputs, gradients, biases = listed("f", f), listed("dL/dZ", d_z), listed("B", bias)
    w = {place: entry("W", weights, place) for place in places(weights)}
    outputs = [
        added([*(w[row, column] * one for column, one in enumerate(inputs)), biases[row]])
        for row in range(len(weights))
    ]
    d_f = [added([w[row, column] * one for row, one in enumerate(gradients)]) for column in range(weights.shape[1])]
    d_w = [
        equation(
            name_of("dL/dW", weights, place), float(results["dL/dW"][place]), gradients[place[0]] * inputs[place[1]]
        )
        for place in places(weights)
    ]
    return {
        "Z": _numbered("Z", results["Z"], outputs),
        "dL/dW": d_w,
        "dL/dB": _numbered("dL/dB", results["dL/dB"], gradients),
        "dL/df": [*_order(f), *_numbered("dL/df", results["dL/df"], d_f)],
    }


def listed(letter: str, array: Array) -> list[Formula]:
    """Return the values of `array`, row by row, as X1, X2 and so on."""
    return [number(f"{letter}{place}", float(value)) for place, value in enumerate(array.ravel(), 1)]


def power_shares(values: Sequence[Formula], place: int) -> list[Formula]:
    """Return exp(X1)/(exp(X1) + exp(X2) + ...); then the same with the largest X taken off, where powers overflow."""
    numbers = tuple(value.numbers[0] for value in values)
    largest = max(numbers)
    return [_power_share(values, place, 0, ""), _power_share(values, place, largest, less(largest))]


def sigmoids(value: Formula) -> list[Formula]:
    """Return 1/(1 + exp(-X)), and the way in which it is computed: far below 0 that is less exact."""
    x = value.numbers[0]
    return [
        Formula(
            f"1/(1 + exp(-{value.symbols}))",
            "1/(1 + exp({}))",
            (-x + 0.0,),
            lambda one: _share([1.0, 1.0, power(one[0])]),
        ),
        Formula(
            f"(1 + tanh({value.symbols}/2))/2", "(1 + tanh({}/2))/2", (x,), lambda one: (1 + math.tanh(one[0] / 2)) / 2
        ),
    ]


def power(value: float) -> float:
    """Return exp(value), infinite where it overflows."""
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def less(number: float) -> str:
    """Return ` - 3`, or ` + 3` for -3: what takes `number` off."""
    return f" - {written(number, DIGITS[-1])}" if number >= 0 else f" + {written(-number, DIGITS[-1])}"


def _power_share(values: Sequence[Formula], place: int, taken_off: float, words: str) -> Formula:
    powers = " + ".join(f"exp({value.symbols}{words})" for value in values)
    return Formula(
        f"exp({values[place].symbols}{words})/({powers})",
        f"exp({{}}{words})/({' + '.join([f'exp({{}}{words})'] * len(values))})",
        (values[place].numbers[0], *(value.numbers[0] for value in values)),
        lambda each: _share([power(one - taken_off) for one in each]),
    )


def _share(powers: Sequence[float]) -> float:
    own, *others = powers
    total = sum(others)
    return own / total if total and math.isfinite(total) else math.nan


def _less(one: float, c: Formula) -> Formula:
    """Return (1 - C) or (0 - C)."""
    return Formula(f"({one:g} - {c.symbols})", f"({one:g} - {{}})", c.numbers, lambda values: one - values[0])


def _value(function: Function, x: Formula) -> list[Formula]:
    match function:
        case "relu":
            return [Formula(f"max({x.symbols}, 0)", "max({}, 0)", x.numbers, lambda one: max(one[0], 0.0))]
        case "tanh":
            return [Formula(f"tanh({x.symbols})", "tanh({})", x.numbers, lambda one: math.tanh(one[0]))]
        case "sigmoid":
            return sigmoids(x)
        case _:
            raise AssertionError(f"{function} is not shown value by value")


def _slope(function: Function, name: str, slope: float, c: Formula) -> str:
    """Return the line of dC/dX."""
    twice = c.numbers * 2
    match function:
        case "relu":
            return f"{name} = {slope:g}, because C is {'above 0' if slope else '0'}"
        case "tanh":
            formula = Formula(
                f"1 - {c.symbols}*{c.symbols}", f"1 - {c.inner}*{c.inner}", twice, lambda v: 1 - v[0] * v[1]
            )
        case "sigmoid":
            formula = Formula(f"{c.symbols}*(1 - {c.symbols})", "{}*(1 - {})", twice, lambda v: v[0] * (1 - v[1]))
        case _:
            raise AssertionError(f"{function} is not shown value by value")
    return equation(name, slope, formula)


def _numbered(letter: str, result: Array, formulas: Sequence[Formula]) -> list[str]:
    found = zip(np.ravel(result), formulas, strict=True)
    return [equation(f"{letter}{place}", float(value), formula) for place, (value, formula) in enumerate(found, 1)]


def _order(f: Array) -> list[str]:
    """Return in a line how a matrix is written as a list, where it is none already."""
    if 1 in f.shape:
        return []
    last = name_of("X", f, (f.shape[0] - 1, f.shape[1] - 1))
    return [f"f is X row by row: f1 is {name_of('X', f, (0, 0))}, f{f.size} is {last}"]

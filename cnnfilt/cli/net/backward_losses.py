"""The cross-entropies of the notes taken apart: y_pred, the loss L, and dL/dZ = y_pred - y, and what they come of."""

import math
from collections.abc import Sequence
from typing import assert_never

import numpy as np

from cnnfilt.cli.net.backward_formulas import (
    BackwardPass,
    Formula,
    Sums,
    added,
    entry,
    equation,
    places,
)
from cnnfilt.cli.net.backward_values import less, listed, power, power_shares, sigmoids
from cnnfilt.cli.numbers import written
from cnnfilt.errors import ParameterError, ShapeError, counted
from cnnfilt.nn.activations import Sigmoid, softmax
from cnnfilt.nn.layer import Array
from cnnfilt.nn.losses import binary_cross_entropy, categorical_cross_entropy
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import CrossEntropy


def loss_pass(loss: CrossEntropy, z: Array, labels: Array) -> BackwardPass:
    """Return y_pred, L and dL/dZ for the values `z` that go into softmax or sigmoid.

    Rows are examples; a single row or column is one, but for binary, whose values are an example each. ShapeError or
    ParameterError for labels that do not suit.
    """
    match loss:
        case "binary":
            return _binary(z, _shaped(labels, z))
        case "categorical":
            one_hot = _examples(_shaped(labels, z))
            if not np.allclose(one_hot.sum(axis=1), 1) or one_hot.min() < 0:
                raise ParameterError(
                    "the labels of an example have to sum to 1, as in 0,1,0; "
                    "--loss sparse takes the number of the class, --loss binary labels of 0 and 1"
                )
            return _categorical(z, one_hot)
        case "sparse":
            return _categorical(z, _one_hot(labels, _examples(z)))
        case unknown:
            assert_never(unknown)


def _categorical(z: Array, one_hot: Array) -> BackwardPass:
    logits = _examples(z)
    loss, d_z = categorical_cross_entropy(logits, one_hot)
    results = {"y_pred": softmax(logits).reshape(z.shape), "L": np.asarray(loss), "dL/dZ": d_z.reshape(z.shape)}
    return BackwardPass(results, lambda: _categorical_sums(z, one_hot, results))


def _binary(z: Array, labels: Array) -> BackwardPass:
    if labels.min() < 0 or labels.max() > 1:
        odd = float(labels.min() if labels.min() < 0 else labels.max())
        raise ParameterError(f"label {written(odd)} is out of range; --loss binary takes labels of 0 or 1")
    loss, d_z = binary_cross_entropy(z.reshape(-1, 1), labels.reshape(-1, 1))
    results = {"y_pred": Sigmoid().forward(z), "L": np.asarray(loss), "dL/dZ": d_z.reshape(z.shape)}
    return BackwardPass(results, lambda: _binary_sums(z, labels, results))


def _categorical_sums(z: Array, one_hot: Array, results: dict[str, Array]) -> Sums:
    count, classes = one_hot.shape
    values, predictions = _named("Z", z), _named("y_pred", results["y_pred"])
    labels = _named("y", one_hot.reshape(z.shape))
    lines, logs, exact = [], [], []
    for place, (p, y) in enumerate(zip(predictions, labels, strict=True)):
        row, own = values[place - place % classes :][:classes], place % classes
        lines.append(equation(p.symbols, p.numbers[0], *power_shares(row, own)))
        if y.numbers[0]:
            logs.append(y * _ln(p))
            exact.append(y * _ln_share(row, own))
    return {
        "y_pred": lines,
        "L": [_loss("-sum(y*ln(y_pred))", results, logs, exact, count)],
        "dL/dZ": _differences(labels, predictions, results, count),
    }


def _binary_sums(z: Array, labels: Array, results: dict[str, Array]) -> Sums:
    values, predictions, ys = _named("Z", z), _named("y_pred", results["y_pred"]), _named("y", labels)
    lines = [equation(p.symbols, p.numbers[0], *sigmoids(x)) for x, p in zip(values, predictions, strict=True)]
    logs, exact = [], []
    for x, p, y in zip(values, predictions, ys, strict=True):
        if y.numbers[0]:
            logs.append(y * _ln(p))
        if y.numbers[0] != 1:
            logs.append(_rest(y) * _ln(_rest(p)))
        exact.append(_ln_sigmoid(x, y))
    return {
        "y_pred": lines,
        "L": [_loss("-sum(y*ln(y_pred) + (1 - y)*ln(1 - y_pred))", results, logs, exact, z.size)],
        "dL/dZ": _differences(ys, predictions, results, z.size),
    }


def _loss(notes: str, results: dict[str, Array], logs: Sequence[Formula], exact: Sequence[Formula], count: int) -> str:
    """Return the line of L, after the formula of the `notes`; terms of a factor 0 are left out of the sum.

    By the logarithms of y_pred, or where these are too small for that, by what is `exact`.
    """
    mean = f"/{count}" if count > 1 else ""
    formulas = (_negative_mean(added(terms), count) for terms in (logs, exact))
    return equation(f"L = {notes}{mean}", float(results["L"]), *formulas)


def _negative_mean(total: Formula, count: int) -> Formula:
    mean = f"/{count}" if count > 1 else ""
    return Formula(
        f"-({total.symbols}){mean}",
        f"-({total.template}){mean}",
        total.numbers,
        lambda numbers: -total.compute(numbers) / count,
    )


def _differences(
    labels: Sequence[Formula], predictions: Sequence[Formula], results: dict[str, Array], count: int
) -> list[str]:
    """Return the lines dL/dZ = y_pred - y, over the number of examples."""
    lines = []
    for name, d_z, p, y in zip(
        _named("dL/dZ", results["dL/dZ"]), results["dL/dZ"].flat, predictions, labels, strict=True
    ):
        symbols, template = f"{p.symbols} - {y.symbols}", "{} - {}"
        around = ("(", f")/{count}") if count > 1 else ("", "")
        difference = Formula(
            symbols.join(around),
            template.join(around),
            p.numbers + y.numbers,
            lambda numbers: (numbers[0] - numbers[1]) / count,
        )
        lines.append(equation(name.symbols, float(d_z), difference))
    return lines


def _ln(p: Formula) -> Formula:
    inner = p.symbols.removeprefix("(").removesuffix(")"), p.template.removeprefix("(").removesuffix(")")
    return Formula(f"ln({inner[0]})", f"ln({inner[1]})", p.numbers, lambda numbers: _log(p.compute(numbers)))


def _rest(p: Formula) -> Formula:
    """Return (1 - p)."""
    return Formula(f"(1 - {p.symbols})", "(1 - {})", p.numbers, lambda numbers: 1 - numbers[0])


def _ln_share(row: Sequence[Formula], own: int) -> Formula:
    """Return ln(y_pred) of softmax as Z1 - m - ln(sum(exp(Z - m))): y_pred itself may be too small for a number."""
    numbers = tuple(one.numbers[0] for one in row)
    largest = max(numbers)
    words = less(largest)
    return Formula(
        f"({row[own].symbols}{words} - ln({' + '.join(f'exp({one.symbols}{words})' for one in row)}))",
        f"({{}}{words} - ln({' + '.join([f'exp({{}}{words})'] * len(row))}))",
        (numbers[own], *numbers),
        lambda each: each[0] - largest - _log(sum(power(one - largest) for one in each[1:])),
    )


def _ln_sigmoid(x: Formula, y: Formula) -> Formula:
    """Return y ln(y_pred) + (1 - y) ln(1 - y_pred) of the sigmoid without y_pred, which may round to 0 or 1."""
    z = x.symbols
    return Formula(
        f"{z}*{y.symbols} - max({z}, 0) - ln(1 + exp(-|{z}|))",
        f"{x.inner}*{{}} - max({{}}, 0) - ln(1 + exp({{}}))",
        (*x.numbers, *y.numbers, *x.numbers, -abs(x.numbers[0])),
        lambda each: each[0] * each[1] - max(each[2], 0.0) - math.log1p(power(each[3])),
    )


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _named(letter: str, array: Array) -> list[Formula]:
    """Return the values of a list as Z1, Z2, ..., those of a matrix as Z11, Z12, ..."""
    return listed(letter, array) if 1 in array.shape else [entry(letter, array, place) for place in places(array)]


def _examples(array: Array) -> Array:
    """Return (examples, classes): a single column is one example."""
    return array.T if array.shape[1] == 1 else array


def _shaped(labels: Array, z: Array) -> Array:
    """Return the labels in the shape of `z`; a row may stand for a column."""
    if labels.shape == z.shape or (labels.size == z.size and 1 in z.shape and 1 in labels.shape):
        return labels.reshape(z.shape)
    raise ShapeError(
        f"the labels are {spelled_size(labels.shape)}, but X is {spelled_size(z.shape)}; give one label for each value"
    )


def _one_hot(labels: Array, logits: Array) -> Array:
    """Return one-hot labels for the number of the class, counted from 0, of each example."""
    count, classes = logits.shape
    if labels.size != count:
        raise ShapeError(
            f"{counted(labels.size, 'labels')} for {counted(count, 'rows')} of X; --loss sparse takes one for each row"
        )
    for label in labels.flat:
        if not (float(label).is_integer() and 0 <= label < classes):
            raise ParameterError(
                f"label {written(float(label))} is not a class; classes are whole numbers from 0 to {classes - 1} here"
            )
    return np.eye(classes)[labels.ravel().astype(np.int64)]

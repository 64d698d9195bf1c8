"""Equations as the lecture notes write them: `Z11 = X11*K11 + B = 3*(-2) + 1 = -5`, in symbols and in numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from cnnfilt.cli.numbers import DIGITS, written, written_to_give
from cnnfilt.frozen import Frozen
from cnnfilt.nn.layer import Array
from cnnfilt.terms import Pair

Sums = dict[str, list[str]]
"""For each result the lines that explain it."""


class BackwardPass(Frozen, eq=False):
    """What came out, by the names the notes have for it, and what writes the sums behind each number."""

    results: dict[str, Array]
    sums: Callable[[], Sums]


class Formula(Frozen, eq=False):
    """What a value comes of: in symbols, "X12*K21", and in numbers, "{}*{}", with what these numbers give."""

    symbols: str
    template: str
    numbers: tuple[float, ...]
    compute: Callable[[Sequence[float]], float]

    @property
    def inner(self) -> str:
        """Return the template as it stands inside a sum or a product: in brackets where it starts with a minus."""
        return f"({self.template})" if self.template.startswith("{}") and self.numbers[0] < 0 else self.template

    def __mul__(self, other: "Formula") -> "Formula":
        split = len(self.numbers)
        return Formula(
            f"{self.symbols}*{other.symbols}",
            f"{self.inner}*{other.inner}",
            self.numbers + other.numbers,
            lambda numbers: self.compute(numbers[:split]) * other.compute(numbers[split:]),
        )

    def over(self, count: int) -> "Formula":
        """Return this divided by `count`."""
        if count == 1:
            return self
        return Formula(
            f"{self.symbols}/{count}",
            f"{self.template}/{count}",
            self.numbers,
            lambda numbers: self.compute(numbers) / count,
        )


def number(name: str, value: float) -> Formula:
    """Return a value that has a name."""
    # Minus zero is right, but a riddle to read.
    return Formula(name, "{}", (value + 0.0,), lambda numbers: numbers[0])


def entry(letter: str, array: Array, place: Pair) -> Formula:
    """Return the value of `array` at `place`, with its name."""
    return number(name_of(letter, array, place), float(array[place]))


def added(terms: Sequence[Formula]) -> Formula:
    """Return the sum of `terms`; of a single one, that."""
    if len(terms) == 1:
        return terms[0]
    numbers = tuple(value for term in terms for value in term.numbers)

    def compute(values: Sequence[float]) -> float:
        total, start = 0.0, 0
        for term in terms:
            total += term.compute(values[start : start + len(term.numbers)])
            start += len(term.numbers)
        return total

    symbols, templates = (" + ".join(parts) for parts in zip(*((t.symbols, t.inner) for t in terms), strict=True))
    return Formula(symbols, templates, numbers, compute)


def name_of(letter: str, array: Array, place: Pair) -> str:
    """Return `X12`, counted from 1 as in the notes; with a comma between where `array` has places over 9."""
    comma = "," if max(array.shape) > 9 else ""
    return f"{letter}{place[0] + 1}{comma}{place[1] + 1}"


def places(array: Array) -> Iterator[Pair]:
    """Yield each (row, column), row by row."""
    return ((row, column) for row in range(array.shape[0]) for column in range(array.shape[1]))


def equation(name: str, value: float, *formulas: Formula) -> str:
    """Return `name = symbols = numbers = value`, by the first of `formulas` whose printed numbers give the value."""
    formula, texts = _written(value, formulas)
    text = formula.template.format(*texts)
    steps = [name, formula.symbols, text, written(value)]
    # A formula of one number is that number already.
    return " = ".join(steps if text != steps[-1] else [*steps[:2], steps[-1]])


def equations(letter: str, terms: Mapping[Pair, list[Formula]], result: Array, *, nothing: str) -> list[str]:
    """Return the sum behind each value of `result`; where it has no terms the value is 0, for `nothing`."""
    lines = []
    for place in places(result):
        name = name_of(letter, result, place)
        found = terms.get(place, [])
        lines.append(equation(name, float(result[place]), added(found)) if found else f"{name} = 0, because {nothing}")
    return lines


def _written(value: float, formulas: Sequence[Formula]) -> tuple[Formula, list[str]]:
    for formula in formulas:
        if (texts := written_to_give(value, formula.numbers, formula.compute)) is not None:
            return formula, texts
    return formulas[-1], [written(one, DIGITS[-1]) for one in formulas[-1].numbers]

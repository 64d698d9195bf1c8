"""Reads the equations that --explain prints, `Z11 = X11*K11 + B = 2*3 + 1 = 7`, and computes them."""

import ast
import math
import re
from collections.abc import Iterator
from statistics import fmean

import numpy as np

NUMBERS = r"(?:[-+*/(), \d.]|\d[eE][-+]\d|exp|ln|tanh|max|min|mean|sqrt|nan|inf|\^|\|)+"
FUNCTIONS = {
    "exp": math.exp,
    "ln": math.log,
    "tanh": math.tanh,
    "sqrt": math.sqrt,
    "max": lambda *values: np.max(values),
    "min": lambda *values: np.min(values),
    "mean": lambda *values: fmean(values),
    "nan": math.nan,
    "inf": math.inf,
}


def computed(text: str) -> float:
    """What the expression gives, in Python's arithmetic."""
    code = compile(ast.parse(text.replace("^", "**"), mode="eval"), text, "eval")
    return float(eval(code, {"__builtins__": {}}, FUNCTIONS))


def equations(text: str) -> Iterator[tuple[str, str, float]]:
    """(name, numbers, value) of each line that has numbers and what they give."""
    for line in text.splitlines():
        name, *parts = line.strip().split(" = ")
        if len(parts) > 1 and re.fullmatch(NUMBERS, parts[-2]):
            yield name, parts[-2], float(parts[-1])


def check_equations(text: str) -> int:
    """Every equation gives the value beside it, as far as six digits show; returns how many there are."""
    count = 0
    for name, numbers, value in equations(text):
        assert is_right(numbers, value), f"{name}: {numbers} = {value}"
        count += 1
    return count


def is_right(numbers: str, value: float) -> bool:
    """Whether the numbers give the value as far as six digits show, and the rounding of their own sum allows."""
    found = computed(numbers)
    if math.isnan(found) or math.isnan(value):
        return math.isnan(found) and math.isnan(value)
    # As if nothing took anything away: the minus of an exponent stays.
    largest = abs(computed(re.sub(r"(?<!e)-", "+", numbers))) if "exp(" not in numbers else 1.0
    # Below 2.2e-308 numbers lie equally far apart, and each operation rounds to one of them.
    steps = math.ulp(0.0) * len(re.findall(r"(?<!e)[-+*/]", numbers))
    rounding = max(1e-14 * (largest if math.isfinite(largest) else 1), steps)
    return math.isclose(found, value, rel_tol=2e-5, abs_tol=rounding)

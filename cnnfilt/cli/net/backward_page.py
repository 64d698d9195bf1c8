"""The page of `net backward`: one layer forward and backward, the sum behind each number, and what it is made of."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnnfilt.cli.net.backward_formulas import BackwardPass, name_of, places
from cnnfilt.cli.numbers import written
from cnnfilt.nn.layer import Array
from cnnfilt.page.document import Page, Section

MOST_VALUES = 4096
"""A matrix of more values is not on the page."""

MOST_TERMS = 200_000
"""Of more products the sums would be longer than anyone reads, and slower than a browser shows them."""

_NAME = re.compile(r"(dL/d[A-Za-z]|[A-Za-z](?:_pred|hat)?)(\d+(?:,\d+)?)")

_FORMULAS = {
    ("K", "Z"): "Z = conv(X, K) + B",
    ("K", "dL/dK"): "dL/dK = conv(X, dL/dZ)",
    ("K", "dL/dB"): "dL/dB = sum(dL/dZ)",
    ("K", "dL/dX"): "dL/dX = conv(padded dL/dZ, K rotated by 180 degrees)",
    ("W", "Z"): "Z = W f + B",
    ("W", "dL/dW"): "dL/dW = dL/dZ f^T",
    ("W", "dL/dB"): "dL/dB = dL/dZ",
    ("W", "dL/df"): "dL/df = W^T dL/dZ",
    ("dL/dP", "dL/dX"): "each dL/dP goes back to what its window kept, or in equal shares to what it averaged",
    ("dL/dC", "dL/dX"): "dL/dX = dL/dC dC/dX",
    ("dL/df", "f"): "f is X row by row",
    ("dL/df", "dL/dX"): "dL/dX is dL/df in the rows of X",
    ("y", "dL/dZ"): "dL/dZ = y_pred - y",
    ("gamma", "Y"): "Y = gamma Xhat + beta",
    ("gamma", "dL/dgamma"): "dL/dgamma = sum(dL/dY Xhat)",
    ("gamma", "dL/dbeta"): "dL/dbeta = sum(dL/dY)",
}
"""What the notes write of a result, by what such a layer is given, and no other."""


_STAMPED = {
    "Z": "Z is the sum of what each X stamps, X times K, plus B",
    "dL/dB": "dL/dB = sum(dL/dZ)",
    "dL/dX": "dL/dX = conv(dL/dZ, K), by the step of the stamps",
}
"""The same of a transposed convolution."""


def backward_page(words: str, given: Mapping[str, Array], found: BackwardPass, *, stamped: bool = False) -> Page:
    """Return the page of a layer, `words` say which; `given` are the matrices it was given.

    `stamped` tells that its filter is stamped, as a transposed convolution does.

    What is too large is left out, and the page says so.
    """
    results = {name: np.atleast_2d(array + 0.0) for name, array in found.results.items()}
    matrices = {name: np.atleast_2d(array + 0.0) for name, array in given.items()}
    sizes = sorted((array.size for array in (*matrices.values(), *results.values())), reverse=True)
    has_sums = sizes[0] <= MOST_VALUES and sizes[0] * _terms(matrices) <= MOST_TERMS
    sums = found.sums() if has_sums else {}
    used = {match[0] for lines in sums.values() for line in lines for match in _NAME.finditer(line)}
    backward = [name for name in results if name.startswith("dL/")]
    formulas = _STAMPED if stamped else {name: text for (one, name), text in _FORMULAS.items() if one in given}
    notes = []
    if not has_sums:
        notes.append("The sums behind the numbers are left out: there are too many. Smaller matrices have them.")

    def block(name: str) -> dict[str, Any]:
        return _block(name, results[name], used, sums.get(name, []), formulas.get(name, ""))

    data = {
        "given": [_block(name, array, used) for name, array in matrices.items()],
        "forward": [block(name) for name in results if name not in backward],
        "backward": [block(name) for name in backward],
        "notes": notes,
    }
    return Page("backward", data, (Section("What was asked", (("layer", words),)),))


def _block(name: str, array: Array, used: set[str], lines: Sequence[str] = (), formula: str = "") -> dict[str, Any]:
    """Return one matrix as the page has it, with the lines that explain it; `used` are all names in any of these."""
    names = _names(name, array, used)
    sums = _by_name(names, lines)
    small = array.size <= MOST_VALUES
    return {
        "name": name,
        "formula": formula,
        "size": list(array.shape),
        "rows": _rows(array) if small else None,
        "names": names if small else None,
        "sums": sums,
        "notes": [line for line in lines if line not in sums.values()],
    }


def _terms(matrices: Mapping[str, Array]) -> int:
    """Return how many products there are at most for each value of the largest matrix."""
    weights = [matrices[name] for name in ("K", "W") if name in matrices]
    return weights[0].size if weights else max(max(array.shape) for array in matrices.values())


def _rows(array: Array) -> list[list[str]]:
    return [[written(float(value)) for value in row] for row in array]


def _names(letter: str, array: Array, used: set[str]) -> list[list[str]]:
    """Return what each value is called in the sums: X12, of a list X2, and a single one by the letter alone."""
    if array.size == 1 and f"{letter}11" not in used and f"{letter}1" not in used:
        return [[letter]]
    listed = f"{letter}1" in used
    names = [
        f"{letter}{number}" if listed else name_of(letter, array, place)
        for number, place in enumerate(places(array), 1)
    ]
    width = array.shape[1]
    return [names[start : start + width] for start in range(0, len(names), width)]


def _by_name(names: Sequence[Sequence[str]], lines: Sequence[str]) -> dict[str, str]:
    """Return the line of each value by its name."""
    known = {name for row in names for name in row}
    found = ((line.split(" = ")[0], line) for line in lines)
    return {name: line for name, line in found if name in known}

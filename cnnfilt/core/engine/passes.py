"""Calls into NumPy prepared beforehand, then made one after the other.

Between two calls a thread needs the interpreter. With the views of its arrays made beforehand it needs it for a
moment only; the less two threads need it at once, the less they wait for each other.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from cnnfilt.core.engine.images import Array

Pass = tuple[Callable[..., object], tuple[Any, ...], Array]
"""A function, a ufunc as a rule, its inputs, and where its output goes: `np.add, (a, b), out`."""


def run_passes(passes: Iterable[Pass]) -> None:
    """Make all calls, once all are prepared."""
    prepared = list(passes)
    # Infinities of both signs sum to NaN, as they should: no reason for a warning.
    with np.errstate(invalid="ignore", over="ignore"):
        for function, inputs, out in prepared:
            function(*inputs, out=out)


def copy(source: Array, out: Array) -> None:
    """Write `source` to `out`, cast to its type."""
    np.copyto(out, source, casting="unsafe")

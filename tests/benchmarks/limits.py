"""What this machine can do at all, on THREADS processors: the measure of how much could still be gained."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.measure import seconds
from tests.benchmarks.rows import Limit

THREADS = 2
"""How many processors each side gets."""

ROUNDS = 9
COPIED_BYTES = 64 << 20
ADDED_VALUES = 32 << 10
MATRIX_SIZE = 1024


@dataclass(frozen=True)
class Rates:
    """What the machine does in a second: bytes read and written, bytes of sums made, floating-point operations."""

    copy: float
    add: float
    sgemm: float

    def fraction(self, limit: Limit, pixels: int, taken: float) -> float:
        """Return which part of the limit was reached in `taken` seconds: 1.0 is all that the machine can do."""
        rate: float = getattr(self, limit.kind)
        return limit.amount(pixels) / rate / taken


def measured_rates() -> Rates:
    """Return the rates of this machine, now.

    Copying is measured on all processors together, since they share the memory. Sums in the second-level cache and
    matrix products are measured on one, times THREADS: each has its own cache and arithmetic, and calls so short
    from two Python threads would measure how they hand over the interpreter's lock.
    """
    return Rates(copy=_copy_rate(), add=THREADS * _add_rate(), sgemm=THREADS * _sgemm_rate())


def _best(call: Callable[[], object]) -> float:
    """Return the least time of several: a limit is what the machine does undisturbed."""
    return min(seconds(call) for _ in range(ROUNDS))


def _copy_rate() -> float:
    sources = [np.ones(COPIED_BYTES // THREADS, np.uint8) for _ in range(THREADS)]
    targets = [np.zeros_like(source) for source in sources]
    with ThreadPoolExecutor(THREADS) as pool:
        taken = _best(lambda: list(pool.map(np.copyto, targets, sources)))
    return 2 * COPIED_BYTES / taken


def _add_rate() -> float:
    first, second, total = (np.ones(ADDED_VALUES, np.uint16) for _ in range(3))

    def add_often() -> None:
        for _ in range(500):
            np.add(first, second, out=total)

    return 500 * total.nbytes / _best(add_often)


def _sgemm_rate() -> float:
    first, second, product = (np.ones((MATRIX_SIZE, MATRIX_SIZE), np.float32) for _ in range(3))
    return float(2 * MATRIX_SIZE**3 / _best(lambda: np.matmul(first, second, out=product)))

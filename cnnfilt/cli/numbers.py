"""Numbers as sums and tables have them, and as JSON does."""

import math
from collections.abc import Callable, Sequence

from cnnfilt.spelling import spelled_number

DIGITS = (6, 9, 12, 15, 17)
"""A sum gets the first of these at which its printed numbers give the value beside it: differences need many."""

AS_SHOWN = 5e-6
"""How near a number is to what six digits show of it."""


def written(value: float, digits: int = DIGITS[0]) -> str:
    """Return a whole number as it is, any other in so many digits, and none more than it takes to know it."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return repr(value) if digits == DIGITS[-1] else f"{value:.{digits}g}"


def written_to_give(
    value: float,
    numbers: Sequence[float],
    compute: Callable[[Sequence[float]], float],
    *,
    noise: float = 0,
    within: float = math.inf,
) -> list[str] | None:
    """Return `numbers` in as few digits as it takes that what `compute` makes of them is `value`; None if none do.

    As far as six digits show it, and no farther from it than `within`. `noise` is by how much sums in another order
    may differ.
    """
    for digits in DIGITS:
        texts = [written(number, digits) for number in numbers]
        found = compute([float(text) for text in texts])
        is_far = abs(found - value) > max(within, noise)
        if not is_far and math.isclose(found, value, rel_tol=AS_SHOWN, abs_tol=noise):
            return texts
    return None


def written_within(value: float, error: float) -> str:
    """Return `value` in as few digits as it takes that they are no farther from it than `error`; six at least."""
    texts = (written(value, digits) for digits in DIGITS)
    return next((text for text in texts if not abs(float(text) - value) > error), repr(value))


def in_brackets(text: str) -> str:
    """Return a number as it stands in a sum: a negative one in parentheses."""
    return f"({text})" if text.startswith("-") else text


def short(value: float) -> str:
    """Return `value` to four digits that count, as tables have it."""
    return spelled_number(value, digits=4)


def finite(value: float | None) -> float | None:
    """Return `value`; None for what is infinite or no number, which JSON does not have."""
    return value if value is not None and math.isfinite(value) else None

"""Numbers as sums and tables have them, and as JSON does."""

import math

from cnnfilt.spelling import spelled_number


def in_sum(value: float) -> str:
    """Return `value` as it stands in a sum: a negative one in parentheses."""
    text = spelled_number(value)
    return f"({text})" if value < 0 else text


def short(value: float) -> str:
    """Return `value` to four digits that count, as tables have it."""
    return spelled_number(value, digits=4)


def finite(value: float | None) -> float | None:
    """Return `value`; None for what is infinite or no number, which JSON does not have."""
    return value if value is not None and math.isfinite(value) else None

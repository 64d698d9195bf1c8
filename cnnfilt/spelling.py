"""Sizes and numbers as messages have them; `errors.counted` writes how many there are of a thing."""

import math
from collections.abc import Iterable


def spelled_size(size: Iterable[int]) -> str:
    """Return `480x640x3` for (480, 640, 3)."""
    return "x".join(map(str, size))


def spelled_number(value: float, *, digits: int = 6) -> str:
    """Return a whole number as it is, any other in so many digits at most."""
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


def spelled_value(value: float) -> str:
    """Return a value in about four digits; levels of 16 bits whole."""
    return f"{value:.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.4g}"


def spelled_range(low: float, high: float) -> str:
    """Return `-765 to 612`, or the one value there is."""
    return f"{spelled_value(low)} to {spelled_value(high)}" if low != high else spelled_value(low)


def spelled_share(fraction: float) -> str:
    """Return a fraction as a percentage in two decimals; what is above nothing is never 0.00%."""
    return "under 0.01%" if 0 < fraction < 0.0001 else f"{fraction:.2%}"


def spelled_similarity(value: float) -> str:
    """Return a similarity, of which 1 is the same, in six decimals; what is below 1 is never written so."""
    if value == 1 or math.isnan(value):
        return f"{value:g}"
    return f"{math.floor(value * 1e6) / 1e6:.6f}"

"""A range of values told by shares: 1%,99% is what one value in a hundred lies below, and one in a hundred above."""

from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.parsing import parse_number


class Percentiles(Frozen):
    """So many percent of all values lie below the range's beginning, and below its end."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:g}%,{self.high:g}%"


def parse_percentiles(text: str, name: str) -> Percentiles:
    """Return the shares written as `1%,99%`; ParameterError naming `name` otherwise."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or not all(part.endswith("%") for part in parts):
        raise ParameterError(f"{name} {text!r} is not LO%,HI%, such as 1%,99%", parameter=name)
    low, high = (parse_number(part[:-1], name) for part in parts)
    if not 0 <= low < high <= 100:
        raise ParameterError(f"{name} {text!r} is not LO%,HI% from 0% to 100%, the lower one first", parameter=name)
    return Percentiles(low, high)

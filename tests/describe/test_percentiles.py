"""Ranges told by shares, as they are written."""

import pytest

from cnnfilt.describe.percentiles import Percentiles, parse_percentiles
from cnnfilt.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("1%,99%", 1, 99), ("0%,100%", 0, 100), ("0.5%, 99.9%", 0.5, 99.9), ("1/3%,50 %", 1 / 3, 50)],
)
def test_shares_of_all_values(text: str, low: float, high: float) -> None:
    assert parse_percentiles(text, "--value-range") == Percentiles(low, high)


@pytest.mark.parametrize("text", ["1%", "1%,99", "1,99%", "99%,1%", "5%,5%", "-1%,99%", "1%,101%", "%,%", "1%,50%,99%"])
def test_others_are_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="--value-range"):
        parse_percentiles(text, "--value-range")

"""Lengths in pixels, and as shares of an axis."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe.lengths import Length, parse_length
from cnnfilt.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "pixels"), [("20", 20), ("0", 0), ("5%", 10), ("12.5%", 25), (".25%", 1), ("100 %", 200), ("0%", 0)]
)
def test_lengths_along_200_pixels(text: str, pixels: int) -> None:
    assert parse_length(text, "-p").of(200) == pixels


@given(st.integers(0, 10_000), st.integers(1, 5_000))
def test_a_share_is_the_nearest_pixel_and_of_two_the_larger(hundredths: int, n: int) -> None:
    exact = Fraction(hundredths, 10_000) * n
    assert parse_length(f"{hundredths / 100}%", "-p").of(n) == int(exact + Fraction(1, 2))


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 999))
def test_shares_add_up_before_they_are_rounded(one: int, other: int, n: int) -> None:
    assert (Length(one, 100) + Length(other, 100)).of(n) == Length(one + other, 100).of(n)
    assert (Length(one) + Length(other)).of(n) == one + other


@pytest.mark.parametrize("text", ["", "%", ".%", "-5%", "5%%", "x", "-3", "1e2%", "1.5", "5.0000000000001%"])
def test_others_are_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="--region"):
        parse_length(text, "--region")

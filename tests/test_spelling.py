"""Sizes and numbers as messages have them."""

import pytest

from cnnfilt.spelling import (
    spelled_number,
    spelled_range,
    spelled_share,
    spelled_similarity,
    spelled_size,
    spelled_value,
)


def test_sizes_are_joined_by_x() -> None:
    assert spelled_size((480, 640, 3)) == "480x640x3"
    assert spelled_size([7]) == "7"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567, "1234567"), (1234567.0, "1.23457e+06"), (0.1 + 0.2, "0.3"), (2.0, "2"), (-0.5, "-0.5")],
)
def test_whole_numbers_are_whole_and_others_have_six_digits(value: float, text: str) -> None:
    assert spelled_number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(65535.0, "65535"), (999.96, "1000"), (12.3456, "12.35"), (1e8, "1e+08"), (0, "0")]
)
def test_values_have_four_digits_and_levels_all(value: float, text: str) -> None:
    assert spelled_value(value) == text


def test_a_range_of_one_value_is_that_value() -> None:
    assert spelled_range(-765, 612) == "-765 to 612"
    assert spelled_range(3, 3) == "3"


def test_a_number_can_have_fewer_digits() -> None:
    assert spelled_number(3.14159, digits=4) == "3.142"


@pytest.mark.parametrize(
    ("fraction", "text"), [(0, "0.00%"), (1e-9, "under 0.01%"), (0.0001, "0.01%"), (0.12345, "12.35%"), (1, "100.00%")]
)
def test_a_share_is_nothing_only_where_it_is(fraction: float, text: str) -> None:
    assert spelled_share(fraction) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (1.0, "1"), (0.9999999, "0.999999"), (0.5, "0.500000"), (-0.25, "-0.250000"), (float("nan"), "nan")],
)
def test_a_similarity_is_one_only_where_it_is(value: float, text: str) -> None:
    assert spelled_similarity(value) == text

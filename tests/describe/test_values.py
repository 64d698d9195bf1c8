"""Which values layers take, and how long they are needed."""

import pytest

from cnnfilt.describe.chain import parse_chain
from cnnfilt.describe.values import known_of_values, taken_last, values_taken
from cnnfilt.errors import ParameterError

BLOCK = parse_chain(["as:in tanh relu add:in from:in cat:in"])


def test_values_are_taken_by_number() -> None:
    assert values_taken(BLOCK) == [(0,), (1,), (2,), (3, 1), (1,), (5, 1)]


def test_a_name_given_again_means_the_later_value() -> None:
    assert values_taken(parse_chain(["2*( as:in relu add:in )"])) == [(0,), (1,), (2, 1), (3,), (4,), (5, 4)]


def test_a_value_is_needed_until_the_last_layer_that_takes_it() -> None:
    assert [set(one) for one in taken_last(values_taken(BLOCK))] == [{0}, set(), {2}, {3}, set(), {5, 1}]


def test_what_is_known_goes_from_value_to_value() -> None:
    assert known_of_values(BLOCK, 1, lambda layer, taken: sum(taken)) == [1, 1, 1, 1, 2, 1, 2]


def test_a_name_that_none_has_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"layer 3 \(add:on\): no value is called 'on'; as:in is the only one"):
        values_taken(parse_chain(["as:in relu add:on"]))

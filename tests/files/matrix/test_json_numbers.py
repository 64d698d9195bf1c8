"""Numbers in nested lists of JSON: in order, with their shape, and the place of whatever is none."""

import pytest

from cnnfilt.errors import InputError
from cnnfilt.files.matrix.json_numbers import nested_numbers


def test_numbers_come_in_order_with_their_shape() -> None:
    assert nested_numbers("[[1, 2.5, 3], [4, 5, 6]]") == ([1, 2.5, 3, 4, 5, 6], (2, 3))
    assert nested_numbers("[[[1], [2]]]") == ([1, 2], (1, 2, 1))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[1, 2], [3]]", "row 2: 1 item where there should be a list of 2"),
        ("[[[1], [null]]]", "row 1, column 2, channel 1: None is not a number"),
        ("[[1,\n2", "line 2, column 2: not JSON"),
        ("[[NaN]]", "holds NaN"),
        ("[]", "is empty"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        nested_numbers(text)
    assert complaint in str(caught.value)

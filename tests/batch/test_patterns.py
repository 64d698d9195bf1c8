"""Names with fields in braces."""

import pytest

from cnnfilt.batch.patterns import check_fields, filled, is_pattern
from cnnfilt.batch.sources import Source
from cnnfilt.errors import PlanError


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{stem}-{kernel}-{frame}.{ext}", "a-box-03.png"),
        ("{parent}/{name}", "in/x/a.jpg"),
        ("out/{kernel}/", "out/box/a.png"),
        ("plain.png", "plain.png"),
    ],
)
def test_each_field_is_replaced(pattern: str, name: str) -> None:
    assert filled(pattern, Source("in/x/a.jpg"), ext="png", kernel="box", frame="03") == name


def test_what_stands_for_a_field_is_not_replaced_again() -> None:
    assert filled("{stem}-{kernel}", Source("{kernel}.png"), ext="png", kernel="{stem}") == "{kernel}-{stem}"


def test_only_known_fields_make_a_pattern() -> None:
    assert is_pattern("{ext}")
    assert not is_pattern("{extra}")


def test_other_options_know_fewer_fields() -> None:
    check_fields("{stem}.npy", [], known=("stem", "name"))
    with pytest.raises(PlanError, match=r"\{kernel\} in --angle x-\{kernel\}.npy is unknown; use \{stem\} or \{name\}"):
        check_fields("x-{kernel}.npy", [], option="--angle", known=("stem", "name"))

"""Frozen classes do what `dataclasses.dataclass(frozen=True)` does, told side by side with it."""

import copy
import pickle
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from cnnfilt.frozen import REQUIRED, Frozen, changed, fields, option, replace


class Size(Frozen):
    rows: int
    columns: int = 1

    @cached_property
    def area(self) -> int:
        return self.rows * self.columns


class Named(Size, kw_only=True):
    name: str


class Alone(Frozen, eq=False):
    rows: int


class Checked(Frozen):
    rows: int

    def __post_init__(self) -> None:
        if self.rows < 0:
            raise ValueError("rows")


@dataclass(frozen=True)
class Model:
    rows: int
    columns: int = 1


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((1,), {}), ((1, 2), {}), ((1, 2, 3), {}), ((), {"rows": 1}), ((1,), {"columns": 2}),
     ((1,), {"rows": 1}), ((1,), {"depth": 1}), ((), {"columns": 2})],
)  # fmt: skip
def test_takes_what_a_data_class_takes(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    try:
        expected = vars(Model(*values, **named))
    except TypeError:
        with pytest.raises(TypeError, match="Size takes rows, columns"):
            Size(*values, **named)
    else:
        assert list(fields(Size(*values, **named)).items()) == list(expected.items())


def test_equality_and_hash_are_those_of_the_fields() -> None:
    assert Size(2, 3) == Size(columns=3, rows=2) != Size(2, 4)
    assert hash(Size(2, 3)) == hash(Size(columns=3, rows=2))
    assert Size(2, 3) != Model(2, 3)
    assert Size(2, 3) != Named(rows=2, columns=3, name="a")


def test_without_eq_each_is_equal_to_itself_alone() -> None:
    one, other = Alone(1), Alone(1)
    assert one == one != other
    assert len({one, other}) == 2


def test_cannot_be_changed() -> None:
    size = Size(2)
    with pytest.raises(AttributeError, match="rows"):
        size.rows = 3  # type: ignore[misc]
    with pytest.raises(AttributeError, match="rows"):
        del size.rows
    assert size == Size(2)


def test_a_subclass_has_the_fields_of_its_base_first_and_kw_only_takes_names_alone() -> None:
    assert list(fields(Named(rows=1, name="a"))) == ["rows", "columns", "name"]
    with pytest.raises(TypeError):
        Named(1, 1, "a")  # type: ignore[misc]


def test_what_is_kept_beside_the_fields_is_no_part_of_it() -> None:
    size = Size(2, 3)
    assert size.area == 6
    assert size == Size(2, 3)
    assert repr(size) == "Size(rows=2, columns=3)"
    assert fields(size) == {"rows": 2, "columns": 3}
    assert replace(size, rows=5).area == 15


def test_replace_refuses_what_is_no_field() -> None:
    with pytest.raises(TypeError):
        replace(Size(1), depth=2)


def test_fields_are_checked_whenever_one_is_made() -> None:
    with pytest.raises(ValueError, match="rows"):
        Checked(-1)
    with pytest.raises(ValueError, match="rows"):
        replace(Checked(1), rows=-1)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda size: pickle.loads(pickle.dumps(size))])
def test_copies_and_pickles(again: Any) -> None:
    assert again(Size(2, 3)) == Size(2, 3)


class Window(Frozen, kw_only=True):
    size: int = option("-f", "--size", read=int, help="How large.")
    kind: str = option("--kind", words=("max", "min"), default="max", shown="max", title="pooling kind")


class Bordered(Frozen, kw_only=True):
    value: float = option("--value", default=0)


class Repeating(Frozen):
    names: tuple[str, ...] = option("-n", repeated=True, default=())


class Both(Bordered, Window, kw_only=True):
    size: int = changed(Window, "size", default=3, help="So large.")
    name: str = ""


def test_options_are_fields() -> None:
    assert fields(Window(size=2)) == {"size": 2, "kind": "max"}
    assert fields(Both(name="x")) == {"size": 3, "kind": "max", "value": 0, "name": "x"}
    with pytest.raises(TypeError):
        Window()


def test_options_know_what_they_were_declared_with() -> None:
    assert list(Both.options) == ["size", "kind", "value"]
    size, kind = Window.options["size"], Window.options["kind"]
    assert (size.name, size.flags, size.default, size.title) == ("size", ("-f", "--size"), REQUIRED, "size")
    assert (kind.name, kind.words, kind.shown, kind.title) == ("kind", ("max", "min"), "max", "pooling kind")


def test_an_option_that_may_be_repeated_holds_all_that_was_given() -> None:
    assert [one.options[name].repeated for one, name in ((Repeating, "names"), (Window, "size"))] == [True, False]
    assert Repeating(names=("a", "b")).names == ("a", "b")


def test_a_changed_option_leaves_the_first_as_it_was() -> None:
    assert (Both.options["size"].default, Both.options["size"].help) == (3, "So large.")
    assert Both.options["size"].flags == Window.options["size"].flags
    assert (Window.options["size"].default, Window.options["size"].help) == (REQUIRED, "How large.")


def test_one_with_options_can_be_sent_to_another_process() -> None:
    both = Both(size=7)
    assert pickle.loads(pickle.dumps(both)) == both
    assert replace(both, kind="min") == Both(size=7, kind="min")

"""The steps of a walk drawn: one size for all, letters as large as there is room for, hatching and lines."""

import numpy as np
import pytest

from cnnfilt.errors import ShapeError
from cnnfilt.files.walk import Panel, Scene, Square, drawn_scenes
from cnnfilt.files.walk_places import ROOM


def _scene(side: int, text: str = "7", *, lines: tuple[str, ...] = ("a = b",), **square: bool) -> Scene:
    plain = tuple(tuple(Square(text) for _ in range(side)) for _ in range(side - 1))
    marked = (Square(text, **square), *(Square(text) for _ in range(side - 1)))
    return Scene("x.csv", (Panel("image", (marked, *plain)), Panel("result", ((Square(text, lit=True),),))), lines)


def test_all_steps_have_one_size() -> None:
    long = " ".join(f"+ {number}*1" for number in range(40))
    first, second = drawn_scenes([_scene(3), _scene(3, lines=("a", "b", long))])
    assert first.shape == second.shape
    assert first.dtype == np.uint8


def test_letters_get_smaller_where_there_is_more_to_show() -> None:
    (few,), (many,) = drawn_scenes([_scene(3)]), drawn_scenes([_scene(20)])
    assert many.shape[0] <= ROOM[0]
    assert many.shape[1] <= ROOM[1]
    assert many.shape[0] < 20 / 3 * few.shape[0]


def test_what_has_no_room_is_refused() -> None:
    with pytest.raises(ShapeError, match="no room on a slide of 1600x900 pixels"):
        drawn_scenes([_scene(20, "-123456.789")])


@pytest.mark.parametrize("mark", ["padded", "lit", "kept", "empty"])
def test_each_mark_is_seen_without_colours(mark: str) -> None:
    (plain,), (marked,) = drawn_scenes([_scene(3)]), drawn_scenes([_scene(3, **{mark: True})])
    luma = (np.abs(plain.astype(int) - marked) @ [0.299, 0.587, 0.114]) > 12
    assert luma.sum() > 200

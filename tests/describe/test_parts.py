"""Regions as they are written, and the pixels they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe.parts import Box, Parts, parse_region
from cnnfilt.errors import ParameterError, ShapeError


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("40,60,100x80", Box(40, 60, 100, 80)),
        ("0,0,200x400", Box(0, 0, 200, 400)),
        ("40,60,100,80", Box(40, 60, 100, 80)),
        ("10%,25%,50%x50%", Box(20, 100, 100, 200)),
        ("199, 399, 1x1", Box(199, 399, 1, 1)),
        ("10%,60,3x12.5%", Box(20, 60, 3, 50)),
    ],
)
def test_regions_of_an_image_of_200x400(text: str, box: Box) -> None:
    assert parse_region(text, "--region").within((200, 400)) == box


@given(st.integers(1, 99), st.integers(1, 500))
def test_regions_that_meet_in_percent_meet_in_pixels(percent: int, n: int) -> None:
    covered = 0
    for start, extent in ((0, percent), (percent, 100 - percent)):
        try:
            box = parse_region(f"{start}%,0,{extent}%x1", "--region").within((n, 1))
        except ShapeError:
            continue  # Of few rows a small share is none.
        assert box.top == covered
        covered = box.bottom
    assert covered == n


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("10,10", "'10,10' is not TOP,LEFT,HEIGHTxWIDTH, in pixels or %, such as 40,60,100x80"),
        ("1,2,3,4,5", "is not TOP,LEFT"),
        ("a,b,3x4", "is not TOP,LEFT"),
        ("-1,0,3x4", "is not TOP,LEFT"),
        ("0,0,0x4", "is empty; height and width are 1 pixel or more"),
        ("30x40+20+10", "has the width first; write TOP,LEFT,HEIGHTxWIDTH: 10,20,40x30"),
    ],
)
def test_what_is_no_region(text: str, line: str) -> None:
    with pytest.raises(ParameterError, match="--region") as error:
        parse_region(text, "--region")
    assert line in error.value.message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("150,0,51x1", "is 200x400, and --region 150,0,51x1 reaches row 200 (from 0); a region lies inside the image"),
        ("0,400,1x1", "reaches column 400"),
        ("50%,0,60%x1", "reaches row 219"),
        ("0,0,0.1%x1", "is not one pixel of it"),
    ],
)
def test_a_region_outside_an_image(text: str, line: str) -> None:
    with pytest.raises(ShapeError) as error:
        parse_region(text, "--region").within((200, 400))
    assert line in error.value.message


def test_what_would_be_ignored_is_refused() -> None:
    region = parse_region("0,0,9x9", "--region")
    for asked, line in (
        ({"crop": True}, "say which, with --region"),
        ({"feather": 3}, "give one, too"),
        ({"feather": 3, "crop": True, "regions": (region,)}, "leave out one"),
    ):
        with pytest.raises(ParameterError, match=line):
            Parts(**asked)  # type: ignore[arg-type]
    assert Parts().is_all
    assert Parts(regions=(region,)).pastes
    assert not Parts(regions=(region,), crop=True).pastes


def test_what_two_boxes_have_in_common() -> None:
    assert Box(0, 0, 5, 5).common(Box(3, 4, 5, 5)) == Box(3, 4, 2, 1)
    assert Box(0, 0, 5, 5).common(Box(5, 0, 5, 5)) is None

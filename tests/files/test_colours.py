"""Colours as people write them, and colour behind transparency."""

import numpy as np
import pytest

from cnnfilt.errors import ParameterError, ShapeError
from cnnfilt.files.colours import Colour, flatten, parse_colour
from tests.files.odd_files import random_levels


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("white", Colour((255, 255, 255))),
        ("#f80", Colour((255, 136, 0))),
        ("#0a141e28", Colour((10, 20, 30), 40)),
        ("255,128,0", Colour((255, 128, 0))),
        ("255, 128, 0, 7", Colour((255, 128, 0), 7)),
        ("rgb(1,2,3)", Colour((1, 2, 3))),
        ("128", Colour(128)),
        ("-0.5", Colour(-0.5)),
    ],
)
def test_colours_as_people_write_them(text: str, colour: Colour) -> None:
    assert parse_colour(text, "--background") == colour


@pytest.mark.parametrize("text", ["whit", "", "1,2", "256,0,0", "-1,0,0", "#12345", "1,2,3,4,5", "nan", "0x10"])
def test_what_is_no_colour_is_refused_by_its_parameter_s_name(text: str) -> None:
    with pytest.raises(ParameterError, match="--background"):
        parse_colour(text, "--background")


def test_a_colour_in_an_image_s_own_levels() -> None:
    orange = Colour((255, 128, 0), 51)
    assert orange.levels(3, 255) == ((255, 128, 0), 51)
    assert orange.levels(3, 65535) == ((65535, 128 * 257, 0), 51 * 257)
    assert orange.levels(1, 255) == (151, 51)
    assert Colour(1000).levels(7, 65535) == (1000, 65535)
    with pytest.raises(ShapeError, match="2 channels"):
        orange.levels(2, 255)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_opaque_stays_and_clear_shows_what_is_behind(dtype: str) -> None:
    top = np.iinfo(dtype).max
    pixels = random_levels(70, 5, 3, dtype=dtype)
    full, none = np.full((70, 5), top, dtype), np.zeros((70, 5), dtype)
    np.testing.assert_array_equal(flatten(pixels, full, Colour((1, 2, 3))), pixels)
    np.testing.assert_array_equal(flatten(pixels, none, Colour((255, 255, 255))), np.full_like(pixels, top))


def test_gray_over_colour_becomes_colour() -> None:
    pixels, alpha = random_levels(5, 6), random_levels(5, 6, seed=1)
    assert flatten(pixels, alpha, Colour((255, 0, 0))).shape == (5, 6, 3)
    assert flatten(pixels, alpha, Colour((9, 9, 9))).shape == (5, 6)
    assert flatten(pixels, alpha, Colour(300)).max() <= 255

"""Numbers, pairs, paddings and sizes as people type them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.cli.main import COMMANDS
from cnnfilt.errors import ParameterError
from cnnfilt.parsing import (
    nearest,
    parse_number,
    parse_numbers,
    parse_padding,
    parse_pair,
    parse_size,
    parse_whole,
    words_near,
)


@pytest.mark.parametrize(("text", "value"), [("3", 3), (" 3 ", 3), ("+3", 3), ("-3", -3), ("007", 7)])
def test_whole_numbers(text, value):
    assert parse_whole(text, "stride") == value


def test_a_number_no_size_can_have():
    with pytest.raises(ParameterError, match="too large"):
        parse_whole("1" * 13, "stride")


@pytest.mark.parametrize("text", ["", "a", "3.0", "1e3", "+-3", "--3", "1_0", "٣", "3 4"])
def test_what_is_no_whole_number(text):
    with pytest.raises(ParameterError, match=r"stride .* is not a whole number") as caught:
        parse_whole(text, "stride")
    assert caught.value.parameter == "stride"


@pytest.mark.parametrize(("text", "pair"), [("3", (3, 3)), ("3x5", (3, 5)), ("3,5", (3, 5)), ("3, 5", (3, 5))])
def test_pairs(text, pair):
    assert parse_pair(text, "stride") == pair


def test_a_pair_of_three_is_refused():
    with pytest.raises(ParameterError, match="has 3 numbers; give N or HxW"):
        parse_pair("1x2x3", "stride")


@pytest.mark.parametrize("text", ["3x", "x3", "3xa", "3,,5"])
def test_an_error_shows_all_that_was_typed(text):
    with pytest.raises(ParameterError, match=f"'{text}' is not made of whole numbers"):
        parse_numbers(text, "stride")


@pytest.mark.parametrize(
    ("text", "padding"),
    [
        ("valid", "valid"),
        ("same", "same"),
        ("same-lower", "same-lower"),
        ("full", "full"),
        ("2", 2),
        ("-2", -2),  # Refused where it is used, which knows what is allowed.
        ("1,2", (1, 2)),
        ("1x2", (1, 2)),
        ("1,2,3,4", ((1, 2), (3, 4))),
        ("1x2x3x4", ((1, 2), (3, 4))),
    ],
)
def test_paddings(text, padding):
    assert parse_padding(text) == padding


@pytest.mark.parametrize(
    ("text", "message"),
    [("sane", "did you mean same"), ("nought", "use one of valid, same"), ("1,2,3", "has 3 numbers"), ("", "whole")],
)
def test_wrong_paddings(text, message):
    with pytest.raises(ParameterError, match=message):
        parse_padding(text)


def test_sizes():
    assert parse_size("480x640x3") == (480, 640, 3)
    assert parse_size("6x6") == (6, 6, 1)
    assert parse_size("6") == (6, 6, 1)


@pytest.mark.parametrize("text", ["0", "6x6x3x1", "0x6", "6x-6", "6x", "x"])
def test_wrong_sizes(text):
    with pytest.raises(ParameterError, match="size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("-2.5", -2.5), ("1e-3", 0.001), ("1/9", 1 / 9), ("-1/3", -1 / 3), (" 4/2 ", 2.0), ("\u22122.5", -2.5)],
)
def test_numbers(text, value):
    parsed = parse_number(text, "bias")
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize("text", ["", "a", "1/0", "1/", "/2", "1,5", "1_000", "0x10", "1 2"])
def test_what_is_no_number(text):
    with pytest.raises(ParameterError, match=r"bias .* is not a number"):
        parse_number(text, "bias")


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999", "9" * 400, "9" * 400 + "/3"])
def test_numbers_are_finite(text):
    with pytest.raises(ParameterError, match="is not finite"):
        parse_number(text, "bias")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back(value):
    assert math.isclose(parse_number(repr(value), "bias"), value, rel_tol=0, abs_tol=0)


def written(value):
    """A padding, size, pair or number as it is typed."""
    if isinstance(value, tuple):
        return ",".join(map(written, value))
    return value if isinstance(value, str) else repr(value)


@pytest.mark.parametrize(
    "parse",
    [parse_padding, parse_size, lambda text: parse_number(text, "bias"), lambda text: parse_pair(text, "stride")],
    ids=["padding", "size", "number", "pair"],
)
@given(text=st.one_of(st.text(max_size=12), st.text("0123456789x,+-/.e same\u2212\u00bd", max_size=8)))
def test_every_text_is_refused_in_one_line_or_comes_back_as_it_was_read(parse, text):
    try:
        value, refusal = parse(text), ""
    except ParameterError as error:
        value, refusal = None, str(error)
    if value is None:
        assert refusal.isprintable()
        assert repr(text) in refusal
    else:
        assert parse(written(value)) == value


def test_nearest_words():
    modes = ("reflect", "zeros", "symmetric", "circular")
    assert nearest("relfect", modes) == "did you mean reflect?"
    assert nearest("q", modes) == "use one of reflect, zeros, symmetric, circular"


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("convlove", ["convolve"]),  # letters swapped
        ("aply", ["apply"]),  # one left out
        ("shapee", ["shape"]),
        ("Edges", ["edges"]),
        ("conv", ["convolve"]),  # the beginning of one
        ("padding", ["pad"]),  # one with an ending
        ("kernal", ["kernels"]),
        ("sharpen", []),
        ("version", []),
        ("deconv", []),
        ("--color", []),
        ("compare", []),
        ("ne", []),
        ("", []),
    ],
)
def test_only_words_that_are_near_are_suggested(word, near):
    assert words_near(word, tuple(COMMANDS)) == near


def test_the_nearest_comes_first_and_there_are_three_at_most():
    known = ("sobel-y", "sobelx", "sobel-x", "sobel-xy", "sobel")
    assert words_near("sobel-x", known) == ["sobel-x", "sobel-y", "sobelx"]


@pytest.mark.parametrize("mode", ["reflect", "zeros", "zero", "Mirror", "edge", "wrap"])
def test_a_padding_mode_is_no_width(mode):
    with pytest.raises(ParameterError, match="say how wide it is: same, or a number"):
        parse_padding(mode)


def test_few_words_are_all_listed():
    assert nearest("mean", ("max", "avg", "min")) == "use max, avg or min"


def test_of_very_many_words_only_the_first_are_named() -> None:
    names = tuple(f"layer{number}" for number in range(150))
    assert nearest("zzzz", names) == f"use one of {', '.join(names[:8])} and 142 more"
    assert nearest("zzzz", names[:60]) == f"use one of {', '.join(names[:60])}"

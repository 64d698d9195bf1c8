"""Damage at random, and the loop that looks for what it does: a short run with every test, a long one in parts."""

import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnfilt.errors import InputError, ShapeError
from cnnfilt.files.read_write_options import ReadOptions

_PARTS = 20
"""The long run is cut into as many tests, which several processes can share."""

_INPUTS = 20_000

TELLING = (
    b"\0",
    b"\0\0\0\0",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"\1\0",
    b"9",
    b"-",
    b"\n",
)
"""What damages most: zeros, ones, the largest and smallest numbers, and what text formats take for structure."""

KINDS = ("replace", "replace", "insert", "delete", "repeat", "cut")

Input = TypeVar("Input")


def in_parts(short: int) -> pytest.MarkDecorator:
    """Give a test its `part` and `inputs`: the short run, and the long one, of which each part is marked."""
    long = [pytest.param(part, _INPUTS // _PARTS, marks=pytest.mark.mutation) for part in range(1, _PARTS + 1)]
    return pytest.mark.parametrize(("part", "inputs"), [(0, short), *long])


def try_each(damaged: st.SearchStrategy[Input], check: Callable[[Input], None], *, part: int, inputs: int) -> None:
    """Call `check` with so many damaged inputs: the same ones each time in the short run."""
    tried = 0

    @settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        derandomize=part == 0,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(damaged)
    def every(given_one: Input) -> None:
        nonlocal tried
        check(given_one)
        tried += 1

    every()
    assert tried >= inputs


def changed(
    draw: st.DrawFn,
    whole: bytes,
    *,
    times: Sequence[int] = range(1, 5),
    early: int | None = None,
    telling: Sequence[bytes] = TELLING,
    kinds: Sequence[str] = KINDS,
) -> bytes:
    """Return bytes with some changes: replaced, put in, taken out, repeated, or the end cut off.

    `times`: how many changes there may be. `early`: most of what matters stands in so many first bytes.
    """
    data = bytearray(whole)
    for _ in range(draw(st.sampled_from(times))):
        anywhere = st.integers(0, len(data))
        place = draw(anywhere if early is None else st.integers(0, min(len(data), early)) | anywhere)
        length = draw(st.sampled_from((1, 1, 2, 4, 16)))
        new = draw(st.sampled_from(telling) | st.binary(min_size=1, max_size=length))
        kind = draw(st.sampled_from(kinds))
        if kind == "replace":
            data[place : place + len(new)] = new
        elif kind == "insert":
            data[place:place] = new
        elif kind == "delete":
            del data[place : place + length]
        elif kind == "repeat":
            data[place:place] = data[place : place + 4 * length]
        else:
            del data[place:]
    return bytes(data)


def ask_each(data: bytes, *asked: Callable[[bytes, ReadOptions], object]) -> None:
    """Ask each for the image in `data`: it may say that it cannot be read, and neither warn nor raise anything else."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for ask in asked:
            with suppress(InputError, ShapeError):
                ask(data, ReadOptions(max_pixels=100_000))

"""Percentiles of responses, beside NumPy's, and what a mapping makes of them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnfilt.core.levels import Levels, apply_levels, range_in
from cnnfilt.describe.percentiles import Percentiles
from cnnfilt.errors import ParameterError


def expected(values: Any, low: float, high: float, *, magnitude: bool) -> tuple[float, float]:
    exact = values[np.isfinite(values)].astype(np.float64)
    found = np.percentile(np.abs(exact) if magnitude else exact, [low, high])
    return float(found[0]), float(found[1])


@settings(deadline=None)
@given(
    arrays.arrays(
        st.sampled_from([np.int16, np.int32, np.int64, np.float32, np.float64, np.uint8]),
        st.tuples(st.integers(1, 40), st.integers(1, 9)),
        elements=st.integers(0, 200),
    ),
    st.sampled_from([(1, 99), (0, 100), (25, 75), (0.1, 50), (33.3, 66.6)]),
    st.booleans(),
)
def test_ends_are_those_of_numpy(values: Any, shares: tuple[float, float], magnitude: bool) -> None:
    if values.dtype.kind != "u":
        values = values - values.dtype.type(100)
    levels = Levels("abs" if magnitude else "clip", np.uint8, Percentiles(*shares))
    found, _ = range_in(values, levels)
    assert found == pytest.approx(expected(values, *shares, magnitude=magnitude), rel=1e-9, abs=1e-9)


def test_wide_whole_numbers_and_large_arrays() -> None:
    rng = np.random.default_rng(0)
    for values in (rng.integers(-(2**40), 2**40, 100_000), rng.normal(size=600_000).astype(np.float32) * 1e5):
        found, _ = range_in(values, Levels("clip", np.uint8, Percentiles(1, 99)))
        assert found == pytest.approx(expected(values, 1, 99, magnitude=False), rel=1e-9)


def test_what_is_not_finite_does_not_count() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 0, 50, 100], np.float32)
    levels = Levels("clip", np.uint8, Percentiles(0, 100))
    assert range_in(values, levels)[0] == (0, 100)
    assert apply_levels(values, levels)[0].tolist() == [0, 255, 0, 0, 128, 255]
    nothing = np.full(3, np.nan)
    assert apply_levels(nothing, levels)[0].tolist() == [0, 0, 0]


def test_levels_are_stretched_between_the_ends_and_clipped_beyond() -> None:
    values = np.arange(-50, 151, dtype=np.int16)
    pixels, loss = apply_levels(values, Levels("clip", np.uint8, Percentiles(10, 90)))
    ends = np.percentile(values, [10, 90])
    np.testing.assert_array_equal(pixels, np.rint(np.clip((values - ends[0]) * 255 / (ends[1] - ends[0]), 0, 255)))
    # A tenth on either side was meant to be clipped.
    assert (loss.lowest, loss.highest, loss.clipped) == (-50, 150, 0)


def test_magnitudes_have_percentiles_of_their_own() -> None:
    values = np.arange(-100, 101, dtype=np.int16)
    pixels, _ = apply_levels(values, Levels("abs", np.uint16, Percentiles(0, 50)))
    np.testing.assert_array_equal(pixels, np.minimum(np.rint(np.abs(values) * 65535.0 / 50), 65535))


def test_flat_responses_are_black_and_few_that_stand_out_are_white() -> None:
    levels = Levels("clip", np.uint8, Percentiles(1, 99))
    assert not apply_levels(np.full(100, 7.5, np.float32), levels)[0].any()
    rare = np.zeros(1000, np.int32)
    rare[5] = 3
    pixels, _ = apply_levels(rare, levels)
    assert pixels[5] == 255
    assert pixels.sum() == 255


def test_one_value_alone() -> None:
    assert apply_levels(np.array([9], np.uint8), Levels("clip", np.uint8, Percentiles(1, 99)))[0].tolist() == [0]


def test_percentiles_go_with_clip_and_abs() -> None:
    for values in ("minmax", "symmetric", "offset"):
        with pytest.raises(ParameterError, match="a value range is for clip or abs"):
            Levels(values, np.uint8, Percentiles(1, 99))

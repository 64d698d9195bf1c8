"""Pixels become responses again: what `levels` does, done backwards."""

import numpy as np
import pytest

from cnnfilt.core.inverse_levels import inverse_levels
from cnnfilt.core.levels import Levels, apply_levels
from cnnfilt.errors import ParameterError

RESPONSES = np.arange(-300, 300).reshape(20, 30)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(("values", "value_range"), [("clip", None), ("offset", None), ("clip", (-300.0, 500.0))])
def test_what_was_not_cut_off_comes_back_to_within_rounding(
    dtype: type, values: str, value_range: tuple[float, float] | None
) -> None:
    pixels, loss = apply_levels(RESPONSES, Levels(values, dtype, value_range))  # type: ignore[arg-type]
    inverse = inverse_levels(values, pixels.dtype, value_range=value_range)  # type: ignore[arg-type]
    kept = inverse.kept(pixels)
    assert kept is not None
    # What was cut off lies at 0 and at the top, so at least that is left out.
    assert np.count_nonzero(~kept) >= loss.clipped
    off = np.abs(inverse.responses(pixels) - RESPONSES)[kept]
    assert off.max() <= 0.5 / inverse.gain + 1e-9


def test_auto_cuts_levels_off_and_takes_other_numbers_raw() -> None:
    assert inverse_levels("auto", np.dtype(np.uint8)).top == 255
    assert inverse_levels("auto", np.dtype(np.uint16)).top == 65535
    for raw in (np.int16, np.int64, np.float32):
        assert inverse_levels("auto", np.dtype(raw)).kept(np.zeros((2, 2), raw)) is None


def test_white_is_white_at_every_depth() -> None:
    deep, plain = np.dtype(np.uint16), np.dtype(np.uint8)
    assert inverse_levels("clip", deep, source=plain).responses(np.array([65535], deep)) == 255
    assert inverse_levels("clip", plain, source=deep).responses(np.array([255], plain)) == 65535


def test_symmetric_and_minmax_are_known_up_to_a_factor() -> None:
    symmetric, minmax = (inverse_levels(values, np.dtype(np.uint8)) for values in ("symmetric", "minmax"))
    assert symmetric.stretched
    assert not symmetric.shifted
    assert symmetric.responses(np.array([128], np.uint8)) == 0
    assert minmax.stretched
    assert minmax.shifted


def test_absolute_values_cannot_be_undone() -> None:
    with pytest.raises(ParameterError, match="signs are lost"):
        inverse_levels("abs", np.dtype(np.uint8))


def test_numbers_that_no_mapping_makes_are_refused() -> None:
    with pytest.raises(ParameterError, match="float32"):
        inverse_levels("offset", np.dtype(np.float32))
    with pytest.raises(ParameterError, match="value range"):
        inverse_levels("raw", np.dtype(np.uint8), value_range=(0.0, 1.0))

"""Rows come out as they were before their filters, by the compiled core as by NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.core.engine.native import loops
from cnnfilt.files.decode.png_rows import unfilter, unfilter_by_numpy
from tests.files.decode.pngs import filtered

PIXEL_BYTES = (1, 2, 3, 4, 6, 8)


@given(st.integers(1, 9), st.integers(1, 40), st.sampled_from(PIXEL_BYTES), st.integers(0, 9999))
def test_every_filter_is_undone(rows: int, pixels: int, pixel: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Small steps, too, where the predictions differ least.
    raw = rng.integers(0, rng.choice([3, 256]), (rows, pixels * pixel)).astype(np.uint8)
    said = filtered([row.tobytes() for row in raw], pixel, iter(rng.integers(0, 5, rows).tolist()))
    lines = np.frombuffer(said, np.uint8).reshape(rows, -1)
    for first in (0, rows // 2):
        above = raw[first - 1] if first else np.zeros_like(raw[0])
        for way in (unfilter, unfilter_by_numpy):
            out = np.zeros((rows - first, pixels * pixel), np.uint8)
            way(lines[first:], above, out, pixel)
            np.testing.assert_array_equal(out, raw[first:])


def test_an_unknown_filter_is_refused() -> None:
    lines = np.zeros((3, 7), np.uint8)
    lines[1, 0] = 5
    with pytest.raises(SyntaxError, match="filter 5"):
        unfilter(lines, np.zeros(6, np.uint8), np.empty((3, 6), np.uint8), 6)


@pytest.mark.skipif(loops is None, reason="the compiled core was not built, or is switched off")
def test_nothing_beside_the_rows_is_written() -> None:
    for pixel in PIXEL_BYTES:
        memory = np.full((3, 5 * pixel + 8), 7, np.uint8)
        lines = np.random.default_rng(0).integers(0, 5, (3, 5 * pixel + 1), np.uint8)
        loops.unfilter(lines, np.zeros(5 * pixel, np.uint8), memory[:, : 5 * pixel], pixel)
        assert (memory[:, 5 * pixel :] == 7).all()

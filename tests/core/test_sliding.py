"""Windows folded in few passes: the same as combining every tap of every window."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.engine.passes import run_passes
from cnnfilt.core.engine.sliding import fold_columns, fold_rows, scratch_rows, spare_rows
from cnnfilt.describe.window import Window

COMBINE = {"max": np.maximum, "min": np.minimum, "sum": np.add}


@st.composite
def axes(draw, largest):
    """A window along an axis without padding, and how many of it there are."""
    size, stride, dilation = draw(st.integers(1, largest)), draw(st.integers(1, 6)), draw(st.integers(1, 3))
    count = draw(st.integers(1, 12))
    length = (count - 1) * stride + dilation * (size - 1) + 1
    return Window(length, size, stride, dilation), count


def naive(values, window, count, combine):
    """Combine the first axis tap by tap."""
    out = []
    for index in range(count):
        start = index * window.stride
        taps = [values[start + tap * window.dilation] for tap in range(window.kernel_size)]
        total = taps[0].copy()
        for tap in taps[1:]:
            total = combine(total, tap)
        out.append(total)
    return np.array(out)


@settings(max_examples=300, deadline=None)
@given(axes(40), st.sampled_from(sorted(COMBINE)), st.sampled_from(["uint8", "uint16", "float32"]), st.integers(0, 999))
def test_rows(axis, kind, dtype, seed):
    window, count = axis
    source = np.random.default_rng(seed).integers(0, 256, (window.size, 5)).astype(dtype)
    before, target = source.copy(), np.empty((count, 5), dtype)
    scratch = np.empty((scratch_rows(window, count), 5), dtype)
    run_passes(fold_rows(COMBINE[kind], source, target, window, scratch))
    # Sums may wrap here, as they do not in pooling, whose type holds them all; modulo 2**8 they are right all the same.
    np.testing.assert_array_equal(target, naive(source, window, count, COMBINE[kind]))
    np.testing.assert_array_equal(source, before)


@settings(max_examples=300, deadline=None)
@given(
    axes(40),
    st.integers(1, 5),
    st.sampled_from(sorted(COMBINE)),
    st.sampled_from(["uint8", "uint16", "int64", "float32", "float64"]),
    st.integers(0, 999),
)
def test_columns(axis, channels, kind, dtype, seed):
    window, count = axis
    width = -(-window.size // window.stride) * window.stride
    pixels = np.random.default_rng(seed).integers(0, 256, (3, width, channels)).astype(dtype)
    rows = pixels.reshape(3, -1)
    target = np.empty((3, count, channels), dtype)
    spare = [np.full_like(rows, 99) for _ in range(spare_rows(window, COMBINE[kind]))]
    run_passes(fold_columns(COMBINE[kind], rows, target, window, spare))
    expected = naive(pixels.swapaxes(0, 1), window, count, COMBINE[kind]).swapaxes(0, 1)
    np.testing.assert_array_equal(target, expected)


@pytest.mark.parametrize(("size", "rows"), [(4, 2), (7, 2.25), (15, 2.625), (101, 4)])
def test_a_tall_window_costs_few_passes(size, rows):
    count = 4000
    window = Window(count + size - 1, size)
    source, target = np.zeros((window.size, 1)), np.zeros((count, 1))
    scratch = np.empty((scratch_rows(window, count), 1))
    written = sum(len(out) for *_, out in fold_rows(np.maximum, source, target, window, scratch))
    assert written <= (rows + 0.05) * count

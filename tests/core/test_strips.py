"""Strips: whatever their height, taps meet what plain slices of the padded image meet."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.engine import strips
from cnnfilt.core.engine.strips import StripReader, strip_edges
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import windows
from tests import oracles


@st.composite
def geometries(draw):
    """Two windows over an image, and the image: every stride, dilation and padding that fits."""
    axes = []
    for _ in range(2):
        size, kernel, stride = draw(st.integers(1, 9)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
        dilation = draw(st.integers(1, 3))
        before, after = draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))
        after += max(dilation * (kernel - 1) + 1 - (before + size + after), 0)
        axes.append(Window(size, kernel, stride, dilation, before, after))
    fits = all(w.after < w.size for w in axes)
    mode = draw(st.sampled_from(["zeros", "reflect", "symmetric", "replicate", "circular"])) if fits else "zeros"
    image = np.random.default_rng(draw(st.integers(0, 99))).integers(
        1, 200, (axes[0].size, axes[1].size, draw(st.integers(1, 3)))
    )
    return image, *axes, mode


@settings(max_examples=200, deadline=None)
@given(geometries(), st.sampled_from([1, 300, 1 << 20]))
def test_a_tap_meets_what_slices_of_the_padded_image_meet(case, scratch):
    image, rows, columns, mode = case
    pads = tuple((w.before, w.after) for w in (rows, columns))
    seen = np.stack([oracles.padded(image[:, :, c].tolist(), pads, mode, -7) for c in range(image.shape[2])], axis=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        reader = StripReader(image, rows, columns, padding_mode=mode, padding_value=-7)
    covered = []
    for strip in reader:
        covered += range(strip.start, strip.stop)
        for i in range(rows.kernel_size):
            for j in range(columns.kernel_size):
                first = strip.start * rows.stride + i * rows.dilation
                met = seen[first :: rows.stride, j * columns.dilation :: columns.stride]
                met = met[: strip.height, : columns.output_size]
                np.testing.assert_array_equal(strip.windows[i, j], met)
                for channel in range(image.shape[2]):
                    one = strip.of_channel(channel).windows[i, j]
                    np.testing.assert_array_equal(one[..., 0], met[..., channel])
    assert covered == list(range(rows.output_size))


@settings(max_examples=200, deadline=None)
@given(geometries(), st.integers(1, 5))
def test_only_what_meets_the_border_above_and_below_is_copied(case, height):
    image, rows, columns, mode = case
    image = image.astype(np.uint8)
    reader = StripReader(image, rows, columns, padding_mode=mode, height=height, sides_apart=True)
    covered = []
    for start, stop in reader.edges:
        for part in reader.parts(start, stop):
            covered += range(part.start, part.stop)
            met = [row * rows.stride - rows.before for row in (part.start, part.stop - 1)]
            inside = met[0] >= 0 and met[1] + rows.span <= rows.size
            assert np.shares_memory(part.padded, image) == inside
    assert covered == list(range(rows.output_size))


def test_the_strip_is_in_the_type_asked_for_and_the_image_in_any():
    image = np.arange(12, dtype=">u2").reshape(3, 4)[::-1, ::2, np.newaxis]
    rows, columns = windows((3, 2), 1)
    (strip,) = StripReader(image, rows, columns, dtype=np.dtype(np.float32))
    assert strip.windows.dtype == np.float32
    assert strip.windows[0, 0, ..., 0].tolist() == [[8, 10], [4, 6], [0, 2]]


def test_strips_keep_to_their_memory_but_have_at_least_one_row():
    rows = Window(1000, 3)
    edges = strip_edges(rows, strips.SCRATCH_BYTES // 100)
    assert edges[0] == (0, 100)
    assert edges[-1] == (900, 998)
    assert strip_edges(rows, 10 * strips.SCRATCH_BYTES)[:2] == ((0, 1), (1, 2))
    assert strip_edges(rows, strips.SCRATCH_BYTES // 100, strips.SCRATCH_BYTES // 100)[0] == (0, 50)


def test_what_streams_has_larger_strips():
    rows, row = Window(1000, 3), strips.SCRATCH_BYTES // 100
    assert strip_edges(rows, row)[0] == (0, 100)
    assert strip_edges(rows, row, streams=True)[0] == (0, 125)
    assert strip_edges(rows, 10 * row, streams=True)[0] == (0, 40)
    assert strip_edges(Window(30, 3), 1, streams=True) == ((0, 28),)

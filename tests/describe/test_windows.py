"""Both axes at once are each axis on its own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe.window import output_size
from cnnfilt.describe.windows import Slide, Windows, adaptive_bounds, check_pixels, slide, windows
from cnnfilt.errors import ParameterError, ShapeError

pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))


@given(pairs, pairs, pairs, st.sampled_from(["valid", "same", "full", 1, (2, 0), ((0, 2), (1, 0))]), st.booleans())
def test_each_axis_is_a_window_of_its_own(kernel_size, stride, dilation, padding, ceil_mode):
    size = (17, 14)
    found = Slide(kernel_size, stride, padding, dilation, ceil_mode).over(size)
    paddings = padding if isinstance(padding, tuple) else (padding, padding)
    expected = tuple(
        output_size(n, k, stride=s, dilation=d, padding=p, ceil_mode=ceil_mode)
        for n, k, s, d, p in zip(size, kernel_size, stride, dilation, paddings, strict=True)
    )
    assert found.output_size == expected == tuple(window.output_size for window in found)
    assert (found.size, found.kernel_size, found.stride) == (size, kernel_size, stride)
    assert found.padded_size == tuple(n + sum(pads) for n, pads in zip(size, found.pads, strict=True))
    assert list(found.taps) == [(i, j) for i in range(kernel_size[0]) for j in range(kernel_size[1])]


@given(pairs, pairs, pairs, st.sampled_from(["valid", "same", "full", 1, (2, 0), ((0, 2), (1, 0))]), st.booleans())
def test_one_axis_alone_and_windows_slid_again_are_the_same(kernel_size, stride, dilation, padding, ceil_mode):
    slid, size = Slide(kernel_size, stride, padding, dilation, ceil_mode), (17, 14)
    found = slid.over(size)
    assert (slid.along(0, 17), slid.along(1, 14)) == (found.rows, found.columns)
    assert (found.rows.lines, found.columns.lines) == ("rows", "columns")
    # The padding is in numbers then, so this holds for the same size alone.
    assert found.slide.over(size) == found


def test_pairs_are_height_and_width():
    rows, columns = windows((480, 640), (3, 5), stride=(1, 2), padding=((0, 1), (2, 3)), dilation=(2, 1))
    assert (rows.size, rows.span, rows.stride, rows.before, rows.after) == (480, 5, 1, 0, 1)
    assert (columns.size, columns.span, columns.stride, columns.before, columns.after) == (640, 5, 2, 2, 3)


def test_one_number_stands_for_both_axes():
    assert slide(3, stride=2, dilation=(1, 2)) == Slide((3, 3), (2, 2), dilation=(1, 2))


def test_rows_and_columns_are_named_in_what_goes_wrong():
    with pytest.raises(ShapeError, match="spans 5 rows but the image is 4 rows high"):
        Slide((5, 1)).over((4, 9))
    with pytest.raises(ShapeError, match="spans 10 columns but the image is 9 columns wide"):
        Slide((1, 10)).over((4, 9))
    with pytest.raises(ParameterError, match="stride is 0; it must be at least 1"):
        Slide((1, 1), (0, 1), "same").over((4, 9))
    with pytest.raises(ParameterError, match="is not a word, N, "):
        Slide((1, 1), padding=(1, 2, 3)).over((4, 9))  # type: ignore[arg-type]


def test_a_window_of_padding_alone_is_no_window_to_pool():
    with pytest.raises(ParameterError, match="padding 2 is over half of what the window spans, 3"):
        Slide((3, 3), padding=2).over((9, 9)).check_pool_padding()
    found = Slide((3, 3), padding=1).over((9, 9))
    assert found.check_pool_padding() is found
    assert isinstance(found, Windows)


def test_adaptive_windows_cover_all_positions():
    assert adaptive_bounds(5, 2) == [(0, 3), (2, 5)]
    assert adaptive_bounds(2, 3) == [(0, 1), (0, 2), (1, 2)]


@given(n=st.integers(1, 40), out=st.integers(1, 12))
def test_adaptive_windows_cover_everything(n, out):
    bounds = adaptive_bounds(n, out)
    assert len(bounds) == out
    assert {p for first, last in bounds for p in range(first, last)} == set(range(n))
    assert all(first < last for first, last in bounds)


def test_a_kernel_larger_than_the_image_says_by_how_much():
    with pytest.raises(ShapeError, match=r"kernel spans 7 rows but the image padded is 5 rows high") as caught:
        windows((3, 9), 4, dilation=2, padding=1)
    assert caught.value.about("a.png").startswith("kernel spans 7 rows but a.png padded is 5 rows high; use a smaller")


def test_too_many_pixels_are_counted():
    check_pixels((10, 10), 100, "the output")
    check_pixels((10**9, 10**9), 0, "the output")
    with pytest.raises(ShapeError, match=r"the output would have 10x11 = 110 pixels; the limit is 100"):
        check_pixels((10, 11), 100, "the output")


def test_numpys_own_whole_numbers_do_not_wrap():
    assert slide(np.int8(100), stride=np.int8(100)).over((200, 200)).output_size == (2, 2)

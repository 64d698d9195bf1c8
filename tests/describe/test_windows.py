"""Both axes at once are each axis on its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe.window import output_size
from cnnfilt.describe.windows import Slide, Windows, adaptive_bounds, slide
from cnnfilt.errors import ParameterError, ShapeError

pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))


@given(pairs, pairs, pairs, st.sampled_from(["valid", "same", "full", 1, (2, 0), ((0, 2), (1, 0))]), st.booleans())
def test_each_axis_is_a_window_of_its_own(kernel_size, stride, dilation, padding, ceil_mode):
    size = (17, 14)
    windows = Slide(kernel_size, stride, padding, dilation, ceil_mode).over(size)
    paddings = padding if isinstance(padding, tuple) else (padding, padding)
    expected = tuple(
        output_size(n, k, stride=s, dilation=d, padding=p, ceil_mode=ceil_mode)
        for n, k, s, d, p in zip(size, kernel_size, stride, dilation, paddings, strict=True)
    )
    assert windows.output_size == expected == tuple(window.output_size for window in windows)
    assert (windows.size, windows.kernel_size, windows.stride) == (size, kernel_size, stride)
    assert windows.padded_size == tuple(n + sum(pads) for n, pads in zip(size, windows.pads, strict=True))
    assert list(windows.taps) == [(i, j) for i in range(kernel_size[0]) for j in range(kernel_size[1])]


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
    windows = Slide((3, 3), padding=1).over((9, 9))
    assert windows.check_pool_padding() is windows
    assert isinstance(windows, Windows)


def test_adaptive_windows_cover_all_positions():
    assert adaptive_bounds(5, 2) == [(0, 3), (2, 5)]
    assert adaptive_bounds(2, 3) == [(0, 1), (0, 2), (1, 2)]

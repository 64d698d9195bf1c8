"""Who sees what: against the notes' corner pixel, and windows slid naively over a row of positions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe.coverage import coverage
from cnnfilt.describe.window import Window
from cnnfilt.errors import ShapeError

windows_drawn = st.tuples(
    st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.integers(0, 3), st.booleans()
)


def naive(layers: list[Window]) -> list[int]:
    """Carry the set of what it sees along with every value."""
    seen = [{position} for position in range(layers[0].size)]
    for window in layers:
        values = []
        for index in range(window.output_size):
            sees: set[int] = set()
            for tap in range(window.kernel_size):
                place = index * window.stride + tap * window.dilation - window.before
                if 0 <= place < window.size:
                    sees |= seen[place]
            values.append(sees)
        seen = values
    return [sum(position in sees for sees in seen) for position in range(layers[0].size)]


def test_the_notes_corner_pixel_is_seen_once() -> None:
    assert coverage([Window(6, 3)]) == [1, 2, 3, 3, 2, 1]
    assert coverage([Window(6, 3, before=1, after=1)]) == [2, 3, 3, 3, 3, 2]
    assert coverage([Window(6, 3, before=2, after=2)]) == [3] * 6


def test_a_stride_beyond_the_window_leaves_positions_unseen() -> None:
    assert coverage([Window(7, 2, stride=3)]) == [1, 1, 0, 1, 1, 0, 0]


@given(size=st.integers(1, 14), drawn=st.lists(windows_drawn, min_size=1, max_size=3))
def test_as_counted_naively(size: int, drawn: list[tuple[int, int, int, int, int, bool]]) -> None:
    layers: list[Window] = []
    for numbers in drawn:
        kernel_size, stride, dilation, before, after, ceil_mode = numbers
        try:
            layers.append(Window(size, kernel_size, stride, dilation, before, after, ceil_mode))
        except ShapeError:
            break
        size = layers[-1].output_size
    if layers:
        assert coverage(layers) == naive(layers)
        assert len(layers) > 1 or coverage(layers).count(0) == layers[0].unread


def test_what_would_take_minutes_is_refused() -> None:
    with pytest.raises(ShapeError, match="too long"):
        coverage([Window(170_000_000, 3)])
    with pytest.raises(ShapeError, match="too long"):
        coverage([Window(20_000, 10_000)])

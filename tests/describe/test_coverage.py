"""Who sees what: against the notes' corner pixel, and windows slid naively over a row of positions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe.coverage import coverage, received
from cnnfilt.describe.transposed import TransposedAxis, transposed_axis
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


def test_stamps_of_three_two_apart_overlap_in_every_second_place() -> None:
    assert received([transposed_axis(4, 3, 2, 1, 0, 0)]) == [1, 1, 2, 1, 2, 1, 2, 1, 1]
    assert received([transposed_axis(4, 4, 2, 1, 0, (1, 1))]) == [1, 2, 2, 2, 2, 2, 2, 1]


def ways(layers: list[Window | TransposedAxis]) -> list[int]:
    """Multiply kernels of ones out, one product at a time."""
    values = [1] * layers[0].size
    for layer in layers:
        sums = [0] * layer.output_size
        for index in range(layer.size if isinstance(layer, TransposedAxis) else layer.output_size):
            for tap in range(layer.kernel_size):
                place = index * layer.stride + tap * layer.dilation - layer.before
                if isinstance(layer, TransposedAxis):
                    if 0 <= place < layer.output_size:
                        sums[place] += values[index]
                elif 0 <= place < layer.size:
                    sums[index] += values[place]
        values = sums
    return values


@given(size=st.integers(1, 9), drawn=st.lists(st.tuples(st.booleans(), windows_drawn), min_size=1, max_size=3))
def test_what_each_output_sums_is_counted_one_by_one(
    size: int, drawn: list[tuple[bool, tuple[int, int, int, int, int, bool]]]
) -> None:
    layers: list[Window | TransposedAxis] = []
    for is_transposed, (kernel_size, stride, dilation, before, after, ceil_mode) in drawn:
        try:
            if is_transposed:
                layers.append(transposed_axis(size, kernel_size, stride, dilation, 0, (before, after)))
            else:
                layers.append(Window(size, kernel_size, stride, dilation, before, after, ceil_mode))
        except ShapeError:
            break
        size = layers[-1].output_size
    if layers:
        assert received(layers) == ways(layers)


@given(st.integers(1, 7), st.integers(1, 5), st.integers(1, 4))
def test_even_are_stamps_whose_places_all_get_as_many(kernel_size: int, stride: int, dilation: int) -> None:
    counts = received([axis := transposed_axis(40, kernel_size, stride, dilation, 0, 0)])
    inner = counts[axis.span : len(counts) - axis.span]
    assert axis.is_even == (len(set(inner)) == 1)


def test_sums_that_would_take_minutes_to_count_are_refused() -> None:
    with pytest.raises(ShapeError, match="too long to count what each pixel sums"):
        received([transposed_axis(15_000, 3, 2, 1, 0, 0)])

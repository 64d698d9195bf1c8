"""Where windows fall along one axis: against published sizes, brute force, and PyTorch."""

import doctest
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnfilt.describe import window as window_module
from cnnfilt.describe.window import Window, axis_padding, check_pool_padding, output_size, receptive_field
from cnnfilt.errors import ParameterError, ShapeError


@st.composite
def drawn_windows(draw, ceil_mode=None, longest=20):
    """A window that fits: the kernel is drawn first, and the input is as long as it needs, or longer."""
    kernel_size, dilation = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    before, after = draw(st.integers(0, 7)), draw(st.integers(0, 7))
    span = dilation * (kernel_size - 1) + 1
    least = max(span - before - after, 1)
    return Window(
        size=draw(st.integers(least, least + longest)),
        kernel_size=kernel_size,
        stride=draw(st.integers(1, 8)),
        dilation=dilation,
        before=before,
        after=after,
        ceil_mode=draw(st.booleans()) if ceil_mode is None else ceil_mode,
    )


def placed(window):
    """Where windows start, found by walking along the padded axis."""
    end = window.size + window.after
    starts = []
    start = -window.before
    while start + window.span <= end:
        starts.append(start)
        start += window.stride
    covered = starts[-1] + window.span
    if window.ceil_mode and covered < end and start < window.size:
        starts.append(start)
    return starts


def taps(window, start):
    return [start + tap * window.dilation for tap in range(window.kernel_size)]


@given(drawn_windows())
def test_windows_are_where_walking_puts_them(window):
    assert [window.start(index) for index in range(window.output_size)] == placed(window)


@given(drawn_windows())
@settings(max_examples=400)
def test_unread_positions_are_under_no_tap(window):
    read = {position for start in placed(window) for position in taps(window, start)}
    assert window.unread == sum(position not in read for position in range(window.size))


@given(drawn_windows(ceil_mode=False))
def test_the_remainder_is_what_the_last_window_leaves(window):
    assert window.remainder == window.size + window.after - (placed(window)[-1] + window.span)


@given(drawn_windows(ceil_mode=True))
def test_only_ceil_mode_hangs_over(window):
    assert window.overhang == max(placed(window)[-1] + window.span - (window.size + window.after), 0)


def test_unread_is_counted_without_walking():
    """Absurd sizes are answered at once, not after a walk over every position."""
    assert Window(10**12, 10**11, stride=7, dilation=3).unread < 10**12
    assert Window(10**12, 1, stride=10**6).unread == 10**12 - 10**6


@given(drawn_windows())
@settings(max_examples=400)
def test_pooling_refuses_windows_that_see_only_padding(window):
    assume(2 * max(window.before, window.after) <= window.span)
    blind = [start for start in placed(window) if not any(0 <= tap < window.size for tap in taps(window, start))]
    if blind:
        with pytest.raises(ShapeError, match="lies wholly in the padding"):
            check_pool_padding(window)
    else:
        check_pool_padding(window)


def test_pooling_refuses_padding_over_half_the_span():
    check_pool_padding(Window(9, 3, before=1, after=1))
    with pytest.raises(ParameterError, match="padding 2 is over half of what the window spans, 3; use at most 1"):
        check_pool_padding(Window(9, 3, before=1, after=2))


@pytest.mark.parametrize(
    ("n", "kernel_size", "options", "out"),
    [
        # Dumoulin & Visin (2016), A guide to convolution arithmetic, figures 2.1 to 2.7, 1.5 and 5.1.
        (4, 3, {}, 2),
        (5, 4, {"padding": 2}, 6),
        (5, 3, {"padding": 1}, 5),
        (5, 3, {"padding": 2}, 7),
        (5, 3, {"stride": 2}, 2),
        (5, 3, {"stride": 2, "padding": 1}, 3),
        (6, 3, {"stride": 2, "padding": 1}, 3),
        (5, 3, {"stride": 1}, 3),
        (7, 3, {"dilation": 2}, 3),
        # The lecture notes: a 6x6 image under a 3x3 filter; pooling by 2; and a stride their formula gets wrong.
        (6, 3, {}, 4),
        (6, 3, {"padding": 1}, 6),
        (4, 2, {"stride": 2}, 2),
        (7, 3, {"stride": 2}, 3),
        # First layers: LeNet-5, AlexNet (torchvision), ResNet, its pooling, and the same with ceil mode.
        (32, 5, {}, 28),
        (224, 11, {"stride": 4, "padding": 2}, 55),
        (224, 7, {"stride": 2, "padding": (3, 3)}, 112),
        (112, 3, {"stride": 2, "padding": 1}, 56),
        (112, 3, {"stride": 2, "ceil_mode": True}, 56),
        (112, 3, {"stride": 2}, 55),
        # Keras: same is ceil(n / stride).
        (7, 3, {"stride": 2, "padding": "same"}, 4),
        (7, 3, {"padding": "full"}, 9),
    ],
)
def test_published_sizes(n, kernel_size, options, out):
    assert output_size(n, kernel_size, **options) == out


@given(
    n=st.integers(1, 40),
    kernel_size=st.integers(1, 7),
    stride=st.integers(1, 6),
    dilation=st.integers(1, 4),
    word=st.sampled_from(["same", "same-lower"]),
)
def test_same_gives_n_over_stride_with_the_least_padding(n, kernel_size, stride, dilation, word):
    before, after = axis_padding(n, kernel_size, stride, dilation, word)
    out = output_size(n, kernel_size, stride=stride, padding=(before, after), dilation=dilation)
    assert out == output_size(n, kernel_size, stride=stride, padding=word, dilation=dilation) == -(-n // stride)
    assert (after if word == "same" else before) - (before if word == "same" else after) in (0, 1)
    span = dilation * (kernel_size - 1) + 1
    if before + after > 0:
        one_less = n + before + after - 1
        assert one_less < span or (one_less - span) // stride + 1 < out


@given(n=st.integers(1, 30), kernel_size=st.integers(1, 7), dilation=st.integers(1, 4))
def test_full_sees_every_pair_of_tap_and_position(n, kernel_size, dilation):
    span = dilation * (kernel_size - 1) + 1
    assert output_size(n, kernel_size, padding="full", dilation=dilation) == n + span - 1


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)), max_size=4))
def test_receptive_field_is_what_a_value_reads(layers):
    chain = [Window(10_000, kernel_size, stride, dilation) for kernel_size, stride, dilation in layers]

    def reads(position):
        positions = {position}
        for window in reversed(chain):
            positions = {tap for p in positions for tap in taps(window, window.start(p))}
        return positions

    field, jump = receptive_field(chain)
    assert field == max(reads(0)) - min(reads(0)) + 1
    assert jump == min(reads(1)) - min(reads(0))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 0}, "stride is 0; it must be at least 1"),
        ({"stride": -1}, "stride is -1"),
        ({"dilation": 0}, "dilation is 0"),
        ({"padding": -1}, "padding is -1; it must be at least 0"),
        ({"padding": "sane"}, "padding 'sane' is unknown; use valid, same, same-lower, full or numbers"),
        ({"stride": 1.5}, "stride 1.5 is not a whole number"),
        ({"stride": True}, "stride True is not a whole number"),
        ({"padding": (1, 2, 3)}, "padding"),
    ],
)
def test_values_no_axis_could_have(options, message):
    with pytest.raises(ParameterError, match=message):
        output_size(7, 3, **options)


def test_the_docstrings_tell_the_truth():
    assert doctest.testmod(window_module).failed == 0


class TestAgainstPyTorch:
    """The same windows as torch.nn.functional's, asked by running it on a row of zeros."""

    @given(drawn_windows(ceil_mode=False))
    @settings(max_examples=60, deadline=None)
    def test_convolution(self, window):
        torch = pytest.importorskip("torch")
        x = torch.zeros(1, 1, window.before + window.size + window.after)
        kernel = torch.zeros(1, 1, window.kernel_size)
        y = torch.nn.functional.conv1d(x, kernel, stride=window.stride, dilation=window.dilation)
        assert y.shape[-1] == window.output_size

    def test_pooling_with_ceil_mode(self):
        """10,000 drawn geometries, refusals included: also windows larger than the padded input."""
        torch = pytest.importorskip("torch")
        rng, compared, refused = random.Random(5), 0, 0
        while compared + refused < 10_000:
            size, kernel_size, stride, dilation = (rng.randint(1, most) for most in (12, 8, 6, 3))
            padding = rng.randint(0, kernel_size // 2)
            ceil_mode = rng.random() < 0.7
            arguments = kernel_size, stride, padding, dilation, ceil_mode
            try:
                theirs = torch.nn.functional.max_pool1d(torch.zeros(1, 1, size), *arguments).shape[-1]
            except RuntimeError:
                theirs = None
            try:
                ours = Window(size, kernel_size, stride, dilation, padding, padding, ceil_mode).output_size
            except ShapeError:
                ours = None
            assert ours == theirs, (size, *arguments)
            compared, refused = compared + (ours is not None), refused + (ours is None)
        assert compared > 1000 < refused

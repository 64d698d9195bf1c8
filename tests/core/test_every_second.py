"""Every second column by pairs of pixels: the loops' numbers exactly, and other techniques where it does not suit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.convolution import convolve, describe
from cnnfilt.core.engine import strips
from tests import oracles

PREWITT = [[1, 0, -1]] * 3


def image_of(height, width, dtype=np.uint8, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width)).astype(dtype)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([0, 1, 1, 2, -3]), min_size=1, max_size=4).filter(any),
    st.lists(st.sampled_from([0, 1, 1, -1, 2, -3]), min_size=1, max_size=5).filter(any),
    st.integers(1, 3),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(0, 7), st.integers(0, 7)),
    st.sampled_from([((0, 0), (0, 0)), ((1, 1), (1, 1)), ((2, 0), (0, 2)), ((0, 1), (1, 2))]),
    st.integers(-3, 3),
    st.sampled_from([1, 200, 1 << 20]),
)
def test_sums_equal_the_loops(column, row, stride, dilation, room, pads, bias, scratch):
    kernel = np.outer(column, row)
    height, width = (d * (k - 1) + 1 + more for k, d, more in zip(kernel.shape, dilation, room, strict=True))
    image, options = image_of(height, width), {"stride": (stride, 2), "dilation": dilation}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strips, "SCRATCH_BYTES", scratch)
        ours = convolve(image, kernel, padding=pads, padding_value=5, bias=bias, **options)
    expected = np.array(
        oracles.correlate(image.astype(int), kernel, stride=(stride, 2), dilation=dilation, pads=pads, value=5)
    )
    np.testing.assert_array_equal(ours, expected + bias)


@pytest.mark.parametrize("mode", ["reflect", "symmetric", "replicate", "circular"])
def test_borders_are_those_of_the_padded_image(mode):
    image = image_of(9, 12)
    assert "every second column" in describe(image, PREWITT, stride=2, padding=1, padding_mode=mode)
    ours = convolve(image, PREWITT, stride=2, padding=1, padding_mode=mode)
    pads = ((1, 1), (1, 1))
    assert ours.tolist() == oracles.correlate(image.astype(int), np.array(PREWITT), stride=(2, 2), pads=pads, mode=mode)


@pytest.mark.parametrize(
    ("image", "kernel", "options"),
    [
        (image_of(9, 9), PREWITT, {}),  # An odd width: a pair would reach into the next row.
        (image_of(9, 10, np.uint16), PREWITT, {}),
        (image_of(9, 10) > 99, PREWITT, {}),
        (image_of(9, 10), [[90, 0, -90]] * 3, {}),  # Sums past 16 bits.
        (image_of(9, 10), [[0, 1, 0], [1, -4, 1], [0, 1, 0]], {}),
        (image_of(9, 10), PREWITT, {"padding": 1, "padding_value": -1}),
        (image_of(9, 10), PREWITT, {"padding": 1, "padding_value": 256}),
    ],
)
def test_what_does_not_suit_is_summed_otherwise(image, kernel, options):
    assert "every second column" not in describe(image, kernel, stride=2, **options)
    value, pad = options.get("padding_value", 0), options.get("padding", 0)
    expected = oracles.correlate(
        image.astype(int), np.array(kernel), stride=(2, 2), pads=((pad, pad),) * 2, value=value
    )
    assert convolve(image, kernel, stride=2, **options).tolist() == expected


def test_columns_of_any_layout():
    # The strip is a copy: the image itself need not hold its pixels side by side.
    image = image_of(9, 20)[:, ::2]
    assert convolve(image, PREWITT, stride=2).tolist() == oracles.correlate(
        image.astype(int), np.array(PREWITT), stride=(2, 2)
    )

"""Averages from exact sums: rounded half to even, whatever the window, and without a float image between."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.core.engine import strips
from cnnfilt.core.levels import Levels, apply_levels
from cnnfilt.core.pooling import pool
from tests import oracles_pooling as oracles
from tests.asking import pool_to_levels


@pytest.fixture(scope="module", params=[None, 1, 100], ids=["whole", "rows", "strips"], autouse=True)
def _strip_height(request):
    with pytest.MonkeyPatch.context() as patch:
        if request.param:
            patch.setattr(strips, "SCRATCH_BYTES", request.param)
        yield


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 9, 16, 25, 64, 100, 255, 256])
def test_every_sum_is_rounded_half_to_even(count):
    # Column t of the image adds up to t.
    totals = np.arange(255 * count + 1)
    image = np.clip(totals - 255 * np.arange(count)[:, np.newaxis], 0, 255).astype(np.uint8)
    levels, _ = pool_to_levels(image, (count, 1), Levels("clip", np.uint8), kind="avg")
    np.testing.assert_array_equal(levels.ravel(), [round(Fraction(int(total), count)) for total in totals])


@pytest.mark.parametrize("size", [(16, 16), (1, 257), (257, 257)])
def test_white_stays_white_however_many_values_there_are(size):
    for top, dtype in ((255, np.uint8), (65535, np.uint16)):
        white = np.full(size, top, dtype)
        assert pool_to_levels(white, size, Levels("clip", dtype), kind="avg")[0].item() == top


@st.composite
def poolings(draw):
    """A size and legal options of `pool`."""
    pairs = {name: tuple(draw(st.integers(1, top)) for _ in "hw") for name, top in (("kernel_size", 7), ("stride", 4))}
    dilation = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, pairs["kernel_size"], strict=True)]
    padding = tuple(tuple(draw(st.integers(0, span // 2)) for _ in "ab") for span in spans)
    # No smaller than the dilation, so that no window steps over the image.
    size = tuple(max(span, d) + draw(st.integers(0, 9)) for span, d in zip(spans, dilation, strict=True))
    return size, {**pairs, "dilation": dilation, "padding": padding, "ceil_mode": draw(st.booleans())}


@settings(max_examples=200, deadline=None)
@given(
    poolings(), st.sampled_from([1, 2, 3, 4]), st.booleans(), st.sampled_from(["uint8", "uint16"]), st.integers(0, 99)
)
def test_levels_are_the_exact_averages_rounded(case, channels, include_pad, dtype, seed):
    size, options = case
    image = np.random.default_rng(seed).integers(0, 9, (*size, channels)).astype(dtype)
    options = {**options, "kind": "avg", "count_include_pad": include_pad}
    levels, loss = pool_to_levels(image, levels=Levels("clip", dtype), **options)
    named = {name: options[name] for name in ("stride", "dilation", "ceil_mode", "count_include_pad")}
    for c in range(channels):
        cells = oracles.pool(
            image[:, :, c].tolist(), options["kernel_size"], kind="avg", pads=options["padding"], **named
        )
        # The oracle's float is the double next to a fraction of small numbers: which one, this finds.
        exact = [[round(Fraction(value).limit_denominator(1000)) for value, _ in row] for row in cells]
        np.testing.assert_array_equal(levels[:, :, c], exact)
    assert (loss.clipped, loss.total) == (0, levels.size)
    assert (loss.lowest, loss.highest) == (levels.min(), levels.max())


@pytest.mark.parametrize("layout", ["odd width", "every second column", "every second row", "big-endian", "colour"])
def test_every_layout_averages_the_same(layout):
    rng = np.random.default_rng(5)
    image = {
        "odd width": lambda: rng.integers(0, 256, (8, 9), np.uint8),
        "every second column": lambda: rng.integers(0, 256, (8, 20), np.uint8)[:, ::2],
        "every second row": lambda: rng.integers(0, 256, (16, 10), np.uint8)[::2],
        "big-endian": lambda: rng.integers(0, 256, (8, 10)).astype(">u2"),
        "colour": lambda: rng.integers(0, 256, (8, 10, 3), np.uint8)[:, :, ::-1],
    }[layout]()
    clip = Levels("clip", image.dtype.newbyteorder("="))
    expected = apply_levels(pool(np.ascontiguousarray(image), kind="avg"), clip)[0]
    np.testing.assert_array_equal(pool_to_levels(image, 2, clip, kind="avg")[0], expected)


@pytest.mark.parametrize("kind", ["max", "min", "avg"])
@pytest.mark.parametrize("dtype", ["bool", "uint8", "uint16", ">u2", "int16", "uint32", "float32", "float64"])
@pytest.mark.parametrize(
    "levels",
    [
        Levels("clip", np.uint8),
        Levels("clip", np.uint16),
        Levels("abs", np.uint8),
        Levels("offset", np.uint8),
        Levels("minmax", np.uint8),
        Levels("symmetric", np.uint16),
        Levels("clip", np.uint8, (10, 90)),
        Levels("raw"),
    ],
    ids=lambda levels: f"{levels.values}-{np.dtype(levels.dtype)}",
)
def test_levels_are_those_of_the_values(kind, dtype, levels):
    values = np.random.default_rng(8).normal(90, 90, (13, 17, 3))
    image = np.clip(values, -200 if np.dtype(dtype).kind in "if" else 0, 255).astype(dtype)
    pixels, loss = pool_to_levels(image, 3, levels, kind=kind, stride=2, padding=1)
    expected, expected_loss = apply_levels(pool(image, 3, kind=kind, stride=2, padding=1), levels)
    assert pixels.dtype == expected.dtype
    np.testing.assert_array_equal(pixels, expected)
    assert (loss.clipped, loss.total) == (expected_loss.clipped, expected_loss.total)
    assert abs(loss.lowest - expected_loss.lowest) <= 0.5
    assert abs(loss.highest - expected_loss.highest) <= 0.5

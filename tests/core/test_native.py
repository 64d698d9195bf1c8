"""Each compiled loop against its twin in NumPy, and the door that lets nothing through that does not fit."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt import conv2d, convolve, edges, pool
from cnnfilt.core.edge_responses import lengths
from cnnfilt.core.engine import native
from cnnfilt.core.engine.box import box
from cnnfilt.core.engine.cells import even_cells
from cnnfilt.core.engine.direct import in_panels
from cnnfilt.core.engine.fold import fold_of, fold_windows, taps_counted
from cnnfilt.core.engine.means import divided
from cnnfilt.core.engine.medians import median_windows
from cnnfilt.core.engine.scale import Scale, map_levels
from cnnfilt.core.engine.separable import separable
from cnnfilt.core.engine.shapes import fold_shape, runs_by_length, runs_of
from cnnfilt.describe.window import Window
from tests import oracles

loops = native.loops

needs_loops = pytest.mark.skipif(loops is None, reason="the compiled core was not built, or is switched off")

SUMS = [("u1", "i2"), ("u1", "i4"), ("u2", "i4"), ("i2", "i4"), ("u1", "f4"), ("u2", "f4"), ("i2", "f4"), ("f4", "f4")]
PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))


def values(rng, shape, dtype):
    """Draw values over the whole range of a type."""
    if dtype == "f4":
        return rng.normal(0, 100, shape).astype(dtype)
    limits = np.iinfo(dtype)
    return rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)


SCALES = [
    Scale(255, 0),
    Scale(255, 0, magnitude=True),
    Scale(255, 0, 1, 2, 128),
    Scale(255, -20, 255, 77),
    Scale(255, 3, 255, 9, magnitude=True),
    Scale(255, 0, 127, 300.5, 128),
    Scale(65535, 0),
    Scale(65535, 0, magnitude=True),
    Scale(65535, -1.5, 65535, 3.25),
]


@st.composite
def windows(draw, widest=700):
    """Draw (rows, pixels, channels, taps, stride, dilation) of windows, and how large their source is."""
    rows, pixels, channels = draw(st.integers(1, 5)), draw(st.integers(1, 20)), draw(st.integers(1, 5))
    if draw(st.booleans()):
        pixels = draw(st.integers(1, widest // channels))  # past the end of a block
    taps = draw(st.tuples(st.integers(1, 6), st.integers(1, 9)))
    stride, dilation = draw(PAIRS), draw(PAIRS)
    size = [(n - 1) * s + (k - 1) * d + 1 for n, s, k, d in zip((rows, pixels), stride, taps, dilation, strict=True)]
    return rows, pixels, channels, taps, stride, dilation, size


def with_sides(rng, drawn, dtype, sums):
    """Return (rows as the windows meet them, what a loop is given for them: rows, beyond, outside, sides).

    Of the columns some stand beside the rows: each is one of the row's values, or that of its channel outside.
    """
    *_, channels, _, _, _, size = drawn
    left, right = (int(n) for n in rng.integers(0, 4, 2))
    if left + right >= size[1]:
        left = right = 0
    source = values(rng, (size[0], (size[1] - left - right) * channels), dtype)
    outside = rng.integers(0, 100, channels)
    beyond = rng.integers(-1, source.shape[1], (left + right) * channels)
    beside = np.where(beyond < 0, np.resize(outside, len(beyond)), source[:, beyond]).astype(source.dtype)
    padded = np.hstack([beside[:, : left * channels], source, beside[:, left * channels :]])
    return padded, (source, np.append(beyond, 0).astype("i4"), outside.astype(sums), (left, right))


def plain_sums(source, weights, bias, drawn, dtype):
    """Sum taps of a filter for each channel, weights (h, w, C), in `dtype` (whole numbers) or doubles."""
    rows, pixels, channels, taps, stride, dilation, size = drawn
    wide = np.float64 if dtype.kind == "f" else np.int64
    image = source.reshape(size[0], size[1], channels).astype(wide)
    total = np.zeros((rows, pixels, channels), wide) + bias
    for i in range(taps[0]):
        for j in range(taps[1]):
            met = image[i * dilation[0] :: stride[0], j * dilation[1] :: stride[1]][:rows, :pixels]
            total += weights[i, j] * met
    return total.reshape(rows, -1)


def assert_sums(ours, expected, bound):
    if ours.dtype.kind == "f":
        assert (np.abs(ours - expected) <= bound).all()
    else:
        # Whole numbers are right modulo the size of their type; the plan sees to it that they fit.
        np.testing.assert_array_equal(ours, expected.astype(ours.dtype))


@needs_loops
@settings(max_examples=400, deadline=None)
@given(windows(), st.sampled_from(SUMS), st.sampled_from(["one", "each", "separable"]), st.integers(0, 9999))
def test_sums(drawn, types, kind, seed):
    rows, pixels, channels, taps, stride, dilation, _ = drawn
    rng, dtype = np.random.default_rng(seed), np.dtype(types[1])
    padded, (source, beyond, outside, sides) = with_sides(rng, drawn, types[0], dtype)
    out = np.full((rows, pixels * channels + 3), 7, dtype)[:, 1:-2]
    bias = np.array([3], dtype)
    places = channels, stride, dilation
    if kind == "separable":
        down, along = (rng.integers(-4, 5, n).astype(dtype) for n in taps)
        weights = np.multiply.outer(down, along)[:, :, np.newaxis]
        loops.separable(source, beyond, down, along, bias, outside, out, *places, sides)
        twin = np.empty_like(out)
        separable(padded, down, along, bias, twin, *places)
        bound = 1e-6 * np.abs(weights).sum() * np.abs(padded.astype(float)).max() + 1e-6
        assert_sums(
            twin, plain_sums(padded, weights.astype(float if dtype.kind == "f" else int), 3, drawn, dtype), bound
        )
    elif kind == "one":
        kernel = rng.integers(-4, 5, taps).astype(dtype)
        weights = kernel[:, :, np.newaxis]
        loops.correlate(source, beyond, kernel, bias, outside, out, *places, sides)
    else:
        weights = rng.integers(-4, 5, (*taps, channels)).astype(dtype)
        pattern = np.arange(native.BLOCK) % channels
        each = np.ascontiguousarray(weights[:, :, pattern]), np.full(native.BLOCK, 3, dtype)
        loops.correlate_each(source, beyond, *each, outside, out, *places, sides)
    expected = plain_sums(padded, weights.astype(float if dtype.kind == "f" else int), 3, drawn, dtype)
    bound = 1e-5 * np.abs(weights).sum() * np.abs(padded.astype(float)).max() + 1e-6
    assert_sums(out, expected, bound)
    # Nothing beside the result is touched.
    assert (out.base[:, [0, -1, -2]] == 7).all()


@needs_loops
@settings(max_examples=200, deadline=None)
@given(windows(), st.sampled_from(SUMS), st.sampled_from(["one", "each", "separable"]), st.integers(0, 9999))
def test_sums_become_levels_in_the_same_pass(drawn, types, kind, seed):
    rows, pixels, channels, taps, stride, dilation, _ = drawn
    rng, dtype = np.random.default_rng(seed), np.dtype(types[1])
    _, (source, beyond, outside, sides) = with_sides(rng, drawn, types[0], dtype)
    scale = SCALES[seed % len(SCALES)]
    responses = np.empty((rows, pixels * channels), dtype)
    ours = np.full((rows, pixels * channels + 3), 7, np.uint8 if scale.top == 255 else np.uint16)[:, 1:-2]
    twin = np.empty(responses.size, ours.dtype)
    bias, places = np.array([3], dtype), (channels, stride, dilation, sides)
    if kind == "separable":
        arguments = [*(rng.integers(-4, 5, n).astype(dtype) for n in taps), bias]
    elif kind == "one":
        arguments = [rng.integers(-4, 5, taps).astype(dtype), bias]
    else:
        arguments = [rng.integers(-4, 5, (*taps, native.BLOCK)).astype(dtype), np.full(native.BLOCK, 3, dtype)]
    loop = {"separable": loops.separable, "one": loops.correlate, "each": loops.correlate_each}[kind]
    assert loop(source, beyond, *arguments, outside, responses, *places) is None
    found = loop(source, beyond, *arguments, outside, ours, *places, scale.mapping)
    assert found == map_levels(responses.reshape(-1), twin, scale)
    np.testing.assert_array_equal(ours.reshape(-1), twin)
    assert (ours.base[:, [0, -1, -2]] == 7).all()


@needs_loops
@settings(max_examples=200, deadline=None)
@given(
    windows(),
    st.sampled_from([("u1", "i2"), ("u1", "i4"), ("u2", "i4"), ("i2", "i4")]),
    st.integers(0, 9999),
    st.booleans(),
)
def test_gradients(drawn, types, seed, as_levels):
    rows, pixels, channels, taps, stride, dilation, _ = drawn
    rng, dtype = np.random.default_rng(seed), np.dtype(types[1])
    padded, (source, beyond, outside, sides) = with_sides(rng, drawn, types[0], dtype)
    columns, kernel_rows = (rng.integers(-4, 5, (2, n)).astype(dtype) for n in taps)
    across, down = np.empty((2, rows, pixels * channels), dtype)
    zero, places = np.zeros(1, dtype), (channels, stride, dilation)
    for number, sums in enumerate((across, down)):
        separable(padded, columns[number], kernel_rows[number], zero, sums, *places)
    expected = np.empty(across.shape, np.float32)
    lengths(across, down, expected, 0.75)
    if not as_levels:
        ours = np.empty(across.shape, np.float32)
        assert loops.gradient(source, beyond, columns, kernel_rows, outside, ours, *places, sides, None, 0.75) is None
        np.testing.assert_array_equal(ours, expected)
        return
    scale = SCALES[seed % len(SCALES)]
    ours, twin = np.empty((2, *across.shape), np.uint8 if scale.top == 255 else np.uint16)
    found = loops.gradient(source, beyond, columns, kernel_rows, outside, ours, *places, sides, scale.mapping, 0.75)
    assert found == map_levels(expected.reshape(-1), twin.reshape(-1), scale)
    np.testing.assert_array_equal(ours, twin)


@needs_loops
@settings(max_examples=200, deadline=None)
@given(windows(), st.sampled_from([("u1", "u2"), ("u1", "u4"), ("u2", "u4")]), st.integers(0, 9999))
def test_boxes(drawn, types, seed):
    rows, pixels, channels, taps, *_ = drawn
    size = rows + taps[0] - 1, pixels + taps[1] - 1
    drawn = (*drawn[:-1], size)
    padded, (source, beyond, outside, sides) = with_sides(np.random.default_rng(seed), drawn, types[0], types[1])
    ours, twin = np.empty((2, rows, pixels * channels), types[1])
    columns = np.empty(size[1] * channels, types[1])
    counts = (np.full(rows, taps[0], "i4"), np.full(ours.shape[1], taps[1], "i4"))
    assert loops.box(source, beyond, columns, *counts, outside, ours, taps, channels, sides) is None
    box(padded, twin, taps, channels, (1, 1))
    np.testing.assert_array_equal(ours, twin)
    means, expected = np.empty((2, *ours.shape), types[0])
    if types[0] == "u1" or types[1] == "u4":
        found = loops.box(source, beyond, columns, *counts, outside, means, taps, channels, sides)
        assert found == (ours.min(), ours.max(), 0, 0)
        divided(ours, *counts, expected)
        np.testing.assert_array_equal(means, expected)


@st.composite
def pools(draw):
    """Draw windows, and where the first of them starts, over an image of some size."""
    start = draw(st.tuples(st.integers(-9, 0), st.integers(-9, 0)))
    return draw(windows()), start, draw(st.tuples(st.integers(1, 30), st.integers(1, 30)))


def axes_of(drawn):
    """Return the two windows of what was drawn, as padding puts them there."""
    (rows, pixels, _, taps, stride, dilation, _), start, image_size = drawn
    return [
        Window(n, k, s, d, -at, max((many - 1) * s + (k - 1) * d + 1 + at - n, 0))
        for n, k, s, d, at, many in zip(image_size, taps, stride, dilation, start, (rows, pixels), strict=True)
    ]


def places_of(drawn):
    (_, _, channels, taps, stride, dilation, _), start, _ = drawn
    return taps, channels, stride, dilation, start


@needs_loops
@settings(max_examples=400, deadline=None)
@given(pools(), st.sampled_from(["max", "min"]), st.sampled_from(["u1", "u2", "i2", "f4"]), st.integers(0, 9999))
def test_one_value_from_each_window(drawn, kind, dtype, seed):
    (rows, pixels, channels, *_), _, (height, width) = drawn
    rng = np.random.default_rng(seed)
    image = values(rng, (height, width, channels), dtype)
    if dtype == "f4" and seed % 2:
        image[rng.integers(height), rng.integers(width)] = np.nan
    ours, twin = np.empty((2, rows, pixels, channels), dtype)
    pick = loops.maximum if kind == "max" else loops.minimum
    pick(image.reshape(height, -1), ours.reshape(rows, -1), *places_of(drawn))
    fold_windows(fold_of(kind, image, 1), image, twin, axes_of(drawn))
    np.testing.assert_array_equal(ours, twin)


MEANS = [
    *((*types, out) for types in (("u1", "i4"), ("u2", "i4"), ("i2", "i4")) for out in ("u1", "u2", "f4")),
    *(("u1", "u2", out) for out in ("u1", "f4")),
]


@needs_loops
@settings(max_examples=400, deadline=None)
@given(pools(), st.sampled_from(MEANS), st.booleans(), st.integers(0, 9999))
def test_means_of_windows(drawn, types, counts_padding, seed):
    (rows, pixels, channels, *_), _, (height, width) = drawn
    image = values(np.random.default_rng(seed), (height, width, channels), types[0])
    if types[0] == "i2":
        image = np.abs(image // 2)
    if types[2] == "u1" and types[0] != "u1":
        image %= 256
    axes = axes_of(drawn)
    tall, wide = (taps_counted(window, include_pad=counts_padding) for window in axes)
    tall = np.maximum(tall[:rows], 1).astype("i4")
    wide = np.repeat(np.maximum(wide[:pixels], 1), channels).astype("i4")
    letter = np.dtype(types[1]).char
    sums = np.empty((rows, pixels, channels), types[1])
    fold = fold_of("avg", image, 1)
    fold_windows(type(fold)(fold.combine, fold.start, sums.dtype, fold.result, True), image, sums, axes)
    ours, twin = np.empty((2, rows, pixels * channels), types[2])
    loops.average(image.reshape(height, -1), tall, wide, ours, *places_of(drawn), letter)
    divided(sums.reshape(rows, -1), tall, wide, twin)
    np.testing.assert_array_equal(ours, twin)


@needs_loops
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("dtype", ["i2", "i4", "f4"])
@pytest.mark.parametrize("spread", [1, 300, 1e5])
def test_levels(scale, dtype, spread):
    rng = np.random.default_rng(0)
    responses = rng.normal(0, spread, 5000).round(2)
    responses[:8] = 0.5, 1.5, -0.5, 254.5, 255.5, -0.0, -32768, 32767
    if dtype == "f4":
        responses[8:12] = np.nan, np.inf, -np.inf, 1e38
    else:
        responses = np.clip(responses, np.iinfo(dtype).min, np.iinfo(dtype).max)
    responses = responses.astype(dtype)
    ours, twin = np.empty((2, 5000), np.uint8 if scale.top == 255 else np.uint16)
    found = loops.levels(responses, ours, scale.mapping)
    assert found == map_levels(responses, twin, scale)
    np.testing.assert_array_equal(ours, twin)


@needs_loops
@pytest.mark.parametrize("place", [0, 511, 512, 700, 4999])
def test_what_is_no_number_is_neither_lowest_nor_highest(place):
    responses = np.linspace(-3, 300, 5000, dtype=np.float32)
    for value in (np.nan, np.float32(np.nan) * -1):
        responses[place] = value
        ours, twin = np.empty((2, 5000), np.uint8)
        for scale in SCALES[:5]:
            found = loops.levels(responses, ours, scale.mapping)
            assert found == map_levels(responses, twin, scale)
            assert found[3] == 1
            np.testing.assert_array_equal(ours, twin)


SHAPES = st.lists(st.lists(st.booleans(), min_size=9, max_size=9), min_size=6, max_size=6)


def windows_at(size, taps, stride, dilation, start, many):
    """Return the two windows whose first ones begin at `start`, over an image of `size`, as padding puts them there."""
    return [
        Window(n, k, s, d, -at, max((count - 1) * s + (k - 1) * d + 1 + at - n, 0))
        for n, k, s, d, at, count in zip(size, taps, stride, dilation, start, many, strict=True)
    ]


@needs_loops
@settings(max_examples=400, deadline=None)
@given(
    windows(),
    st.tuples(st.integers(-9, 0), st.integers(-9, 0)),
    SHAPES,
    st.sampled_from(["max", "min"]),
    st.sampled_from(["u1", "u2", "i2", "f4"]),
    st.integers(0, 9999),
)
def test_one_value_from_each_window_of_any_shape(drawn, start, cells, kind, dtype, seed):
    rows, pixels, channels, taps, stride, dilation, _ = drawn
    shape = np.array(cells)[: taps[0], : taps[1]]
    rng = np.random.default_rng(seed)
    height, width = map(int, rng.integers(1, 30, 2))
    image = values(rng, (height, width, channels), dtype)
    if dtype == "f4" and seed % 2:
        image[rng.integers(height), rng.integers(width)] = np.nan
    if not shape.any():
        return
    runs, lengths = runs_by_length(shape)
    span, reach = (taps[0] - 1) * dilation[0] + 1, (taps[1] - 1) * dilation[1] * channels
    kept = np.empty(span * len(lengths) * (native.BLOCK + reach), dtype)
    ours, twin = np.empty((2, rows, pixels, channels), dtype)
    flat = image.reshape(height, -1), runs, lengths, kept, ours.reshape(rows, -1)
    loop = loops.maximum_of_runs if kind == "max" else loops.minimum_of_runs
    loop(*flat, taps, channels, stride, dilation, start)
    axes = windows_at((height, width), taps, stride, dilation, start, (rows, pixels))
    fold_shape(fold_of(kind, image, 1), image, twin, axes, shape)
    np.testing.assert_array_equal(ours, twin)


@needs_loops
@settings(max_examples=300, deadline=None)
@given(windows(), SHAPES, st.sampled_from(["u1", "u2"]), st.integers(0, 9999))
def test_medians(drawn, cells, dtype, seed):
    rows, pixels, channels, taps, stride, dilation, _ = drawn
    rng = np.random.default_rng(seed)
    height, width = rows * stride[0] + int(rng.integers(9)), pixels * stride[1] + int(rng.integers(9))
    image = values(rng, (height, width, channels), dtype)
    start = tuple(-int(rng.integers(k)) for k in taps)
    shape = np.array(cells)[: taps[0], : taps[1]]
    shape[-start[0], -start[1]] = True
    ours, twin = np.empty((2, rows, pixels, channels), dtype)
    counts = np.empty(0x110 if dtype == "u1" else 0x11110, np.int32)
    flat, out = image.reshape(height, -1), ours.reshape(rows, -1)
    dilation = (dilation[0] if taps[0] == 1 else 1, 1)
    loops.huang(flat, runs_of(shape), counts, out, taps, channels, stride, dilation, start)
    rows_, columns_ = windows_at((height, width), taps, stride, dilation, start, (rows, pixels))
    median_windows(image, twin, rows_, columns_, shape, (0, rows, 0, pixels))
    np.testing.assert_array_equal(ours, twin)
    if dtype == "u1":
        rows_, columns_ = windows_at((height, width), taps, (1, 1), (1, 1), start, (rows, pixels))
        median_windows(image, twin, rows_, columns_, None, (0, rows, 0, pixels))
        for count in (np.uint16, np.uint32):
            loops.median(flat, np.empty((256 + taps[1] - 1) * 272, count), out, taps, channels, (1, 1), (1, 1), start)
            np.testing.assert_array_equal(ours, twin)


@needs_loops
@pytest.mark.parametrize("dtype", ["u1", "u2", "i2", "f4"])
@pytest.mark.parametrize("size", [3, 5])
def test_networks_sort_everything_as_they_sort_zeros_and_ones(size, dtype):
    """Knuth, The art of computer programming, volume 3: a network that is right for all of these is right for all."""
    bits = np.arange(2 ** (size * size) if size == 3 else 1 << 16, dtype=np.int64)
    if size == 5:
        bits = np.random.default_rng(0).integers(0, 2**25, 300_000)
        # Those whose ones are twelve or thirteen decide: the median changes there.
        few = np.argsort(np.random.default_rng(1).random((300_000, 25)), axis=1)[:, :12]
        bits = np.concatenate([bits, (1 << few).sum(axis=1), (1 << 25) - 1 - (1 << few).sum(axis=1)])
    cells = (bits[:, np.newaxis] >> np.arange(size * size)) & 1
    image = cells.reshape(-1, size, size).transpose(1, 0, 2).reshape(size, -1).astype(dtype)
    out = np.empty((1, image.shape[1] - size + 1), dtype)
    loops.network(image, out, size, 1, (1, 1))
    np.testing.assert_array_equal(out[0, ::size], cells.sum(axis=1) > size * size // 2)


@needs_loops
@settings(max_examples=200, deadline=None)
@given(windows(), st.sampled_from([3, 5]), st.sampled_from(["u1", "u2", "i2", "f4"]), st.integers(0, 9999))
def test_networks(drawn, size, dtype, seed):
    rows, pixels, channels, _, _, dilation, _ = drawn
    tall, wide = (n + (size - 1) * d for n, d in zip((rows, pixels), dilation, strict=True))
    image = values(np.random.default_rng(seed), (tall, wide, channels), dtype)
    ours, twin = np.empty((2, rows, pixels, channels), dtype)
    loops.network(image.reshape(tall, -1), ours.reshape(rows, -1), size, channels, dilation)
    rows_, columns_ = (Window(n, size, 1, d) for n, d in zip((tall, wide), dilation, strict=True))
    median_windows(image, twin, rows_, columns_, None, (0, rows, 0, pixels))
    np.testing.assert_array_equal(ours, twin)


@needs_loops
@settings(max_examples=300, deadline=None)
@given(windows(60), st.integers(1, 70), st.sampled_from([8, 16, 32]), st.integers(1, 256), st.integers(0, 9999))
def test_filters_over_all_channels(drawn, maps, panel, longest, seed):
    rows, pixels, channels, taps, stride, dilation, size = drawn
    rng = np.random.default_rng(seed)
    padded, (source, beyond, outside, sides) = with_sides(rng, drawn, "f4", np.dtype("f4"))
    weights = rng.normal(size=(*taps, channels, maps)).astype("f4")
    bias = rng.normal(size=maps).astype("f4")
    cells = list(even_cells(weights.shape[:3], longest))
    in_parts = np.concatenate([in_panels(one.of(weights).reshape(-1, maps), panel) for one in cells])
    parts = np.array([one.part for one in cells], "i4")
    ours = np.full((rows, pixels, maps), np.nan, "f4")
    places = channels, stride, dilation, sides, taps
    panels, some = -(-maps // panel), int(rng.integers(-(-maps // panel) + 1))
    loops.filters(source, beyond, parts, in_parts, bias, outside, ours, *places, (some, panels), 1)
    assert np.isnan(ours[:, :, : some * panel]).all()
    loops.filters(source, beyond, parts, in_parts, bias, outside, ours, *places, (0, some), 1)
    image, expected = padded.reshape(*size, channels).astype(float), np.zeros((rows, pixels, maps)) + bias
    for i, j in np.ndindex(*taps):
        met = image[i * dilation[0] :: stride[0], j * dilation[1] :: stride[1]][:rows, :pixels]
        expected += met @ weights[i, j]
    bound = 1e-5 * (np.abs(weights).sum(axis=(0, 1, 2)) * np.abs(padded).max() + np.abs(bias))
    assert (np.abs(ours - expected) <= bound).all()


@pytest.mark.parametrize("steps", [(2**31, 1), (1, 2**31), (2**31, 2**40)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_stride_past_the_image_leaves_the_first_window(steps, dtype):
    image = np.arange(75).reshape(5, 5, 3).astype(dtype)
    first = [slice(None, None, min(step, 9)) for step in steps]
    for kernel in (np.arange(9).reshape(3, 3), np.ones((3, 3)) / 7, np.outer([1, 2, 1], [1, 2, 1])):
        np.testing.assert_allclose(convolve(image, kernel, stride=steps), convolve(image, kernel)[*first], rtol=1e-6)
    for kind in ("max", "min", "avg", "median"):
        np.testing.assert_array_equal(
            pool(image, 3, kind=kind, stride=steps), pool(image, 3, kind=kind, stride=1)[*first]
        )
    filters = np.random.default_rng(0).normal(size=(3, 3, 3, 8)).astype(np.float32)
    batch = image[np.newaxis].astype(np.float32)
    np.testing.assert_allclose(
        conv2d(batch, filters, stride=steps), conv2d(batch, filters)[:, *first], rtol=1e-4, atol=1e-3
    )


@needs_loops
@pytest.mark.parametrize("panels", [(2**59 - 1, 1), (1, 0), (-1, 1), (0, 2)])
def test_panels_are_held_against_the_filters(panels):
    image, weights, bias = np.ones((3, 3), "f4"), np.ones((1, 8), "f4"), np.ones(2, "f4")
    parts, out, one = np.array([[0, 0, 0, 1, 1, 1]], "i4"), np.zeros((3, 3, 2), "f4"), (1, 1)
    places = 1, one, one, (0, 0), one
    with pytest.raises(ValueError, match="panels must be of those there are"):
        loops.filters(image, NOTHING, parts, weights, bias, bias, out, *places, panels, 1)
    loops.filters(image, NOTHING, parts, weights, bias, bias, out, *places, (0, 1), 1)
    np.testing.assert_array_equal(out, np.full((3, 3, 2), 2))


@needs_loops
@pytest.mark.parametrize(
    "places", [(16, (1, 2**30), (1, 2**30)), (16, (2**30, 1), (2**30, 1)), (2**30, (1, 4), (1, 2**30))]
)
def test_what_filters_reach_stays_a_number(places):
    channels, size, dilation = places
    source, one, outside = np.ones((1, 16), "f4"), np.ones((1, 8), "f4"), np.ones(16, "f4")
    parts, out = np.array([[size[0] > 1, size[1] > 1, 0, 1, 1, 1]], "i4"), np.zeros((1, 1, 8), "f4")
    with pytest.raises(ValueError, match=r"too far|smaller"):
        loops.filters(
            source, NOTHING, parts, one, one[0], outside, out, channels, (1, 1), dilation, (0, 0), size, (0, 1), 1
        )
    with pytest.raises(ValueError, match=r"too far|smaller|as many as the weights"):
        loops.filter_gradients(source, out, one, channels, (1, 1), dilation, size, 1, 8)


@needs_loops
@settings(max_examples=200, deadline=None)
@given(windows(60), st.integers(1, 70), st.sampled_from([8, 16, 32]), st.integers(1, 3), st.integers(0, 9999))
def test_gradients_of_filters(drawn, maps, panel, images, seed):
    rows, pixels, channels, taps, stride, dilation, size = drawn
    rng = np.random.default_rng(seed)
    source = rng.normal(size=(images, *size, channels)).astype("f4")
    gradients = np.zeros((images, rows, pixels, -(-maps // panel) * panel), "f4")
    gradients[..., :maps] = rng.normal(size=(images, rows, pixels, maps))
    before = rng.normal(size=(*taps, channels, gradients.shape[3])).astype("f4")
    ours = before.copy().reshape(-1, gradients.shape[3])
    given = source.reshape(images * size[0], -1), gradients.reshape(images * rows, pixels, -1), ours
    loops.filter_gradients(*given, channels, stride, dilation, taps, images, panel)
    expected, bound = before.astype(float), np.abs(before).astype(float)
    for i, j in np.ndindex(*taps):
        met = source[:, i * dilation[0] :: stride[0], j * dilation[1] :: stride[1]][:, :rows, :pixels].astype(float)
        expected[i, j] += np.einsum("nyxc,nyxm->cm", met, gradients)
        bound[i, j] += np.einsum("nyxc,nyxm->cm", np.abs(met), np.abs(gradients))
    assert (np.abs(ours.reshape(expected.shape) - expected) <= 1e-5 * bound).all()


def hostile(rng):
    """Draw an array that nobody would mean: of any type, size, layout and rights."""
    dtype = rng.choice(["u1", "u2", "i2", "i4", "u4", "f4", "f8", "?", ">u2", "i8"])
    shape = tuple(
        rng.choice([0, 1, 2, 3, 7, 40, 512, 600], rng.integers(1, 4), p=[0.04, 0.1, 0.16, 0.2, 0.2, 0.2, 0.05, 0.05])
    )
    array = np.zeros(shape, dtype)
    change = rng.integers(12)
    if change == 0:
        array.flags.writeable = False
    elif change == 1:
        array = array[..., ::-1]
    elif change == 2:
        array = array[::-1]
    elif change == 3:
        array = array[..., ::2]
    elif change == 4 and array.nbytes:
        array = np.frombuffer(bytes(array.nbytes + 8), np.uint8)[1 : 1 + array.nbytes].view(array.dtype).reshape(shape)
    elif change == 5:
        array = np.broadcast_to(array[:1], shape)
    return array


def number(rng):
    return int(rng.choice([1, 2, 3, 4, 1, 1, 1, 0, -1, 7, 600, 2**31, 2**62, -(2**62)]))


def call(rng, name, arrays):
    pair, channels = (lambda: (number(rng), number(rng))), number(rng)
    picked = [arrays[rng.integers(len(arrays))] for _ in range(7)]
    mapping = [(), (None,), ((True, True, 0, 1, 1, 0),), ((False, False, 0.0, np.inf, 0.0, np.nan),)][rng.integers(4)]
    match name:
        case "correlate" | "correlate_each":
            return loops.__dict__[name](*picked[:6], channels, pair(), pair(), pair(), *mapping)
        case "separable":
            return loops.separable(*picked, channels, pair(), pair(), pair(), *mapping)
        case "gradient":
            return loops.gradient(*picked[:6], channels, pair(), pair(), pair(), *mapping)
        case "filters":
            return loops.filters(*picked, channels, pair(), pair(), pair(), pair(), pair(), number(rng))
        case "filter_gradients":
            panel = int(rng.choice([8, 16, 32, 3]))
            return loops.filter_gradients(*picked[:3], channels, pair(), pair(), pair(), number(rng), panel)
        case "box":
            return loops.box(*picked, pair(), channels, pair())
        case "maximum" | "minimum":
            return loops.__dict__[name](*picked[:2], pair(), channels, pair(), pair(), pair())
        case "average":
            letter = str(rng.choice(["H", "i", "f", "?"]))
            return loops.average(*picked[:4], pair(), channels, pair(), pair(), pair(), letter)
        case "maximum_of_runs" | "minimum_of_runs":
            return loops.__dict__[name](*picked, pair(), channels, pair(), pair(), pair())
        case "network":
            return loops.network(*picked[:2], int(rng.choice([3, 5, 4])), channels, pair())
        case "median":
            ones = (1, 1) if rng.integers(4) else pair()
            return loops.median(*picked[:3], pair(), channels, ones, ones, pair())
        case "huang":
            return loops.huang(*picked[:4], pair(), channels, pair(), (number(rng), 1), pair())
        case "unfilter":
            return loops.unfilter(*picked[:3], channels)
    return loops.levels(*picked[:2], *mapping)


LOOPS = (
    "correlate",
    "correlate_each",
    "separable",
    "gradient",
    "box",
    "maximum",
    "minimum",
    "average",
    "levels",
    "unfilter",
    "filters",
    "filter_gradients",
    "maximum_of_runs",
    "minimum_of_runs",
    "network",
    "median",
    "huang",
)


@needs_loops
@pytest.mark.parametrize("name", LOOPS)
def test_hostile_calls_end_in_a_result_or_a_value_error(name):
    rng = np.random.default_rng(LOOPS.index(name))
    arrays = [hostile(rng) for _ in range(60)]
    arrays += [
        np.ones(shape, dtype) for dtype in ("u1", "i2", "i4", "f4") for shape in ((9, 40), (3, 3), (1,), (40,), (512,))
    ]
    arrays += [np.ones((3, 3, 1), np.float32), np.ones((1, 2, 3), np.float32), np.ones((3, 38, 9), np.float32)]
    arrays += [np.zeros(shape, np.uint8) for shape in ((9, 41), (9, 40), (3, 4), (3,))]
    if LOOPS.index(name) >= LOOPS.index(
        "maximum_of_runs"
    ):  # What these want is so much that nobody draws it by chance.
        arrays = [*arrays[60:80], np.ones((1, 3), np.int32), np.zeros((1, 3), np.int32), np.ones(70_000, np.int32)]
        arrays += [np.ones(80_000, dtype) for dtype in ("u1", "u2", "f4")]
    if name == "filters":
        some = [np.ones(shape, np.float32) for shape in ((9, 40), (1,), (2,), (1, 8), (3, 16), (2, 3, 1), (2, 3, 2))]
        parts = [np.array(part, np.int32) for part in ([[0, 0, 0, 1, 1, 1]], [[0, 0, 0, 1, 1, 1], [0, 0, 1, 3, 1, -1]])]
        arrays = [*arrays[:3], *some, *parts, np.zeros(1, np.int32)]
    if name == "filter_gradients":
        shapes = ((9, 40), (3, 3), (2, 2, 8), (1, 3, 16), (1, 1, 32), (4, 8), (1, 8), (3, 16), (1, 32), (2, 32))
        arrays = [*arrays[:3], *(np.ones(shape, np.float32) for shape in shapes)]
    answers = set()
    for _ in range(int(os.environ.get("HOSTILE_CALLS", "3000"))):
        try:
            call(rng, name, arrays)
            answers.add("result")
        except ValueError as refused:
            answers.add(str(refused))
        except OverflowError:
            answers.add("overflow")
        except TypeError as refused:
            answers.add(str(refused))
    assert len(answers) > 3


NOTHING = np.zeros(1, np.int32)
"""What is beyond rows that have no sides."""


@needs_loops
def test_the_result_lies_on_no_source():
    memory = np.zeros((20, 20), np.float32)
    one = np.ones((1, 1), np.float32)
    given, places = (NOTHING, one, one[0], one[0]), (1, (1, 1), (1, 1), (0, 0))
    with pytest.raises(ValueError, match="source lies on the memory of the result"):
        loops.correlate(memory[:10], *given, memory[5:15], *places)
    loops.correlate(memory[:10], *given, memory[10:], *places)


@needs_loops
def test_windows_are_held_against_their_source():
    source, kernel, bias = np.zeros((5, 12), np.uint8), np.ones((3, 3), np.int16), np.zeros(3, np.int16)

    def correlate(shape, *places, sides=(0, 0), beyond=NOTHING, outside=bias):
        loops.correlate(source, beyond, kernel, bias, outside, np.empty(shape, np.int16), *places, sides)

    correlate((3, 6), 3, (1, 1), (1, 1))
    beyond = np.array([-1] * 6, np.int32)
    correlate((3, 12), 3, (1, 1), (1, 1), sides=(1, 1), beyond=beyond)
    for shape, places in [
        ((4, 6), (3, (1, 1), (1, 1))),
        ((3, 9), (3, (1, 1), (1, 1))),
        ((3, 6), (3, (2, 1), (1, 1))),
        ((3, 6), (3, (1, 2), (1, 1))),
        ((3, 6), (3, (1, 1), (2, 1))),
        ((3, 6), (3, (1, 1), (1, 2))),
    ]:
        with pytest.raises(ValueError, match="smaller than what its windows meet"):
            correlate(shape, *places)
    with pytest.raises(ValueError, match="smaller than what its windows meet"):
        correlate((3, 15), 3, (1, 1), (1, 1), sides=(1, 1), beyond=beyond)
    with pytest.raises(ValueError, match="no whole pixels"):
        correlate((3, 7), 3, (1, 1), (1, 1))
    with pytest.raises(ValueError, match="reach too far"):
        correlate((3, 6), 3, (1, 1), (1, 900))
    for wrong in ([-2] * 6, [12] * 6):
        with pytest.raises(ValueError, match="beyond must be -1 or lie in a row"):
            correlate((3, 12), 3, (1, 1), (1, 1), sides=(1, 1), beyond=np.array(wrong, np.int32))
    for lacking in ({"beyond": beyond[:5]}, {"beyond": beyond, "outside": bias[:2]}):
        with pytest.raises(ValueError, match="place for each value of the sides"):
            correlate((3, 12), 3, (1, 1), (1, 1), sides=(1, 1), **lacking)


def run(code, chosen):
    env = {**os.environ, "CNNFILT_NATIVE": chosen}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)


def test_the_environment_switches_the_loops_off():
    assert run("from cnnfilt.core.engine import native; print(native.loops)", "0").stdout == "None\n"


def test_the_environment_insists_on_the_loops():
    hide = "import sys; sys.modules['cnnfilt.core.engine.native._native'] = None; import cnnfilt.core.engine.native"
    assert "CNNFILT_NATIVE=1, but the compiled core was not built" in run(hide, "1").stderr
    assert run(hide, "").returncode == 0


def test_loops_of_another_version_are_not_used():
    older = "import sys, types; sys.modules['cnnfilt.core.engine.native._native'] = types.ModuleType('_native'); "
    code = older + "from cnnfilt.core.engine import native; print(native.loops)"
    assert run(code, "").stdout == "None\n"
    assert "is that of another version; install cnnfilt again" in run(code, "1").stderr


WORK = """
import numpy as np, cnnfilt, sys, hashlib
rng = np.random.default_rng(0)
image, deep = rng.integers(0, 256, (60, 70, 3), np.uint8), rng.integers(0, 65536, (40, 50), np.uint16)
for name in ("prewitt-x", "laplacian4", "sobel-y", "emboss", "box:5", "sharpen"):
    kernel = np.array(cnnfilt.kernel(name))
    kernel = kernel if name == "box:5" else kernel.round().astype(int)
    for stride in (1, 2, 3):
        for one in (image, deep):
            result = cnnfilt.convolve(one, kernel, stride=stride, padding=1, padding_mode="reflect")
            if result.dtype.kind == "i":
                print(name, stride, hashlib.md5(result.tobytes()).hexdigest())
for kind in ("max", "min", "avg", "median", "range"):
    for size in (2, 3, 7):
        for one in (image, deep):
            pooled = cnnfilt.pool(one, size, kind=kind, stride=2, padding=1)
            print(kind, size, hashlib.md5(pooled.tobytes()).hexdigest())
            shaped = cnnfilt.pool(one, window="disk:2", kind=kind, stride=1, padding="same")
            print(kind, "disk", hashlib.md5(shaped.tobytes()).hexdigest())
print(hashlib.md5(cnnfilt.edges(image).tobytes()).hexdigest())
"""


@needs_loops
def test_whole_numbers_are_the_same_with_and_without_the_loops():
    with_loops, without = run(WORK, "1"), run(WORK, "0")
    assert with_loops.stdout == without.stdout
    assert len(with_loops.stdout.splitlines()) > 40, with_loops.stderr


@needs_loops
@settings(max_examples=50, deadline=None)
@given(st.integers(1, 40), st.integers(0, 9999))
def test_a_long_sum_of_floats_stays_within_the_bound(size, seed):
    image = np.random.default_rng(seed).uniform(0, 1, (size, size)).astype(np.float32)
    kernel, out = np.ones((size, size), np.float32), np.empty((1, 1), np.float32)
    zero = np.zeros(1, np.float32)
    loops.correlate(image, NOTHING, kernel, zero, zero, out, 1, (1, 1), (1, 1), (0, 0))
    expected = oracles.correlate(image.astype(float), kernel)[0][0]
    assert abs(out.item() - expected) <= 1e-5 * image.astype(float).sum()


def test_the_sources_travel_with_the_package():
    folder = Path(native.__file__).parent
    assert {path.name for path in folder.glob("*.[ch]")} >= {"module.c", "native.h", "sums.c", "sums.h"}


@pytest.mark.parametrize("layout", ["rows over one another", "an odd address"])
def test_images_that_lie_in_memory_as_no_loop_wants_them(layout):
    if layout == "an odd address":
        image = np.frombuffer(b"\0" + bytes(range(240)), np.uint8)[1:].view(np.uint16).reshape(10, 12)
        assert not image.flags.aligned
    else:
        image = np.lib.stride_tricks.as_strided(np.arange(40, dtype=np.uint16), (10, 12), (2, 2))
    for function in (lambda x: convolve(x, [[1, 0, -1]] * 3), edges, pool, lambda x: pool(x, 3, kind="avg", stride=2)):
        np.testing.assert_array_equal(function(image), function(image.copy()))

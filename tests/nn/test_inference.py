"""A chain carried to one image: what shape says comes out, and what the layers of a network give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.errors import CnnfiltError
from cnnfilt.nn.inference import last_output, outputs, tiling_of_chain
from cnnfilt.nn.layer import alone
from cnnfilt.nn.model import Sequential, reports_of
from cnnfilt.nn.weights import new_arrays
from tests.oracles import correlate

KERNELS = ("sobel-x", "box:3", "vertical", "1 2; 3 -4", "log:1", "1 -2 1;")
PADDINGS = ("0", "1", "1x2", "0x1x2x0", "same", "same-lower", "full", "valid")


OTHERS = (
    *("bn", "ln", "gn:2", "gn:3", "lrn", "scale", "dropout:0.3", "shuffle:3", "take:0-1", "take:3"),
    *("up:2", "up:1x3,mode=bilinear", "pad:1x2x0x3", "pad:2,mode=reflect", "pad:3x1,mode=circular", "crop:2x3"),
    *("crop:1x0x2x1", "dw:k=3,m=2,s=2,p=1", "dw:k=2x3,p=same,d=2", "tconv:4,k=3,s=2,p=1,op=1", "tconv:6,k=2x3,g=2"),
    *("tconv:3,k=3,s=2x1,p=same", "tconv:2,k=2,s=3,p=valid", "pool:median,k=3,s=2,p=1", "pool:max,adaptive=3x5"),
    *("as:a relu add:a", "as:a conv:3,k=1 cat:a", "as:a pool:global sigmoid mul:a", "as:a pool:max from:a"),
)


@st.composite
def layers(draw: st.DrawFn) -> str:
    """One layer word with drawn options, of which not all fit."""
    kind = draw(st.sampled_from(["conv:N", "conv", "filter", "pool", "pool", "activation", "other", "other"]))
    if kind == "activation":
        return draw(st.sampled_from(["relu", "tanh", "sigmoid", "softmax", "leaky:0.2", "prelu", "gelu", "hardswish"]))
    if kind == "other":
        return draw(st.sampled_from(OTHERS))
    slide = f",s={draw(st.sampled_from(['1', '2', '1x3']))},p={draw(st.sampled_from(PADDINGS))}"
    slide += f",d={draw(st.sampled_from(['1', '2', '2x1']))}"
    if kind == "pool":
        ceil = draw(st.sampled_from(["", ",ceil=1"]))
        size = draw(st.sampled_from(["2", "3x2", "1x4", "global"]))
        return f"pool:{draw(st.sampled_from(['max', 'avg', 'min']))},k={size}" + (
            "" if size == "global" else slide + ceil
        )
    if kind == "filter":
        return f"filter:{draw(st.sampled_from(KERNELS))}{slide}"
    if kind == "conv":
        return f"conv:{draw(st.sampled_from(['vertical+horizontal', 'sobel-x', 'box:3+sharpen+emboss']))}{slide}"
    groups = draw(st.sampled_from(["", ",g=3", ",g=2", ",bias=0"]))
    return f"conv:{draw(st.sampled_from([1, 4, 6]))},k={draw(st.sampled_from(['1', '3', '2x3']))}{slide}{groups}"


@st.composite
def chains(draw: st.DrawFn) -> str:
    words = draw(st.lists(layers(), min_size=1, max_size=4))
    end = draw(st.sampled_from([[], ["flatten"], ["flatten", "fc:5", "softmax"], ["flatten", "tanh", "fc:2,bias=0"]]))
    return " ".join([*words, *end])


@given(chains(), st.integers(1, 24), st.integers(1, 24), st.sampled_from([1, 2, 3]), st.integers(0, 9))
@settings(max_examples=300, deadline=None)
def test_shape_and_apply_agree_on_every_chain(words: str, height: int, width: int, channels: int, seed: int) -> None:
    """Either both refuse it, or each layer's output is of the shape that was said, and is what a network gives."""
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(height, width, channels))
    try:
        reports = describe(parse_chain([words]), Volume(height, width, channels))
    except CnnfiltError:
        with pytest.raises(CnnfiltError):
            Sequential.new(words, (height, width, channels), rng)
        return
    network = Sequential.new(words, (height, width, channels), rng)
    values = [image[None]]
    found = outputs(reports, image, network.arrays)
    for report, layer, taken, y in zip(reports, network.layers, network.takes, found, strict=True):
        values.append(alone(layer.forward_shared(*(values[one] for one in taken))))
        x, shape = values[-1], report.output
        said = (shape.height, shape.width, shape.channels) if isinstance(shape, Volume) else (shape.features,)
        assert y.shape == x.shape[1:] == said
        scale = np.abs(x).max() + 1
        np.testing.assert_allclose(y / scale, x[0] / scale, atol=2e-4, rtol=0)


def test_the_plain_loops_say_the_same() -> None:
    image = np.random.default_rng(0).integers(0, 256, (9, 10, 3), dtype=np.uint8)
    reports = reports_of("filter:sobel-x,p=same relu pool:max,k=2", (9, 10, 3))
    edges, positive, pooled = outputs(reports, image, {})
    for channel in range(3):
        sobel = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
        expected = correlate(image[..., channel].tolist(), sobel, pads=((1, 1), (1, 1)))
        np.testing.assert_array_equal(edges[..., channel], expected)
    np.testing.assert_array_equal(positive, edges * (edges > 0))
    assert pooled[1, 2, 0] == positive[2:4, 4:6, 0].max()
    assert {edges.dtype, positive.dtype, pooled.dtype} == {np.dtype(np.int16)}


def test_whole_numbers_stay_exact_until_they_cannot() -> None:
    image = np.full((4, 4, 1), 65535, np.uint16)
    chain = " ".join(["filter:1000 0; 0 1000"] * 3)
    *_, last = outputs(reports_of(chain, (4, 4, 1)), image, {})
    assert last.dtype == np.int64
    assert last[0, 0, 0] == 65535 * 2000**3
    *_, beyond = outputs(reports_of(f"{chain} filter:1000000;", (4, 4, 1)), image, {})
    assert beyond.dtype == np.float64
    assert beyond[0, 0, 0] == 65535 * 2000**3 * 1e6


def test_the_image_is_not_changed() -> None:
    image = np.random.default_rng(0).normal(size=(6, 6, 2)).astype(np.float32)
    before = image.copy()
    list(outputs(reports_of("relu tanh relu pool:max flatten relu", (6, 6, 2)), image, {}))
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize(
    "words",
    [
        "conv:4,k=3,p=same relu conv:2,k=5",
        "filter:sharpen,p=same relu pool:max up:2",
        "filter:sobel-x,p=same leaky:0.2",
        "conv:vertical+horizontal,p=same sigmoid softmax",
        "as:a conv:3,k=3,p=same add:a relu",
        "conv:3,k=3,p=same,s=2 bn prelu up:2,mode=bilinear as:b conv:4,k=3,p=same cat:b conv:2,k=1",
        "pad:2,mode=reflect tconv:2,k=4,s=2,p=1 lrn",
        "pool:median,k=3,s=1,p=same morph:erode,k=3 dw:k=3,p=same",
        "pool:avg,k=3,s=2,p=1,ceil=1 scale shuffle:3 take:0-1",
    ],
)
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_tiles_give_what_the_whole_gives(words: str, kind: type) -> None:
    image = (np.random.default_rng(3).random((150, 131, 3)) * 255).astype(kind)
    reports = describe(parse_chain([words]), Volume(*image.shape))
    arrays = new_arrays(reports, np.random.default_rng(4))
    tiling = tiling_of_chain(reports, 30_000)
    assert tiling is not None
    assert len(tiling.numbers) > 3
    whole, made = last_output(reports, image, arrays), last_output(reports, image, arrays, tiling)
    assert (made.shape, made.dtype) == (whole.shape, whole.dtype)
    if whole.dtype.kind in "iu":
        np.testing.assert_array_equal(made, whole)
    else:
        np.testing.assert_allclose(made, whole, atol=1e-5 * np.abs(whole).max())


@pytest.mark.parametrize(
    "words",
    [
        "conv:2,k=3,p=same ln",
        "conv:2,k=3,p=same gn:1",
        "pad:2,mode=circular conv:1,k=3",
        "conv:2,k=3 flatten fc:3",
        "as:a pool:avg,k=global sigmoid mul:a",
        "crop:9x9x9x9 conv:2,k=3,p=same",
        "pad:80,mode=reflect",
    ],
)
def test_what_would_differ_is_not_cut(words: str) -> None:
    assert tiling_of_chain(describe(parse_chain([words]), Volume(150, 131, 3)), 15_000) is None

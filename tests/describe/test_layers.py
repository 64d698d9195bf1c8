"""What each layer makes of its input: against PyTorch on thousands of drawn geometries, and what it refuses."""

import random

import pytest

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Flat, Volume
from cnnfilt.describe.transposed import transposed_axis
from cnnfilt.errors import CnnfiltError, ParameterError, ShapeError

GEOMETRIES = 2_000


def effect(words, size):
    shape = Volume(*size) if len(size) > 1 else Flat(*size)
    return describe(parse_chain([words]), shape)[-1].effect


@pytest.mark.parametrize(
    ("words", "output", "params", "macs"),
    [
        ("dw:k=3,p=1", "8x6x4", 3 * 3 * 4 + 4, 8 * 6 * 4 * 9),
        ("dw:k=3,m=2,bias=0", "6x4x8", 3 * 3 * 8, 6 * 4 * 8 * 9),
        ("dw:k=5x3,s=2,p=same", "4x3x4", 5 * 3 * 4 + 4, 4 * 3 * 4 * 15),
        ("tconv:5,k=2,s=2", "16x12x5", 2 * 2 * 4 * 5 + 5, 8 * 6 * 4 * 4 * 5),
        ("tconv:4,k=3,s=2,p=1,op=1,g=2,bias=0", "16x12x4", 3 * 3 * 2 * 4, 8 * 6 * 9 * 2 * 4),
        ("tconv:5,k=3x5,d=2x1,p=1x0x2x1", "11x7x5", 15 * 4 * 5 + 5, 8 * 6 * 15 * 4 * 5),
        ("tconv:5,k=3,s=2,p=same", "16x12x5", 9 * 20 + 5, 48 * 9 * 20),
        ("tconv:5,k=3,s=2,p=valid", "17x13x5", 9 * 20 + 5, 48 * 9 * 20),
        ("tconv:5,k=1,s=2,p=valid", "16x12x5", 20 + 5, 48 * 20),
        ("bn", "8x6x4", 8, 0),
        ("ln", "8x6x4", 8, 0),
        ("gn:2", "8x6x4", 8, 0),
        ("lrn", "8x6x4", 0, 0),
        ("scale", "8x6x4", 4, 0),
        ("prelu", "8x6x4", 4, 0),
        ("leaky:0.2 elu gelu silu relu6 hardsigmoid hardswish dropout:0.2 dropout", "8x6x4", 0, 0),
        ("flatten bn", "192", 384, 0),
        ("up:2", "16x12x4", 0, 0),
        ("up:2x3,mode=bilinear", "16x18x4", 0, 0),
        ("pad:1", "10x8x4", 0, 0),
        ("pad:1x2,mode=reflect", "10x10x4", 0, 0),
        ("pad:0x1x2x3", "9x11x4", 0, 0),
        ("crop:5x4", "5x4x4", 0, 0),
        ("crop:1x2x0x3", "5x3x4", 0, 0),
        ("take:1-2", "8x6x2", 0, 0),
        ("take:3", "8x6x1", 0, 0),
        ("flatten take:0-9", "10", 0, 0),
        ("shuffle:2", "8x6x4", 0, 0),
        ("pool:avg,adaptive=3x2", "3x2x4", 0, 0),
        ("pool:max,adaptive=7", "7x7x4", 0, 0),
        ("as:in conv:4,k=1 add:in", "8x6x4", 20, 48 * 16),
        ("as:in conv:3,k=1 cat:in", "8x6x7", 15, 48 * 12),
        ("as:in pool:global mul:in", "8x6x4", 0, 0),
        ("as:in pool:global as:mean from:in mul:mean", "8x6x4", 0, 0),
        ("flatten as:in fc:5 cat:in", "197", 965, 960),
        ("as:in pool:max from:in", "8x6x4", 0, 0),
    ],
)
def test_what_comes_out_and_what_it_takes(words, output, params, macs):
    reports = describe(parse_chain([words]), Volume(8, 6, 4))
    assert str(reports[-1].output) == output
    assert sum(report.effect.params for report in reports) == params
    assert sum(report.effect.macs for report in reports) == macs


def test_running_statistics_are_no_parameters():
    found = effect("bn", (8, 6, 4))
    assert (found.params, found.statistics) == (8, 8)
    assert effect("ln", (8, 6, 4)).statistics == 0


def test_cropped_rows_are_unread():
    (report,) = describe(parse_chain(["crop:1x2x0x3"]), Volume(8, 6, 4))
    assert report.unread == (3, 3)


@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        ("dw:3", ParameterError, "say the size of its filters, as in dw:k=3"),
        ("dw:k=3,m=0", ParameterError, "m is 0"),
        ("tconv:3", ParameterError, "say how many filters of what size, as in tconv:64,k=2,s=2"),
        ("tconv:3,k=3,p=full", ParameterError, "p=full is not defined"),
        ("tconv:3,k=3,op=1", ParameterError, "op is 1; it must be below the stride or the dilation, 1"),
        ("tconv:3,k=3,s=2,p=same,op=1", ParameterError, "leave it out with p=same"),
        ("tconv:3,k=3,p=9", ShapeError, r"layer 1 .*padding 9 \+ 9 takes off all of the 10 rows"),
        ("tconv:3,k=0", ParameterError, "kernel size is 0"),
        ("gn:3", ShapeError, "its 3 groups do not divide the 4 channels of its input, 8x6x4"),
        ("gn", ParameterError, "say how many groups, as in gn:32"),
        ("shuffle:3", ShapeError, "its 3 groups do not divide"),
        ("leaky:a", ParameterError, "the slope below 0 'a' is not a number"),
        ("bn:3", ParameterError, "it takes nothing after its name"),
        ("dropout:2", ParameterError, "the probability 2 is not from 0 to below 1"),
        ("up", ParameterError, "say how many times, as in up:2"),
        ("up:0", ParameterError, "the factor is 0"),
        ("up:2,mode=cubic", ParameterError, "mode 'cubic' is unknown; use nearest or bilinear"),
        ("up:99999999", ShapeError, "its output would have"),
        ("pad", ParameterError, "say how many rows and columns"),
        ("pad:1x2x3", ParameterError, "'1x2x3' has 3 numbers"),
        ("pad:8,mode=reflect", ShapeError, "mode=reflect has only 7 rows for 8 at a side"),
        ("pad:1,mode=mirror", ParameterError, "here it is called reflect"),
        ("crop:9", ParameterError, "say what is left, as in crop:56x56"),
        ("crop:9x9", ShapeError, "its input, 8x6x4, is smaller than what is to be left"),
        ("crop:4x4x0x0", ShapeError, "is smaller than what is to be cut off"),
        ("take:2-4", ShapeError, "its input, 8x6x4, has the channels 0 to 3"),
        ("take:2-1", ParameterError, "say which channels, counted from 0"),
        ("take:a", ParameterError, "say which channels, counted from 0"),
        ("pool:max,adaptive=0", ParameterError, "adaptive is 0"),
        ("pool:max,adaptive=2,k=3", ParameterError, "it takes no other option"),
        ("as", ParameterError, "no name is given"),
        ("as:a+b", ParameterError, r"'a\+b' is given; a name is made of letters and digits"),
        ("add:in", ParameterError, r"layer 1 \(add:in\): no value is called 'in'; as:in before it"),
        ("as:skip add:skp", ParameterError, "no value is called 'skp'; as:skip is the only one before it"),
        ("as:one as:two as:skip as:four add:skp", ParameterError, "'skp'; did you mean skip"),
        ("as:in conv:4,k=3 add:in", ShapeError, r"layer 3 \(add:in\): 6x4x4 is here and in is 8x6x4; both need"),
        ("as:in conv:3,k=1 mul:in", ShapeError, "8x6x3 is here and in is 8x6x4; both need the same size and channels"),
        ("as:in pool:max cat:in", ShapeError, "4x3x4 is here and in is 8x6x4; both need the same rows and columns"),
        ("as:in flatten add:in", ShapeError, "192 is here and in is 8x6x4"),
    ],
)
def test_errors_name_the_layer_and_both_shapes(words, kind, message):
    with pytest.raises(kind, match=message) as caught:
        describe(parse_chain([words]), Volume(8, 6, 4))
    assert type(caught.value) is kind
    assert "layer" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_channels_that_double_without_end_are_refused():
    with pytest.raises(ShapeError, match="its output would have"):
        describe(parse_chain(["5000*( as:a cat:a )"]), Volume(1, 1, 3))


def drawn(seed):
    rng = random.Random(seed)
    for _ in range(GEOMETRIES):
        yield rng, (rng.randint(1, 30), rng.randint(1, 30))


def agrees(words, size, torch_layer, device="meta"):
    """Whether our size of the output is PyTorch's, and both refuse the same."""
    torch = pytest.importorskip("torch")
    try:
        with torch.no_grad():
            theirs = tuple(torch_layer()(torch.empty(1, 2, *size, device=device)).shape)[2:]
    except (RuntimeError, ValueError):
        theirs = None
    if theirs is not None and 0 in theirs:
        theirs = None  # Nothing comes out, which is refused here.
    try:
        ours = effect(words, (*size, 2)).output.size
    except CnnfiltError:
        ours = None
    assert ours == theirs, (words, size)


def test_transposed_convolutions_have_the_sizes_of_pytorch():
    nn = pytest.importorskip("torch").nn
    for rng, size in drawn(0):
        k, s, p = [(rng.randint(1, 5), rng.randint(1, 5)) for _ in range(3)]
        p, op, d = (p[0] - 1, p[1] - 1), (rng.randint(0, 2), rng.randint(0, 2)), (rng.randint(1, 3), rng.randint(1, 3))
        words = f"tconv:2,k={k[0]}x{k[1]},s={s[0]}x{s[1]},p={p[0]}x{p[1]},op={op[0]}x{op[1]},d={d[0]}x{d[1]}"
        agrees(
            words,
            size,
            lambda k=k, s=s, p=p, op=op, d=d: nn.ConvTranspose2d(2, 2, k, s, p, op, dilation=d),
            "cpu",  # Only there the output padding is checked.
        )


def test_ceil_mode_has_the_sizes_of_pytorch():
    nn = pytest.importorskip("torch").nn
    for rng, size in drawn(1):
        k, s, d = rng.randint(1, 6), rng.randint(1, 5), rng.randint(1, 3)
        # Windows whose taps all fall into the padding are refused here.
        p = rng.randint(0, k // 2) if d == 1 else 0
        agrees(
            f"pool:max,k={k},s={s},p={p},d={d},ceil=1",
            size,
            lambda k=k, s=s, p=p, d=d: nn.MaxPool2d(k, s, p, d, ceil_mode=True),
        )


def test_adaptive_pooling_has_the_sizes_of_pytorch():
    nn = pytest.importorskip("torch").nn
    for rng, size in drawn(2):
        out = rng.randint(1, 12), rng.randint(1, 12)
        agrees(f"pool:avg,adaptive={out[0]}x{out[1]}", size, lambda out=out: nn.AdaptiveAvgPool2d(out))


def test_upsampling_and_padding_have_the_sizes_of_pytorch():
    nn = pytest.importorskip("torch").nn
    modes = {
        "zeros": nn.ZeroPad2d,
        "reflect": nn.ReflectionPad2d,
        "replicate": nn.ReplicationPad2d,
        "circular": nn.CircularPad2d,
    }
    for rng, size in drawn(3):
        factor = rng.randint(1, 4), rng.randint(1, 4)
        mode = rng.choice(["nearest", "bilinear"])
        agrees(
            f"up:{factor[0]}x{factor[1]},mode={mode}",
            size,
            lambda f=factor, m=mode: nn.Upsample(scale_factor=f, mode=m),
        )
        t, b, le, r = (rng.randint(0, 9) for _ in range(4))
        mode = rng.choice(list(modes))
        agrees(f"pad:{t}x{b}x{le}x{r},mode={mode}", size, lambda m=mode, sides=(le, r, t, b): modes[m](sides))


def test_depthwise_convolutions_have_the_sizes_of_pytorch():
    nn = pytest.importorskip("torch").nn
    for rng, size in drawn(4):
        k, s, p, d, m = rng.randint(1, 5), rng.randint(1, 4), rng.randint(0, 3), rng.randint(1, 3), rng.randint(1, 3)
        agrees(
            f"dw:k={k},s={s},p={p},d={d},m={m}",
            size,
            lambda k=k, s=s, p=p, d=d, m=m: nn.Conv2d(2, 2 * m, k, s, p, d, groups=2, device="meta"),
        )


def test_transposed_convolutions_have_the_sizes_of_keras():
    keras = pytest.importorskip("keras")
    rng = random.Random(6)
    for _ in range(200):
        size, k, s = [(rng.randint(1, 30), rng.randint(1, 30)), *((rng.randint(1, 7), rng.randint(1, 5)) for _ in "ks")]
        for padding in ("same", "valid"):
            layer = keras.layers.Conv2DTranspose(3, k, s, padding=padding)
            ours = effect(f"tconv:3,k={k[0]}x{k[1]},s={s[0]}x{s[1]},p={padding}", (*size, 2)).output
            assert tuple(layer.compute_output_shape((None, *size, 2))) == (None, *ours.size, 3)


def keras_size(n, kernel, stride, padding, dilation):
    """The size that Keras 3 gives a transposed convolution (backend/common/backend_utils.py, no output_padding)."""
    span = (kernel - 1) * dilation + 1
    return n * stride if padding == "same" else (n - 1) * stride + max(span, stride)


def test_transposed_convolutions_of_keras():
    rng = random.Random(5)
    for _ in range(GEOMETRIES):
        n, k, s, d = rng.randint(1, 30), rng.randint(1, 7), rng.randint(1, 5), rng.randint(1, 3)
        for padding in ("same", "valid"):
            assert transposed_axis(n, k, s, d, 0, padding).output_size == keras_size(n, k, s, padding, d)

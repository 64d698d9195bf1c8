"""Chains of layers: against published networks, PyTorch, and what the words are said to mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import ConvLayer, FilterLayer, Flat, FullyConnectedLayer, LoneWindow, PoolLayer, Volume
from cnnfilt.describe.operations import Pooling
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import KernelError, ParameterError, ShapeError

LENET_5 = "conv:6,k=5,p=2 tanh pool:avg conv:16,k=5 tanh pool:avg flatten fc:120 tanh fc:84 tanh fc:10 softmax"
ALEXNET = """
    conv:64,k=11,s=4,p=2 relu pool:max,k=3,s=2 conv:192,k=5,p=2 relu pool:max,k=3,s=2
    conv:384,k=3,p=1 relu conv:256,k=3,p=1 relu conv:256,k=3,p=1 relu pool:max,k=3,s=2
    flatten fc:4096 relu fc:4096 relu fc:1000
"""
VGG_16 = " ".join(
    [
        f"conv:{filters},k=3,p=1 relu " * times + "pool:max"
        for filters, times in zip((64, 128, 256, 512, 512), (2, 2, 3, 3, 3), strict=True)
    ]
    + ["flatten fc:4096 relu fc:4096 relu fc:1000"]
)


def described(words, size):
    return describe(parse_chain([words]), Volume(*size))


def params(reports):
    return sum(report.effect.params for report in reports)


def macs(reports):
    return sum(report.effect.macs for report in reports)


def last_field(reports):
    return [report.receptive_field for report in reports if report.receptive_field][-1]


def test_lenet_5():
    reports = described(LENET_5, (28, 28, 1))
    assert params(reports) == 61_706
    shapes = [str(report.output) for report in reports]
    assert shapes[:7] == ["28x28x6", "28x28x6", "14x14x6", "10x10x16", "10x10x16", "5x5x16", "400"]
    assert shapes[-1] == "10"


def test_alexnet_as_in_torchvision():
    reports = described(ALEXNET, (224, 224, 3))
    assert params(reports) == 61_100_840
    assert macs(reports) == 714_188_480
    assert Volume(6, 6, 256) in [report.output for report in reports]


def test_vgg_16():
    reports = described(VGG_16, (224, 224, 3))
    assert params(reports) == 138_357_544
    assert macs(reports) == 15_470_264_320
    assert last_field(reports) == (212, 212)


def test_one_layer_in_full():
    (report,) = described("conv:64,k=7,s=2,p=3", (224, 224, 3))
    assert report.output == Volume(112, 112, 64)
    assert (report.effect.params, report.effect.macs) == (9_472, 118_013_952)
    assert (report.receptive_field, report.jump, report.unread) == ((7, 7), (2, 2), (0, 0))


def test_the_notes_pooling_keeps_the_channels():
    """As many channels come out of pooling as go in, and nothing in it is trained."""
    (report,) = described("pool:max", (6, 4, 5))
    assert (report.output, report.effect.params, report.effect.macs) == (Volume(3, 2, 5), 0, 0)


def test_rows_and_columns_end_at_flatten():
    reports = described("conv:2,k=3 flatten relu fc:3", (6, 6, 1))
    assert [report.receptive_field for report in reports] == [(3, 3), None, None, None]
    assert [report.jump for report in reports] == [(1, 1), None, None, None]
    assert [report.unread for report in reports] == [(0, 0), None, None, None]


def test_unread_counts_the_layers_own_input():
    reports = described("conv:1,k=3 pool:max,k=2 relu", (9, 10, 1))
    assert [report.unread for report in reports] == [(0, 0), (1, 0), (0, 0)]


@pytest.mark.parametrize(
    ("words", "output", "trained"),
    [
        ("conv:8,k=3", "30x30x8", 3 * 3 * 4 * 8 + 8),
        ("conv:8,k=3x5,bias=0", "30x28x8", 3 * 5 * 4 * 8),
        ("conv:8,k=3,g=2", "30x30x8", 3 * 3 * 2 * 8 + 8),
        ("conv:8,k=3,d=2x1,p=1x2", "30x34x8", 3 * 3 * 4 * 8 + 8),
        ("conv:8,k=3,s=2,p=same", "16x16x8", 3 * 3 * 4 * 8 + 8),
        ("conv:8,k=3,p=0x1x0x1", "31x31x8", 3 * 3 * 4 * 8 + 8),
        ("conv:8,k=3,p=full", "34x34x8", 3 * 3 * 4 * 8 + 8),
        ("conv:vertical+horizontal,p=same", "32x32x2", 3 * 3 * 4 * 2),
        ("conv:vertical+horizontal,bias=1", "30x30x2", 3 * 3 * 4 * 2 + 2),
        ("conv:vertical+horizontal,g=2", "30x30x2", 3 * 3 * 2 * 2),
        ("filter:sobel-x", "30x30x4", 3 * 3 * 4),
        ("filter:gaussian:2,13,p=same", "32x32x4", 13 * 13 * 4),
        ("filter:1,0,-1;1,0,-1,s=2", "16x15x4", 2 * 3 * 4),
        ("filter:1/9 * 1 1 1; 1 1 1; 1 1 1 relu", "30x30x4", 3 * 3 * 4),
        ("filter:[[1,0],[0,-1]],d=3", "29x29x4", 2 * 2 * 4),
        ("pool:avg", "16x16x4", 0),
        ("pool:min,k=3", "10x10x4", 0),
        ("pool:max,k=3,ceil=1", "11x11x4", 0),
        ("pool:max,k=3,s=2,p=1", "16x16x4", 0),
        ("pool:max,k=3,s=1,d=2", "28x28x4", 0),
        ("pool:global", "1x1x4", 0),
        ("pool:max,k=global", "1x1x4", 0),
        ("softmax", "32x32x4", 0),
        ("flatten", "4096", 0),
        ("flatten flatten", "4096", 0),
        ("flatten fc:10", "10", 40_970),
        ("flatten fc:10,bias=0", "10", 40_960),
        ("conv: 8, k=3,  p=1 relu", "32x32x8", 3 * 3 * 4 * 8 + 8),
    ],
)
def test_layer_words(words, output, trained):
    reports = described(words, (32, 32, 4))
    assert str(reports[-1].output) == output
    assert params(reports) == trained


def test_words_become_specs():
    conv, filter_, pool, fc = parse_chain(["conv:4,k=3x5,p=1x2", "filter:sobel-x", "pool:global fc:10"])
    assert conv == ConvLayer("conv:4,k=3x5,p=1x2", 4, Slide((3, 5), padding=(1, 2)))
    assert isinstance(filter_, FilterLayer)
    assert filter_.kernel.name == "sobel-x"
    assert pool == PoolLayer("pool:global", Pooling(kind="avg", whole=True))
    assert fc == FullyConnectedLayer("fc:10", 10)


@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        ("cov:3,k=3", ParameterError, "layer 'cov:3,k=3' is unknown; did you mean conv"),
        ("deconv:3", ParameterError, "here it is called tconv"),
        ("zzz", ParameterError, "use one of conv, filter, dw, tconv, pool, morph, bn"),
        ("dense:3", ParameterError, "layer 'dense:3' is unknown; here it is called fc"),
        ("conv", ParameterError, "layer conv: say how many filters of what size"),
        ("conv:64", ParameterError, "layer conv:64: say how many filters of what size"),
        ("conv:k=3", ParameterError, "say how many filters"),
        ("conv:64,7", ParameterError, "'64,7' is neither a kernel nor an option"),
        ("conv:64,k=7,7", ParameterError, "'7' is not an option; the numbers of one option are joined by x"),
        ("conv:64,k=7,k=3", ParameterError, "k is given twice"),
        ("conv:64,size=7", ParameterError, "option 'size' is unknown; it takes k=, s=, p=, d=, g=, bias="),
        ("conv:64,k=a", ParameterError, "layer conv:64,k=a: k 'a' is not a whole number"),
        ("conv:64,k=1x2x3", ParameterError, "k '1x2x3' has 3 numbers"),
        ("conv:64,k=3,p=sane", ParameterError, "did you mean same"),
        ("conv:64,k=3,bias=yes", ParameterError, "bias 'yes' is neither 0 nor 1"),
        ("conv:vertical,k=3", ParameterError, "leave out k="),
        ("conv:vertical+roberts-1", ParameterError, "differ in size, 3x3 and 2x2"),
        ("filter:soble-x", KernelError, "layer filter:soble-x: kernel 'soble-x' is unknown; did you mean sobel-x"),
        ("filter", ParameterError, "name a kernel"),
        ("filter:vertical+horizontal", ParameterError, "conv:vertical[+]horizontal makes one map of each"),
        ("pool", ParameterError, "say which, as in pool:max"),
        ("pool:mean", ParameterError, "kind 'mean' is unknown"),
        ("pool:max,k=global,s=2", ParameterError, "takes no other option"),
        ("relu:6", ParameterError, "layer relu:6: it takes nothing after its name"),
        ("relu:k=6", ParameterError, "option 'k' is unknown; it takes nothing"),
        ("fc", ParameterError, "say how many outputs"),
        ("fc:ten", ParameterError, "the number of outputs 'ten' is not a whole number"),
        # From here on the words are right, and what they ask for is not.
        ("conv:0,k=3", ParameterError, r"layer 1 \(conv:0,k=3\): filters is 0"),
        ("conv:3,k=3,s=0", ParameterError, r"layer 1 \(conv:3,k=3,s=0\): stride is 0"),
        ("relu conv:3,k=3,g=2", ParameterError, r"layer 2 \(conv:3,k=3,g=2\): g=2 does not divide its 3 filters"),
        ("conv:3,k=3,g=3", ShapeError, "g=3 does not divide the 4 channels of its input, 32x32x4"),
        ("pool:max conv:3,k=17", ShapeError, r"layer 2 \(conv:3,k=17\): kernel spans 17 rows but its input is 16 rows"),
        ("pool:max,k=3,p=2", ParameterError, "padding 2 is over half of what the window spans"),
        ("flatten conv:3,k=3", ParameterError, r"layer 2 \(conv:3,k=3\): its input is flat \(4096 features\)"),
        ("flatten pool:max", ParameterError, "put it before flatten"),
        ("fc:10", ParameterError, "fc needs a flat input, not 32x32x4; put flatten before it"),
        ("flatten fc:0", ParameterError, "outputs is 0"),
        ("conv:3,k=3,p=99999999", ShapeError, r"layer 1 .*its output would have .* pixels; the limit is 178,956,970"),
    ],
)
def test_errors_name_the_layer(words, kind, message):
    with pytest.raises(kind, match=message) as caught:
        described(words, (32, 32, 4))
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)


def test_a_lone_window_is_no_layer_in_errors():
    with pytest.raises(ShapeError, match=r"^kernel spans 7 rows but the image is 5 rows high"):
        describe([LoneWindow("window", Slide((7, 7)))], Volume(5, 5))


def test_the_pixel_limit_can_be_changed():
    chain = parse_chain(["conv:1,k=3,p=50"])
    with pytest.raises(ShapeError, match="the limit is 100"):
        describe(chain, Volume(9, 9), max_pixels=100)
    assert describe(chain, Volume(9, 9), max_pixels=0)[0].output == Volume(107, 107)


@given(st.text("convplrufatek:=,x+;[]0123456789 @", max_size=30))
@settings(max_examples=200)
def test_no_words_break_the_parser(words):
    try:
        parse_chain([words])
    except ParameterError as error:
        text = str(error)
    else:
        return
    assert text


@st.composite
def chains(draw):
    """Words for a few layers, and the same layers in PyTorch's terms."""
    words, terms = [], []
    for _ in range(draw(st.integers(1, 4))):
        kernel, stride, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
        padding = draw(st.integers(0, kernel // 2))
        window = f"k={kernel},s={stride},p={padding},d={dilation}"
        if draw(st.booleans()):
            filters, groups, bias = 4 * draw(st.integers(1, 2)), draw(st.sampled_from([1, 2, 4])), draw(st.booleans())
            words.append(f"conv:{filters},{window},g={groups},bias={int(bias)}")
            terms.append(("conv", filters, kernel, stride, padding, dilation, groups, bias))
        else:
            ceil_mode = draw(st.booleans())
            words.append(f"pool:max,{window},ceil={int(ceil_mode)}")
            terms.append(("pool", kernel, stride, padding, dilation, ceil_mode))
    return words, terms


@given(chains(), st.integers(40, 60), st.integers(40, 60))
@settings(max_examples=40, deadline=None)
def test_chains_agree_with_pytorch(chain, height, width):
    torch = pytest.importorskip("torch")
    words, terms = chain
    try:
        reports = described(" ".join(words), (height, width, 4))
    except ShapeError:
        return
    x = torch.zeros(1, 4, height, width)
    for report, (kind, *term) in zip(reports, terms, strict=True):
        if kind == "conv":
            filters, kernel, stride, padding, dilation, groups, bias = term
            layer = torch.nn.Conv2d(x.shape[1], filters, kernel, stride, padding, dilation, groups, bias)
        else:
            layer = torch.nn.MaxPool2d(*term[:4], ceil_mode=term[4])
        x = layer(x)
        assert report.output == Volume(x.shape[2], x.shape[3], x.shape[1])
        assert report.effect.params == sum(p.numel() for p in layer.parameters())


def test_flat_shapes_print_as_one_number():
    assert str(Flat(7)) == "7"


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("relu, pool:max", "relu pool:max"),
        ("relu,pool:max,k=2", "relu pool:max,k=2"),
        ("filter:gaussian:2,9,relu", "filter:gaussian:2,9 relu"),
        ("conv:8,k=3, relu , flatten", "conv:8,k=3 relu flatten"),
        ("conv:8,k=3 -> relu -> flatten", "conv:8,k=3 relu flatten"),
        ("relu->tanh", "relu tanh"),
        ("relu \u2192 tanh", "relu tanh"),
        ("relu => tanh", "relu tanh"),
        ("filter:sobel-x | relu", "filter:sobel-x relu"),
        ("relu > tanh; flatten", "relu tanh flatten"),
        ("conv:box + relu", "conv:box relu"),
    ],
)
def test_layers_have_only_blanks_between_them(words, right):
    with pytest.raises(ParameterError) as refused:
        parse_chain([words])
    assert refused.value.message == f"layers have only blanks between them, no commas or arrows: write {right!r}"
    assert parse_chain([right])


@pytest.mark.parametrize("words", ["conv:vertical+horizontal", "filter:1,2;3,4 relu", "conv:8, k=3", "pool:global"])
def test_commas_and_signs_within_a_layer_stay(words):
    assert parse_chain([words])


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("vertical relu", "layer 'vertical' is unknown; it is a kernel: write filter:vertical (or conv:vertical)"),
        ("relu gaussian:2", "it is a kernel: write filter:gaussian:2 (or conv:gaussian:2)"),
        ("pool:max k=3", "layer 'k=3' is unknown; sizes belong to a layer, as in pool:max,k=3,s=2"),
        ("3x3", "sizes belong to a layer"),
        ("maxpool", "here it is called pool:max"),
        ("deconv", "here it is called tconv"),
        ("skip:in", "here it is called as or add"),
        ("Conv:8,k=3", "words are in small letters: write conv:8,k=3"),
        ("BN", "words are in small letters: write bn"),
        ("net.txt", "layers in a file are written @net.txt"),
    ],
)
def test_what_is_no_layer_is_answered_with_what_it_is(words, advice):
    with pytest.raises(ParameterError) as refused:
        parse_chain([words])
    assert advice in refused.value.message

"""Each description says its options once, and refuses what contradicts itself whoever makes it."""

import pytest

from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.describe.edge_methods import METHODS, kernels_of
from cnnfilt.describe.operations import Convolution, Pad, Padded, Pooling, Sliding
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import REQUIRED

DESCRIPTIONS = (Convolution, Pooling, Pad, EdgeDetection)


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_every_option_has_a_flag_a_default_and_a_meaning(kind):
    for name, one in kind.options.items():
        assert one.flags, name
        assert one.help, name
        assert one.default is not REQUIRED or (kind, name) == (Pad, "padding")
        if one.words and one.default is not None:
            assert one.default in one.words


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_an_unknown_word_is_answered_with_the_nearest(kind):
    required = {"padding": 1} if kind is Pad else {}
    for name, one in kind.options.items():
        if one.words:
            with pytest.raises(ParameterError, match=f"{one.title} 'maxx' is unknown; ") as caught:
                kind(**{**required, name: "maxx"})
            assert caught.value.parameter == name


def test_shared_options_are_the_same_but_for_what_an_operation_changes():
    assert Convolution.options["dilation"] is Pooling.options["dilation"] is Sliding.options["dilation"]
    assert [kind.options["padding"].default for kind in (Convolution, Pooling, EdgeDetection)] == ["valid", 0, "same"]
    assert Convolution.options["padding"].flags == Padded.options["padding"].flags


def test_how_a_window_slides():
    assert Convolution(stride=(2, 1), padding="same").slide((3, 5)) == Slide((3, 5), (2, 1), "same")
    assert Pooling(kernel_size=(3, 2)).slide == Slide((3, 2), (3, 2))
    assert Pooling(stride=(1, 1), ceil_mode=True).slide == Slide((2, 2), (1, 1), ceil_mode=True)
    assert EdgeDetection().slide == Slide((3, 3), padding="same")
    # A Gaussian of sigma 1 is 7x7, and the gradient takes one more on each side.
    assert EdgeDetection(method="canny", padding="valid").slide == Slide((9, 9), padding="valid")


def test_what_pooling_refuses():
    assert Pooling(whole=True).output_size == (1, 1)
    assert Pooling(adaptive=(2, 3)).output_size == (2, 3)
    with pytest.raises(ParameterError, match="--global and --adaptive cannot be combined"):
        Pooling(whole=True, adaptive=(2, 3))
    with pytest.raises(ParameterError, match="count_include_pad is for kind 'avg', not 'max'"):
        Pooling(count_include_pad=True)


def test_what_a_border_refuses():
    assert Pad(padding="same", for_kernel=(5, 3)).windows((9, 9)).pads == ((2, 2), (1, 1))
    with pytest.raises(ParameterError, match="-p same depends on a kernel"):
        Pad(padding="same")
    with pytest.raises(ParameterError, match="--for-kernel is for -p same"):
        Pad(padding=3, for_kernel=(5, 3))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"low": 0.1}, "--low and --high belong to --method canny"),
        ({"sigma": 2}, "--sigma belongs to --method canny or log"),
        ({"method": "log", "direction": "vertical"}, "edge method 'log' has no direction 'vertical'"),
        ({"gain": 0}, "gain is 0; it must be a number above 0"),
        ({"threshold": -1}, "threshold is -1; it must be 0 or more"),
        ({"method": "canny", "threshold": 3}, "canny takes no threshold"),
        ({"method": "canny", "low": 0.5, "high": 0.2}, "low is 0.5 and high 0.2"),
        ({"method": "canny", "sigma": -1}, "SIGMA is -1; it must be from 0.01 to 166"),
    ],
)
def test_what_edges_refuse(options, message):
    with pytest.raises(ParameterError, match=message):
        EdgeDetection(**options)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_a_name_for_each_response(name):
    kernels, responses = kernels_of(name)
    if name != "canny":  # Its two gradients are taken of what one kernel has smoothed.
        assert len(kernels) == len(responses)
    if METHODS[name].directed:
        assert kernels_of(name, "vertical") == (kernels[:1], ("gx",))
        assert kernels_of(name, "horizontal") == (kernels[1:], ("gy",))


def test_none_is_no_word_where_there_is_a_default():
    with pytest.raises(ParameterError, match="activation None is unknown"):
        Convolution(activation=None)
    assert EdgeDetection(direction=None).responses == ("gx", "gy")


def test_a_border_for_no_kernel_is_refused():
    with pytest.raises(ParameterError, match="for stride is 0; it must be at least 1"):
        Pad(padding="same", for_kernel=(3, 3), for_stride=(0, 1))
    with pytest.raises(ParameterError, match="for kernel is 0; it must be at least 1"):
        Pad(padding="same", for_kernel=(0, 3))

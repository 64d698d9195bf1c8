"""Every channel by itself: the same as a convolution of as many groups."""

import numpy as np
import pytest

from cnnfilt.describe.windows import Slide
from cnnfilt.nn.conv2d import Conv2D
from cnnfilt.nn.depthwise import Depthwise
from tests.nn.gradients import check_gradients_of
from tests.nn.torch_twins import check_against_torch


@pytest.mark.parametrize("words", ["dw:k=3,p=1", "dw:k=3x2,m=3,s=2x1,p=1x0,d=1x2,bias=0"])
def test_gradients_against_central_differences(words: str) -> None:
    check_gradients_of(words)


def test_it_is_a_convolution_of_as_many_groups() -> None:
    rng = np.random.default_rng(0)
    x, kernel, slide = rng.normal(size=(2, 7, 6, 3)), rng.normal(size=(3, 3, 3, 2)), Slide((3, 3), (2, 1), 1)
    grouped = Conv2D(kernel.reshape(3, 3, 1, 6), slide=slide, groups=3)
    np.testing.assert_allclose(Depthwise(kernel, None, slide).forward(x), grouped.forward(x))


def test_values_and_gradients_are_those_of_torch() -> None:
    nn = pytest.importorskip("torch").nn
    check_against_torch("dw:k=3,p=1,m=2", nn.Conv2d(4, 8, 3, padding=1, groups=4), (6, 5, 4))
    check_against_torch("dw:k=3x2,s=2,bias=0", nn.Conv2d(4, 4, (3, 2), 2, groups=4, bias=False), (6, 5, 4))

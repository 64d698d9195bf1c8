"""Which technique the plan chooses, from what is asked for alone."""

import numpy as np
import pytest

from cnnfilt import kernel as named
from cnnfilt.core.engine.plan import plan
from tests.asking import as_job

RNG = np.random.default_rng(0)
IMAGE = np.broadcast_to(np.uint8(7), (4000, 6000))


@pytest.mark.parametrize(
    ("kernel", "options", "technique"),
    [
        (RNG.normal(size=(3, 3)), {}, "toeplitz"),
        (RNG.normal(size=(7, 7)), {"dilation": 2}, "toeplitz"),
        (RNG.normal(size=(3, 3)), {"stride": 2}, "taps"),
        (RNG.normal(size=(2, 2)), {}, "taps"),
        (RNG.normal(size=(9, 9)), {}, "fourier"),
        (np.eye(23) / 3, {}, "taps"),
        (np.eye(25) / 3, {}, "fourier"),
        (RNG.normal(size=(63, 63)), {"padding": "same"}, "fourier"),
        (named("gaussian:3"), {}, "separable"),
        (named("gaussian:3"), {"channels": "sum"}, "taps"),
        (named("gaussian:30"), {}, "fourier"),
        (named("box:15"), {}, "box"),
        (np.ones((4, 5), int), {}, "box"),
        (named("box:15"), {"padding": 1, "padding_value": 0.5}, "separable"),
        (named("prewitt-x"), {}, "integers"),
    ],
)
def test_technique(kernel, options, technique):
    assert plan(as_job(IMAGE, kernel, **options)).technique == technique


def test_a_small_image_does_not_wait_for_scipy():
    small = np.zeros((256, 256), np.uint8)
    assert plan(as_job(small, RNG.normal(size=(11, 11)))).technique == "toeplitz"
    assert plan(as_job(small, RNG.normal(size=(15, 15)))).technique == "taps"


def test_why_says_it_in_words():
    assert plan(as_job(IMAGE, named("gaussian:3"))).why == "19x19 float, rank 1, down and along: float32 sums"

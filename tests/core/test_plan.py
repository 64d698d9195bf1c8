"""Which technique the plan chooses, from what is asked for alone."""

import numpy as np
import pytest

from cnnfilt import convolve
from cnnfilt import kernel as named
from cnnfilt.cli.main import exit_code
from cnnfilt.core.engine import fourier, native, separable
from cnnfilt.core.engine import plan as planning
from cnnfilt.core.engine.box import Box
from cnnfilt.core.engine.correlate import Correlate
from cnnfilt.core.engine.direct import Direct
from cnnfilt.core.engine.fourier import Fourier
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.plan import TECHNIQUES, plan, sum_dtype
from cnnfilt.core.engine.run import PlannedConvolution
from cnnfilt.core.engine.separable import Separable
from cnnfilt.core.engine.taps import Taps
from cnnfilt.core.engine.technique import Technique
from cnnfilt.core.engine.toeplitz import Toeplitz
from cnnfilt.core.engine.weights import whole_or_float
from cnnfilt.describe.windows import windows
from tests import oracles
from tests.asking import as_job

RNG = np.random.default_rng(0)
IMAGE = np.broadcast_to(np.uint8(7), (4000, 6000))

DENSE = Correlate if native.loops else Toeplitz
FEW = Correlate if native.loops else Taps
"""What adds up the taps of one kernel for all channels, and a few of them."""

BY_ROW = "" if native.loops else ", a product for each row"

SEVERAL = "{} filters over all channels at once" if native.loops else "{} filters as one matrix product"


@pytest.mark.parametrize(
    ("kernel", "options", "technique"),
    [
        (RNG.normal(size=(3, 3)), {}, DENSE),
        (RNG.normal(size=(7, 7)), {"dilation": 2}, DENSE),
        (RNG.normal(size=(3, 3)), {"stride": 2}, DENSE),
        (RNG.normal(size=(2, 2)), {}, FEW),
        (RNG.normal(size=(15, 15)), {}, Fourier),
        (np.eye(23) / 3, {}, FEW),
        (np.eye(25) / 3, {}, Fourier),
        (RNG.normal(size=(63, 63)), {"padding": "same"}, Fourier),
        (named("gaussian:3"), {}, Separable),
        (named("gaussian:3"), {"channels": "sum"}, Direct if native.loops else Taps),
        (named("gaussian:30"), {}, Fourier),
        (named("box:15"), {}, Box),
        (np.ones((4, 5), int), {}, Box),
        (named("box:15"), {"padding": 1, "padding_value": 0.5}, Separable),
        (named("prewitt-x"), {}, Separable),
        (named("laplacian4"), {"stride": (2, 1)}, FEW),
        (named("laplacian4"), {"stride": (1, 2)}, FEW),
        (np.zeros((3, 3), int), {}, Taps),
    ],
)
def test_technique(kernel, options, technique):
    assert plan(as_job(IMAGE, kernel, **options)).technique is technique


def test_a_small_image_does_not_wait_for_scipy():
    small = np.zeros((256, 256), np.uint8)
    assert plan(as_job(small, RNG.normal(size=(11, 11)))).technique is DENSE
    assert plan(as_job(small, RNG.normal(size=(15, 15)))).technique is DENSE


@pytest.mark.parametrize(
    ("kernel", "why"),
    [
        (named("gaussian:3"), "19x19 float, rank 1, down and along: float32 sums"),
        (np.add.outer(range(1, 9), range(1, 9)) / 7, f"8x8 float, 64 taps{BY_ROW}: float32 sums"),
        (np.add.outer(range(1, 10), range(1, 10)) / 7, "9x9 float, rank 2, down and along: float32 sums"),
        (RNG.normal(size=(15, 15)), "15x15 float, by Fourier transforms of tiles: float32 sums"),
        (RNG.normal(size=(3, 3)), f"3x3 float, 9 taps{BY_ROW}: float32 sums"),
        ([[0.5]], "1x1 float, 1 tap: float32 sums"),
        (named("box:3"), "3x3 float, equal coefficients: whole sums, float32 results"),
        (np.ones((3, 3), int), "3x3 integer, equal coefficients: whole sums, int16 results"),
        (named("prewitt-x"), "3x3 integer, rank 1: int16 sums"),
        (named("laplacian4"), "3x3 integer, 5 taps: int16 sums"),
        (np.zeros((3, 3), int), "3x3 integer, 0 taps: int16 sums"),
        (RNG.normal(size=(3, 3, 1, 4)), f"3x3 float, {SEVERAL.format(4)}: float32 sums"),
    ],
)
def test_why_says_it_in_words(kernel, why):
    assert plan(as_job(IMAGE, kernel)).why == why


@pytest.mark.parametrize(
    ("shape", "each", "why"),
    [
        ((3, 3, 1, 48), True, "3x3 float, one for each of 48 channels: float32 sums"),
        ((3, 3, 48, 64), False, f"3x3 float, {SEVERAL.format(64)}: float32 sums"),
    ],
)
def test_why_says_it_of_networks_layers_too(shape, each, why):
    image = np.zeros((40, 40, 48), np.float32)
    job = Job(image, np.full(shape, 0.5), each, np.zeros(shape[3]), *windows((40, 40), (3, 3)))
    assert plan(job).why == why


class Middle(Technique):
    """For kernels whose only tap is a 1 in the middle: copies what that meets."""

    @staticmethod
    def suits(job, dtype):
        kernel = job.weights[:, :, 0, 0]
        middle = tuple(n // 2 for n in kernel.shape)
        is_copy = job.shares_filter and job.tap_count == 1 and kernel[middle] == 1
        return f"a copy of the middle: {dtype} values" if is_copy else None

    def __init__(self, job, dtype):
        self.middle = tuple(n // 2 for n in job.weights.shape[:2])

    def prepare(self, height):
        pass

    def write(self, strip, out):
        np.copyto(out, strip.windows[self.middle].reshape(out.shape))


def test_a_new_technique_is_a_class_and_a_line_in_the_list(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(planning, "TECHNIQUES", (Middle, *TECHNIQUES))
    image, kernel = np.arange(60, dtype=np.uint8).reshape(4, 5, 3), named("identity")
    job = as_job(image, kernel, padding=1)
    assert plan(job).technique is Middle
    assert PlannedConvolution(job).how == "3x3 integer, a copy of the middle: int16 values, 1 thread, one strip"
    np.testing.assert_array_equal(convolve(image, kernel, padding=1), image)
    assert plan(as_job(image, named("prewitt-x"))).technique is Separable
    (tmp_path / "two.csv").write_text("1,2\n")
    assert exit_code(["convolve", str(tmp_path / "two.csv"), "-k", "1", "-v"]) == 0
    assert "two.csv: 1x1 integer, a copy of the middle: int64 values, 1 thread, one strip" in capsys.readouterr().err


THRESHOLDS = (
    (fourier, "FOURIER_AREA"),
    (fourier, "FOURIER_WORK"),
    (separable, "SEPARABLE_AREA"),
    (separable, "SUM_AREA"),
)
"""What keeps a technique from small jobs although it could do them."""

KERNELS = {
    "any": lambda rng, size: rng.integers(-2, 3, size),
    "equal": lambda rng, size: np.ones(size, int) * rng.choice([1, 2, 4], size[2:]),
    "product": lambda rng, size: rng.integers(1, 4, (size[0], 1, *size[2:])) * rng.integers(-2, 3, (1, *size[1:])),
}


@pytest.mark.parametrize("dtype", ["u1", "i2", "f4"])
@pytest.mark.parametrize("over", [1, 3])
@pytest.mark.parametrize("stride", [1, (1, 2), (2, 1)])
@pytest.mark.parametrize("filters", [(1, 1), (1, 5), (5, 2), (5, 6)])
@pytest.mark.parametrize("size", [(3, 3), (7, 6)])
@pytest.mark.parametrize("kind", KERNELS)
def test_whatever_says_that_it_suits_a_job_computes_it(kind, size, filters, stride, over, dtype, monkeypatch):
    # So that the order of the list is a matter of speed alone.
    for module, threshold in THRESHOLDS:
        monkeypatch.setattr(module, threshold, 1)
    rng = np.random.default_rng(1)
    image = rng.integers(-255 if dtype == "i2" else 0, 256, (10, 11, 5)).astype(dtype)
    weights, each = KERNELS[kind](rng, (*size, *filters)), filters[0] == 1
    rows, columns = windows(image.shape[:2], size, stride=stride)
    job = Job(image, whole_or_float(weights / over), each, rng.integers(-3, 4, filters[1]), rows, columns)
    expected = plain(image, weights, each, stride=(rows.stride, columns.stride)) / over + job.bias
    sums = sum_dtype(job)
    bound = 0 if sums.kind == "i" else 1e-5 * (np.abs(weights).sum() * 255 + 3)
    suited = [technique for technique in TECHNIQUES if technique.suits(job, sums)]
    assert suited
    for technique in suited:
        monkeypatch.setattr(planning, "TECHNIQUES", (technique,))
        convolution = PlannedConvolution(job)
        out = np.empty(convolution.shape, sums)
        convolution.write(out)
        assert np.abs(out - expected).max() <= bound, technique


def plain(image, weights, each, *, stride):
    """Return the responses (H', W', maps) by loops: of filters over all channels, or one or more for `each`."""
    if not each:
        return oracles.correlate_channels(image, weights, stride=stride).astype(float)
    filters = np.broadcast_to(weights[:, :, 0], (*weights.shape[:2], image.shape[2]))
    channels = [oracles.correlate(image[:, :, c], filters[:, :, c], stride=stride) for c in range(image.shape[2])]
    return np.moveaxis(np.array(channels, float), 0, 2)

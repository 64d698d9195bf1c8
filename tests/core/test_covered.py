"""Transparency through windows: coverage filtered with the colours."""

from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest

from cnnfilt.core.covered import bands, opaque_padding, premultiplied, unpremultiplied
from cnnfilt.core.engine import strips
from cnnfilt.core.engine.threads import limit_threads
from cnnfilt.describe.operations import Convolution, Morphology, Pooling
from cnnfilt.describe.parts import Box
from cnnfilt.errors import ParameterError
from cnnfilt.files.image import Image
from cnnfilt.operations.base import Treatment, Values
from cnnfilt.operations.convolve import ConvolveImage, LabelledKernel
from cnnfilt.operations.morph import MorphImage
from cnnfilt.operations.pool import PoolImage
from cnnfilt.terms import MorphOperation, Padding, PaddingMode, Pair, PoolKind

FILTERED = Treatment(values=Values("raw"), alpha="filter")
BOX = np.full((3, 3), 1 / 9)
BLUR = np.array([[1, 3, 1], [0, 5, 2], [1, 2, 1]]) / 16
VERTICAL = np.array([[1, 0, -1]] * 3)
SHARPEN = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])


def drawn(seed: int, *, dtype: str = "uint8", gray: bool = False) -> Image:
    rng = np.random.default_rng(seed)
    top = np.iinfo(dtype).max
    pixels = rng.integers(0, top + 1, (6, 7) if gray else (6, 7, 3)).astype(dtype)
    return Image(pixels, rng.choice([0, top // 3, top], (6, 7)).astype(dtype))


def convolved(image: Image, kernel: npt.ArrayLike, asked: Convolution) -> tuple[np.ndarray, np.ndarray]:
    kernels = (LabelledKernel(label="", kernel=np.asarray(kernel)),)
    (result,) = ConvolveImage(asked=asked, kernels=kernels, treatment=FILTERED)(image, "npy")
    assert result.alpha is not None
    return result.pixels, result.alpha


def by_loops(image: Image, kernel: np.ndarray, padding: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Colours and alpha, of an image that lies in opaque `padding`, or in nothing."""
    assert image.alpha is not None
    top = np.iinfo(image.pixels.dtype).max
    colours = image.pixels.reshape(*image.alpha.shape, -1)
    height, width, channels = colours.shape
    out, coverage = np.zeros((height, width, channels)), np.zeros((height, width))
    for y, x in product(range(height), range(width)):
        covered, sums = 0.0, np.zeros(channels)
        for i, j in product(range(3), range(3)):
            row, column = y + i - 1, x + j - 1
            if 0 <= row < height and 0 <= column < width:
                level, colour = float(image.alpha[row, column]), colours[row, column].astype(float)
            else:
                level, colour = float(top * (padding is not None)), np.full(channels, float(padding or 0))
            covered += kernel[i, j] * level
            sums += kernel[i, j] * level * colour
        coverage[y, x] = np.rint(min(max(covered, 0), top))
        out[y, x] = sums / min(covered, top) if coverage[y, x] > 0 else 0
    return out.reshape(image.pixels.shape), coverage


@pytest.mark.parametrize("padding", [None, 100, 255])
@pytest.mark.parametrize("kernel", [BOX, BLUR, SHARPEN, VERTICAL], ids=["box", "blur", "sharpen", "vertical"])
@pytest.mark.parametrize(("dtype", "gray"), [("uint8", False), ("uint8", True), ("uint16", True)])
def test_colours_are_weighed_by_what_covers_them(
    dtype: str, gray: bool, kernel: np.ndarray, padding: int | None
) -> None:
    for seed in range(4):
        image = drawn(seed, dtype=dtype, gray=gray)
        asked = Convolution(padding="same", padding_value=padding or 0)
        pixels, alpha = convolved(image, kernel, asked)
        colours, coverage = by_loops(image, kernel, padding)
        np.testing.assert_array_equal(alpha, coverage)
        np.testing.assert_allclose(pixels, colours, rtol=1e-4, atol=1e-2)


def test_the_padding_is_an_opaque_colour() -> None:
    asked = Convolution(padding="same", padding_value=100)
    pixels, alpha = convolved(Image(np.zeros((3, 3, 3), np.uint8), np.zeros((3, 3), np.uint8)), BOX, asked)
    # At the corner five places of nine are padding, and nothing else covers.
    assert alpha[0, 0] == round(255 * 5 / 9)
    np.testing.assert_allclose(pixels[0, 0], 100, rtol=1e-5)
    assert opaque_padding(100, 3, np.dtype(np.uint8)) == (100, 100, 100, 255)
    assert opaque_padding((1, 0, 2), 3, np.dtype(np.uint16)) == (1, 0, 2, 65535)
    assert opaque_padding(0, 3, np.dtype(np.uint8)) == 0


@pytest.mark.parametrize("level", [85, 99, 200, 255])
def test_under_no_alpha_the_colour_is_0(level: int) -> None:
    kernel = np.array([[0.1, 0.2, -0.3], [0.7, -0.7, 0.0], [0.3, -0.1, -0.2]])
    image = Image(drawn(3).pixels, np.full((6, 7), level, np.uint8))
    pixels, alpha = convolved(image, kernel, Convolution())
    assert not alpha.any()
    assert not pixels.any()
    assert not unpremultiplied(np.full((1, 1, 4), 0.4, np.float32), np.dtype(np.uint8))[0].any()


def test_a_scale_is_for_colours_alone() -> None:
    image = drawn(5)
    pixels, alpha = convolved(image, BLUR, Convolution(padding="same"))
    scaled, scaled_alpha = convolved(image, BLUR, Convolution(padding="same", input_scale=1 / 255))
    np.testing.assert_array_equal(scaled_alpha, alpha)
    np.testing.assert_allclose(scaled, pixels / 255, rtol=1e-5)


def test_pooled_colours_are_weighed_too_and_padding_covers_nothing() -> None:
    pixels = np.array([[200, 10], [100, 30]], np.uint8)
    image = Image(pixels, np.array([[255, 0], [255, 0]], np.uint8))
    asked = Pooling(kind="avg")
    (result,) = PoolImage(asked=asked, treatment=FILTERED)(image, "npy")
    assert result.alpha is not None
    assert (result.pixels.tolist(), result.alpha.tolist()) == ([[150.0]], [[128]])


def test_premultiplied_colours_come_back() -> None:
    image = drawn(7)
    assert image.alpha is not None
    colours, alpha = unpremultiplied(premultiplied(image.pixels, image.alpha), image.alpha.dtype)
    np.testing.assert_array_equal(alpha, image.alpha)
    np.testing.assert_allclose(colours, np.where(image.alpha[..., None] > 0, image.pixels, 0), rtol=1e-6)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "symmetric", "replicate", "circular"])
@pytest.mark.parametrize(("stride", "size"), [((1, 1), 3), ((2, 3), 3), ((3, 1), 5)])
def test_bands_change_nothing(monkeypatch: pytest.MonkeyPatch, mode: PaddingMode, stride: Pair, size: int) -> None:
    rng = np.random.default_rng(size)
    image = Image(rng.integers(0, 256, (61, 40, 3), np.uint8), rng.choice([0, 90, 255], (61, 40)).astype(np.uint8))
    kernel = rng.integers(-3, 9, (size, size)) / 8
    value = 70 if mode == "zeros" else 0
    asked = Convolution(stride=stride, padding="same", padding_mode=mode, padding_value=value)
    whole = convolved(image, kernel, asked)
    monkeypatch.setattr(strips, "SCRATCH_BYTES", 500)
    assert len(bands(asked.slide((size, size)).over((61, 40)), 3)) > 2
    for one, other in zip(whole, convolved(image, kernel, asked), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-4)


@pytest.mark.parametrize("padding", [((30, 0), (0, 0)), ((0, 30), (5, 9)), ((90, 90), (0, 30)), ((4, 0), (0, 0))])
@pytest.mark.parametrize(("size", "stride", "dilation"), [((4, 3), (3, 1), (1, 1)), ((2, 2), (7, 2), (3, 1))])
def test_bands_that_lie_in_the_padding(
    monkeypatch: pytest.MonkeyPatch, padding: Padding, size: Pair, stride: Pair, dilation: Pair
) -> None:
    rng = np.random.default_rng(8)
    kernel = rng.integers(-3, 9, size) / 8
    for height, value in ((2, 0), (40, 90)):
        image = Image(rng.integers(0, 256, (height, 9), np.uint8), np.full((height, 9), 200, np.uint8))
        asked = Convolution(stride=stride, padding=padding, dilation=dilation, padding_value=value)
        whole = convolved(image, kernel, asked)
        with monkeypatch.context() as patch:
            patch.setattr(strips, "SCRATCH_BYTES", 300)
            for one, other in zip(whole, convolved(image, kernel, asked), strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-4)


def test_padding_is_held_against_the_window_before_it_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "SCRATCH_BYTES", 300)
    image = Image(np.zeros((30, 30, 3), np.uint8), np.full((30, 30), 9, np.uint8))
    asked = Pooling(kernel_size=(3, 3), stride=(7, 7), padding=((0, 2), (0, 2)))
    with pytest.raises(ParameterError, match="padding"):
        PoolImage(asked=asked, treatment=FILTERED)(image, "npy")


@pytest.mark.parametrize("kind", ["max", "min", "avg", "median"])
@pytest.mark.parametrize("include_pad", [False, True])
@pytest.mark.parametrize("stride", [(1, 1), (2, 2), (5, 3)])
def test_bands_change_nothing_that_is_pooled(
    monkeypatch: pytest.MonkeyPatch, kind: PoolKind, include_pad: bool, stride: Pair
) -> None:
    if include_pad and kind != "avg":
        return
    rng = np.random.default_rng(3)
    image = Image(rng.integers(0, 256, (64, 33), np.uint8), rng.choice([0, 90, 255], (64, 33)).astype(np.uint8))
    found = []
    for scratch in (strips.SCRATCH_BYTES, 300):
        monkeypatch.setattr(strips, "SCRATCH_BYTES", scratch)
        for ceil_mode in (False, True):
            asked = Pooling(
                kernel_size=(4, 4),
                stride=stride,
                padding=2,
                kind=kind,
                ceil_mode=ceil_mode,
                count_include_pad=include_pad,
            )
            (result,) = PoolImage(asked=asked, treatment=FILTERED)(image, "npy")
            found.append((result.pixels, result.alpha))
    for one, other in zip(found[:2], found[2:], strict=True):
        np.testing.assert_array_equal(one[1], other[1])
        np.testing.assert_allclose(one[0], other[0], rtol=1e-6)


@pytest.mark.parametrize("operation", ["erode", "dilate", "open", "close"])
def test_bands_change_nothing_of_shapes(monkeypatch: pytest.MonkeyPatch, operation: MorphOperation) -> None:
    rng = np.random.default_rng(4)
    image = Image(rng.integers(0, 256, (64, 33, 3), np.uint8), rng.choice([0, 90, 255], (64, 33)).astype(np.uint8))
    morph = MorphImage(asked=Morphology(operation=operation, kernel_size=(4, 3)), treatment=FILTERED)
    (whole,) = morph(image, "npy")
    (part,) = morph.part(image, Box(20, 3, 30, 20), "npy")
    monkeypatch.setattr(strips, "SCRATCH_BYTES", 300)
    (banded,) = morph(image, "npy")
    for one, other in ((whole.pixels, banded.pixels), (whole.alpha, banded.alpha)):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(whole.pixels[20:50, 3:23], part.pixels)


@pytest.mark.parametrize("values", ["clip", "minmax", "symmetric"])
def test_levels_and_losses_are_those_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, values: Literal["clip", "minmax", "symmetric"]
) -> None:
    rng = np.random.default_rng(5)
    image = Image(rng.integers(0, 256, (64, 33, 3), np.uint8), rng.choice([0, 90, 255], (64, 33)).astype(np.uint8))
    asked, kernels = Convolution(padding="same"), (LabelledKernel(label="", kernel=SHARPEN),)
    found = []
    for scratch in (strips.SCRATCH_BYTES, 300):
        monkeypatch.setattr(strips, "SCRATCH_BYTES", scratch)
        for threads in (1, 3):
            limit_threads(threads)
            operation = ConvolveImage(asked=asked, kernels=kernels, treatment=Treatment(Values(values), alpha="filter"))
            (result,) = operation(image, "png")
            found.append((result.pixels.tolist(), result.loss))
    limit_threads(0)
    assert all(one == found[0] for one in found)

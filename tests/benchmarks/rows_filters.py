"""Filters: convolve and edges on a photograph, against the same filter of other libraries.

We see the border as OpenCV does by default, reflect, so that all results have the size of the image.
"""

from typing import Any, Literal

import numpy as np

import cnnfilt
from cnnfilt.core.convolution import convolve, convolve_to_levels
from cnnfilt.core.edges import edges_to_levels
from cnnfilt.core.levels import Levels
from cnnfilt.describe.edge_detection import EdgeDetection
from cnnfilt.describe.operations import Convolution
from tests.benchmarks.images import Array, Images
from tests.benchmarks.measure import seconds_in_a_row
from tests.benchmarks.rows import Call, Limit, Make, Row, Section

Picture = Literal["gray", "rgb"]

PREWITT = np.array([[1, 0, -1]] * 3)
LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
SAME = Convolution(padding="same", padding_mode="reflect")
CLIP = Levels("clip", np.uint8)


def random_kernel(size: int) -> Array:
    """Return a float kernel (size, size) that no factorisation helps with."""
    return np.random.default_rng(size).normal(size=(size, size)).astype(np.float32)


def levels(kernel: Any, picture: Picture) -> Make:
    """Return our filter from levels to levels, the report of what was lost included."""

    def make(images: Images) -> Call:
        pixels, coefficients = getattr(images, picture), np.array(kernel)
        return lambda: convolve_to_levels(pixels, coefficients, SAME, CLIP)

    return make


def responses(kernel: Array, *, stride: int = 1) -> Make:
    """Return our filter of the gray picture from levels to what it responds."""

    def make(images: Images) -> Call:
        pixels, padding = images.gray, len(kernel) // 2
        return lambda: convolve(pixels, kernel, stride=stride, padding=padding, padding_mode="reflect")

    return make


def edge_levels(images: Images) -> Call:
    """Return our edges of the gray picture."""
    pixels = images.gray
    return lambda: edges_to_levels(pixels, EdgeDetection(), CLIP)


def cv2_filter(kernel: Array, depth: str, picture: Picture = "gray", *, step: int = 1) -> Make:
    """Return OpenCV's filter2D; `depth` is that of its result (CV_8U clips)."""

    def make(images: Images) -> Call:
        import cv2

        pixels, coefficients, code = getattr(images, picture), kernel.astype(np.float32), getattr(cv2, depth)
        return lambda: cv2.filter2D(pixels, code, coefficients)[::step, ::step]

    return make


def cv2_edges(images: Images) -> Call:
    """Return what OpenCV's users write for the magnitude of the gradient."""
    import cv2

    pixels, kernel = images.gray, PREWITT.astype(np.float32)

    def run() -> object:
        gx, gy = cv2.filter2D(pixels, cv2.CV_32F, kernel), cv2.filter2D(pixels, cv2.CV_32F, kernel.T)
        return cv2.convertScaleAbs(cv2.magnitude(gx, gy))

    return run


def cv2_call(function: str, *arguments: Any, picture: Picture) -> Make:
    """Return a function of OpenCV's, by name, on a picture."""

    def make(images: Images) -> Call:
        import cv2

        pixels = getattr(images, picture)
        return lambda: getattr(cv2, function)(pixels, *arguments)

    return make


def scipy_correlate(kernel: Array, dtype: str, picture: Picture = "gray") -> Make:
    """Return scipy.ndimage's correlation (uint8: clipped); from 15x15 on scipy.signal's overlap-add, faster there."""

    def make(images: Images) -> Call:
        from scipy import ndimage, signal

        pixels = getattr(images, picture)
        if len(kernel) >= 15:
            return lambda: signal.oaconvolve(pixels.astype(np.float32), kernel[::-1, ::-1], "same")
        weights = kernel if pixels.ndim == 2 else kernel[..., None]
        if dtype == "uint8":
            return lambda: ndimage.correlate(pixels, weights, np.int16, mode="mirror").clip(0, 255).astype(np.uint8)
        return lambda: ndimage.correlate(pixels, weights, np.dtype(dtype), mode="mirror")

    return make


def scipy_call(function: str, *arguments: Any, picture: Picture, **options: Any) -> Make:
    """Return a filter of scipy.ndimage's, by name, on each channel of a picture."""

    def make(images: Images) -> Call:
        from scipy import ndimage

        pixels = getattr(images, picture)
        return lambda: getattr(ndimage, function)(pixels, *arguments, axes=(0, 1), **options)

    return make


def skimage_call(function: str, *arguments: Any, picture: Picture, **options: Any) -> Make:
    """Return a filter of scikit-image's, by name; its results are floats."""

    def make(images: Images) -> Call:
        from skimage import filters

        pixels = getattr(images, picture)
        return lambda: getattr(filters, function)(pixels, *arguments, **options)

    return make


def pillow_filter(name: str, *arguments: Any, picture: Picture) -> Make:
    """Return a filter of Pillow's ImageFilter, by name. (Its GaussianBlur is a series of boxes.)"""

    def make(images: Images) -> Call:
        from PIL import Image, ImageFilter

        image, chosen = Image.fromarray(getattr(images, picture)), getattr(ImageFilter, name)(*arguments)
        return lambda: image.filter(chosen)

    return make


def torch_filter(kernel: Array) -> Make:
    """Return torch's convolution of the gray picture, made float on the way."""

    def make(images: Images) -> Call:
        import torch

        levels = torch.from_numpy(images.gray)[None, None]
        weights = torch.from_numpy(kernel.astype(np.float32))[None, None]
        return lambda: torch.nn.functional.conv2d(levels.float(), weights, padding="same")

    return make


def prewitt_row(picture: Picture, must: float) -> Row:
    """Return Prewitt from levels to levels."""
    peers = {
        "cv2": cv2_filter(PREWITT, "CV_8U", picture),
        "scipy": scipy_correlate(PREWITT, "uint8", picture),
        "Pillow": pillow_filter("Kernel", (3, 3), PREWITT.ravel().tolist(), 1, picture=picture),
    }
    limit = Limit("copy", 2 if picture == "gray" else 6)
    return Row(f"Prewitt u8->u8 clip, {picture}", levels(PREWITT, picture), peers, limit, {"cv2": must}, {"cv2": 0.3})


def dense_row(picture: Picture, must: float) -> Row:
    """Return a whole-number kernel of 5x5 that no factorisation helps with, from levels to levels.

    OpenCV computes it in floats, or in fixed point.
    """
    kernel = np.random.default_rng(5).integers(-3, 4, (5, 5))
    peers = {"cv2": cv2_filter(kernel, "CV_8U", picture), "scipy": scipy_correlate(kernel, "uint8", picture)}
    limit = Limit("copy", 2 if picture == "gray" else 6)
    return Row(
        f"dense integer 5x5 u8->u8 clip, {picture}",
        levels(kernel, picture),
        peers,
        limit,
        {"cv2": must},
        {"cv2": 0.3},
    )


def float_row(size: int, must: float, aim: float) -> Row:
    """Return a random float kernel of that size on gray levels.

    Up to 7x7 the least is a sum of all products; a larger one is better done otherwise, and only reading and
    writing are sure to be needed. (Torch sums all products at any size, which takes it minutes.)
    """
    kernel = random_kernel(size)
    peers = {"cv2": cv2_filter(kernel, "CV_32F"), "scipy": scipy_correlate(kernel, "float32")}
    if size <= 7:
        peers["torch"] = torch_filter(kernel)
    limit = Limit("sgemm", 2 * size * size) if size <= 7 else Limit("copy", 5)
    return Row(
        f"random float {size}x{size} u8->f32, gray", responses(kernel), peers, limit, {"cv2": must}, {"cv2": aim}
    )


def gaussian_row(picture: Picture, must: float) -> Row:
    """Return the Gaussian of sigma 3 (19x19), two passes of which are the least there is to do."""
    channels = 1 if picture == "gray" else 3
    peers = {
        "cv2": cv2_call("GaussianBlur", (0, 0), 3, picture=picture),
        "scikit-image": skimage_call(
            "gaussian", 3, picture=picture, truncate=3, channel_axis=-1 if channels > 1 else None
        ),
        "scipy": scipy_call("gaussian_filter", 3, picture=picture, truncate=3),
        "Pillow": pillow_filter("GaussianBlur", 3, picture=picture),
    }
    ours, limit = levels(cnnfilt.kernel("gaussian:3"), picture), Limit("sgemm", 4 * 19 * channels)
    return Row(f"Gaussian sigma 3 u8->u8, {picture}", ours, peers, limit, {"cv2": must}, {"cv2": 0.7})


def box_row(picture: Picture, must: float) -> Row:
    """Return the mean of 15x15, for which running sums need four additions in 16 bits."""
    peers = {
        "cv2": cv2_call("blur", (15, 15), picture=picture),
        "scipy": scipy_call("uniform_filter", 15, picture=picture),
        "Pillow": pillow_filter("BoxBlur", 7, picture=picture),
    }
    ours, limit = levels(cnnfilt.kernel("box:15"), picture), Limit("add", 8 if picture == "gray" else 24)
    return Row(f"box 15 u8->u8, {picture}", ours, peers, limit, {"cv2": must}, {"cv2": 0.45})


ROWS = (
    prewitt_row("gray", 0.45),
    prewitt_row("rgb", 0.55),
    Row(
        "Prewitt u8->i16, gray",
        responses(PREWITT),
        {"cv2": cv2_filter(PREWITT, "CV_16S"), "scipy": scipy_correlate(PREWITT, "int16")},
        Limit("copy", 3),
        {"cv2": 0.4},
        {"cv2": 0.3},
    ),
    Row(
        "Prewitt stride 2 u8->i16, gray",
        responses(PREWITT, stride=2),
        {"cv2": cv2_filter(PREWITT, "CV_16S", step=2)},
        Limit("copy", 1.5),
        {"cv2": 0.2},
        {"cv2": 0.12},
    ),
    Row(
        "Laplacian u8->i16, gray",
        responses(LAPLACIAN),
        {"cv2": cv2_filter(LAPLACIAN, "CV_16S"), "scipy": scipy_correlate(LAPLACIAN, "int16")},
        Limit("copy", 3),
        {"cv2": 0.45},
        {"cv2": 0.3},
    ),
    Row(
        "Prewitt magnitude u8->u8, gray (edges)",
        edge_levels,
        {"cv2": cv2_edges, "scikit-image": skimage_call("prewitt", picture="gray")},
        Limit("copy", 2),
        {"cv2": 0.2},
        {"cv2": 0.1},
    ),
    dense_row("gray", 0.5),
    dense_row("rgb", 0.55),
    float_row(3, 0.65, 0.4),
    float_row(7, 0.5, 0.3),
    float_row(15, 0.45, 0.22),
    float_row(31, 0.6, 0.22),
    float_row(63, 0.6, 0.22),
    gaussian_row("gray", 1.1),
    gaussian_row("rgb", 1.1),
    box_row("gray", 0.75),
    box_row("rgb", 0.65),
)

SECTION = Section("Filters", ROWS, seconds_in_a_row, "ms", 1e-3)

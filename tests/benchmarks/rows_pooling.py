"""Pooling of a photograph in 8 bits."""

from typing import Any

import numpy as np

from cnnfilt.core.levels import Levels
from cnnfilt.core.morphology import morph
from cnnfilt.core.pooling import pool, pool_to_levels
from cnnfilt.describe.named_kernels import disk_rows
from cnnfilt.describe.operations import Pooling
from cnnfilt.terms import Padding
from tests.benchmarks.images import Array, Images
from tests.benchmarks.measure import seconds_in_a_row
from tests.benchmarks.rows import Call, Limit, Make, Row, Section
from tests.benchmarks.rows_filters import Picture, pillow_filter, scipy_call


def largest(size: int, stride: int, picture: Picture) -> Make:
    """Return our max pooling; at stride 1 the result has the size of the image, as the peers' has."""

    def make(images: Images) -> Call:
        pixels = getattr(images, picture)
        padding: Padding = "same" if stride == 1 else 0
        return lambda: pool(pixels, size, kind="max", stride=stride, padding=padding)

    return make


def average(size: int) -> Make:
    """Return our average pooling of the gray picture, as levels."""
    asked, clip = Pooling(kernel_size=(size, size), kind="avg"), Levels("clip", np.uint8)

    def make(images: Images) -> Call:
        pixels = images.gray
        return lambda: pool_to_levels(pixels, asked, clip)

    return make


def cv2_dilate(size: int, stride: int, picture: Picture) -> Make:
    """Return OpenCV's maximum at each pixel (at a stride: of the window that begins there), every `stride`-th of it."""

    def make(images: Images) -> Call:
        import cv2

        pixels, window = getattr(images, picture), np.ones((size, size), np.uint8)
        if stride == 1:
            return lambda: cv2.dilate(pixels, window)
        kept = tuple(slice(0, length - size + 1, stride) for length in pixels.shape[:2])
        return lambda: cv2.dilate(pixels, window, anchor=(0, 0))[kept]

    return make


def cv2_shrink(size: int) -> Make:
    """Return OpenCV's average of each window, as levels."""

    def make(images: Images) -> Call:
        import cv2

        pixels, factor = images.gray, 1 / size
        return lambda: cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)

    return make


def torch_pool(function: str, size: int, stride: int, picture: Picture = "gray") -> Make:
    """Return torch's pooling, channels first (it refuses large uint8 images in the other layout).

    It has avg_pool2d for floats only: that gets an image which is float already.
    """

    def make(images: Images) -> Call:
        import torch

        planes = np.atleast_3d(getattr(images, picture)).transpose(2, 0, 1)
        levels = torch.from_numpy(np.ascontiguousarray(planes))[None]
        levels = levels.float() if function == "avg_pool2d" else levels
        padding, run = size // 2 if stride == 1 else 0, getattr(torch.nn.functional, function)
        return lambda: run(levels, size, stride, padding)

    return make


def skimage_reduce(size: int, function: Any) -> Make:
    """Return scikit-image's reduction of the gray picture's blocks."""

    def make(images: Images) -> Call:
        from skimage.measure import block_reduce

        pixels = images.gray
        return lambda: block_reduce(pixels, (size, size), function)

    return make


def pillow_reduce(size: int) -> Make:
    """Return Pillow's average of each block, as levels."""

    def make(images: Images) -> Call:
        from PIL import Image

        image = Image.fromarray(images.gray)
        return lambda: image.reduce(size)

    return make


def max_row(
    size: int, stride: int, picture: Picture, must: dict[str, float], aim: float, extra: dict[str, Make]
) -> Row:
    """Return max pooling; the least is to read all and write what is kept.

    Torch and Pillow look at each value of each window, so they are asked for small windows only.
    """
    peers = {"cv2": cv2_dilate(size, stride, picture), **extra}
    if size <= 3:
        peers["torch"] = torch_pool("max_pool2d", size, stride, picture)
    limit = Limit("copy", (1 if picture == "gray" else 3) * (1 + 1 / stride**2))
    name = f"max pool {size}x{size}/{stride} u8, {picture}"
    return Row(name, largest(size, stride, picture), peers, limit, must, {"cv2": aim})


def everywhere(size: int, picture: Picture) -> dict[str, Make]:
    """Return the other peers that have a maximum at each pixel."""
    peers = {"scipy": scipy_call("maximum_filter", size, picture=picture)}
    return peers if size > 3 else {**peers, "Pillow": pillow_filter("MaxFilter", size, picture=picture)}


def median(size: int) -> Make:
    """Return our medians of the gray picture."""

    def make(images: Images) -> Call:
        pixels = images.gray
        return lambda: pool(pixels, size, kind="median", stride=1, padding="same")

    return make


def cv2_median(size: int) -> Make:
    """Return OpenCV's medians of the gray picture, whose border it repeats."""

    def make(images: Images) -> Call:
        import cv2

        pixels = images.gray
        return lambda: cv2.medianBlur(pixels, size)

    return make


def eroded(size: int | None, window: str | None = None) -> Make:
    """Return our erosion of the gray picture."""

    def make(images: Images) -> Call:
        pixels = images.gray
        return lambda: morph(pixels, "erode", size, window=window)

    return make


def cv2_erode(taps: Array) -> Make:
    """Return OpenCV's erosion of the gray picture by this element."""

    def make(images: Images) -> Call:
        import cv2

        pixels = images.gray
        return lambda: cv2.erode(pixels, taps)

    return make


def median_row(size: int, must: float, aim: float) -> Row:
    """Return medians of windows of this size."""
    peers = {"cv2": cv2_median(size)}
    if size <= 5:
        peers |= {
            "scipy": scipy_call("median_filter", size, picture="gray"),
            "Pillow": pillow_filter("MedianFilter", size, picture="gray"),
        }
    name = f"median {size}x{size} u8, gray"
    return Row(name, median(size), peers, Limit("copy", 2), {"cv2": must}, {"cv2": aim})


SQUARE, DISK = np.ones((15, 15), np.uint8), np.array(disk_rows(7), np.uint8)

ROWS = (
    max_row(2, 2, "gray", {"cv2": 0.3, "torch": 0.06}, 0.2, {"scikit-image": skimage_reduce(2, np.max)}),
    max_row(2, 2, "rgb", {"cv2": 0.5, "torch": 0.06}, 0.3, {}),
    max_row(3, 1, "gray", {"cv2": 0.75}, 0.5, everywhere(3, "gray")),
    max_row(3, 1, "rgb", {"cv2": 0.95}, 0.8, everywhere(3, "rgb")),
    max_row(3, 2, "gray", {"cv2": 0.4, "torch": 0.06}, 0.25, {}),
    max_row(15, 1, "gray", {"cv2": 0.8}, 0.5, everywhere(15, "gray")),
    median_row(3, 1.5, 1.0),
    median_row(5, 1.5, 1.0),
    median_row(31, 2.0, 1.0),
    Row("erosion 15x15 u8, gray", eroded(15), {"cv2": cv2_erode(SQUARE)}, Limit("copy", 2), {"cv2": 0.8}, {"cv2": 0.5}),
    Row(
        "erosion by a disk of radius 7 u8, gray",
        eroded(None, "disk:7"),
        {"cv2": cv2_erode(DISK)},
        Limit("copy", 2),
        {"cv2": 1.0},
        {"cv2": 0.7},
    ),
    Row(
        "average pool 2x2/2 u8->u8, gray",
        average(2),
        {
            "cv2": cv2_shrink(2),
            "torch": torch_pool("avg_pool2d", 2, 2),
            "scikit-image": skimage_reduce(2, np.mean),
            "Pillow": pillow_reduce(2),
        },
        Limit("copy", 1.25),
        {"cv2": 1.4, "torch": 0.4},
        {"cv2": 1.0},
    ),
    Row(
        "average pool 4x4/4 u8->u8, gray",
        average(4),
        {
            "cv2": cv2_shrink(4),
            "torch": torch_pool("avg_pool2d", 4, 4),
            "scikit-image": skimage_reduce(4, np.mean),
            "Pillow": pillow_reduce(4),
        },
        Limit("copy", 1.0625),
        {"cv2": 1.1, "Pillow": 1.1},
        {"cv2": 0.8},
    ),
)

SECTION = Section("Pooling", ROWS, seconds_in_a_row, "ms", 1e-3)

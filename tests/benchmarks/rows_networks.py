"""Convolutions as networks have them, float32, against torch in both of its layouts."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cnnfilt.core.convolution import conv2d
from tests.benchmarks.images import Array, Images
from tests.benchmarks.measure import seconds_in_a_row
from tests.benchmarks.rows import Call, Limit, Make, Row, Section

Input = Callable[[Images], Array]
"""Returns a batch of one, (1, H, W, C) float32."""


def photo(images: Images) -> Array:
    """Return the colour picture as a batch."""
    return images.rgb[None].astype(np.float32)


def maps(size: int, channels: int) -> Input:
    """Return random maps of size x size."""
    return lambda images: np.random.default_rng(size).normal(size=(1, size, size, channels)).astype(np.float32)


def weights(inputs: int, outputs: int) -> Array:
    """Return random 3x3 weights."""
    return np.random.default_rng(outputs).normal(size=(3, 3, inputs, outputs)).astype(np.float32)


def ours(batch: Input, weight: Array, **options: Any) -> Make:
    """Return our convolution of what `batch` gives."""

    def make(images: Images) -> Call:
        x = batch(images)
        return lambda: conv2d(x, weight, **options)

    return make


def torch_conv(batch: Input, weight: Array, *, channels_last: bool, **options: Any) -> Make:
    """Return torch's convolution of the same; turning to its layout does not count."""

    def make(images: Images) -> Call:
        import torch

        layout = torch.channels_last if channels_last else torch.contiguous_format
        x = torch.from_numpy(batch(images)).permute(0, 3, 1, 2).contiguous(memory_format=layout)
        w = torch.from_numpy(weight).permute(3, 2, 0, 1).contiguous(memory_format=layout)

        def run() -> object:
            with torch.inference_mode():
                return torch.nn.functional.conv2d(x, w, **options)

        return run

    return make


def row(name: str, batch: Input, weight: Array, must: float, aim: float, *, limit: Limit, **options: Any) -> Row:
    """Return one convolution with a padding that keeps the size (divided by the stride)."""
    options["padding"] = options.get("dilation", 1)
    peers = {
        "torch": torch_conv(batch, weight, channels_last=True, **options),
        "torch, channels first": torch_conv(batch, weight, channels_last=False, **options),
    }
    return Row(name, ours(batch, weight, **options), peers, limit, {"torch": must}, {"torch": aim})


def depthwise_row(name: str, must: float, aim: float, **options: Any) -> Row:
    """Return a random 3x3 kernel for each channel of a photograph: 9 products and 8 sums of 4 bytes for a value."""
    outputs = 3 / options.get("stride", 1) ** 2
    limit = Limit("add", 17 * 4 * outputs)
    return row(
        f"depthwise RGB random 3x3 f32, {name}", photo, weights(1, 3), must, aim, limit=limit, groups=3, **options
    )


def dense_row(
    name: str, size: int, channels: tuple[int, int], must: float, aim: float, *, stride: int = 1, dilation: int = 1
) -> Row:
    """Return a 3x3 convolution from and to so many channels, whose products are the work."""
    inputs, outputs = channels
    limit = Limit("sgemm", 18 * inputs * outputs / stride**2, size * size)
    name = f"conv {inputs}->{outputs} 3x3 f32, {name}"
    batch, weight = maps(size, inputs), weights(inputs, outputs)
    return row(name, batch, weight, must, aim, limit=limit, stride=stride, dilation=dilation)


ROWS = (
    depthwise_row("dilation 2", 0.35, 0.2, dilation=2),
    depthwise_row("stride 2", 0.7, 0.4, stride=2),
    row("conv 3->8 3x3 f32, the photograph", photo, weights(3, 8), 0.8, 0.5, limit=Limit("sgemm", 18 * 3 * 8)),
    dense_row("512x512", 512, (64, 64), 1.0, 0.7),
    dense_row("224x224", 224, (64, 64), 1.3, 1.0),
    dense_row("512x512 dilation 2", 512, (64, 64), 1.0, 0.7, dilation=2),
    dense_row("512x512 stride 2", 512, (64, 64), 1.5, 1.0, stride=2),
    dense_row("512x512", 512, (3, 64), 0.7, 0.5),
    dense_row("224x224", 224, (3, 64), 1.5, 1.0),
)

SECTION = Section("Networks", ROWS, seconds_in_a_row, "ms", 1e-3)

"""A chain of layers carried to one image for its outputs alone: nothing is kept for gradients.

Convolution and pooling are the core's, in strips, so that a photo needs no more memory than its maps.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from cnnfilt.core.convolution import convolve_as_asked, convolve_batch
from cnnfilt.core.pooling import pool_as_asked
from cnnfilt.describe import layers as specs
from cnnfilt.describe.chain import Report
from cnnfilt.nn.layers import Array, Dense, Sigmoid, softmax
from cnnfilt.nn.model import names_of

_EXACT_IN_FLOAT64 = 2**53


def outputs(reports: Sequence[Report], image: Array, parameters: Mapping[str, Array]) -> Iterator[Array]:
    """Yield the output of each layer in turn: (H, W, C), or (features,) from flatten on.

    `image` is (H, W, C), as `reports` were made for; `parameters` are those of `Sequential`. Types are the core's:
    whole numbers stay exact under kernels of whole numbers, all else is float32 (float64 stays).
    """
    x = image
    for report, name in zip(reports, names_of(reports), strict=True):
        kernel, bias = parameters.get(f"{name}.kernel"), parameters.get(f"{name}.bias")
        x = _through(report, x, kernel, bias)
        yield x


def _through(report: Report, x: Array, kernel: Array | None, bias: Array | None) -> Array:
    layer = report.layer
    if isinstance(layer, specs.Conv):
        weights = _named(layer, report.effect.weights[2]) if kernel is None else kernel
        batch = convolve_batch(_roomy(x, weights)[None], weights, bias, layer.slide, groups=layer.groups)
        return np.asarray(batch[0])
    if isinstance(layer, specs.Filter):
        coefficients = np.array(layer.kernel.rows)
        return convolve_as_asked(_roomy(x, coefficients), coefficients, layer.convolution)
    if isinstance(layer, specs.Pool):
        return pool_as_asked(x, layer.pooling)
    if isinstance(layer, specs.FullyConnected) and kernel is not None:
        return np.asarray(Dense(kernel, bias).forward(x[None])[0])
    return _activated(layer.function, x) if isinstance(layer, specs.Activation) else x.reshape(-1)


def _named(layer: specs.Conv, in_channels: int) -> Array:
    """Return kernels given by name as weights (height, width, in_channels, out_channels), alike for all channels."""
    rows = np.stack([np.array(kernel.rows) for kernel in layer.kernels], axis=-1)
    return np.repeat(rows[:, :, None], in_channels, axis=2)


def _roomy(x: Array, weights: Array) -> Array:
    """Return `x` as it is, or as float64 where whole-number sums of sums could outgrow what is exact there, too."""
    if x.dtype.kind not in "iu" or x.dtype.itemsize <= 2 or weights.dtype.kind == "f":
        return x
    largest = max(-int(x.min()), int(x.max()))
    return x.astype(np.float64) if largest * float(np.abs(weights).sum()) > _EXACT_IN_FLOAT64 else x


def _activated(function: specs.Function, x: Array) -> Array:
    if function == "relu":
        return np.maximum(x, 0)
    values = x.astype(np.float64 if x.dtype == np.float64 else np.float32, copy=False)
    if function == "tanh":
        return np.asarray(np.tanh(values))
    return Sigmoid().forward(values) if function == "sigmoid" else softmax(values)

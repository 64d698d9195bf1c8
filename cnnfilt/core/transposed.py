"""The transposed convolution of a batch: each input value stamps the kernel, times itself, and all are summed.

Z[y s + i d - p] += X[y] K[i]      for every input y and every tap i, along the rows; so along the columns
"""

import numpy as np
import numpy.typing as npt

from cnnfilt.core.convolution import batch_of, grouped, parts
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.transposed import PlannedTransposed, TransposedJob
from cnnfilt.core.engine.weights import as_bias, whole_or_float
from cnnfilt.describe.transposed import TransposedSlide
from cnnfilt.describe.window import as_pair
from cnnfilt.errors import ShapeError, counted
from cnnfilt.terms import Padding, Pair


def conv_transpose2d(
    x: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    stride: int | Pair = 1,
    padding: Padding = 0,
    output_padding: int | Pair = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
) -> Array:
    """Return the transposed convolution of a batch, (N, H', W', out_channels), in the types of `convolve`.

    `x` is (N, H, W, in_channels), or one image (H, W, in_channels), which gives (H', W', out_channels). `weight` is
    (h, w, out_channels / groups, in_channels): the weights of the `conv2d` whose gradient this is; `bias` is one number
    per output channel. A padding in numbers takes so many rows and columns off the full result, and H' is
    (H - 1) * stride - pads + span + output_padding, as in PyTorch; "same" gives H * stride and "valid"
    H * stride + max(span - stride, 0), as in Keras. Raises KernelError, ParameterError or ShapeError.

    >>> conv_transpose2d([[[1], [2]]], [[[[1]], [[10]], [[100]]]], stride=2)[:, :, 0].tolist()
    [[1, 10, 102, 20, 200]]
    """
    kernel_size = (np.shape(weight)[0], np.shape(weight)[1]) if np.ndim(weight) == 4 else (1, 1)
    numbers = as_pair(stride, "stride"), padding, as_pair(output_padding, "output_padding")
    slide = TransposedSlide(kernel_size, *numbers, as_pair(dilation, "dilation"))
    if np.ndim(x) == 3:
        return np.asarray(transpose_batch(np.asarray(x)[np.newaxis], weight, bias, slide, groups=groups)[0])
    return transpose_batch(x, weight, bias, slide, groups=groups)


def transpose_batch(
    x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None, slide: TransposedSlide, *, groups: int = 1
) -> Array:
    """Return what `conv_transpose2d` returns of a batch (N, H, W, C), for a `slide` of the weights' size."""
    batch, weights = batch_of(x), whole_or_float(grouped(weight, groups, transposed=True))
    if batch.shape[3] != weights.shape[3]:
        raise ShapeError(
            f"weight is made for {counted(weights.shape[3], 'channels')} but x has {batch.shape[3]}", parameter="weight"
        )
    windows = slide.over((batch.shape[1], batch.shape[2]))
    maps = weights.shape[2] * groups
    biases = as_bias(bias, maps)
    turned, apart = _turned(weights, groups)
    # The whole batch seen as one tall image settles the type: no image and no group may have one of its own.
    tall = batch.reshape(-1, *batch.shape[2:])
    dtype = TransposedJob(tall, turned, apart == 0, biases, windows).sum_dtype
    out = np.empty((len(batch), *windows.output_size, maps), dtype)
    for inputs, outputs in zip(parts(batch.shape[3], apart or 1), parts(maps, apart or 1), strict=True):
        for image, responses in zip(batch, out, strict=True):
            job = TransposedJob(image[:, :, inputs], turned[..., outputs], apart == 0, biases[outputs], windows)
            PlannedTransposed(job, dtype=dtype).write(responses[:, :, outputs])
    return out


def _turned(weights: Array, groups: int) -> tuple[Array, int]:
    """Return `weights` (h, w, out_channels / groups, in_channels) as `Job` has them, and how many parts are apart.

    One filter for each channel is one job for all of them, and 0 parts; other groups are taken one by one.
    """
    if groups > 1 and weights.shape[2] == 1 and weights.shape[3] == groups:
        return weights, 0
    shares = [weights[:, :, :, inputs].swapaxes(2, 3) for inputs in parts(weights.shape[3], groups)]
    return np.concatenate(shares, axis=3), groups

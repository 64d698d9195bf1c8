"""In which arithmetic a convolution is computed, by which technique, and why. The one place that decides."""

import numpy as np

from cnnfilt.core.engine.borders import finite_values
from cnnfilt.core.engine.box import Box
from cnnfilt.core.engine.correlate import Correlate
from cnnfilt.core.engine.direct import Direct
from cnnfilt.core.engine.fourier import Fourier
from cnnfilt.core.engine.im2col import Im2col
from cnnfilt.core.engine.images import Array, float_dtype
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.separable import Separable
from cnnfilt.core.engine.taps import Taps
from cnnfilt.core.engine.technique import Technique
from cnnfilt.core.engine.toeplitz import Toeplitz
from cnnfilt.core.engine.weights import whole_or_float
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import Frozen

TECHNIQUES: tuple[type[Technique], ...] = (
    Direct,
    Im2col,
    Box,
    Separable,
    Fourier,
    Correlate,
    Toeplitz,
    Taps,
)
"""The first that suits a job computes it: the faster of two stands first.

A new technique is a module of its own and a line here.
"""


class Plan(Frozen):
    """The type of the sums (and of the result), and the technique; `why` says both in words."""

    dtype: np.dtype
    technique: type[Technique]
    why: str


def plan(job: Job, *, dtype: np.dtype | None = None) -> Plan:
    """Return how `job` is computed, in `dtype` if that is settled already.

    Raises ShapeError when whole-number sums could pass 64 bits.
    """
    dtype = dtype or sum_dtype(job)
    height, width = job.weights.shape[:2]
    for technique in TECHNIQUES:
        how = technique.suits(job, dtype)
        if how:
            return Plan(dtype, technique, f"{height}x{width} {'integer' if dtype.kind == 'i' else 'float'}, {how}")
    raise AssertionError("every job suits Taps")


def sum_dtype(job: Job) -> np.dtype:
    """Return the type of the sums.

    Whole numbers times whole numbers are exact: the smallest of int16, int32 and int64 that holds every sum an
    image of this type could give (for types wider than 16 bits int64, once the image's own lowest and highest
    values show that no sum can pass it; else ShapeError). Everything else is `float_dtype`.
    """
    dtype = job.image.dtype
    if not is_whole(job):
        return float_dtype(dtype)
    low, high = sum_range(job)
    wide = dtype.itemsize > 2
    for candidate in (np.int64,) if wide else (np.int16, np.int32, np.int64):
        if np.iinfo(candidate).min <= low and high <= np.iinfo(candidate).max:
            return np.dtype(candidate)
    raise ShapeError(
        f"sums over {{image}} could run from {float(low):.3g} to {float(high):.3g}, past 64-bit whole numbers; "
        "use smaller coefficients, or an image of floats",
        parameter="kernel",
    )


def is_whole(job: Job) -> bool:
    """Tell whether image, weights, bias and padding value are all whole numbers, and the activation keeps them so."""
    if job.activation not in ("none", "relu"):
        return False
    if any(values.dtype.kind == "f" for values in (job.image, job.weights, job.bias)):
        return False
    padding = finite_values(job.padding_value, job.image.shape[2])
    return job.padding_mode != "zeros" or whole_or_float(padding).dtype.kind == "i"


def sum_range(job: Job) -> tuple[int, int]:
    """Return the lowest and highest sum there could be, as Python integers (they cannot overflow)."""
    low, high = value_range(job)
    weights = job.weights.astype(object)
    above = np.where(job.weights > 0, weights, 0).sum(axis=(0, 1, 2))
    below = np.where(job.weights < 0, weights, 0).sum(axis=(0, 1, 2))
    bias = job.bias.astype(object)
    return min(above * low + below * high + bias), max(above * high + below * low + bias)


def value_range(job: Job) -> tuple[int, int]:
    """Return the lowest and highest value a window can meet: the dtype's up to 16 bits, the image's own beyond."""
    low, high = _image_range(job.image)
    if not job.pads_with_value:
        return low, high
    padding = [int(value) for value in np.atleast_1d(job.padding_value).tolist()]
    return min(low, *padding), max(high, *padding)


def _image_range(image: Array) -> tuple[int, int]:
    if image.dtype.kind == "b":
        return 0, 1
    if image.dtype.itemsize > 2:
        return int(image.min()), int(image.max())
    limits = np.iinfo(image.dtype)
    return int(limits.min), int(limits.max)

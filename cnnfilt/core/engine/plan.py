"""In which arithmetic a convolution is computed, by which technique, and why. The one place that decides."""

from typing import Literal

import numpy as np

from cnnfilt.core.engine.borders import finite_values
from cnnfilt.core.engine.box import is_box
from cnnfilt.core.engine.factors import TERMS, float_factors
from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.integers import can_add_up, integer_factors
from cnnfilt.core.engine.job import Job
from cnnfilt.core.engine.separable import MOST_TERMS
from cnnfilt.core.engine.weights import whole_or_float
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import Frozen

TechniqueName = Literal[
    "integers", "box", "toeplitz", "separable", "fourier", "taps", "depthwise", "im2col", "winograd"
]

FEW_FILTERS = 4
"""Below this many filters, filling the matrix costs more than the multiplication saves."""

FEW_TAPS, SPARSE_TAPS = 5, 24
"""Up to so many float taps, and so many in a kernel of four times as many cells or more, are best just added up."""

SEPARABLE_AREA = 36
"""From this size of kernel on, a pass down and a pass along take less time than a dense technique."""

FACTORED_AREA = 1 << 16
"""Up to this size a kernel is looked at for factors, which for larger ones would itself take long."""

FOURIER_AREA = 81
"""From this size of kernel on, transforms take less time than a product with a banded matrix."""

FOURIER_WORK = 1 << 28
"""How many products there must be in all for transforms: below, importing them takes longer than they save."""

WINOGRAD_CHANNELS = 48
"""From so many channels and filters on, the products that Winograd saves outweigh its transforms."""

WINOGRAD_PIXELS = 256
"""Below so many pixels there are too few tiles to multiply at once."""


class Plan(Frozen):
    """The type of the sums (and of the result), and the technique; `why` says both in words."""

    dtype: np.dtype
    technique: TechniqueName
    why: str


def plan(job: Job, *, dtype: np.dtype | None = None) -> Plan:
    """Return how `job` is computed, in `dtype` if that is settled already.

    Raises ShapeError when whole-number sums could pass 64 bits.
    """
    dtype = dtype or sum_dtype(job)
    exact, (height, width, _, filters) = dtype.kind == "i", job.weights.shape
    kernel = f"{height}x{width} {'integer' if exact else 'float'}"
    if job.is_depthwise:
        return Plan(dtype, "depthwise", f"{kernel}, one for each of {filters} channels: {dtype} sums")
    if suits_winograd(job, dtype):
        return Plan(dtype, "winograd", f"{kernel}, {filters} filters in tiles of 4x4 (Winograd): {dtype} sums")
    if not exact and not job.each and filters >= FEW_FILTERS:
        return Plan(dtype, "im2col", f"{kernel}, {filters} filters as one matrix product: {dtype} sums")
    taps = np.count_nonzero(job.weights)
    counted = f"{taps} tap{'' if taps == 1 else 's'}"
    if is_box(job):
        return Plan(dtype, "box", f"{kernel}, equal coefficients: whole sums, {dtype} results")
    if exact and can_add_up(job):
        rank_1 = integer_factors(job.weights[:, :, 0, 0]) is not None
        return Plan(dtype, "integers", f"{kernel}, {'rank 1' if rank_1 else counted}: {dtype} sums")
    if exact:
        return Plan(dtype, "taps", f"{kernel}, {counted}: {dtype} sums")
    technique, how = float_technique(job)
    return Plan(dtype, technique, f"{kernel}, {how}: {dtype} sums")


def float_technique(job: Job) -> tuple[TechniqueName, str]:
    """Return by which technique floats are summed, and in words how."""
    kernel = job.weights[:, :, 0, 0]
    taps, area = int(np.count_nonzero(job.weights)), kernel.size
    counted = f"{taps} tap{'' if taps == 1 else 's'}"
    is_sparse = taps <= max(FEW_TAPS, min(area // 4, SPARSE_TAPS))
    if not job.each or is_sparse or (job.rows.stride, job.columns.stride) != (1, 1):
        return "taps", counted
    if SEPARABLE_AREA <= area <= FACTORED_AREA:
        factors = float_factors(kernel, 1 if area < FOURIER_AREA else MOST_TERMS)
        if factors:
            return "separable", f"rank {len(factors)}, down and along"
    work = job.rows.output_size * job.columns.output_size * job.maps * area
    if area >= FOURIER_AREA and work >= FOURIER_WORK:
        return "fourier", "by Fourier transforms of tiles"
    return ("toeplitz", "as a banded matrix") if area <= TERMS else ("taps", counted)


def suits_winograd(job: Job, dtype: np.dtype) -> bool:
    """Tell whether tiles are faster than the matrix, and precise enough (in float32; float64 is for more)."""
    height, width, channels, filters = job.weights.shape
    if job.each or dtype != np.float32 or (height, width) != (3, 3) or job.rows.stride * job.columns.stride > 1:
        return False
    pixels = job.rows.output_size * job.columns.output_size
    return min(channels, filters) >= WINOGRAD_CHANNELS and pixels >= WINOGRAD_PIXELS


def sum_dtype(job: Job) -> np.dtype:
    """Return the type of the sums.

    Whole numbers times whole numbers are exact: the smallest of int16, int32 and int64 that holds every sum an
    image of this type could give (for types wider than 16 bits int64, once the image's own lowest and highest
    values show that no sum can pass it; else ShapeError). Everything else is float32; float64 stays float64.
    """
    dtype = job.image.dtype
    if not is_whole(job):
        return np.dtype(np.float64 if dtype.kind == "f" and dtype.itemsize == 8 else np.float32)
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
    padding = whole_or_float(finite_values(job.padding_value, job.image.shape[2]))
    whole_padding = job.padding_mode != "zeros" or padding.dtype.kind == "i"
    return whole_padding and all(values.dtype.kind in "biu" for values in (job.image, job.weights, job.bias))


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

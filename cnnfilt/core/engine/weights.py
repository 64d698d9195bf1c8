"""Kernels and biases as the engine wants them: checked, four-dimensional, whole numbers told from fractions."""

from numbers import Real
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.images import Array
from cnnfilt.errors import KernelError, ParameterError, ShapeError, counted
from cnnfilt.parsing import nearest
from cnnfilt.terms import ChannelsMode

ZERO_SUM = 1e-6
"""A kernel whose sum is at most this part of the sum of its magnitudes has sum zero: rounding, not brightness."""


def as_weights(kernel: npt.ArrayLike, channels: int, mode: ChannelsMode) -> tuple[Array, bool]:
    """Return (weights, each): the filters of `kernel` for an image of `channels`.

    A 2-D kernel in mode "each" gives weights (kernel height, kernel width, 1, 1), and `each` is True: the one
    filter meets every channel on its own; so it does in mode "luma", where the image is gray. In mode "sum", and for a
    kernel (H, W, C) or (H, W, C, N), weights are (kernel height, kernel width, channels, N). They are int64 if they are
    all whole, else float64.
    Raises KernelError for what is no kernel, ShapeError for one made for other channels.
    """
    if mode not in get_args(ChannelsMode):
        raise ParameterError(
            f"channels {mode!r} is unknown; {nearest(str(mode), get_args(ChannelsMode))}", parameter="channels"
        )
    weights = whole_or_float(as_coefficients(kernel))
    if weights.ndim == 2:
        weights = weights[:, :, np.newaxis, np.newaxis]
        return (np.repeat(weights, channels, axis=2), False) if mode == "sum" else (weights, True)
    if mode == "luma":
        raise KernelError(
            f"channels luma takes kernels of two dimensions; this one has {weights.ndim}", parameter="channels"
        )
    if weights.ndim == 3:
        weights = weights[:, :, :, np.newaxis]
    if weights.shape[2] != channels:
        helps = "; --gray reads it as one" if weights.shape[2] == 1 else ""
        raise ShapeError(
            f"kernel is made for {counted(weights.shape[2], 'channels')} but {{image}} has {channels}{helps}",
            parameter="kernel",
        )
    return weights, False


def as_coefficients(kernel: npt.ArrayLike) -> Array:
    """Return `kernel` as an array of 2 to 4 dimensions with finite numbers in it; KernelError otherwise."""
    try:
        values = np.asarray(kernel)
    except ValueError:
        raise KernelError("kernel is ragged: its rows differ in length", parameter="kernel") from None
    if values.dtype.kind not in "biuf":
        raise KernelError(f"kernel holds {values.dtype} values; it must hold numbers", parameter="kernel")
    if values.ndim not in (2, 3, 4) or values.size == 0:
        raise KernelError(
            f"kernel has shape {values.shape}; it must be (H, W), (H, W, C) or (H, W, C, N), and not empty",
            parameter="kernel",
        )
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0][:2] + 1
        raise KernelError(f"kernel row {row}, column {column} is not finite", parameter="kernel")
    return values


def normalized(weights: Array) -> Array:
    """Return `weights` (H, W, C, N) divided by each filter's sum; KernelError if that is zero but for rounding."""
    if has_zero_sum(weights).any():
        raise KernelError("kernel sums to 0 and cannot be normalized; leave normalize out", parameter="normalize")
    values = weights.astype(np.float64)
    return whole_or_float(values / values.sum(axis=(0, 1, 2)))


def scaled(weights: Array, input_scale: float) -> Array:
    """Return `weights` times `input_scale` as floats: sum(w * (s * x)) = sum((w * s) * x), whatever the padding."""
    if not isinstance(input_scale, Real) or not np.isfinite(input_scale) or input_scale == 0:
        raise ParameterError(
            f"input scale {input_scale!r} is not a finite number other than 0", parameter="input_scale"
        )
    with np.errstate(over="ignore"):
        return weights.astype(np.float64) * float(input_scale)


def has_zero_sum(weights: Array) -> npt.NDArray[np.bool_]:
    """Return for each filter, shape (N,), whether its sum is zero but for rounding.

    `weights` is (H, W), (H, W, C) or (H, W, C, N).
    """
    filters = weights.reshape(-1, weights.shape[3] if weights.ndim == 4 else 1).astype(np.float64)
    small: npt.NDArray[np.bool_] = np.abs(filters.sum(axis=0)) <= ZERO_SUM * np.abs(filters).sum(axis=0)
    return small


def as_bias(bias: npt.ArrayLike | None, filters: int) -> Array:
    """Return `bias` (None: 0; one number for all, or one per filter) as shape (filters,), int64 if whole."""
    try:
        values: npt.NDArray[Any] = np.atleast_1d(np.asarray(0 if bias is None else bias))
    except ValueError:
        values = np.array([None])
    if values.dtype.kind not in "biuf" or values.ndim != 1 or not np.isfinite(values).all():
        raise ParameterError(f"bias {bias!r} is neither a finite number nor a list of them", parameter="bias")
    if len(values) not in (1, filters):
        raise ParameterError(
            f"bias has {counted(len(values), 'numbers')} but the kernel has {counted(filters, 'filters')}; "
            "give one, or one per filter",
            parameter="bias",
        )
    return whole_or_float(np.broadcast_to(values, (filters,)))


def whole_or_float(values: Array) -> Array:
    """Return `values` as int64 if all are whole and fit, else as float64."""
    if values.dtype.kind in "bi":
        return values.astype(np.int64)
    if (values == np.rint(values)).all() and np.abs(values).max() < 2**63:
        return values.astype(np.int64)
    return values.astype(np.float64)

"""What stands around an image: the padding modes as positions in the image, and the padding value.

zeros (or another value)   0 0 | a b c d | 0 0
reflect                    c b | a b c d | c b     needs padding < size
symmetric                  b a | a b c d | d c     needs padding <= size
replicate                  a a | a b c d | d d
circular                   c d | a b c d | a b     needs padding <= size
"""

from typing import get_args

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.images import Array, as_numbers
from cnnfilt.errors import ParameterError, ShapeError, counted
from cnnfilt.parsing import nearest
from cnnfilt.terms import PaddingMode, PaddingValue

OUTSIDE = -1
"""The position that stands for the padding value."""


def border_positions(n: int, before: int, after: int, mode: PaddingMode, lines: str) -> npt.NDArray[np.intp]:
    """Return, for each of before + n + after padded positions, which of the `n` is seen there (or OUTSIDE).

    `lines` is what the axis counts ("rows", "columns"), for the error. Raises ShapeError when the mode cannot
    reach so far, ParameterError for an unknown mode.
    """
    check_mode(mode)
    check_reach(n, before, after, mode, lines)
    at: npt.NDArray[np.intp] = np.arange(-before, n + after, dtype=np.intp)
    if mode == "reflect":
        from_end: npt.NDArray[np.intp] = np.abs(n - 1 - np.abs(at))
        return n - 1 - from_end
    if mode == "symmetric":
        at = np.where(at < 0, -1 - at, at)
        return np.where(at >= n, 2 * n - 1 - at, at)
    if mode == "replicate":
        return np.clip(at, 0, n - 1)
    if mode == "circular":
        return np.mod(at, n)
    return np.where((at < 0) | (at >= n), OUTSIDE, at)


def as_slice(positions: npt.NDArray[np.intp]) -> slice | npt.NDArray[np.intp]:
    """Return what indexes the same as `positions`: a slice where they follow one another: that is faster.

    >>> as_slice(np.array([2, 1, 0])), as_slice(np.array([4, 4]))
    (slice(2, None, -1), array([4, 4]))
    """
    first, last = int(positions[0]), int(positions[-1])
    step = 1 if last >= first else -1
    if not np.array_equal(positions, np.arange(first, last + step, step)):
        return positions
    return slice(first, last + step if last + step >= 0 else None, step)


def check_mode(mode: str) -> None:
    """Raise ParameterError, with the nearest words, unless `mode` is a padding mode."""
    known = get_args(PaddingMode)
    if mode not in known:
        raise ParameterError(f"padding mode {mode!r} is unknown; {nearest(str(mode), known)}", parameter="padding_mode")


def check_reach(n: int, before: int, after: int, mode: PaddingMode, lines: str) -> None:
    """Raise ShapeError when `mode` cannot pad `n` rows or columns so far: it would have to see the image twice."""
    furthest = {"reflect": n - 1, "symmetric": n, "circular": n}.get(mode)
    padding = max(before, after)
    if furthest is not None and padding > furthest:
        raise ShapeError(
            f"{mode} padding of {counted(padding, lines)} is too much for {{image}} with its {counted(n, lines)}: "
            f"at most {furthest} here; use less padding, or the mode replicate or zeros",
            parameter="padding",
        )


def as_padding_value(value: npt.ArrayLike) -> PaddingValue:
    """Return one number, or one per channel, as Python's own, which are exact. ParameterError for anything else."""
    values = as_numbers(value, "padding_value")
    if values.ndim > 1:
        raise ParameterError(
            f"padding value {value!r} is neither a number nor one per channel", parameter="padding_value"
        )
    plain: PaddingValue = values.item() if values.ndim == 0 else tuple(values.tolist())
    return plain


def finite_values(value: PaddingValue, channels: int) -> Array:
    """Return the padding value as an array of 1 or `channels` finite numbers; ParameterError for anything else."""
    values = np.atleast_1d(as_numbers(value, "padding_value"))
    if not np.isfinite(values).all():
        raise ParameterError(f"padding value {value!r} is not finite", parameter="padding_value")
    if values.ndim != 1 or len(values) not in (1, channels):
        raise ParameterError(
            f"padding value {value!r} does not suit {counted(channels, 'channels')}; "
            "give one number, or one per channel",
            parameter="padding_value",
        )
    return values


def fitting(values: Array, dtype: np.dtype) -> Array:
    """Return padding values in `dtype`; ParameterError unless they fit (integer types: whole, and in their range)."""
    with np.errstate(over="ignore", invalid="ignore"):
        fitted = values.astype(dtype)
    for wanted, got in zip(values.tolist(), fitted.tolist(), strict=True):
        # Comparing as Python numbers is exact, and sees what wrapped, was cut off or became infinite.
        if got != wanted and (dtype.kind in "biu" or not np.isfinite(got)):
            span = f": whole numbers from {np.iinfo(dtype).min} to {np.iinfo(dtype).max}" if dtype.kind in "iu" else ""
            raise ParameterError(f"padding value {wanted} does not fit {dtype} values{span}", parameter="padding_value")
    return fitted

"""From pixel values back to responses: the reverse of `levels`, as far as there is one."""

from typing import Any, Literal, assert_never

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.scale import Range
from cnnfilt.core.levels import Levels, check_values
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen
from cnnfilt.terms import ValueMapping

__all__ = ["InverseLevels", "inverse_levels"]


class InverseLevels(Frozen):
    """responses = (pixels - base) / gain, but for the pixels that were cut off: those at 0 and at `top`.

    `top` None: none were. `white` is what counts as 255 levels where errors are counted; None: the largest magnitude.
    `shifted` says that the base is not known, `stretched` that the gain is not, so that responses are known up to a
    constant, or up to a factor.
    """

    base: float = 0
    gain: float = 1
    top: int | None = None
    white: int | None = None
    shifted: bool = False
    stretched: bool = False

    def responses(self, pixels: Array) -> Array:
        """Return the responses behind `pixels`, as float64."""
        values = pixels.astype(np.float64)
        values -= self.base
        values /= self.gain
        return values

    def kept(self, pixels: Array) -> Array | None:
        """Return where `pixels` were not cut off, or None for everywhere."""
        return None if self.top is None else (pixels > 0) & (pixels < self.top)


def inverse_levels(
    values: ValueMapping | Literal["auto"],
    dtype: np.dtype[Any],
    *,
    value_range: Range | None = None,
    source: np.dtype[Any] | None = None,
) -> InverseLevels:
    """Return how pixels of `dtype`, written with this mapping, become responses to an image of type `source`.

    "auto" is clip for 8 and 16 bits, and raw for anything else. White is white: what 16 bits made of an 8-bit image
    is divided by 257, and the other way round. ParameterError for abs, which cannot be undone.
    """
    if values == "auto":
        values = "clip" if dtype in _LEVELS else "raw"
    check_values(values)
    if values == "abs":
        raise ParameterError(
            "--values abs cannot be undone, because the signs are lost; "
            "write AFTER with --values offset, or raw to a .npy",
            parameter="values",
        )
    if values == "raw":
        _refuse_range(value_range, values)
        return InverseLevels(white=_LEVELS.get(dtype))
    if dtype not in _LEVELS:
        raise ParameterError(
            f"--values {values} makes 8- or 16-bit levels and AFTER holds {dtype}; leave --values out",
            parameter="values",
        )
    top = _LEVELS[dtype]
    deeper = _LEVELS[dtype] / _LEVELS[source] if source in _LEVELS else 1.0
    match values:
        case "minmax":
            _refuse_range(value_range, values)
            return InverseLevels(gain=deeper, white=top, shifted=True, stretched=True)
        case "symmetric":
            scale = Levels(values, dtype, value_range).scale()
            return InverseLevels(scale.base, deeper, white=top, stretched=True)
        case "clip" | "offset":
            scale = Levels(values, dtype, value_range).scale()
            gain = scale.gain / scale.over
            return InverseLevels(scale.base - scale.origin * gain, gain * deeper, top, top)
        case unknown:
            assert_never(unknown)


_LEVELS = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535}


def _refuse_range(value_range: Range | None, values: str) -> None:
    if value_range is not None:
        raise ParameterError(f"a value range is for clip, not {values}", parameter="value_range")

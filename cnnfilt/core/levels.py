"""From responses to pixel values, and the report of what that lost.

How another face uses it: `write_levels(responses, pixels, levels)`, where `responses` gives them strip by strip,
so that no whole image of responses is ever held; or `apply_levels` for an array that is there already.

To 8 or 16 bits: map, round half to even, clip, then cast (a cast alone wraps 256 to 0).
"""

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.scale import NO_LOSS, Loss, Range, Responses, Scale, finite_range
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.core.engine.weights import has_zero_sum
from cnnfilt.describe.percentiles import Percentiles
from cnnfilt.errors import ParameterError
from cnnfilt.frozen import Frozen, replace
from cnnfilt.parsing import nearest
from cnnfilt.terms import Activation, ValueMapping

__all__ = ["NO_LOSS", "Levels", "Loss", "Mapped", "Range", "apply_levels", "resolve_values", "write_levels"]


CHUNK_VALUES = 1 << 18
"""How many values of a whole array are mapped at once: their 64-bit copies then stay in the cache."""


AreAlike = Callable[[Range], bool]
"""Tells whether all responses are the same but for rounding; they lie in the range."""


class Levels(Frozen):
    """How responses become pixels of `dtype` (uint8, uint16; None or a float type for raw).

    clip       rounded and clipped to 0..top (top is 255 or 65535)
    abs        the magnitude, then as clip
    offset     v/2 + 128 (32768)
    minmax     the lowest response becomes 0, the highest top; all the same: 0
    symmetric  128 + 127 * v / max|v| (32768 + 32767 * ...): 0 stays in the middle; all zero: the middle
    raw        as they are; `dtype` None keeps their type

    `value_range` (LO, HI) maps LO..HI to 0..top before clipping; it goes with clip, and with abs. As percentiles it is
    that of the responses, or of their magnitudes.
    """

    values: ValueMapping
    dtype: npt.DTypeLike | None = None
    value_range: Range | Percentiles | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        check_values(self.values)
        kind = np.dtype(self.dtype) if self.dtype is not None else None
        if self.values == "raw":
            if kind is not None and kind.kind != "f":
                raise ParameterError(f"raw responses do not fit {kind} pixels; choose a mapping", parameter="values")
        elif kind not in (np.dtype(np.uint8), np.dtype(np.uint16)):
            raise ParameterError(f"{self.values} makes 8- or 16-bit pixels, not {kind}", parameter="values")
        if self.value_range is not None:
            self._check_range(self.value_range)

    @property
    def top(self) -> int:
        """Return the highest level: 255 or 65535."""
        return int(np.iinfo(np.dtype(self.dtype)).max)

    @property
    def needs_range(self) -> bool:
        """Tell whether the mapping depends on the range of all responses of the image."""
        return self.values in ("minmax", "symmetric") or isinstance(self.value_range, Percentiles)

    def pixel_dtype(self, responses: np.dtype) -> np.dtype:
        """Return the type of the pixels made from such responses."""
        return responses.newbyteorder("=") if self.dtype is None else np.dtype(self.dtype)

    def scale(self, found: Range | None = None, *, alike: bool = False) -> "Scale":
        """Return the mapping itself; `found` is what `range_needed` gives, for a mapping that needs it.

        They may all be `alike`: the same but for rounding.
        """
        if self.values == "raw":
            return Scale(None, 0)
        magnitude = self.values == "abs"
        top, middle = self.top, (self.top + 1) // 2
        if isinstance(self.value_range, Percentiles):
            same = found is not None and found[0] == found[1] and not alike
            # The nearer two percentiles are, the steeper: where they meet what lies above them is white.
            steep = Scale(top, found[0], top, 1e-290, magnitude=magnitude) if same and found is not None else None
            return steep or _stretched(top, found, alike=alike, magnitude=magnitude)
        if self.value_range is not None:
            low, high = self.value_range
            return Scale(top, low, top, high - low, magnitude=magnitude)
        if self.values == "offset":
            return Scale(top, 0, 1, 2, middle)
        if not self.needs_range:
            return Scale(top, 0, magnitude=magnitude)
        if self.values == "minmax":
            return _stretched(top, found, alike=alike)
        low, high = (0.0, 0.0) if found is None or found[0] > found[1] else found
        largest = max(-low, high)
        return Scale(top, 0, middle - 1 if largest else 0, largest or 1, middle)

    def _check_range(self, asked: Range | Percentiles) -> None:
        if self.values not in ("clip", "abs"):
            raise ParameterError(f"a value range is for clip or abs, not {self.values}", parameter="value_range")
        if isinstance(asked, Percentiles):
            return
        low, high = asked
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ParameterError(f"value range {low:g},{high:g} is not LO,HI with LO below HI", parameter="value_range")


class Mapped(Frozen, eq=False):
    """Results as `pixels`, the `loss` of what the mapping could not show, and in words how they were computed.

    `found` says what was looked for in the image, and found.
    """

    pixels: Array
    loss: Loss
    plan: str = ""
    found: str = ""


def apply_levels(responses: npt.ArrayLike, levels: Levels, *, are_alike: AreAlike | None = None) -> tuple[Array, Loss]:
    """Return (pixels, loss): `responses` of any shape as pixels of `levels.dtype`."""
    array = np.asarray(responses)
    flat = np.ascontiguousarray(array, array.dtype.newbyteorder("=")).reshape(-1)
    pixels = np.empty(flat.shape, levels.pixel_dtype(array.dtype))
    loss = write_levels(_Ready(flat), pixels, levels, are_alike=are_alike)
    return pixels.reshape(array.shape), loss


def apply_levels_to_sums(sums: Array, levels: Levels) -> tuple[Array, Loss]:
    """Return what `apply_levels` does, of sums that are no better told apart than their type rounds them."""
    return apply_levels(sums, levels, are_alike=told_apart_by(sums.dtype))


def told_apart_by(dtype: np.dtype) -> AreAlike:
    """Return what tells whether responses are alike where `dtype` has rounded them."""

    def are_alike(found: Range) -> bool:
        from cnnfilt.core.noise import nearly_equal  # Only what stretches asks.

        return nearly_equal(found, dtype=dtype)

    return are_alike


def write_levels(responses: Responses, pixels: Array, levels: Levels, *, are_alike: AreAlike | None = None) -> Loss:
    """Write `responses` as `pixels` and return what was lost; several threads share the strips.

    If the mapping needs to know the range first, the strips are computed twice: that takes longer than keeping
    them, but no memory.
    """

    found, alike = range_needed(responses, levels, are_alike=are_alike)
    scale = levels.scale(found, alike=alike)
    responses.prepare(scale)

    def make_writer() -> Callable[[int, int], Loss]:
        write = responses.writer(scale)
        return lambda first, last: write(first, last, pixels[first:last])

    loss = sum(run_strips(responses.edges, make_writer), NO_LOSS)
    # What lies outside of percentiles was meant to be clipped.
    return replace(loss, clipped=loss.not_numbers) if isinstance(levels.value_range, Percentiles) else loss


def range_needed(
    responses: Responses, levels: Levels, *, are_alike: AreAlike | None = None
) -> tuple[Range | None, bool]:
    """Return the range of `responses` that `levels` needs for its scale, and whether they are all alike but for noise.

    (None, False) where it needs none.
    """
    if not levels.needs_range:
        return None, False

    def make_ranger() -> Callable[[int, int], Range]:
        respond = responses.worker()
        return lambda first, last: finite_range(respond(first, last))

    ranges = run_strips(responses.edges, make_ranger)
    found = min(low for low, _ in ranges), max(high for _, high in ranges)
    alike = levels.values != "symmetric" and found[0] < found[1] and are_alike is not None and are_alike(found)
    if isinstance(levels.value_range, Percentiles):
        from cnnfilt.core.percentiles import percentile_range  # Few runs ask for them.

        magnitude = levels.values == "abs"
        found = percentile_range(responses.edges, responses.worker, levels.value_range, found, magnitude=magnitude)
    return found, alike


def range_in(responses: Array, levels: Levels) -> tuple[Range | None, bool]:
    """Return what `range_needed` does, of an array."""
    flat = np.ascontiguousarray(responses).reshape(-1)
    return range_needed(_Ready(flat), levels, are_alike=told_apart_by(responses.dtype))


def _stretched(top: int, found: Range | None, *, alike: bool, magnitude: bool = False) -> Scale:
    """Return the mapping of the range `found` to 0..top; of what is all the same to 0."""
    low, high = (0.0, 0.0) if found is None or found[0] > found[1] else found
    if low < high and not alike:
        return Scale(top, low, top, high - low, magnitude=magnitude)
    # Of what rounding left nothing reaches half a level.
    return Scale(top, low, over=4 * (high - low) or 1, magnitude=magnitude)


class _Ready(Responses):
    """Responses that are there already, (n,) values, in strips."""

    def __init__(self, values: Array) -> None:
        self._values = values
        self.edges = [(first, first + CHUNK_VALUES) for first in range(0, len(values), CHUNK_VALUES)]

    def worker(self) -> Callable[[int, int], Array]:
        return lambda first, last: self._values[first:last].copy()


def resolve_values(
    requested: ValueMapping | Literal["auto"],
    *,
    value_range: Range | Percentiles | None = None,
    to_matrix: bool = False,
    kernels: Sequence[npt.ArrayLike] = (),
    bias: npt.ArrayLike = 0,
    activation: Activation = "none",
    edges: bool = False,
) -> tuple[ValueMapping, Range | Percentiles | None]:
    """Return the mapping meant by `requested` and its value range; "auto" looks at the request, never at the data.

    To a matrix: raw. To an image: tanh maps -1..1 and sigmoid 0..1 to all levels; edges and relu clip; so does
    anything with a value range of its own. Else abs when every kernel has sum zero (its responses are as often
    below zero as above) and no bias lifts them; else clip.
    """
    if requested != "auto":
        check_values(requested)
        return requested, value_range
    if value_range is not None:
        return "clip", value_range
    if to_matrix:
        return "raw", None
    if activation in ("tanh", "sigmoid"):
        return "clip", (-1.0, 1.0) if activation == "tanh" else (0.0, 1.0)
    signed = bool(kernels) and all(has_zero_sum(np.asarray(kernel)).all() for kernel in kernels)
    if edges or activation == "relu" or not signed or np.any(np.asarray(bias)):
        return "clip", None
    return "abs", None


def check_values(values: str) -> None:
    """Raise ParameterError, with the nearest words, unless `values` is a mapping."""
    known = get_args(ValueMapping)
    if values not in known:
        raise ParameterError(f"values {values!r} is unknown; {nearest(str(values), known)}", parameter="values")

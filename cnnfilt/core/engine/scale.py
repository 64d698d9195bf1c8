"""Responses written as pixels by a linear mapping: rounded, clipped, cast, and what that lost counted."""

from dataclasses import dataclass

import numpy as np

from cnnfilt.core.engine.images import Array

Range = tuple[float, float]
"""The lowest and the highest value; (inf, -inf) where there is none."""


@dataclass(frozen=True)
class Loss:
    """What the mapping could not show: the lowest and highest response, and how many of `total` were clipped.

    A NaN counts as clipped (it becomes 0) but is neither lowest nor highest. Losses add up, over strips and files.
    """

    lowest: float
    highest: float
    clipped: int
    total: int

    def __add__(self, other: "Loss") -> "Loss":
        return Loss(
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
            self.clipped + other.clipped,
            self.total + other.total,
        )

    @property
    def fraction(self) -> float:
        """Return the clipped part, 0 to 1."""
        return self.clipped / self.total if self.total else 0.0


NO_LOSS = Loss(float("inf"), float("-inf"), 0, 0)
"""Where adding up starts."""


@dataclass(frozen=True)
class Scale:
    """A linear mapping, pixel = (v - origin) * gain / over + base, of v or of |v|; `top` None leaves responses alone.

    Multiplied first, then divided: 50 * 255 / 100 is exactly 127.5, which 50 * 2.55 is not.
    """

    top: int | None
    origin: float
    gain: float = 1
    over: float = 1
    base: float = 0
    magnitude: bool = False

    def write(self, responses: Array, pixels: Array) -> Loss:
        """Write the pixels for `responses` to `pixels`, of the same shape, and return what was lost."""
        low, high = range_of(responses)
        if self.top is None:
            with np.errstate(over="ignore"):
                np.copyto(pixels, responses, casting="unsafe")
            return Loss(low, high, 0, responses.size)
        if self.is_identity and responses.dtype.kind in "biu":
            clipped = self._write_whole(responses, pixels, low, high)
        else:
            clipped = self._write_scaled(responses, pixels)
        return Loss(low, high, clipped, responses.size)

    @property
    def is_identity(self) -> bool:
        """Tell whether levels stay what they are, but for sign and clipping."""
        return (self.origin, self.gain, self.over, self.base) == (0, 1, 1, 0)

    def _write_whole(self, responses: Array, pixels: Array, low: float, high: float) -> int:
        assert self.top is not None
        if responses.dtype.kind == "b":
            responses = responses.view(np.uint8)
        floor = -self.top if self.magnitude else 0
        if floor <= low and high <= self.top:
            kept, clipped = responses, 0
        else:
            limits = np.iinfo(responses.dtype)
            kept = np.clip(responses, max(floor, limits.min), min(self.top, limits.max))
            clipped = int(np.count_nonzero(kept != responses))
        if self.magnitude:
            # The lowest integer of a type has no magnitude in that type, but has one in its unsigned fellow.
            kept = np.abs(kept).view(f"u{kept.dtype.itemsize}")
        np.copyto(pixels, kept, casting="unsafe")
        return clipped

    def _write_scaled(self, responses: Array, pixels: Array) -> int:
        # In 64 bits the rounding of the mapping itself is never seen; a strip's copy is small.
        wide = np.result_type(responses, np.float32) if self.is_identity else np.dtype(np.float64)
        with np.errstate(invalid="ignore", over="ignore"):
            mapped = responses.astype(wide)
            if self.magnitude:
                np.abs(mapped, out=mapped)
            if not self.is_identity:
                mapped -= self.origin
                mapped *= self.gain
                mapped /= self.over
                mapped += self.base
            np.rint(mapped, out=mapped)
            kept = np.clip(mapped, 0, self.top)
        # A NaN differs from everything, itself included, so it is counted here and becomes 0 below.
        clipped = int(np.count_nonzero(kept != mapped))
        np.copyto(kept, 0, where=np.isnan(kept))
        np.copyto(pixels, kept, casting="unsafe")
        return clipped


def range_of(responses: Array) -> Range:
    """Return the lowest and highest response as Python numbers, NaN passed over."""
    if responses.dtype.kind != "f":
        return responses.min().item(), responses.max().item()
    low = np.fmin.reduce(responses, axis=None, initial=np.inf)
    return low.item(), np.fmax.reduce(responses, axis=None, initial=-np.inf).item()


def finite_range(responses: Array) -> Range:
    """Return the lowest and highest finite response, for a mapping that stretches them."""
    low, high = range_of(responses)
    if np.isfinite(low) and np.isfinite(high):
        return low, high
    return range_of(responses[np.isfinite(responses)])

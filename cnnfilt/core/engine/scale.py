"""Responses written as pixels by a linear mapping: rounded, clipped, cast, and what that lost counted."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from math import isnan

import numpy as np

from cnnfilt.core.engine import native
from cnnfilt.core.engine.images import Array
from cnnfilt.frozen import Frozen

Found = tuple[float, float, int, int]
"""What a loop found: the lowest and the highest response, how many were clipped, and how many of these were NaN."""

Range = tuple[float, float]
"""The lowest and the highest value; (inf, -inf) where there is none."""


class Loss(Frozen):
    """What the mapping could not show: the lowest and highest response, and how many of `total` were clipped.

    A NaN counts as clipped (it becomes 0) and among the `not_numbers`, but is neither lowest nor highest. Losses add
    up, over strips and files.
    """

    lowest: float
    highest: float
    clipped: int
    total: int
    not_numbers: int = 0

    def __add__(self, other: "Loss") -> "Loss":
        return Loss(
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
            self.clipped + other.clipped,
            self.total + other.total,
            self.not_numbers + other.not_numbers,
        )

    @property
    def fraction(self) -> float:
        """Return the clipped part, 0 to 1."""
        return self.clipped / self.total if self.total else 0.0


NO_LOSS = Loss(float("inf"), float("-inf"), 0, 0)
"""Where adding up starts."""


class Scale(Frozen):
    """A linear mapping, pixel = (v - origin) * gain / over + base, of v or of |v|; `top` None leaves responses alone.

    Multiplied first, then divided: 50 * 255 / 100 is exactly 127.5, which 50 * 2.55 is not.
    """

    top: int | None
    origin: float
    gain: float = 1
    over: float = 1
    base: float = 0
    magnitude: bool = False

    @property
    def is_identity(self) -> bool:
        """Tell whether levels stay what they are, but for sign and clipping."""
        return (self.origin, self.gain, self.over, self.base) == (0, 1, 1, 0)

    @property
    def mapping(self) -> tuple[bool, bool, float, float, float, float]:
        """Return what the loops are told of it: whether of magnitudes, whether values stay, and the four numbers."""
        return self.magnitude, self.is_identity, self.origin, self.gain, self.over, self.base

    def write(self, responses: Array, pixels: Array) -> Loss:
        """Write the pixels for `responses` to `pixels`, of the same shape; return what was lost.

        The responses are contiguous, and overwritten.
        """
        if not pixels.flags.c_contiguous:
            apart = np.empty(pixels.shape, pixels.dtype)
            loss = self.write(responses, apart)
            pixels[...] = apart
            return loss
        flat, levels = responses.reshape(-1), pixels.reshape(-1)
        if self.top is None:
            low, high, _ = _extremes(flat)
            with np.errstate(over="ignore"):
                np.copyto(levels, flat, casting="unsafe")
            return Loss(low, high, 0, flat.size)
        if native.loops and flat.dtype.char in "hif" and self.fits(levels.dtype):
            found = native.loops.levels(flat, levels, self.mapping)
        else:
            found = map_levels(flat, levels, self)
        return loss_of(found, flat.size, flat.dtype)

    def outside(self, responses: Array) -> Array:
        """Return -1 where a response falls below the levels, 1 where above, else 0, int8; where it is NaN, -1."""
        with np.errstate(invalid="ignore", over="ignore"):
            mapped = _mapped(responses, self)
            # A NaN is not above 0 either, and becomes 0.
            return np.asarray((mapped > (self.top or 0)).astype(np.int8) - ~(mapped >= 0))

    def keeps(self, values: np.dtype) -> bool:
        """Tell whether all that the unsigned type `values` holds are levels already, and stay what they are."""
        top = self.top or 0
        return self.is_identity and values.kind == "u" and int(np.iinfo(values).max) <= top

    def fits(self, dtype: np.dtype) -> bool:
        """Tell whether pixels of `dtype` are levels that the loops can write."""
        return self.top is not None and dtype.char in "BH"


def loss_of(found: Found, total: int, dtype: np.dtype) -> Loss:
    """Return the loss that a loop found in `total` responses of `dtype`: of whole numbers in whole numbers."""
    low, high, clipped, not_numbers = found
    if dtype.kind in "biu":
        low, high = int(low), int(high)
    return Loss(low, high, clipped, total, not_numbers)


def map_levels(responses: Array, levels: Array, scale: Scale) -> Found:
    """Write `responses` (n,) to `levels` (n,) by `scale`: what `native/levels.h` does, in NumPy.

    Returns the lowest and highest response, and how many were clipped and were no number.
    """
    low, high, _ = _extremes(responses)
    top = scale.top or 0
    with np.errstate(invalid="ignore", over="ignore"):
        mapped = _mapped(responses, scale)
        clipped = np.clip(mapped, 0, top)
        missing = np.isnan(mapped) if mapped.dtype.kind == "f" else np.False_
        lost = np.count_nonzero(clipped != mapped)  # a NaN is not even equal to itself
        np.copyto(levels, np.where(missing, 0, clipped), casting="unsafe")
    return low, high, int(lost), int(np.count_nonzero(missing))


def _mapped(responses: Array, scale: Scale) -> Array:
    """Return `responses` mapped and rounded, not yet clipped; in 64 bits the mapping's own rounding is not seen."""
    if scale.is_identity and responses.dtype.kind in "biu":
        if not scale.magnitude or responses.dtype.kind != "i":
            return responses
        # The lowest integer of a type has no magnitude in that type, but has one in its unsigned fellow.
        return np.asarray(np.abs(responses).view(f"u{responses.itemsize}"))
    mapped: Array = responses if scale.is_identity else responses.astype(np.float64)
    if scale.magnitude:
        mapped = np.abs(mapped)
    for change, number, neutral in _STEPS:
        if getattr(scale, number) != neutral:
            mapped = change(mapped, getattr(scale, number))
    mapped = np.rint(mapped)
    return mapped + scale.base if scale.base else mapped


_STEPS = ((np.subtract, "origin", 0), (np.multiply, "gain", 1), (np.divide, "over", 1))
"""The mapping but for the rounding and the base: what is done, with which number, and which would change nothing."""


def range_of(responses: Array) -> Range:
    """Return the lowest and highest response as Python numbers, NaN passed over."""
    return _extremes(responses)[:2]


def _extremes(responses: Array) -> tuple[float, float, bool]:
    """Return the lowest and highest response, and whether there is any NaN."""
    if responses.dtype.kind != "f":
        flat = responses.reshape(-1)
        return np.minimum.reduce(flat).item(), np.maximum.reduce(flat).item(), False
    low, high = responses.min(initial=np.inf).item(), responses.max(initial=-np.inf).item()
    if not isnan(low):
        return low, high, False
    # These pass over NaN, but take four times as long.
    low = np.fmin.reduce(responses, axis=None, initial=np.inf)
    return low.item(), np.fmax.reduce(responses, axis=None, initial=-np.inf).item(), True


def finite_range(responses: Array) -> Range:
    """Return the lowest and highest finite response, for a mapping that stretches them."""
    low, high = range_of(responses)
    if np.isfinite(low) and np.isfinite(high):
        return low, high
    return range_of(responses[np.isfinite(responses)])


class Responses(ABC):
    """What gives responses strip by strip: `edges` are the (first, last) rows of each."""

    edges: Sequence[tuple[int, int]]

    @abstractmethod
    def worker(self) -> Callable[[int, int], Array]:
        """Return what gives the responses of rows first to last, in memory that whoever asks may overwrite.

        Every thread makes its own, and the next responses may take the place of the last.
        """

    def prepare(self, scale: Scale) -> None:
        """Settle the strips for writing by `scale`, after which no worker is made: what writes at once has larger ones.

        Of the others what comes between stays in the cache.
        """
        return

    def writer(self, scale: Scale) -> Callable[[int, int, Array], Loss]:
        """Return what writes the responses of rows first to last as pixels by `scale`; every thread makes its own."""
        respond = self.worker()
        return lambda first, last, pixels: scale.write(respond(first, last), pixels)

"""Responses written as pixels by a linear mapping: rounded, clipped, cast, and what that lost counted."""

from math import isnan

import numpy as np

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.scratch import scratch
from cnnfilt.frozen import Frozen

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

    def is_exact_in_float32(self, dtype: np.dtype) -> bool:
        """Tell whether responses of `dtype` become the same pixels by way of float32 as by float64.

        The product of gain 255 and 16-bit differences is whole and below 2**24 wherever the quotient is not
        clipped. The quotient lies 1 / (2 * 65535) or more from any half it does not equal, and float32 knows 0 to
        256 to within 2**-17, which is less. The base, an even number, is added after rounding.
        """
        whole = all(float(number).is_integer() for number in (self.origin, self.gain, self.over))
        small = self.top == 255 and self.over <= 65535 and abs(self.origin) < 2**23
        return dtype.kind in "iu" and dtype.itemsize <= 2 and whole and small


class Writer:
    """Writes responses as pixels, strip by strip, in scratch memory of its own: every thread has one."""

    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        self._memory: dict[str, Array] = {}
        self._masks: dict[int, Mask] = {}

    def write(self, responses: Array, pixels: Array) -> Loss:
        """Write the pixels for `responses` to `pixels`, of the same shape, and return what was lost.

        The responses are contiguous, and overwritten: every copy less is a pass less.
        """
        flat = responses.reshape(-1)
        low, high, has_nan = _extremes(flat)
        clipped = not_numbers = 0
        if self._scale.top is None:
            with np.errstate(over="ignore"):
                np.copyto(pixels, responses, casting="unsafe")
        elif self._scale.is_identity and flat.dtype.kind in "biu":
            values, clipped = self._clip_whole(flat, self._scale.top, int(low), int(high))
            np.copyto(pixels, values.reshape(pixels.shape), casting="unsafe")
        else:
            with np.errstate(invalid="ignore", over="ignore"):
                values, clipped, not_numbers = self._clip_scaled(
                    flat, self._scale.top, np.nan if has_nan else low, high
                )
                np.copyto(pixels, values.reshape(pixels.shape), casting="unsafe")
        return Loss(low, high, clipped, flat.size, not_numbers)

    def _clip_whole(self, values: Array, top: int, low: int, high: int) -> tuple[Array, int]:
        """Return `values` clipped, and how many were."""
        if values.dtype.kind == "b":
            values = values.view(np.uint8)
        # Seen as unsigned, what lies below 0 lies above everything else: one comparison finds all that is clipped.
        unsigned = values.view(_UNSIGNED[values.dtype.itemsize])
        if self._scale.magnitude and low < 0:
            # The lowest integer of a type has no magnitude in that type, but has one in its unsigned fellow.
            values = np.abs(values, out=values).view(unsigned.dtype)
            unsigned, low, high = values, 0, max(-low, high)
        if low >= 0 and high <= top:
            return values, 0
        most, mask = min(top, _LARGEST[values.dtype.char]), self._mask(values)
        np.greater(unsigned, most, mask.values)
        # Numbers of the values' own type spare np.clip a look at what Python's would be.
        return values.clip(values.dtype.type(0), values.dtype.type(most), values), mask.count()

    def _clip_scaled(self, responses: Array, top: int, low: float, high: float) -> tuple[Array, int, int]:
        """Return `responses` mapped and clipped, how many were, and how many of these for being no number.

        `low` is NaN where there are any.
        """
        ends = self._mapped(np.array([low, high], responses.dtype)).tolist()
        mapped, mask = self._mapped(responses), self._mask(responses)
        # What lies between two values is mapped to what lies between theirs, unless magnitudes fold at 0.
        if all(0 <= end <= top for end in ends) and (low >= 0 or not self._scale.magnitude):
            return mapped, 0, 0
        np.greater(mapped, top, mask.values)
        clipped, not_numbers = mask.count(), 0
        if not (self._scale.is_identity and (self._scale.magnitude or low >= 0)):
            np.less(mapped, 0, mask.values)
            clipped += mask.count()
        # A NaN is on neither side, and becomes 0. A mapping can make one of an infinity.
        if not (np.isfinite(low) and np.isfinite(high)):
            np.isnan(mapped, mask.values)
            not_numbers = mask.count()
            np.copyto(mapped, 0, where=mask.values)
        return np.clip(mapped, 0, top, out=mapped), clipped + not_numbers, not_numbers

    def _mapped(self, responses: Array) -> Array:
        """Return `responses` mapped and rounded, in their own memory if they are floats."""
        scale, mapped = self._scale, responses
        # In 64 bits the rounding of the mapping itself is never seen.
        wide = np.dtype(np.float32 if scale.is_exact_in_float32(responses.dtype) else np.float64)
        if scale.is_identity:
            wide = np.result_type(responses, np.float32)
        if responses.dtype != wide:
            mapped = self._scratch("mapped", responses, wide)
            np.copyto(mapped, responses)
        if scale.magnitude:
            np.abs(mapped, out=mapped)
        for change, number, neutral in _STEPS:
            if getattr(scale, number) != neutral:
                change(mapped, getattr(scale, number), out=mapped)
        np.rint(mapped, out=mapped)
        return np.add(mapped, scale.base, out=mapped) if scale.base else mapped

    def _mask(self, values: Array) -> "Mask":
        if values.size not in self._masks:
            self._masks[values.size] = Mask(self._scratch("mask", values, np.dtype(np.bool_)))
        return self._masks[values.size]

    def _scratch(self, name: str, like: Array, dtype: np.dtype) -> Array:
        """Return memory for as many values as `like` has, the same memory whenever it is large enough."""
        memory = self._memory.get(name)
        if memory is None or memory.size < like.size:
            memory = self._memory[name] = scratch(like.size, dtype)
        return memory[: like.size]


_UNSIGNED = {size: np.dtype(f"u{size}") for size in (1, 2, 4, 8)}
_LARGEST = {char: int(np.iinfo(char).max) for char in np.typecodes["AllInteger"]}

_STEPS = ((np.subtract, "origin", 0), (np.multiply, "gain", 1), (np.divide, "over", 1))
"""The mapping but for the rounding and the base: what is done, with which number, and which would change nothing."""

WORD = 8
MOST_WORDS = 255
"""So many words of 8 truth values can be added, byte by byte, before a byte could overflow."""


class Mask:
    """Truth values, and how many of them are True, in a third of the time that np.count_nonzero takes."""

    def __init__(self, values: Array) -> None:
        """Count in `values` (n,), whatever will be written there."""
        self.values = values
        whole = len(values) // (WORD * MOST_WORDS) * (WORD * MOST_WORDS)
        self._words = values[:whole].view(np.uint64).reshape(MOST_WORDS, -1)
        self._sums = np.empty(self._words.shape[1], np.uint64)
        self._rest = values[whole:]

    def count(self) -> int:
        """Return how many are True."""
        np.add.reduce(self._words, axis=0, out=self._sums)
        return int(np.add.reduce(self._sums.view(np.uint8), dtype=np.int64)) + int(np.count_nonzero(self._rest))


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

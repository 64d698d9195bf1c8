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

    def write(self, responses: Array, pixels: Array) -> Loss:
        """Write the pixels for `responses` to `pixels`, of the same shape, and return what was lost.

        The responses are overwritten: every copy less is a pass less.
        """
        low, high = range_of(responses)
        clipped = 0
        if self._scale.top is None:
            with np.errstate(over="ignore"):
                np.copyto(pixels, responses, casting="unsafe")
        elif self._scale.is_identity and responses.dtype.kind in "biu":
            clipped = self._write_whole(responses, pixels, self._scale.top, int(low), int(high))
        else:
            with np.errstate(invalid="ignore", over="ignore"):
                clipped = self._write_scaled(responses, pixels, self._scale.top)
        return Loss(low, high, clipped, responses.size)

    def _write_whole(self, responses: Array, pixels: Array, top: int, low: int, high: int) -> int:
        if responses.dtype.kind == "b":
            responses = responses.view(np.uint8)
        # Seen as unsigned, what lies below 0 lies above everything else: one comparison finds all that is clipped.
        unsigned = responses.view(f"u{responses.dtype.itemsize}")
        if self._scale.magnitude and low < 0:
            # The lowest integer of a type has no magnitude in that type, but has one in its unsigned fellow.
            responses = np.abs(responses, out=responses).view(unsigned.dtype)
            unsigned, low, high = responses, 0, max(-low, high)
        if low >= 0 and high <= top:
            np.copyto(pixels, responses, casting="unsafe")
            return 0
        most = min(top, int(np.iinfo(responses.dtype).max))
        mask = np.greater(unsigned, most, out=self._scratch("mask", responses, np.dtype(np.bool_)))
        np.copyto(pixels, np.clip(responses, 0, most, out=responses), casting="unsafe")
        return count_true(mask)

    def _write_scaled(self, responses: Array, pixels: Array, top: int) -> int:
        scale = self._scale
        # In 64 bits the rounding of the mapping itself is never seen.
        wide = np.dtype(np.float32 if scale.is_exact_in_float32(responses.dtype) else np.float64)
        if scale.is_identity:
            wide = np.result_type(responses, np.float32)
        mapped = responses
        if responses.dtype != wide:
            mapped = self._scratch("mapped", responses, wide)
            np.copyto(mapped, responses)
        if scale.magnitude:
            np.abs(mapped, out=mapped)
        for change, number, neutral in _STEPS:
            if getattr(scale, number) != neutral:
                change(mapped, getattr(scale, number), out=mapped)
        np.rint(mapped, out=mapped)
        if scale.base:
            mapped += scale.base
        kept = np.clip(mapped, 0, top, out=self._scratch("kept", mapped))
        # A NaN differs from everything, itself included, so it is counted here and becomes 0 below.
        mask = np.not_equal(kept, mapped, out=self._scratch("mask", responses, np.dtype(np.bool_)))
        clipped = count_true(mask)
        if clipped and np.isnan(kept.min()):
            np.copyto(kept, 0, where=np.isnan(kept))
        np.copyto(pixels, kept, casting="unsafe")
        return clipped

    def _scratch(self, name: str, like: Array, dtype: np.dtype | None = None) -> Array:
        """Return memory of the shape of `like`, the same memory whenever it is large enough."""
        memory = self._memory.get(name)
        if memory is None or memory.size < like.size:
            memory = self._memory[name] = np.empty(like.size, dtype or like.dtype)
        return memory[: like.size].reshape(like.shape)


_STEPS = ((np.subtract, "origin", 0), (np.multiply, "gain", 1), (np.divide, "over", 1))
"""The mapping but for the rounding and the base: what is done, with which number, and which would change nothing."""


def count_true(mask: Array) -> int:
    """Return how many of the contiguous `mask` are True, in a third of the time that np.count_nonzero takes.

    Eight at a time, as the bytes of one word: 255 words can be added before a byte could overflow.
    """
    flat = mask.reshape(-1).view(np.uint8)
    whole = len(flat) // (8 * 255) * (8 * 255)
    words = flat[:whole].view(np.uint64).reshape(255, -1)
    counts = np.add.reduce(words, axis=0).view(np.uint8)
    return int(np.add.reduce(counts, dtype=np.int64)) + int(np.count_nonzero(flat[whole:]))


def range_of(responses: Array) -> Range:
    """Return the lowest and highest response as Python numbers, NaN passed over."""
    if responses.dtype.kind != "f":
        return responses.min().item(), responses.max().item()
    low, high = responses.min(initial=np.inf), responses.max(initial=-np.inf)
    if np.isnan(low):
        # These pass over NaN, but take four times as long.
        low, high = (find.reduce(responses, axis=None, initial=start) for find, start in _PAST_NAN)
    return low.item(), high.item()


_PAST_NAN = ((np.fmin, np.inf), (np.fmax, -np.inf))


def finite_range(responses: Array) -> Range:
    """Return the lowest and highest finite response, for a mapping that stretches them."""
    low, high = range_of(responses)
    if np.isfinite(low) and np.isfinite(high):
        return low, high
    return range_of(responses[np.isfinite(responses)])

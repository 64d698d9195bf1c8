"""Levels as light and back: the transfer curve that images are stored with, undone and done again.

Both ways by tables that are exact: each level has its light, and light becomes the level whose own is nearest by the
curve, as if the curve had been computed and its result rounded. Light is counted as levels are, from 0 to `top`.
"""

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnfilt.core.engine.images import Array
from cnnfilt.core.engine.scale import NO_LOSS, Loss, Scale, range_of
from cnnfilt.core.engine.threads import run_strips
from cnnfilt.frozen import Frozen

Curve = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
"""From levels, 0 for black to 1 for white, to light, 0 to 1."""

_STRIP_VALUES = 1 << 16
"""How many values are treated at once: what is made of them on the way stays in the cache."""


def srgb(levels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the light of sRGB levels: IEC 61966-2-1:1999, 5.2."""
    return np.where(levels <= 0.04045, levels / 12.92, ((np.maximum(levels, 0) + 0.055) / 1.055) ** 2.4)


class Light(Frozen, eq=False):
    """The curve of one channel as tables for levels 0 to `top`: the light `of` each, and where the next one begins.

    `first` is the lowest level whose light may lie in each cell of a grid over the square root of light, and `steps`
    how many levels more may.
    """

    top: int
    of: npt.NDArray[np.float64]
    next: npt.NDArray[np.float64]
    first: npt.NDArray[np.int32]
    steps: int

    def at(self, level: float) -> float:
        """Return the light of a level, which need not be whole."""
        return float(np.interp(level, np.arange(self.top + 1), self.of))

    def levels(self, light: Array) -> Array:
        """Return the levels (n,) of `light` (n,), floats, clipped: those of NaN are 0."""
        white = light.dtype.type(self.of[-1])
        shown = np.fmin(np.fmax(light, 0), white)
        cells = np.sqrt(shown / white)
        cells *= len(self.first) - 1
        # Both tables are whole: with "clip" nothing is checked that cannot be otherwise.
        found = np.take(self.first, cells.astype(np.intp), mode="clip")
        begins = self.next.astype(light.dtype, copy=False)
        for _ in range(self.steps):
            found += shown >= np.take(begins, found, mode="clip")
        return np.asarray(found)


def light_of(curve: Curve, top: int) -> Light | None:
    """Return the tables of `curve` for levels 0 to `top`; None unless each level has more light than the one before."""
    of = np.asarray(curve(np.arange(top + 1) / top), np.float64) * top
    halves = np.asarray(curve((np.arange(top) + 0.5) / top), np.float64) * top
    if not (np.isfinite(of).all() and of[0] >= 0 and (np.diff(of) > 0).all()):
        return None
    if not ((halves > of[:-1]) & (halves < of[1:])).all():
        return None
    next_ = np.append(halves, np.inf)
    # About as fine as the levels: the curves in use are near a square.
    cells = 4 * (top + 1)
    begins = (np.arange(-1, cells + 2) / cells).clip(0) ** 2 * of[-1]
    # Rounding may put light into the cell beside its own.
    first = np.searchsorted(halves, begins[:-2], side="right").astype(np.int32)
    after = np.searchsorted(halves, begins[2:] * (1 + 1e-9), side="right")
    return Light(top, of, next_, first[: cells + 1], int((after - first)[: cells + 1].max()))


def to_light(pixels: Array, lights: Sequence[Light]) -> Array:
    """Return the light of `pixels` (H, W) or (H, W, C), of 8 bits as float32, of 16 as float64; a Light a channel."""
    dtype = np.float32 if pixels.dtype == np.uint8 else np.float64
    light = np.empty(pixels.shape, dtype)

    def write(first: int, last: int) -> None:
        for one, of, into in _by_channel(lights, pixels[first:last], light[first:last]):
            into[...] = np.take(one.of.astype(dtype, copy=False), of, mode="clip")

    run_strips(_strips(pixels.shape), lambda: write)
    return light


def from_light(light: Array, lights: Sequence[Light], scale: Scale) -> tuple[Array, Loss]:
    """Return `light` (H, W) or (H, W, C), floats, mapped by `scale`, as levels, and what was lost to clipping."""
    pixels = np.empty(light.shape, np.uint8 if lights[0].top == 255 else np.uint16)

    def write(first: int, last: int) -> Loss:
        found = NO_LOSS
        for one, of, into in _by_channel(lights, light[first:last], pixels[first:last]):
            mapped = _mapped(of, scale)
            into[...] = one.levels(mapped.ravel()).reshape(mapped.shape)
            found += _lost(of, mapped, one)
        return found

    return pixels, sum(run_strips(_strips(light.shape), lambda: write), NO_LOSS)


def _by_channel(lights: Sequence[Light], *arrays: Array) -> Iterator[tuple[Any, ...]]:
    """Yield each Light with the part of each array that is its own: all of it where there is but one."""
    if all(one is lights[0] for one in lights):
        yield lights[0], *arrays
        return
    for channel, one in enumerate(lights):
        yield one, *(array[..., channel] for array in arrays)


def _mapped(values: Array, scale: Scale) -> Array:
    mapped = np.abs(values) if scale.magnitude else values
    return mapped if scale.is_identity else (mapped - scale.origin) * scale.gain / scale.over


def _lost(values: Array, mapped: Array, light: Light) -> Loss:
    """Return what was clipped: light further from black or white than half a level there."""
    below, above = -light.next[0], 2 * light.of[-1] - light.next[-2]
    low, high = float(mapped.min()), float(mapped.max())
    lost, missing = 0, 0
    if not (below <= low and high <= above):  # Nor is a NaN.
        with np.errstate(invalid="ignore"):
            lost = int(np.count_nonzero(~((mapped >= below) & (mapped <= above))))
        missing = int(np.count_nonzero(np.isnan(mapped)))
    if missing or mapped is not values:
        low, high = range_of(values)
    return Loss(low, high, lost, values.size, missing)


def _strips(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    height, rows = shape[0], max(1, _STRIP_VALUES // prod(shape[1:]))
    return [(top, min(top + rows, height)) for top in range(0, height, rows)]

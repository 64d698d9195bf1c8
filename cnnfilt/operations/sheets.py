"""The picture of one layer: all its maps as a captioned sheet, on one scale that its title tells, or each its own."""

import math
from collections.abc import Sequence

import numpy as np

from cnnfilt.core.levels import Levels, apply_levels
from cnnfilt.describe.chain import Report
from cnnfilt.errors import counted
from cnnfilt.files.contact_sheet import Tile, contact_sheet
from cnnfilt.operations.base import Array
from cnnfilt.spelling import spelled_range, spelled_value

MOST_MAPS = 1024
"""More are too many to look at."""

_ONE_ROW, _CELL = 16, 24
"""So many values stand in one row, each so many pixels high."""

LONGEST_SIDE = 2048
"""About: larger sheets are seldom seen whole."""


def sheet_of(number: int, report: Report, values: Array, names: Sequence[str], *, each: bool = False) -> Array:
    """Return the picture (H, W) uint8 of what layer `number` gives: (H, W, C), or a list of values.

    `names` are those of the channels, or of the values of a list, if they have any; a list is written in rows, like a
    text. With `each` every map has a scale of its own.
    """
    return sheet_about(f"{number}  {report.layer.word}  {report.input} -> {report.output}", values, names, each=each)


def sheet_about(about: str, values: Array, names: Sequence[str], *, each: bool = False) -> Array:
    """Return the same under a title that begins with `about`."""
    if values.ndim == 1:
        values, names = _in_rows(values), (_about_list(values, names),)
    maps = values[..., :MOST_MAPS]
    pixels, scale = _shown_each(maps) if each and maps.shape[2] > 1 else shown(maps)
    tiles = [
        Tile(pixels[..., place], f"{name}\n{spelled_range(*range_of(maps[..., place]))}")
        for place, name in enumerate(names[:MOST_MAPS])
    ]
    kept = f", {MOST_MAPS:,} of them shown" if values.shape[2] > MOST_MAPS else ""
    return contact_sheet(tiles, title=f"{about}{kept}\n{scale}", longest_side=LONGEST_SIDE)


def _in_rows(values: Array) -> Array:
    """Return a list of values as (H, W, 1); a long one becomes about a square, whose last row is filled with zeros."""
    width = _row_of(values)
    height = -(-len(values) // width)
    filled = np.zeros(height * width, values.dtype)
    filled[: len(values)] = values
    cell = max(1, _CELL // height)
    return filled.reshape(height, width, 1).repeat(cell, axis=0).repeat(cell, axis=1)


def _about_list(values: Array, names: Sequence[str]) -> str:
    rows = "" if _row_of(values) == len(values) else f" in rows of {_row_of(values):,}"
    highest = int(np.where(np.isnan(values), -np.inf, values).argmax())
    name = f"\n{names[highest]}" if names else ""
    return f"{counted(len(values), 'values')}{rows}\nhighest: number {highest:,} (from 0){name}"


def _row_of(values: Array) -> int:
    return len(values) if len(values) <= _ONE_ROW else math.ceil(math.sqrt(len(values)))


def shown(maps: Array) -> tuple[Array, str]:
    """Return the maps as uint8 levels, all on one scale, and the scale in words: zero is black, or mid-gray."""
    low, high = range_of(maps)
    if low < 0:
        largest = max(-low, high)
        pixels, _ = apply_levels(maps, Levels("symmetric", np.uint8))
        return pixels, f"black is {spelled_value(-largest)}, middle gray 0, white {spelled_value(largest)}"
    pixels, _ = apply_levels(maps, Levels("clip", np.uint8, (0, high) if high else None))
    return pixels, f"black is 0, white {spelled_value(high)}" if high else "all values are 0"


def _shown_each(maps: Array) -> tuple[Array, str]:
    """Return the maps as uint8 levels, each on a scale of its own, and in words what they have in common."""
    signed = range_of(maps)[0] < 0
    pixels = np.zeros(maps.shape, np.uint8)
    for number in range(maps.shape[2]):
        one, high = maps[..., number], range_of(maps[..., number])[1]
        levels = Levels("symmetric", np.uint8) if signed else Levels("clip", np.uint8, (0, high) if high else None)
        pixels[..., number], _ = apply_levels(one, levels)
    return pixels, "each map on its own: " + ("middle gray is 0" if signed else "black is 0, white its highest")


def range_of(values: Array) -> tuple[float, float]:
    """Return the lowest and the highest finite value; (0, 0) where there is none."""
    low, high = float(values.min()), float(values.max())
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)

"""The values of one layer as a page has them: exact numbers, pictures of all maps on a stated scale, their ranges."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnfilt.files.image import Array
from cnnfilt.operations.sheets import range_of, shown
from cnnfilt.page.arrays import number, packed, picture
from cnnfilt.page.chain_parts import Part

MOST_MAPS = 1024
"""More are not drawn; their numbers are there."""

SMALL = 16
"""Maps of so many rows and columns are drawn whole: of few there is little to leave out."""

Maps = dict[str, Any]


def maps_of(values: Array, names: Sequence[str], part: Part | None, step: int) -> Maps:
    """Return what a page has of a layer's values, (H, W, C) or a list.

    Numbers are those in `part`; pictures are of that part, and of every `step`-th row and column of the whole where
    that is not the same.
    """
    found: Maps = {"shape": values.shape, "names": list(names)}
    if part is None or values.ndim == 1:
        low, high = range_of(values)
        return found | {"values": packed(values), "part": None, "range": [number(low), number(high)]}
    maps = values[..., :MOST_MAPS]
    pixels, scale = shown(maps)
    near = pixels[part.slices]
    found |= {
        "values": packed(values[part.slices]),
        "part": [part.top, part.left, part.height, part.width],
        "scale": scale,
        "ranges": [[number(one) for one in range_of(maps[..., place])] for place in range(maps.shape[2])],
        "near": _sheet(near),
    }
    if near.shape != pixels.shape:
        step = step if max(pixels.shape[:2]) > SMALL else 1
        found["whole"] = _sheet(pixels[::step, ::step])
    return found


def _sheet(maps: Array) -> dict[str, Any]:
    """Return all maps (H, W, C) side by side in one picture: so many in a row."""
    height, width, count = maps.shape
    columns = max(min(math.ceil(math.sqrt(count * height / width)), count), 1)
    rows = -(-count // columns)
    sheet = np.zeros((rows, height, columns, width), np.uint8)
    for place in range(count):
        sheet[place // columns, :, place % columns] = maps[..., place]
    return {
        "picture": picture(sheet.reshape(rows * height, columns * width)),
        "columns": columns,
        "size": [height, width],
        "count": count,
    }

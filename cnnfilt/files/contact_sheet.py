"""Contact sheets: pictures in a grid, each with its caption, whatever size the pictures have."""

import math
from collections.abc import Sequence

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from cnnfilt.files.image import Array, top_level
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Pair

FONT_SIZE = 16
"""The least: the small letters of Pillow's own font are then 9 pixels high, its capitals 11."""

_PART_OF_TILE = 40
"""Wide tiles get letters of this part of their width, so that they can be read when the sheet is seen whole."""

_SMALLEST_TILE = 96
"""Smaller pictures are enlarged by a whole factor, to no more than this."""

_LONGEST_CAPTION = 20
"""Captions are cut where they are wider than their picture and than so many letters are high."""

_LONGEST_TITLE = 60

_SHAPE, _HOLES = 1.2, 3
"""How wide for its height a sheet should be, and how much a hole in its last row counts against that."""

_WHITE, _INK, _FRAME = 255, 20, 176


class Tile(Frozen, eq=False):
    """One picture, (H, W) or (H, W, 3) of uint8 or uint16, and the lines that stand under it."""

    pixels: Array
    caption: str


def contact_sheet(tiles: Sequence[Tile], *, title: str = "", longest_side: int | None = None) -> Array:
    """Return the tiles in rows under the lines of `title`, as one picture of the deepest and most colourful kind.

    The number of columns makes it about as wide as high. Small tiles are enlarged by a whole factor, with sharp
    pixels; with `longest_side` tiles of uint8 are shrunk by one if they would pass it. Letters never get smaller.
    """
    pictures = [_enlarged(tile.pixels) for tile in tiles]
    pictures = pictures if longest_side is None else _shrunk(pictures, longest_side)
    sizes = [(picture.shape[0], picture.shape[1]) for picture in pictures]
    letters = _Letters(max(FONT_SIZE, max(width for _, width in sizes) // _PART_OF_TILE))
    grid = _Grid.of(sizes, [tile.caption for tile in tiles], title, letters)
    page = _page(grid, sizes, [tile.caption for tile in tiles], title, letters)
    dtype = np.result_type(*pictures)
    sheet = _at_depth(np.asarray(page), dtype)
    if any(picture.ndim == 3 for picture in pictures):
        sheet = np.repeat(sheet[:, :, np.newaxis], 3, axis=2)
    for (top, left), (height, width), picture in zip(grid.places, sizes, pictures, strict=True):
        spread = picture[:, :, np.newaxis] if sheet.ndim > picture.ndim else picture
        sheet[top : top + height, left : left + width] = _at_depth(spread, dtype)
    return sheet


class _Letters:
    """Pillow's own font at one size, and how much room words take in it."""

    def __init__(self, size: int) -> None:
        self.size, self.gap = size, size // 2
        self.font = PIL.ImageFont.load_default(size)
        self._line = round(size * 1.4)

    def height(self, text: str) -> int:
        """Return how high the lines of `text` are together."""
        return self._line * len(text.splitlines())

    def width(self, text: str) -> int:
        """Return how wide the widest line of `text` is."""
        return max((math.ceil(self.font.getlength(line)) for line in text.splitlines()), default=0)

    def write(self, draw: PIL.ImageDraw.ImageDraw, place: Pair, text: str, room: int) -> None:
        """Write the lines of `text` from `place` (top, left) on, each cut with dots where `room` ends."""
        for number, line in enumerate(text.splitlines()):
            shown = line
            while self.width(shown) > room and len(shown) > 1:
                line = line[: -max(1, len(line) // 16)]
                shown = f"{line}..."
            draw.text((place[1], place[0] + number * self._line), shown, fill=_INK, font=self.font)


class _Grid(Frozen):
    """Where things stand: cells of one size (height, width), the pictures on top and their captions under them."""

    cells: int
    columns: int
    cell: Pair
    top: int
    gap: int
    title: int

    @classmethod
    def of(cls, sizes: Sequence[Pair], captions: Sequence[str], title: str, letters: _Letters) -> "_Grid":
        """Return the grid that has room for pictures of these sizes with their captions."""
        high, wide = max(height for height, _ in sizes), max(width for _, width in sizes)
        widest = min(max(map(letters.width, captions)), _LONGEST_CAPTION * letters.size)
        cell = high + letters.gap // 2 + max(map(letters.height, captions)), max(wide, widest)
        columns = _columns(len(sizes), (cell[0] + letters.gap, cell[1] + letters.gap))
        top = letters.gap + (letters.height(title) + letters.gap if title else 0)
        room = min(letters.width(title), _LONGEST_TITLE * letters.size)
        return cls(len(sizes), columns, cell, top, letters.gap, room)

    @property
    def size(self) -> Pair:
        """Return (height, width) of the whole."""
        rows = -(-self.cells // self.columns)
        width = max(self.columns * (self.cell[1] + self.gap) - self.gap, self.title)
        return self.top + rows * (self.cell[0] + self.gap), width + 2 * self.gap

    @property
    def places(self) -> list[Pair]:
        """Return the (top, left) of each picture."""
        down, across = self.cell[0] + self.gap, self.cell[1] + self.gap
        numbers = (divmod(number, self.columns) for number in range(self.cells))
        return [(self.top + row * down, self.gap + column * across) for row, column in numbers]


def _page(
    grid: _Grid, sizes: Sequence[Pair], captions: Sequence[str], title: str, letters: _Letters
) -> PIL.Image.Image:
    """Return the sheet in gray, with all its letters and a frame for each picture."""
    page = PIL.Image.new("L", (grid.size[1], grid.size[0]), _WHITE)
    draw = PIL.ImageDraw.Draw(page)
    letters.write(draw, (grid.gap, grid.gap), title, grid.size[1] - 2 * grid.gap)
    for (top, left), (height, width), caption in zip(grid.places, sizes, captions, strict=True):
        draw.rectangle((left - 1, top - 1, left + width, top + height), outline=_FRAME)
        letters.write(draw, (top + height + letters.gap // 2, left), caption, grid.cell[1])
    return page


def _columns(count: int, cell: Pair) -> int:
    def misfit(columns: int) -> float:
        rows = -(-count // columns)
        holes = columns * rows - count
        return abs(math.log(columns * cell[1] / (rows * cell[0]) / _SHAPE)) + _HOLES * holes / count

    return min(range(1, count + 1), key=misfit)


def _enlarged(picture: Array) -> Array:
    factor = max(1, _SMALLEST_TILE // max(picture.shape[:2]))
    return picture if factor == 1 else picture.repeat(factor, axis=0).repeat(factor, axis=1)


def _shrunk(pictures: Sequence[Array], longest_side: int) -> list[Array]:
    """Return the pictures made smaller by the least whole factor that lets all of them stand within `longest_side`."""
    high, wide = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    columns = _columns(len(pictures), (high, wide))
    factor = math.ceil(max(-(-len(pictures) // columns) * high, columns * wide) / longest_side)
    if factor <= 1:
        return list(pictures)
    return [np.asarray(PIL.Image.fromarray(np.ascontiguousarray(picture)).reduce(factor)) for picture in pictures]


def _at_depth(picture: Array, dtype: np.dtype) -> Array:
    """Return the picture in `dtype`; of 16 bits white is 65535, so levels of 8 bits are taken times 257."""
    return np.asarray(picture.astype(dtype) * dtype.type(top_level(dtype) // top_level(picture.dtype)))

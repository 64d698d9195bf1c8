"""The steps of a walk as pictures for slides: grids of numbers under titles, and lines of words.

What colours say is said without them, too: padding is hatched, the window has a thick line around it, what is kept of
it a second one.
"""

import math
import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from cnnfilt.errors import ShapeError
from cnnfilt.files.image import Array
from cnnfilt.files.walk_places import ROOM, in_stack, on_shelves
from cnnfilt.frozen import Frozen
from cnnfilt.terms import Pair

LARGEST, SMALLEST = 30, 14
"""How high letters may be: from the back of a room 14 of a picture's 900 rows can just be read."""

_INK, _WHITE, _LINE, _FAINT = (26, 26, 26), (255, 255, 255), (150, 150, 150), (238, 238, 238)
_WINDOW, _UNDER_WINDOW = (0, 98, 158), (214, 234, 248)
_KEPT, _UNDER_KEPT = (158, 84, 0), (255, 221, 153)
_PADDING, _HATCH, _MUTED = (246, 246, 246), (186, 186, 186), (85, 85, 85)
"""Blue and orange are told apart in every kind of colour vision; letters stand 4.5 to 1 against what is under them."""

_LINE_LENGTH = 40
"""Lines of words are at least so many letters' heights long where there is room."""

_SMALL = 0.62
"""The letters of a weight, as a part of the others."""


class Square(Frozen):
    """One cell: what is written in it, a `weight` that it meets, and what it is.

    `shade` is how bright the pixel is, 0 to 1; None where it is no pixel. An `empty` one is not known yet.
    """

    text: str = ""
    weight: str = ""
    padded: bool = False
    lit: bool = False
    kept: bool = False
    empty: bool = False
    shade: float | None = None


class Panel(Frozen):
    """A grid under its title; what is `lit` in it has a line around it all. A `joined` one stays beside the last."""

    title: str
    rows: tuple[tuple[Square, ...], ...]
    joined: bool = False

    @property
    def squares(self) -> list[Square]:
        """Return all squares, row by row."""
        return [square for row in self.rows for square in row]

    @property
    def lit(self) -> tuple[int, int, int, int] | None:
        """Return the first and last row, and the first and last column, of what is lit; None where nothing is."""
        ys = [y for y, row in enumerate(self.rows) for square in row if square.lit]
        xs = [x for row in self.rows for x, square in enumerate(row) if square.lit]
        return (min(ys), max(ys), min(xs), max(xs)) if ys else None


class Scene(Frozen):
    """One step: what it is about, its grids, and what is said of it. `progress` is how far the walk is, 0 to 1."""

    heading: str
    panels: tuple[Panel, ...]
    lines: tuple[str, ...]
    legend: tuple[tuple[str, Square], ...] = ()
    count: str = ""
    progress: float = 0


def drawn_scenes(scenes: Sequence[Scene]) -> list[Array]:
    """Return each scene as a picture (H, W, 3), all of one size, with letters as large as there is room for.

    ShapeError where not even the smallest fit.
    """
    for size in range(LARGEST, SMALLEST - 1, -2):
        for stacked in (False, True):
            page = _Page(size, scenes, stacked=stacked)
            if page.size[0] <= ROOM[0] and page.size[1] <= ROOM[1]:
                return [page.draw(scene) for scene in scenes]
    most = f"{ROOM[1]}x{ROOM[0]} pixels"
    raise ShapeError(
        f"the numbers of {{image}} have no room on a slide of {most}; take a smaller part, or a smaller kernel"
    )


@cache
def _font(size: int) -> PIL.ImageFont.FreeTypeFont | PIL.ImageFont.ImageFont:
    return PIL.ImageFont.load_default(size)


def _width(text: str, size: int) -> int:
    return math.ceil(_font(size).getlength(text))


def _wrapped(text: str, room: int, size: int) -> list[str]:
    """Return `text` in lines; an operator stays with what comes after it."""
    lines = [""]
    for word in re.split(r"(?<![+=/]) ", text):
        longer = f"{lines[-1]} {word}".strip()
        if _width(longer, size) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


class _Page:
    """Where everything stands on the steps of one walk, with letters of one size."""

    def __init__(self, letters: int, scenes: Sequence[Scene], *, stacked: bool) -> None:
        self.letters, self.small, self.gap = letters, round(letters * _SMALL), letters
        self.line, self.cell = round(letters * 1.45), round(letters * 2.3)
        panels = list(zip(*(scene.panels for scene in scenes), strict=True))
        self.widths = [self._cell_width(each) for each in panels]
        sizes = [self._panel_size(each[0], width) for each, width in zip(panels, self.widths, strict=True)]
        self.top = self.gap + self.line + self.gap // 2
        joined = [panel.joined for panel in scenes[0].panels]
        where = in_stack(sizes, self.top, self.gap) if stacked else on_shelves(sizes, joined, self.top, self.gap)
        self.places, (bottom, right) = where
        self.words = bottom + self.gap
        fixed = max(right + self.gap, *(self._fixed_width(scene) for scene in scenes))
        self.width = max(fixed, min(_LINE_LENGTH * letters, ROOM[1]))
        self.width = max(fixed, *(self._widest(scene) for scene in scenes))
        lines = max(len(self._lines(scene)) for scene in scenes)
        self.legend = self.words + lines * self.line + self.gap // 2
        self.size = self.legend + self.line + self.gap, self.width

    def draw(self, scene: Scene) -> Array:
        """Return one step as a picture."""
        height, width = self.size
        image = PIL.Image.new("RGB", (width, height), _WHITE)
        draw = PIL.ImageDraw.Draw(image)
        self._write(draw, (self.gap, self.gap), scene.heading)
        self._write(draw, (self.gap, width - self.gap - _width(scene.count, self.letters)), scene.count, _MUTED)
        for place, panel, wide in zip(self.places, scene.panels, self.widths, strict=True):
            self._draw_panel(draw, place, panel, wide)
        for number, line in enumerate(self._lines(scene)):
            self._write(draw, (self.words + number * self.line, self.gap), line)
        self._draw_legend(draw, scene.legend)
        draw.rectangle((0, height - 4, round(width * scene.progress), height), fill=_WINDOW)
        return np.asarray(image)

    def _cell_width(self, panels: Sequence[Panel]) -> int:
        squares = {(square.text, square.weight) for panel in panels for square in panel.squares}
        widest = max(max(_width(text, self.letters), _width(weight, self.small)) for text, weight in squares)
        return max(self.cell, widest + round(0.9 * self.letters))

    def _panel_size(self, panel: Panel, cell_width: int) -> Pair:
        wide = max(len(panel.rows[0]) * cell_width, _width(panel.title, self.letters))
        return self.line + len(panel.rows) * self.cell, wide

    def _fixed_width(self, scene: Scene) -> int:
        heading = _width(scene.heading, self.letters) + 2 * self.gap + _width(scene.count, self.letters)
        return 2 * self.gap + max(heading, sum(self._legend_width(words) for words, _ in scene.legend))

    def _widest(self, scene: Scene) -> int:
        return 2 * self.gap + max(_width(line, self.letters) for line in self._lines(scene))

    def _lines(self, scene: Scene) -> list[str]:
        """Return what is said of the step, in lines as wide as the page."""
        return [part for line in scene.lines for part in _wrapped(line, self.width - 2 * self.gap, self.letters)]

    def _legend_width(self, words: str) -> int:
        return self.letters + self.gap // 2 + _width(words, self.letters) + 2 * self.gap

    def _write(self, draw: PIL.ImageDraw.ImageDraw, place: Pair, text: str, fill: tuple[int, int, int] = _INK) -> None:
        draw.text((place[1], place[0]), text, fill=fill, font=_font(self.letters))

    def _draw_panel(self, draw: PIL.ImageDraw.ImageDraw, place: Pair, panel: Panel, wide: int) -> None:
        self._write(draw, place, panel.title, _MUTED)
        top, left = place[0] + self.line, place[1]
        for y, row in enumerate(panel.rows):
            for x, square in enumerate(row):
                box = left + x * wide, top + y * self.cell, left + (x + 1) * wide, top + (y + 1) * self.cell
                self._draw_square(draw, box, square)
        if panel.lit is not None:
            first, last, start, end = panel.lit
            box = left + start * wide, top + first * self.cell, left + (end + 1) * wide, top + (last + 1) * self.cell
            thick = max(4, self.letters // 5)
            draw.rectangle(_grown(box, thick), outline=_WHITE, width=2)
            draw.rectangle(_grown(box, thick - 2), outline=_WINDOW, width=thick)

    def _draw_square(self, draw: PIL.ImageDraw.ImageDraw, box: tuple[int, int, int, int], square: Square) -> None:
        ink = _INK
        fill = _FAINT if square.empty else _PADDING if square.padded else _WHITE
        if square.shade is not None:
            level = round(255 * square.shade)
            fill, ink = (level, level, level), _INK if level > 118 else _WHITE
        elif square.kept:
            fill = _UNDER_KEPT
        elif square.lit:
            fill = _UNDER_WINDOW
        draw.rectangle(box, fill=fill, outline=_LINE)
        if square.padded:
            _hatch(draw, box)
            ink = _MUTED
        if square.lit and square.shade is not None:
            draw.rectangle(_grown(box, -1), outline=_WINDOW, width=2)
        if square.kept:
            draw.rectangle(_grown(box, -4), outline=_KEPT, width=4)
        self._label(draw, box, square, ink)

    def _label(
        self,
        draw: PIL.ImageDraw.ImageDraw,
        box: tuple[int, int, int, int],
        square: Square,
        ink: tuple[int, int, int],
    ) -> None:
        """Write into a square; over hatching letters have the ground of their square around them."""
        around = _UNDER_WINDOW if square.lit else _PADDING
        wide = 3 if square.padded else 0
        middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2 - (self.small * 0.45 if square.weight else 0)
        draw.text(
            middle, square.text, fill=ink, font=_font(self.letters), anchor="mm", stroke_width=wide, stroke_fill=around
        )
        if square.weight:
            place = (box[0] + box[2]) / 2, box[3] - self.small * 0.75
            fill = ink if square.shade is not None else _WINDOW
            draw.text(
                place,
                square.weight,
                fill=fill,
                font=_font(self.small),
                anchor="mm",
                stroke_width=wide,
                stroke_fill=around,
            )

    def _draw_legend(self, draw: PIL.ImageDraw.ImageDraw, legend: Sequence[tuple[str, Square]]) -> None:
        left = self.gap
        for words, square in legend:
            box = left, self.legend, left + self.letters, self.legend + self.letters
            self._draw_square(draw, box, square)
            if square.lit and not square.kept:
                draw.rectangle(box, outline=_WINDOW, width=4)
            self._write(draw, (self.legend - 2, left + self.letters + self.gap // 2), words, _MUTED)
            left += self._legend_width(words)


def _grown(box: tuple[int, int, int, int], by: int) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return left - by, top - by, right + by, bottom + by


def _hatch(draw: PIL.ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    """Draw falling lines over a box, a whole number of steps apart so that they meet those of its neighbours."""
    left, top, right, bottom = box
    for start in range((left + top) // 8 * 8 + 8, right + bottom, 8):
        x0, x1 = max(left + 1, start - bottom + 1), min(right - 1, start - top - 1)
        if x0 < x1:
            draw.line((x0, start - x0, x1, start - x1), fill=_HATCH)

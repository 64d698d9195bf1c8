"""A window as a table: by itself, or drawn into the whole small image with the products in place, as in the notes."""

from collections.abc import Sequence
from typing import assert_never

from cnnfilt.cli.inspect.number_tables import KEPT, PADDED, PLAIN_WIDTH, USED, Cell, Item, Matrix
from cnnfilt.cli.numbers import in_brackets, short, written
from cnnfilt.core.explain.convolution import Explained, Grid, Number, Patch
from cnnfilt.core.explain.pooling import Cells, Pooled
from cnnfilt.operations.inspect.explanation import Explanation, Explanations

Place = tuple[int, int]

MOST_ROWS = 20
"""An image of more rows is not drawn whole."""

MOST_TERMS = 50
"""A sum of more terms than this is cut short; --json has them all."""


def window_table(values: Cells, padded: Sequence[Sequence[bool]], title: str, kept: Place | None = None) -> Matrix:
    """Return the values under a window as a table, those in the padding in brackets, the one that is `kept` starred."""

    def cell(i: int, j: int) -> Cell:
        value = values[i][j]
        if (i, j) == kept:
            return Cell(f"*{short(value or 0)}", KEPT)
        text = "-" if value is None else short(value)
        return Cell(f"[{text}]", PADDED) if padded[i][j] else Cell(text)

    return Matrix(title, tuple(tuple(cell(i, j) for j in range(len(row))) for i, row in enumerate(values)))


def plain_table(values: Grid, title: str) -> Matrix:
    """Return numbers as a table."""
    return Matrix(title, tuple(tuple(Cell(short(value)) for value in row) for row in values))


def product_text(value: str, weight: str, *, padded: bool) -> str:
    """Return a product as it stands in a sum, a value of the padding in brackets: `9*(-1)`, `[0]*2`."""
    return f"{f'[{value}]' if padded else in_brackets(value)}*{in_brackets(weight)}"


def shortened_terms(terms: list[str]) -> list[str]:
    """Return the terms of a sum, or of a long one the first of them and the last."""
    if len(terms) < MOST_TERMS:
        return terms
    return [*terms[: MOST_TERMS // 4], f"... ({len(terms) - MOST_TERMS // 4 - 1} more terms) ...", terms[-1]]


def pictures(one: Explanation, explanations: Explanations) -> list[Item]:
    """Return the image with the window drawn into it, for each channel, where all values are explained.

    Nothing where it is too large, or several kernels meet the same window.
    """
    if explanations.image is None or len(explanations.image) > MOST_ROWS:
        return []
    match one.value:
        case Explained() as value:
            drawn = _products_drawn(one, value, explanations)
        case Pooled() as value if value.stage:
            drawn = []  # The image that the window is of is not the one that is there.
        case Pooled() as value:
            drawn = [[_drawn(one, explanations, value.map, _pooled_cells(value), "image")]]
        case unknown:
            assert_never(unknown)
    return list(drawn) if all(map(_fits, drawn)) else []


def _products_drawn(one: Explanation, value: Explained, explanations: Explanations) -> list[list[Matrix]]:
    if len(value.responses) > 1 or not (value.rows and value.columns):
        return []
    (response,) = value.responses
    several = len(response.patches) > 1
    drawn = []
    for patch in response.patches:
        title = f"channel {patch.channel}" if several else "image"
        image = _drawn(one, explanations, patch.channel, _product_cells(value, patch), title)
        kernel = tuple(tuple(Cell(written(weight)) for weight in row) for row in patch.kernel)
        drawn.append([image, Matrix(f"kernel {response.name}".strip(), kernel)])
    return drawn


def _fits(tables: list[Matrix]) -> bool:
    """Return whether the first of `tables`, the image, is narrow enough to be drawn."""
    widths = [max(len(cell.text) for cell in column) + 2 for column in zip(*tables[0].rows, strict=True)]
    return sum(widths) <= PLAIN_WIDTH - 8


def _product_cells(value: Explained, patch: Patch) -> dict[Place, Cell]:
    cells = {}
    for i, y in enumerate(value.rows):
        for j, x in enumerate(value.columns):
            padded = value.padded[i][j]
            text = product_text(written(patch.window[i][j]), written(patch.kernel[i][j]), padded=padded)
            cells[y, x] = Cell(text, PADDED if padded else USED)
    return cells


def _pooled_cells(value: Pooled) -> dict[Place, Cell]:
    cells = {}
    for i, y in enumerate(value.rows):
        for j, x in enumerate(value.columns):
            cell = value.window[i][j]
            text = "-" if cell is None else written(cell)
            if value.padded[i][j]:
                cells[y, x] = Cell(f"[{text}]", PADDED)
            else:
                kept = (i, j) == value.kept
                cells[y, x] = Cell(f"(*{text})" if kept else f"({text})", KEPT if kept else USED)
    return cells


def _drawn(one: Explanation, explanations: Explanations, channel: int, window: dict[Place, Cell], title: str) -> Matrix:
    """Return the image, and as much padding as any window reaches, with the cells of `window` put in."""
    image = explanations.image or ()
    padding = _padding(one, explanations, channel)
    ys, xs = ([place[axis] for place in padding] for axis in (0, 1))
    top, bottom = min([0, *ys]), max([len(image), *(y + 1 for y in ys)])
    left, right = min([0, *xs]), max([len(image[0]), *(x + 1 for x in xs)])

    def cell(y: int, x: int) -> Cell:
        if (y, x) in window:
            return window[y, x]
        if 0 <= y < len(image) and 0 <= x < len(image[0]):
            return Cell(written(image[y][x][channel]))
        value = padding.get((y, x))
        return Cell(f"[{'-' if value is None else written(value)}]", PADDED)

    rows = tuple(tuple(cell(y, x) for x in range(left, right)) for y in range(top, bottom))
    return Matrix(title, rows)


def _padding(one: Explanation, explanations: Explanations, channel: int) -> dict[Place, Number | None]:
    """Return what the windows of this result read outside the image in `channel`, where there is anything."""
    found: dict[Place, Number | None] = {}
    for value in (other.value for other in explanations.values if other.label == one.label):
        window = value.window_of(channel)
        if window is None:
            continue
        for i, y in enumerate(value.rows):
            for j, x in enumerate(value.columns):
                if value.padded[i][j]:
                    found[y, x] = window[i][j]
    return found

"""A walk through all windows: each drawn into the whole small image, the products in place, as in the notes."""

from cnnfilt.cli.inspect.number_tables import KEPT, PADDED, PLAIN_WIDTH, USED, Cell, Item, Matrix, number
from cnnfilt.core.explain.convolution import Explained, Number, Patch
from cnnfilt.core.explain.pooling import Pooled
from cnnfilt.operations.inspect.explanation import Explanation, Explanations

Place = tuple[int, int]
MOST_ROWS = 20


def picture(one: Explanation, explanations: Explanations) -> list[Item]:
    """Return the image with the window's products in place; nothing where it is too large, or no walk is made."""
    if explanations.image is None or len(explanations.image) > MOST_ROWS:
        return []
    value = one.value
    if isinstance(value, Pooled):
        return _fitting([_drawn(one, explanations, value.map, _pooled_cells(value), "")])
    if len(value.responses) > 1:
        return []
    response = value.responses[0]
    title = f"kernel {response.name}".strip()
    several = len(response.patches) > 1
    matrices = []
    for patch in response.patches:
        channel = f"channel {patch.channel}" if several else ""
        kernel = tuple(tuple(Cell(number(weight)) for weight in row) for row in patch.kernel)
        image = _drawn(one, explanations, patch.channel, _product_cells(value, patch), channel)
        matrices.append([image, Matrix(title, kernel)])
    return [item for pair in matrices for item in _fitting(pair)] if all(map(_fitting, matrices)) else []


def _fitting(matrices: list[Matrix]) -> list[Item]:
    widths = [max(len(cell.text) for cell in column) + 2 for column in zip(*matrices[0].rows, strict=True)]
    return [matrices] if sum(widths) <= PLAIN_WIDTH - 8 else []


def _product_cells(value: Explained, patch: Patch) -> dict[Place, Cell]:
    cells = {}
    for i, y in enumerate(value.rows):
        for j, x in enumerate(value.columns):
            hidden = value.padded[i][j]
            seen = number(patch.window[i][j], signed=not hidden)
            text = f"{f'[{seen}]' if hidden else seen}*{number(patch.kernel[i][j], signed=True)}"
            cells[y, x] = Cell(text, PADDED if hidden else USED)
    return cells


def _pooled_cells(value: Pooled) -> dict[Place, Cell]:
    cells = {}
    for i, y in enumerate(value.rows):
        for j, x in enumerate(value.columns):
            cell = value.window[i][j]
            text = "-" if cell is None else number(cell)
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
            return Cell(number(image[y][x][channel]))
        value = padding.get((y, x))
        return Cell(f"[{'-' if value is None else number(value)}]", PADDED)

    rows = tuple(tuple(cell(y, x) for x in range(left, right)) for y in range(top, bottom))
    return Matrix(title or "image", rows)


def _padding(one: Explanation, explanations: Explanations, channel: int) -> dict[Place, Number | None]:
    """Return what the windows of this result see outside the image in `channel`, where there is anything."""
    found: dict[Place, Number | None] = {}
    for other in explanations.values:
        if other.label != one.label:
            continue
        value = other.value
        if isinstance(value, Pooled):
            grids = {value.map: value.window}
        else:
            grids = {patch.channel: patch.window for response in value.responses for patch in response.patches}
        for i, y in enumerate(value.rows):
            for j, x in enumerate(value.columns):
                if value.padded[i][j] and channel in grids:
                    found[y, x] = grids[channel][i][j]
    return found

"""How `cnnfilt shape --coverage` shows how often each pixel is read: as numbers, or as a map of a large image."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from math import ceil, prod

from cnnfilt.describe.coverage import coverage
from cnnfilt.describe.windows import Windows
from cnnfilt.errors import ShapeError, counted
from cnnfilt.frozen import replace
from cnnfilt.terms import Padding

RAMP = ".:-=+*#%@"
"""From seldom to often; what no window reads is left blank."""

MOST_ROWS, MAP_WIDTH, FEWEST_LETTERS = 16, 60, 20

MOST_COUNTS, COUNTS_AT_AN_END = 13, 6
"""Of longer lists of counts those at both ends are shown."""


def coverage_text(layers: Sequence[Windows]) -> Iterator[str]:
    """Yield the lines for layers with these windows; of a lone one also how padding changes them."""
    yield from _block(layers, "")
    if len(layers) > 1:
        return
    (lone,) = layers
    padded = lone.pads != ((0, 0), (0, 0))
    other = _with_padding(lone, 0 if padded else "same")
    if other is not None and other != lone:
        yield ""
        prefix = "without padding: " if padded else "with -p same: "
        # A second map would look like the first.
        yield from _block([other], prefix) if fits(coverage_data([other])) else _in_words(other, prefix)


def coverage_data(layers: Sequence[Windows]) -> dict[str, list[int]]:
    """Return the counts along both axes; a pixel is read as often as its row times its column."""
    rows, columns = [windows.rows for windows in layers], [windows.columns for windows in layers]
    return {"rows": coverage(rows), "columns": coverage(columns)}


def _with_padding(windows: Windows, padding: Padding) -> Windows | None:
    with suppress(ShapeError):
        return replace(windows.slide, padding=padding).over(windows.size)
    return None


def _block(layers: Sequence[Windows], prefix: str) -> Iterator[str]:
    counts = coverage_data(layers)
    rows, columns = counts["rows"], counts["columns"]
    total = prod(layers[-1].output_size)
    what = "windows read" if len(layers) == 1 else "output values depend on"
    yield f"{prefix}{_sizes(layers)}; how many of the {total:,} {what} each pixel:"
    if fits(counts):
        width = widest(counts)
        yield from (" " + "".join(f" {row * column:>{width}}" for column in columns) for row in rows)
    else:
        yield from _map(rows, columns, [prod(windows.stride[axis] for windows in layers) for axis in (0, 1)])
    yield _summary(rows, columns)


def _in_words(windows: Windows, prefix: str) -> Iterator[str]:
    counts = coverage_data([windows])
    yield f"{prefix}{_sizes([windows])};"
    yield _summary(counts["rows"], counts["columns"])


def _sizes(layers: Sequence[Windows]) -> str:
    (height, width), (out_height, out_width) = layers[0].size, layers[-1].output_size
    return f"{height}x{width} -> {out_height}x{out_width}"


def fits(counts: dict[str, list[int]]) -> bool:
    """Return whether the numbers of all pixels fit the terminal."""
    return len(counts["rows"]) <= MOST_ROWS and len(counts["columns"]) * (widest(counts) + 1) < terminal_columns()


def widest(counts: dict[str, list[int]]) -> int:
    """Return how many digits the largest of the numbers of all pixels has."""
    return len(str(max(counts["rows"]) * max(counts["columns"])))


def _map(rows: Sequence[int], columns: Sequence[int], periods: Sequence[int]) -> Iterator[str]:
    """Yield a picture of letters, each the mean of a block of pixels; a letter is twice as high as it is wide.

    Blocks are whole `periods` of the strides where these are short, or stripes would show that are not there.
    """
    across = _block_size(len(columns) / min(MAP_WIDTH, terminal_columns() - 4), periods[1], len(columns))
    down = _block_size(max(2 * across, len(rows) / MOST_ROWS), periods[0], len(rows))
    most = max(rows) * max(columns)
    means = _means(columns, across, periods[1])
    for row in _means(rows, down, periods[0]):
        yield "  |" + "".join(_letter(row * column / most) for column in means) + "|"
    yield f"  each letter is {down}x{across} pixels; blank: never read; {RAMP[0]} seldom; {RAMP[-1]} {most:,} times"
    same = rows == columns
    yield f"  {'rows and columns' if same else 'rows'} are read {shortened(rows)} times"
    if not same:
        yield f"  columns are read {shortened(columns)} times"
    yield "  a pixel is read as often as its row times its column"


def _block_size(least: float, period: int, length: int) -> int:
    # Of a deep network a period is so long that a handful of letters would be left.
    return ceil(least / period) * period if period * FEWEST_LETTERS <= length else ceil(least)


def _letter(part: float) -> str:
    return RAMP[round(part * (len(RAMP) - 1))] if part else " "


def _means(counts: Sequence[int], block: int, period: int) -> list[float]:
    """Return the means of blocks of `block` counts, or where there are no periods to keep whole, of about so many.

    A narrow rest at the end would show what the border alone has, and only at that side.
    """
    number = ceil(len(counts) / block)
    size = block if period > 1 else len(counts) / number
    edges = [*(round(place * size) for place in range(number)), len(counts)]
    blocks = [counts[start:end] for start, end in pairwise(edges)]
    return [sum(block) / len(block) for block in blocks]


def shortened(counts: Sequence[int]) -> str:
    """Return the counts, or of many those at both ends."""
    if len(counts) <= MOST_COUNTS:
        return ", ".join(map(str, counts))
    return ", ".join([*map(str, counts[:COUNTS_AT_AN_END]), "...", *map(str, counts[-COUNTS_AT_AN_END:])])


def _summary(rows: Sequence[int], columns: Sequence[int]) -> str:
    corner, most = rows[0] * columns[0], max(rows) * max(columns)
    unread = len(rows) * len(columns) - sum(map(bool, rows)) * sum(map(bool, columns))
    text = f"the corner pixel is read {_times(corner)}, the one read most {_times(most)}"
    return text + (f"; {counted(unread, 'pixels')} by none" if unread else "")


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def terminal_columns() -> int:
    """Return how wide the terminal is."""
    return shutil.get_terminal_size().columns

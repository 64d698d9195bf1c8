"""How `cnnfilt shape --coverage` shows who sees what: as numbers, or as a map of a large image."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import ceil, prod

from cnnfilt.describe.coverage import coverage
from cnnfilt.describe.windows import Slide, Windows
from cnnfilt.errors import ShapeError, counted
from cnnfilt.terms import Padding

RAMP = ".:-=+*#%@"
"""From seldom to often; what nothing sees is left blank."""

MOST_ROWS, MAP_WIDTH, FEWEST_LETTERS = 16, 60, 20


def coverage_text(pairs: Sequence[Windows]) -> Iterator[str]:
    """Yield the lines for the layers with these windows; of a lone one also how padding changes them."""
    yield from _block(pairs, "")
    if len(pairs) > 1:
        return
    lone = pairs[0]
    padded = lone.pads != ((0, 0), (0, 0))
    other = _with_padding(lone, 0 if padded else "same")
    if other is not None and other != lone:
        yield ""
        prefix = "without padding: " if padded else "with -p same: "
        # A second map would look like the first.
        yield from _block([other], prefix) if _fits(coverage_data([other])) else _in_words(other, prefix)


def coverage_data(pairs: Sequence[Windows]) -> dict[str, list[int]]:
    """Return the counts along both axes; a pixel is seen as often as its row times its column."""
    return {"rows": coverage([pair.rows for pair in pairs]), "columns": coverage([pair.columns for pair in pairs])}


def _with_padding(windows: Windows, padding: Padding) -> Windows | None:
    slide = Slide(windows.kernel_size, windows.stride, padding, windows.dilation, windows.rows.ceil_mode)
    with suppress(ShapeError):
        return slide.over(windows.size)
    return None


def _block(pairs: Sequence[Windows], prefix: str) -> Iterator[str]:
    counts = coverage_data(pairs)
    rows, columns = counts["rows"], counts["columns"]
    total = prod(pairs[-1].output_size)
    what = "windows see" if len(pairs) == 1 else "values that come out see"
    yield f"{prefix}{_sizes(pairs)}; how many of the {total:,} {what} each pixel:"
    if _fits(counts):
        widest = _widest(counts)
        yield from (" " + "".join(f" {row * column:>{widest}}" for column in columns) for row in rows)
    else:
        yield from _map(rows, columns, [prod(pair.stride[axis] for pair in pairs) for axis in (0, 1)])
    yield _summary(rows, columns)


def _in_words(pair: Windows, prefix: str) -> Iterator[str]:
    counts = coverage_data([pair])
    yield f"{prefix}{_sizes([pair])};"
    yield _summary(counts["rows"], counts["columns"])


def _sizes(pairs: Sequence[Windows]) -> str:
    (height, width), (out_height, out_width) = pairs[0].size, pairs[-1].output_size
    return f"{height}x{width} -> {out_height}x{out_width}"


def _fits(counts: dict[str, list[int]]) -> bool:
    """Return whether the numbers of all pixels fit the terminal."""
    return len(counts["rows"]) <= MOST_ROWS and len(counts["columns"]) * (_widest(counts) + 1) < _width()


def _widest(counts: dict[str, list[int]]) -> int:
    return len(str(max(counts["rows"]) * max(counts["columns"])))


def _map(rows: Sequence[int], columns: Sequence[int], periods: Sequence[int]) -> Iterator[str]:
    """Yield a picture of letters, each the mean of a block of pixels; a letter is twice as high as it is wide.

    Blocks are whole `periods` of the strides where these are short, or stripes would show that are not there.
    """
    across = _block_size(len(columns) / min(MAP_WIDTH, _width() - 4), periods[1], len(columns))
    down = _block_size(max(2 * across, len(rows) / MOST_ROWS), periods[0], len(rows))
    most = max(rows) * max(columns)
    means = _means(columns, across)
    for row in _means(rows, down):
        yield "  |" + "".join(_letter(row * column / most) for column in means) + "|"
    yield f"  each letter is {down}x{across} pixels; blank: seen by none; {RAMP[0]} seldom; {RAMP[-1]} {most:,} times"
    same = rows == columns
    yield f"  {'rows and columns' if same else 'rows'} are seen {_elided(rows)} times"
    if not same:
        yield f"  columns are seen {_elided(columns)} times"
    yield "  and each pixel as often as its row times its column"


def _block_size(least: float, period: int, length: int) -> int:
    # Of a deep network a period is so long that a handful of letters would be left.
    return ceil(least / period) * period if period * FEWEST_LETTERS <= length else ceil(least)


def _letter(part: float) -> str:
    return RAMP[round(part * (len(RAMP) - 1))] if part else " "


def _means(counts: Sequence[int], block: int) -> list[float]:
    blocks = [counts[start : start + block] for start in range(0, len(counts), block)]
    return [sum(block) / len(block) for block in blocks]


def _elided(counts: Sequence[int]) -> str:
    if len(counts) <= 13:
        return ", ".join(map(str, counts))
    return ", ".join([*map(str, counts[:6]), "...", *map(str, counts[-6:])])


def _summary(rows: Sequence[int], columns: Sequence[int]) -> str:
    corner, most = rows[0] * columns[0], max(rows) * max(columns)
    unseen = len(rows) * len(columns) - sum(map(bool, rows)) * sum(map(bool, columns))
    text = f"the corner pixel is seen {_times(corner)}, the one seen most {_times(most)}"
    return text + (f"; {counted(unseen, 'pixels')} by none" if unseen else "")


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _width() -> int:
    return shutil.get_terminal_size().columns

"""How `cnnfilt shape --coverage` shows who sees what: as numbers, or as a map of a large image."""

import shutil
from collections.abc import Iterator, Sequence
from math import ceil, prod

from cnnfilt.coverage import coverage
from cnnfilt.errors import counted
from cnnfilt.geometry import Window, windows

Pair = tuple[Window, Window]

RAMP = ".:-=+*#%@"
"""From seldom to often; what nothing sees is left blank."""

MOST_ROWS, MAP_WIDTH, FEWEST_LETTERS = 16, 60, 20


def coverage_text(pairs: Sequence[Pair]) -> Iterator[str]:
    """Yield the lines for the layers with these windows; of a lone one also how padding changes them."""
    yield from _block(pairs, "")
    if len(pairs) > 1:
        return
    window = pairs[0]
    padded = any(axis.before or axis.after for axis in window)
    other = _with_padding(window, 0 if padded else "same")
    if other is not None and other != window:
        yield ""
        prefix = "without padding: " if padded else "with -p same: "
        # A second map would look like the first.
        yield from _block([other], prefix) if _fits(coverage_data([other])) else _in_words(other, prefix)


def coverage_data(pairs: Sequence[Pair]) -> dict[str, list[int]]:
    """Return the counts along both axes; a pixel is seen as often as its row times its column."""
    rows, columns = (coverage([pair[axis] for pair in pairs]) for axis in (0, 1))
    return {"rows": rows, "columns": columns}


def _with_padding(pair: Pair, padding: int | str) -> Pair | None:
    rows, columns = pair
    if padding == 0 and (rows.span > rows.size or columns.span > columns.size):
        return None
    return windows(
        (rows.size, columns.size),
        (rows.kernel_size, columns.kernel_size),
        stride=(rows.stride, columns.stride),
        padding=0 if padding == 0 else "same",
        dilation=(rows.dilation, columns.dilation),
        ceil_mode=rows.ceil_mode,
    )


def _block(pairs: Sequence[Pair], prefix: str) -> Iterator[str]:
    counts = coverage_data(pairs)
    rows, columns = counts["rows"], counts["columns"]
    total = pairs[-1][0].output_size * pairs[-1][1].output_size
    what = "windows see" if len(pairs) == 1 else "values that come out see"
    yield f"{prefix}{_sizes(pairs)}; how many of the {total:,} {what} each pixel:"
    if _fits(counts):
        widest = _widest(counts)
        yield from (" " + "".join(f" {row * column:>{widest}}" for column in columns) for row in rows)
    else:
        yield from _map(rows, columns, [prod(pair[axis].stride for pair in pairs) for axis in (0, 1)])
    yield _summary(rows, columns)


def _in_words(pair: Pair, prefix: str) -> Iterator[str]:
    counts = coverage_data([pair])
    yield f"{prefix}{_sizes([pair])};"
    yield _summary(counts["rows"], counts["columns"])


def _sizes(pairs: Sequence[Pair]) -> str:
    (rows, columns), (last_rows, last_columns) = pairs[0], pairs[-1]
    return f"{rows.size}x{columns.size} -> {last_rows.output_size}x{last_columns.output_size}"


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

"""How `cnnfilt shape --coverage` shows what output pixels of transposed convolutions get: a checkerboard, or none."""

from collections.abc import Iterator, Sequence
from math import gcd

from cnnfilt.cli.shape.coverage_map import fits, shortened, terminal_columns, widest
from cnnfilt.cli.shape.sizes import pair_text
from cnnfilt.describe.coverage import received
from cnnfilt.describe.transposed import TransposedWindows
from cnnfilt.describe.windows import Windows
from cnnfilt.spelling import spelled_size

MOST_ROWS = 16

Passed = Windows | TransposedWindows


def stamp_text(layers: Sequence[Passed]) -> Iterator[str]:
    """Yield the lines for layers with these windows, of which one at least is transposed."""
    counts = stamp_data(layers)
    rows, columns = counts["rows"], counts["columns"]
    what = "input values" if len(layers) == 1 else "products with input values"
    sizes = f"{spelled_size(layers[0].size)} -> {spelled_size(layers[-1].output_size)}"
    yield f"{sizes}; how many {what} each output pixel sums:"
    if fits(counts):
        yield from _numbers(rows, columns, widest(counts))
    else:
        yield from _corner(rows, columns, widest(counts))
    inner = sorted({row * column for row in _inside(rows) for column in _inside(columns)})
    said = f"each sums {inner[0]:,}" if len(inner) == 1 else f"they sum {inner[0]:,} to {inner[-1]:,}"
    yield f"away from the border {said}"
    yield from (_overlap(windows) for windows in layers if isinstance(windows, TransposedWindows))


def stamp_data(layers: Sequence[Passed]) -> dict[str, list[int]]:
    """Return the counts along both axes of the output; a pixel sums as many as its row times its column."""
    return {
        "rows": received([windows.rows for windows in layers]),
        "columns": received([windows.columns for windows in layers]),
    }


def _numbers(rows: Sequence[int], columns: Sequence[int], width: int) -> Iterator[str]:
    for row in rows:
        yield " " + "".join(f" {row * column:>{width}}" for column in columns)


def _corner(rows: Sequence[int], columns: Sequence[int], width: int) -> Iterator[str]:
    """Yield the numbers of the first rows and columns: means over blocks would hide a checkerboard."""
    across = min(len(columns), max(1, (terminal_columns() - 2) // (width + 1)))
    down = min(len(rows), MOST_ROWS)
    yield from _numbers(rows[:down], columns[:across], width)
    yield f"  these are the first {down} rows and {across} columns"
    same = rows == columns
    yield f"  {'rows and columns' if same else 'rows'} sum {shortened(rows)}"
    if not same:
        yield f"  columns sum {shortened(columns)}"
    yield "  a pixel sums as many as its row times its column"


def _inside(counts: Sequence[int]) -> Sequence[int]:
    """Return the middle third, which no border reaches where there is anything but border."""
    third = len(counts) // 3
    return counts[third : len(counts) - third]


def _overlap(windows: TransposedWindows) -> str:
    """Return in a line whether stamps overlap evenly, and which kernel's would."""
    found = f"k={pair_text(windows.kernel_size)} with s={pair_text(windows.stride)}"
    if all(axis.is_even for axis in windows):
        return f"{found}: stamps overlap evenly"
    rows, columns = (-(-axis.kernel_size // axis.stride) * axis.stride for axis in windows)
    shares = any(gcd(axis.stride, axis.dilation) > 1 for axis in windows)
    dilation = " without a dilation that shares a factor with s" if shares else ""
    return f"{found}: stamps overlap unevenly, a checkerboard; k={pair_text((rows, columns))}{dilation} would be even"

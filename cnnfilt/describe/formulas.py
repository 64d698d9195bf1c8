"""How each size comes about, in lines of text: the formulas with their numbers, and every window's start."""

from collections.abc import Iterator
from itertools import pairwise

from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import Effect, Flat, Shape, Volume
from cnnfilt.describe.window import Window, formula_of_notes
from cnnfilt.describe.windows import Windows
from cnnfilt.frozen import replace

MOST_STARTS = 9
"""Of more windows along an axis the starts of the first and the last are shown."""


def size_lines(report: Report) -> Iterator[str]:
    """Yield the lines that say how the size of a layer's output comes about, with the numbers filled in."""
    if report.effect.windows:
        yield from window_lines(report.effect.windows)
    elif isinstance(report.input, Volume) and isinstance(report.output, Flat):
        yield f"features    {str(report.input).replace('x', '*')} = {report.output}"
    elif report.others:
        yield f"joined      {report.input} and {report.others[0]}"
    elif found := report.layer.formulas(report.input):
        yield from (f"{what:10}  {formula}" for what, formula in found)
    elif not report.effect.macs:
        yield "size        unchanged: each value on its own"


def count_lines(effect: Effect, input: Shape) -> Iterator[str]:
    """Yield the lines that say how its parameters and multiply-accumulates are counted."""
    if not effect.weights:
        return
    weights = "*".join(map(str, effect.weights))
    biases = f" + {effect.biases}" if effect.biases else ""
    yield f"parameters  {weights}{biases} = {effect.params:,}"
    if effect.statistics:
        yield f"beside them {effect.statistics:,} running means and variances, which are not trained"
    if effect.macs:
        # A transposed convolution has every weight once for each position of its input.
        size = effect.output if effect.windows else input
        positions = f"{size.height}*{size.width} * " if isinstance(size, Volume) else ""
        yield f"MACs        {positions}{weights} = {effect.macs:,}"


def window_lines(windows: Windows) -> Iterator[str]:
    """Yield the lines that say how many windows fit along each axis, and where they start."""
    rows, columns = windows
    yield from _axis(rows)
    # A square window over a square input: saying it twice helps nobody.
    if replace(rows, axis=columns.axis) == columns:
        yield "columns     the same"
    else:
        yield from _axis(columns)


def _axis(window: Window) -> Iterator[str]:
    size, span, stride = window.size, window.span, window.stride
    dilated = f"{window.dilation}*({window.kernel_size}-1)+1 = {span}" if window.dilation > 1 else str(span)
    padding = f"{window.before} + {window.after}"
    yield f"{window.lines:10}  n={size}, window spans {dilated}, stride {stride}, padding {padding}"
    inner, floor = f"({size} + {padding} - {span})/{stride}", _floor(window)
    yield f"  size      floor((n + pads - span)/s) + 1 = floor({inner}) + 1 = {floor}"
    if window.ceil_mode:
        rounded = -(-(window.padded_size - span) // stride) + 1
        out = window.output_size
        dropped = "" if rounded == out else f", less one that would start in the padding: {out}"
        yield f"  ceil mode ceil({inner}) + 1 = {rounded}{dropped}"
    notes, above = formula_of_notes(window), window.padded_size - span + 1
    verdict = "" if notes == floor else f", one window too few: {stride} does not divide {above}"
    yield f"  in notes  floor((n + pads - span + 1)/s) = floor({above}/{stride}) = {notes}{verdict}"
    yield f"  windows   start at {_starts(window)}"
    if window.unread:
        yield f"  unread    {window.unread} of {size} {window.lines} read by no window"


def _floor(window: Window) -> int:
    return (window.padded_size - window.span) // window.stride + 1


def _starts(window: Window) -> str:
    count = window.output_size
    shown = list(range(count)) if count <= MOST_STARTS else [0, 1, 2, 3, count - 3, count - 2, count - 1]
    gaps = ["" if after == before + 1 else " ...," for before, after in pairwise([-1, *shown])]
    return ",".join(f"{gap} {window.start(i)}" for i, gap in zip(shown, gaps, strict=True)).strip()

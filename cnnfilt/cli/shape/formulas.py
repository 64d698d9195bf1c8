"""How each size comes about: the formulas with their numbers, every window's start, and what frameworks do."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise

from cnnfilt.cli.messages import printable
from cnnfilt.cli.shape.answers import formula_of_notes
from cnnfilt.cli.shape.sizes import pair_text
from cnnfilt.cli.tables import aligned, bold
from cnnfilt.describe.chain import Report
from cnnfilt.describe.layers import Effect, Flat, LoneWindow, Shape, Volume
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Slide, Windows
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import Frozen, replace
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Pair

MOST_STARTS = 9
"""Of more windows along an axis the starts of the first and the last are shown."""


def formulas(reports: Sequence[Report]) -> Iterator[str]:
    """Yield the lines that say how each size comes about, with the numbers filled in."""
    for number, report in enumerate(reports):
        if number:
            yield ""
        yield bold(f"{printable(report.layer.word)}: {report.input} -> {report.output}")
        yield from _size(report)
        yield from _counts(report.effect, report.input)
        moved = report.effect.windows or report.effect.taps or report.others
        if moved and report.receptive_field and not isinstance(report.layer, LoneWindow):
            field, jump = pair_text(report.receptive_field), pair_text(report.jump)
            pixels = "1 input pixel" if field == "1" else f"{field} input pixels"
            yield f"  one value   depends on {pixels} across; its neighbour is {jump} further on"


def _size(report: Report) -> Iterator[str]:
    if report.effect.windows:
        yield from _axes(report.effect.windows)
        if isinstance(report.layer, LoneWindow) and isinstance(report.input, Volume):
            yield from _conventions(report.layer.slide, report.input.size)
    elif isinstance(report.input, Volume) and isinstance(report.output, Flat):
        yield f"  features    {str(report.input).replace('x', '*')} = {report.output}"
    elif report.others:
        yield f"  joined      {report.input} and {report.others[0]}"
    elif found := report.layer.formulas(report.input):
        yield from (f"  {what:10}  {formula}" for what, formula in found)
    elif not report.effect.macs:
        yield "  size        unchanged: each value on its own"


def _axes(windows: Windows) -> Iterator[str]:
    rows, columns = windows
    yield from _axis(rows)
    # A square window over a square input: saying it twice helps nobody.
    if replace(rows, axis=columns.axis) == columns:
        yield "  columns     the same"
    else:
        yield from _axis(columns)


def _axis(window: Window) -> Iterator[str]:
    size, span, stride = window.size, window.span, window.stride
    dilated = f"{window.dilation}*({window.kernel_size}-1)+1 = {span}" if window.dilation > 1 else str(span)
    padding = f"{window.before} + {window.after}"
    yield f"  {window.lines:10}  n={size}, window spans {dilated}, stride {stride}, padding {padding}"
    inner, floor = f"({size} + {padding} - {span})/{stride}", _floor(window)
    yield f"    size      floor((n + pads - span)/s) + 1 = floor({inner}) + 1 = {floor}"
    if window.ceil_mode:
        rounded = -(-(window.padded_size - span) // stride) + 1
        out = window.output_size
        dropped = "" if rounded == out else f", less one that would start in the padding: {out}"
        yield f"    ceil mode ceil({inner}) + 1 = {rounded}{dropped}"
    notes, above = formula_of_notes(window), window.padded_size - span + 1
    verdict = "" if notes == floor else f", one window too few: {stride} does not divide {above}"
    yield f"    in notes  floor((n + pads - span + 1)/s) = floor({above}/{stride}) = {notes}{verdict}"
    yield f"    windows   start at {_starts(window)}"
    if window.unread:
        yield f"    unread    {window.unread} of {size} {window.lines} read by no window"


def _floor(window: Window) -> int:
    return (window.padded_size - window.span) // window.stride + 1


def _starts(window: Window) -> str:
    count = window.output_size
    shown = list(range(count)) if count <= MOST_STARTS else [0, 1, 2, 3, count - 3, count - 2, count - 1]
    gaps = ["" if after == before + 1 else " ...," for before, after in pairwise([-1, *shown])]
    return ",".join(f"{gap} {window.start(i)}" for i, gap in zip(shown, gaps, strict=True)).strip()


class _Convention(Frozen):
    """A framework's way to pad, the option that asks for it here, and the slide that is."""

    name: str
    option: str
    slide: Slide


def _conventions(asked: Slide, size: Pair) -> Iterator[str]:
    """Yield what the frameworks' ways of padding would make of the same window, and the options for each."""
    rows: list[tuple[str, ...]] = [("the same window elsewhere", "here", "output", "top,bottom", "left,right")]
    for way in _ways(asked, size):
        with suppress(ShapeError):
            found = way.slide.over(size)
            pads = [f"{window.before},{window.after}" for window in found]
            rows.append((way.name, way.option, spelled_size(found.output_size), *pads))
    yield ""
    yield from ("  " + line for line in aligned(rows, "lllrr"))
    yield from _pad_first(replace(asked, padding="same", ceil_mode=False).over(size))


def _ways(asked: Slide, size: Pair) -> Iterator[_Convention]:
    plain = replace(asked, ceil_mode=False)
    high, wide = asked.over(size).span
    half = high // 2, wide // 2
    yield _Convention("as asked", "", asked)
    torch = f"PyTorch padding={half[0] if half[0] == half[1] else half}"
    yield _Convention(torch, f"-p {pair_text(half)}", replace(plain, padding=half))
    yield _Convention("Keras SAME, ONNX SAME_UPPER", "-p same", replace(plain, padding="same"))
    yield _Convention("ONNX SAME_LOWER", "-p same-lower", replace(plain, padding="same-lower"))
    yield _Convention("Keras, TensorFlow, ONNX VALID", "-p valid", replace(plain, padding="valid"))
    yield _Convention("PyTorch ceil_mode (pooling)", "--ceil-mode", replace(asked, ceil_mode=True))


def _pad_first(same: Windows) -> Iterator[str]:
    """Say how PyTorch, whose padding is even, gets the windows of SAME where that is not."""
    rows, columns = same
    if rows.before != rows.after or columns.before != columns.after:
        pads = columns.before, columns.after, rows.before, rows.after
        yield f"  SAME in PyTorch, which pads evenly: F.pad(x, {pads}), then padding=0"


def _counts(effect: Effect, input: Shape) -> Iterator[str]:
    if not effect.weights:
        return
    weights = "*".join(map(str, effect.weights))
    biases = f" + {effect.biases}" if effect.biases else ""
    yield f"  parameters  {weights}{biases} = {effect.params:,}"
    if effect.statistics:
        yield f"  beside them {effect.statistics:,} running means and variances, which are not trained"
    if effect.macs:
        # A transposed convolution has every weight once for each position of its input.
        size = effect.output if effect.windows else input
        positions = f"{size.height}*{size.width} * " if isinstance(size, Volume) else ""
        yield f"  MACs        {positions}{weights} = {effect.macs:,}"

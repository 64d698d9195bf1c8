"""How each size comes about: the formulas with their numbers, every window's start, and what frameworks do."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from cnnfilt.cli.messages import printable
from cnnfilt.cli.shape.sizes import pair_text
from cnnfilt.cli.tables import aligned, bold
from cnnfilt.describe.chain import Report
from cnnfilt.describe.formulas import count_lines, size_lines
from cnnfilt.describe.layers import LoneWindow, Volume
from cnnfilt.describe.windows import Slide, Windows
from cnnfilt.errors import ShapeError
from cnnfilt.frozen import Frozen, replace
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Pair


def formulas(reports: Sequence[Report]) -> Iterator[str]:
    """Yield the lines that say how each size comes about, with the numbers filled in."""
    for number, report in enumerate(reports):
        if number:
            yield ""
        yield bold(f"{printable(report.layer.word)}: {report.input} -> {report.output}")
        yield from ("  " + line for line in size_lines(report))
        if isinstance(report.layer, LoneWindow) and isinstance(report.input, Volume):
            yield from _conventions(report.layer.slide, report.input.size)
        yield from ("  " + line for line in count_lines(report.effect, report.input))
        moved = report.effect.windows or report.effect.taps or report.others
        if moved and report.receptive_field and not isinstance(report.layer, LoneWindow):
            field, jump = pair_text(report.receptive_field), pair_text(report.jump)
            pixels = "1 input pixel" if field == "1" else f"{field} input pixels"
            yield f"  one value   depends on {pixels} across; its neighbour is {jump} further on"


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

"""What was asked and what size came of it, in words, as every page states it."""

from collections.abc import Sequence

from cnnfilt.describe.transposed import TransposedSlide
from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Windows
from cnnfilt.page.document import Section
from cnnfilt.spelling import spelled_size
from cnnfilt.terms import Pair


def size_formula(window: Window) -> str:
    """Return `floor((6 + 0 + 0 - 3) / 1) + 1 = 4`: how many windows fit along one axis, its numbers filled in."""
    rounding = "ceil" if window.ceil_mode else "floor"
    pads = f"{window.size} + {window.before} + {window.after} - {window.span}"
    dropped = window.ceil_mode and window.remainder > 0 and window.overhang == 0
    less = " - 1 (a last window would start in the padding)" if dropped else ""
    return f"{rounding}(({pads}) / {window.stride}) + 1{less} = {window.output_size}"


def window_section(windows: Windows, of: str = "") -> Section:
    """Return how the windows slide, and the size formula along both axes; `of` says which windows these are."""
    rows, columns = windows
    facts = [("window", spelled_size(windows.kernel_size)), ("stride", _pair(windows.stride))]
    facts.append(("padding", f"{rows.before} above, {rows.after} below, {columns.before} left, {columns.after} right"))
    if windows.dilation != (1, 1):
        spans = f"so the window spans {spelled_size(windows.span)}"
        facts.append(("dilation", f"{_pair(windows.dilation)}, {spans}"))
    facts += [("rows of the result", size_formula(rows)), ("columns of the result", size_formula(columns))]
    lines = ["Size of the result: floor((size + padding before + after - span) / stride) + 1."]
    return Section(f"How the window{of} slides", tuple(facts), tuple(lines))


def _pair(values: tuple[int, int]) -> str:
    return str(values[0]) if values[0] == values[1] else f"{values[0]} down, {values[1]} along"


def stamps_section(stamps: TransposedSlide, size: Pair) -> Section:
    """Return how the stamps of a transposed convolution are laid out, and the size formula along both axes."""
    rows, columns = stamps.over(size)
    facts = [("kernel", spelled_size(stamps.kernel_size)), ("stride", _pair(stamps.stride))]
    cut = f"{rows.before} above, {rows.after} below, {columns.before} left, {columns.after} right"
    facts.append(("taken off", cut))
    if stamps.dilation != (1, 1):
        facts.append(("dilation", _pair(stamps.dilation)))
    facts += [("rows of the result", rows.formula), ("columns of the result", columns.formula)]
    lines = ("Each input value lays the kernel, times itself, one stride further on; what overlaps is summed.",)
    return Section("How the stamps are laid", tuple(facts), lines)


def asked_section(facts: Sequence[tuple[str, str]]) -> Section:
    """Return the section of what was asked."""
    return Section("What was asked", tuple(facts))

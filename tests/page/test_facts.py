"""The size formula says what the windows do."""

import re

from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe.window import Window
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import CnnfiltError
from cnnfilt.page.facts import size_formula, window_section


def test_the_worked_example() -> None:
    section = window_section(Slide((3, 3), padding=1, stride=(2, 2)).over((6, 5)))
    assert dict(section.facts) == {
        "window": "3x3",
        "stride": "2",
        "padding": "1 above, 1 below, 1 left, 1 right",
        "rows of the result": "floor((6 + 1 + 1 - 3) / 2) + 1 = 3",
        "columns of the result": "floor((5 + 1 + 1 - 3) / 2) + 1 = 3",
    }


@given(st.integers(1, 12), st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.booleans())
def test_the_formula_gives_what_it_says(
    size: int, kernel: int, stride: int, dilation: int, pad: int, ceil: bool
) -> None:
    try:
        window = Window(size, kernel, stride, dilation, pad, pad, ceil)
    except CnnfiltError:
        return
    found = re.fullmatch(r"(floor|ceil)\(\((.*)\) / (\d+)\) \+ 1(?: - (1) \(.*\))? = (-?\d+)", size_formula(window))
    assert found is not None
    top, stride_said = eval(found[2]), int(found[3])
    windows = -(-top // stride_said) if found[1] == "ceil" else top // stride_said
    assert windows + 1 - int(found[4] or 0) == int(found[5]) == window.output_size

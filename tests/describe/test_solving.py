"""From the wanted size back: every answer gives it, and trying all values finds no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe.solving import Question, solve
from cnnfilt.describe.window import Window, check_pool_padding
from cnnfilt.describe.windows import Slide, slide
from cnnfilt.errors import CnnfiltError, DemandError
from cnnfilt.frozen import replace
from cnnfilt.terms import Unknown


def ask(slide: Slide, size: int, unknown: Unknown, wanted: int) -> Question:
    """The question about the rows; the columns are slid over in the same way."""
    return Question(slide, 0, size, unknown, wanted)


def pads(windows: list[Window]) -> list[tuple[int, int]]:
    return [(window.before, window.after) for window in windows]


def test_the_first_layer_of_resnet() -> None:
    assert pads(solve(ask(slide(7, stride=2), 224, "padding", 112))) == [(2, 3), (3, 2), (3, 3)]
    assert [window.stride for window in solve(ask(slide(7, padding=3), 224, "stride", 112))] == [2]
    by_size = solve(ask(slide(1, stride=2, padding=3), 224, "kernel-size", 112))
    assert [window.kernel_size for window in by_size] == [7, 8]


def test_each_axis_is_asked_by_itself() -> None:
    slid = slide((3, 5), stride=(1, 2), padding=((0, 0), (1, 2)))
    assert [window.kernel_size for window in solve(Question(slid, 0, 10, "kernel-size", 8))] == [3]
    assert [window.kernel_size for window in solve(Question(slid, 1, 10, "kernel-size", 5))] == [4, 5]
    with pytest.raises(DemandError, match="no stride makes 12 of 10 columns"):
        solve(Question(slid, 1, 10, "stride", 12))


@pytest.mark.parametrize(
    ("slid", "size", "unknown", "wanted", "message"),
    [
        (slide(3), 224, "stride", 100, "of 224 rows: a stride of 2 makes 111 and 3 makes 74"),
        (slide(3), 224, "stride", 300, "a stride of 1 makes 222"),
        (slide(3), 224, "padding", 221, "without padding it is already 222"),
        (slide(1, stride=2), 10, "kernel-size", 9, "a kernel size of 1 makes 5"),
        (slide(1, stride=2, padding="same"), 10, "kernel-size", 4, "makes 5"),
        (slide(2, stride=2, ceil_mode=True), 10, "padding", 9, "with padding up to half the window"),
    ],
)
def test_no_answer_says_what_comes_nearest(slid: Slide, size: int, unknown: Unknown, wanted: int, message: str) -> None:
    with pytest.raises(DemandError, match=message):
        solve(ask(slid, size, unknown, wanted))


@pytest.mark.parametrize("name", ["stride", "dilation", "kernel_size"])
@pytest.mark.parametrize("unknown", ["padding", "stride", "kernel-size"])
def test_what_no_axis_could_have_is_refused(name: str, unknown: Unknown) -> None:
    """Also where a word for the padding would divide by it."""
    if name != unknown.replace("-", "_"):
        slid = replace(slide(3, padding="same"), **{name: (0, 0)})
        with pytest.raises(CnnfiltError, match="is 0; it must be at least 1"):
            solve(ask(slid, 10, unknown, 5))


def answers_found(question: Question) -> list[Window]:
    try:
        return solve(question)
    except DemandError:
        return []


slides = st.builds(
    slide,
    st.integers(1, 4),
    stride=st.integers(1, 4),
    padding=st.one_of(st.sampled_from(["same", "same-lower", "valid", "full"]), st.integers(0, 3)),
    dilation=st.integers(1, 3),
    ceil_mode=st.booleans(),
)


@given(
    slid=slides, size=st.integers(1, 12), wanted=st.integers(1, 14), unknown=st.sampled_from(["stride", "kernel-size"])
)
def test_no_stride_and_no_kernel_size_is_missed(slid: Slide, size: int, wanted: int, unknown: Unknown) -> None:
    name = unknown.replace("-", "_")
    try:
        found = [getattr(window, name) for window in answers_found(ask(slid, size, unknown, wanted))]
    except CnnfiltError:
        with pytest.raises(CnnfiltError):
            replace(slid, **{name: (1, 1)}).along(0, size)  # Not even the smallest value fits.
        return
    expected = []
    for value in range(1, 100):
        changed = replace(slid, **{name: (value, value)})
        try:
            window = changed.along(0, size)
            if slid.ceil_mode:
                check_pool_padding(window)
        except CnnfiltError:
            continue
        expected += [value] * (window.output_size == wanted)
    assert found == expected[: len(found)]
    assert bool(found) == bool(expected)
    # A stride past the padded input changes nothing any more, and a kernel that is wider is none of it.
    for value in expected[len(found) :]:
        window = replace(slid, **{name: (value, value)}).along(0, size)
        assert value > window.padded_size if unknown == "stride" else window.span > size, found


@given(slid=slides, size=st.integers(1, 12), wanted=st.integers(1, 14))
def test_no_even_padding_is_missed(slid: Slide, size: int, wanted: int) -> None:
    if slid.ceil_mode:
        return
    expected = []
    for total in range(70):
        for before, after in dict.fromkeys([(total // 2, total - total // 2), (total - total // 2, total // 2)]):
            try:
                window = replace(slid, padding=((before, after), (0, 0))).along(0, size)
            except CnnfiltError:
                continue
            expected += [(before, after)] * (window.output_size == wanted)
    try:
        assert pads(answers_found(ask(slid, size, "padding", wanted))) == expected
    except CnnfiltError:
        assert not expected

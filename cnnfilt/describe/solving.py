"""From the size that is wanted back to the padding, stride or kernel size that gives it, one axis at a time."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NoReturn, assert_never

from cnnfilt.describe.window import Window, check_pool_padding
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import DemandError, ParameterError, ShapeError, counted
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import Pair, Unknown

MOST_ANSWERS = 200
"""Of more answers along one axis the smallest are kept; no one reads so far."""


class Question(Frozen):
    """Which value of `unknown` makes `wanted` of `size` rows (axis 0) or columns (axis 1).

    `slide` holds all that is known; what it holds for the unknown plays no part.
    """

    slide: Slide
    axis: int
    size: int
    unknown: Unknown
    wanted: int

    @property
    def lines(self) -> str:
        """Return what is counted along the axis."""
        return ("rows", "columns")[self.axis]

    def window(self, value: int | Pair) -> Window:
        """Return the window in which the unknown is `value`; of a padding that may be (before, after).

        Raises ParameterError for values no axis could have, ShapeError where the window does not fit.
        """
        pair = value if isinstance(value, tuple) else (value, value)
        match self.unknown:
            case "padding":
                slide = replace(self.slide, padding=(pair, pair))
            case "stride":
                slide = replace(self.slide, stride=pair)
            case "kernel-size":
                slide = replace(self.slide, kernel_size=pair)
            case unknown:
                assert_never(unknown)
        return slide.along(self.axis, self.size)


def solve(question: Question) -> list[Window]:
    """Return all windows that put out the wanted size, the smallest parameter first.

    Paddings are as even as they can be: the same on both sides, or one more on either. DemandError, which says what
    comes nearest, if there is none.
    """
    if question.unknown == "padding":
        return list(islice(_with_padding(question), MOST_ANSWERS)) or _give_up(question)
    least = _smallest_value(question)
    most = max(_largest_value(question, least), least)
    first, beyond = _values_for(lambda value: question.window(value).output_size, least, most, question.wanted)
    if first == beyond:
        _refuse(question, [value for value in (first - 1, first) if least <= value <= most])
    found = [question.window(value) for value in range(first, min(beyond, first + MOST_ANSWERS))]
    return [window for window in found if _is_allowed(window)] or _give_up(question)


def answer_of(window: Window, unknown: Unknown) -> tuple[int, ...]:
    """Return what `window` has for the unknown: (before, after) of a padding, one number of the others."""
    match unknown:
        case "padding":
            return window.before, window.after
        case "stride":
            return (window.stride,)
        case "kernel-size":
            return (window.kernel_size,)
        case other:
            assert_never(other)


def _smallest_value(question: Question) -> int:
    """Return the smallest stride or kernel size with which a window fits.

    That is 1, but for a stride in ceil mode: it makes up for what the padded input lacks.
    """
    slide, axis = question.slide, question.axis
    span = slide.dilation[axis] * (slide.kernel_size[axis] - 1) + 1
    if question.unknown != "stride" or not slide.ceil_mode:
        return 1
    narrow = replace(slide, kernel_size=(1, 1), stride=(1, 1)).along(axis, question.size)
    words = slide.padding in ("same", "same-lower", "full")  # These pad as much as the kernel needs.
    return 1 if words else max(span - narrow.padded_size + 1, 1)


def _largest_value(question: Question, least: int) -> int:
    """Return the largest stride or kernel size worth trying: larger ones give no other size, or do not fit."""
    smallest = question.window(least)
    match question.unknown:
        case "padding" | "stride":
            return smallest.padded_size
        case "kernel-size":
            return _widest(question, smallest)
        case unknown:
            assert_never(unknown)


def _widest(question: Question, smallest: Window) -> int:
    """Return the widest kernel worth trying: one that spans the input and its padding."""
    padding = question.slide.padding
    if padding == "full":  # Here it is the kernel that makes the output large.
        return max(question.size, question.wanted * smallest.stride + 1)
    # In ceil mode the stride makes up for what the input lacks.
    beyond = smallest.stride - 1 if smallest.ceil_mode and padding not in ("same", "same-lower") else 0
    return (smallest.padded_size + beyond - 1) // smallest.dilation + 1


def _values_for(size_of: Callable[[int], int], least: int, most: int, wanted: int) -> tuple[int, int]:
    """Return the first of the values least..most that gives `wanted`, and the first beyond them.

    Sizes only fall as the values grow, or only grow ("full" padding grows with the kernel).
    """
    sign = 1 if size_of(most) > size_of(least) else -1

    def first_that(reaches: Callable[[int], bool]) -> int:
        low, high = least, most + 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if reaches(sign * (size_of(middle) - wanted)) else (middle + 1, high)
        return low

    return first_that(lambda gap: gap >= 0), first_that(lambda gap: gap > 0)


def _with_padding(question: Question) -> Iterator[Window]:
    """Yield the windows whose padding gives the wanted size, the smallest padding first."""
    slide, axis = question.slide, question.axis
    stride, span = slide.stride[axis], slide.dilation[axis] * (slide.kernel_size[axis] - 1) + 1
    least = (question.wanted - 1) * stride + span - question.size
    # In ceil mode the last window may hang over by all of a stride but one.
    for total in range(max(least - (stride - 1) * slide.ceil_mode, 0), least + stride):
        less, more = total // 2, total - total // 2
        for pads in dict.fromkeys([(less, more), (more, less)]):
            try:
                window = question.window(pads)
            except ShapeError:
                continue
            if window.output_size == question.wanted and _is_allowed(window):
                yield window


def _is_allowed(window: Window) -> bool:
    """Return whether a window that may hang over obeys the rule of pooling for its padding."""
    try:
        if window.ceil_mode:
            check_pool_padding(window)
    except (ShapeError, ParameterError):
        return False
    return True


def _refuse(question: Question, nearest: list[int]) -> NoReturn:
    """Raise DemandError, with the sizes that the `nearest` values give."""
    sizes = " and ".join(f"{value} makes {question.window(value).output_size}" for value in nearest)
    word = question.unknown.replace("-", " ")
    raise DemandError(
        f"no {word} makes {question.wanted} of {counted(question.size, question.lines)}: a {word} of {sizes}"
    )


def _give_up(question: Question) -> NoReturn:
    missed = f"makes {question.wanted} of {counted(question.size, question.lines)}"
    if question.slide.ceil_mode:
        raise DemandError(f"nothing {missed} with padding up to half the window")
    bare = question.window((0, 0)).output_size
    raise DemandError(f"no padding {missed}: without padding it is already {bare}")

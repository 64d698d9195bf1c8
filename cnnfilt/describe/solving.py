"""From the size that is wanted back to the padding, stride or kernel size that gives it, along one axis."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import assert_never

from cnnfilt.describe.window import Window, axis_padding, check_pool_padding
from cnnfilt.errors import DemandError, ParameterError, ShapeError
from cnnfilt.frozen import Frozen, replace
from cnnfilt.terms import AxisPadding, Unknown

MOST_ANSWERS = 200
"""Of more answers along one axis the smallest are kept; no one reads so far."""


class Axis(Frozen):
    """What is known of one axis; of the parameter that is asked for, what is held here is not looked at."""

    size: int
    kernel_size: int = 1
    stride: int = 1
    padding: AxisPadding = 0
    dilation: int = 1
    ceil_mode: bool = False
    name: str = "long"

    @property
    def window(self) -> Window:
        """Return the window over this axis. ShapeError where none fits."""
        before, after = axis_padding(self.size, self.kernel_size, self.stride, self.dilation, self.padding)
        return Window(self.size, self.kernel_size, self.stride, self.dilation, before, after, self.ceil_mode, self.name)

    @property
    def lines(self) -> str:
        """Return what the positions along this axis are called."""
        return {"high": "rows", "wide": "columns"}.get(self.name, "positions")


def solve(axis: Axis, unknown: Unknown, wanted: int) -> list[Window]:
    """Return all windows that put out `wanted` positions, the smallest parameter first.

    Paddings are as even as they can be: the same on both sides, or one more on either. DemandError, which says what
    comes nearest, if there is none.
    """
    match unknown:
        case "padding":
            return list(islice(_paddings(axis, wanted), MOST_ANSWERS)) or _give_up(axis, wanted)
        case "stride":
            return _solve_for("stride", axis, axis.window.padded_size, wanted)
        case "kernel-size":
            return _solve_for("kernel_size", axis, _widest(axis, wanted), wanted)
        case _:
            assert_never(unknown)


def _solve_for(name: str, axis: Axis, most: int, wanted: int) -> list[Window]:
    """Return the windows whose `name` is one of 1..most."""

    def window(value: int) -> Window:
        return replace(axis, **{name: value}).window

    first, beyond = _values_for(lambda value: window(value).output_size, most, wanted)
    if first == beyond:
        near = [window(value) for value in (first - 1, first) if 1 <= value <= most]
        makes = " and ".join(f"{getattr(one, name)} makes {one.output_size}" for one in near)
        word = name.replace("_", " ")
        raise DemandError(f"no {word} makes {wanted} of {axis.size} {axis.lines}: a {word} of {makes}")
    found = [window(value) for value in range(first, min(beyond, first + MOST_ANSWERS))]
    return [one for one in found if _allowed(one)] or _give_up(axis, wanted)


def _values_for(size_of: Callable[[int], int], most: int, wanted: int) -> tuple[int, int]:
    """Return the first of the values 1..most that gives `wanted`, and the first beyond them.

    Sizes only fall as the values grow, or only grow ("full" padding grows with the kernel).
    """
    sign = 1 if size_of(most) > size_of(1) else -1

    def first_that(reaches: Callable[[int], bool]) -> int:
        low, high = 1, most + 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if reaches(sign * (size_of(middle) - wanted)) else (middle + 1, high)
        return low

    return first_that(lambda gap: gap >= 0), first_that(lambda gap: gap > 0)


def _widest(axis: Axis, wanted: int) -> int:
    """Return the widest kernel worth an answer: one that spans the input and its padding."""
    if axis.padding == "full":  # Here it is the kernel that makes the output large.
        return max(axis.size, wanted * axis.stride + 1)
    words = isinstance(axis.padding, str)
    pads = (0, 0) if words else axis_padding(axis.size, 1, axis.stride, axis.dilation, axis.padding)
    # In ceil mode the stride makes up for what the input lacks.
    beyond = axis.stride - 1 if axis.ceil_mode and axis.padding not in ("same", "same-lower") else 0
    return (axis.size + sum(pads) + beyond - 1) // axis.dilation + 1


def _allowed(window: Window) -> bool:
    """Return whether a window that may hang over obeys the rule of pooling for its padding."""
    try:
        if window.ceil_mode:
            check_pool_padding(window)
    except (ShapeError, ParameterError):
        return False
    return True


def _paddings(axis: Axis, wanted: int) -> Iterator[Window]:
    span = axis.dilation * (axis.kernel_size - 1) + 1
    least = (wanted - 1) * axis.stride + span - axis.size
    # In ceil mode the last window may hang over by all of a stride but one.
    for total in range(max(least - (axis.stride - 1) * axis.ceil_mode, 0), least + axis.stride):
        less, more = total // 2, total - total // 2
        for pads in dict.fromkeys([(less, more), (more, less)]):
            try:
                window = replace(axis, padding=pads).window
            except ShapeError:
                continue
            if window.output_size == wanted and _allowed(window):
                yield window


def _give_up(axis: Axis, wanted: int) -> list[Window]:
    if axis.ceil_mode:
        raise DemandError(f"nothing makes {wanted} of {axis.size} {axis.lines} with padding up to half the window")
    bare = replace(axis, padding=0).window.output_size
    raise DemandError(
        f"no padding makes {wanted} of {axis.size} {axis.lines}: without any, {bare} come out, and padding adds to them"
    )

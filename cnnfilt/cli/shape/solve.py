"""How `cnnfilt shape --solve` answers: the options that give the size that is wanted, simplest first."""

import json
from typing import Any

import click

from cnnfilt.cli.shape.command import Answers
from cnnfilt.cli.tables import aligned
from cnnfilt.describe.solving import Axis, solve
from cnnfilt.describe.window import Window, axis_padding
from cnnfilt.describe.windows import check_pixels
from cnnfilt.errors import DemandError, ShapeError
from cnnfilt.terms import DEFAULT_MAX_PIXELS, Pair, Unknown

MOST_LINES = 12

_Pair = tuple[Window, Window]
_WORDS = {
    "same": "-p same, as TensorFlow pads",
    "same-lower": "-p same-lower",
    "full": "-p full",
    "valid": "no padding",
}


def check_question(unknown: Unknown, given: dict[str, Any], wanted: tuple[int, ...] | None) -> Pair:
    """Return the (height, width) that is wanted; a usage error if the question is not whole."""
    if wanted is None or len(wanted) == 1:
        raise click.UsageError(f"--solve {unknown} needs the size to reach, such as --want 112x112")
    if given[unknown.replace("-", "_")] is not None:
        raise click.UsageError(f"--solve {unknown} looks for --{unknown}; leave that out")
    if unknown != "kernel-size" and given["kernel_size"] is None:
        raise click.UsageError(f"--solve {unknown} needs a window: give its size with -f")
    check_pixels((wanted[0], wanted[1]), DEFAULT_MAX_PIXELS, "the output")
    return wanted[0], wanted[1]


def solutions(
    size: Pair, window: dict[str, Any], unknown: Unknown, wanted: Pair, answers: Answers, *, strict: bool
) -> str:
    """Return all that gives `wanted` (height, width), as text or JSON; `window` holds the other parameters.

    `strict` leaves out what does not read every row and column. DemandError if nothing is left.
    """
    axes = [_axis(size, window, axis) for axis in (0, 1)]
    try:
        rows, columns = (_solved(axis, unknown, want, strict) for axis, want in zip(axes, wanted, strict=True))
    except ShapeError as error:
        raise ShapeError(error.message.replace("{image}", f"{size[0]}x{size[1]}"), parameter="kernel") from None
    if answers.json_:
        found = {"rows": [_object(one, unknown) for one in rows], "columns": [_object(one, unknown) for one in columns]}
        return json.dumps({"solve": unknown, "want": wanted, **found})
    pairs: list[_Pair] = [(row, column) for row in rows for column in columns]
    if [_value(one, unknown) for one in rows] == [_value(one, unknown) for one in columns]:
        # The same question twice wants the same answer twice, not every mixture of them.
        pairs = list(zip(rows, columns, strict=True))
    pairs.sort(key=lambda pair: _simplicity(pair, unknown))
    lines = aligned([(_option(pair, unknown), _remarks(pair, unknown)) for pair in pairs[:MOST_LINES]], "ll")
    if len(pairs) > MOST_LINES:
        lines.append(f"... and {len(pairs) - MOST_LINES:,} more (--json has all, for rows and columns)")
    if unknown == "stride" and wanted == (1, 1):
        lines.append("Any larger stride gives one window, too.")
    return "\n".join(lines)


def _axis(size: Pair, window: dict[str, Any], axis: int) -> Axis:
    padding = window["padding"]
    return Axis(
        size[axis],
        (window["kernel_size"] or (1, 1))[axis],
        window["stride"][axis],
        padding[axis] if isinstance(padding, tuple) else padding,
        window["dilation"][axis],
        window["ceil_mode"],
        ("high", "wide")[axis],
    )


def _solved(axis: Axis, unknown: Unknown, wanted: int, strict: bool) -> list[Window]:
    found = solve(axis, unknown, wanted)
    exact = [window for window in found if not (strict and window.remainder)]
    if not exact:
        raise DemandError(f"every {unknown.replace('-', ' ')} that makes {wanted} {axis.lines} leaves some over")
    return exact


def _value(window: Window, unknown: Unknown) -> tuple[int, ...]:
    if unknown == "padding":
        return window.before, window.after
    return (window.stride if unknown == "stride" else window.kernel_size,)


def _object(window: Window, unknown: Unknown) -> dict[str, Any]:
    value = _value(window, unknown)
    return {
        unknown.replace("-", "_"): value if unknown == "padding" else value[0],
        "symmetric": _is_symmetric(window, unknown),
        "left_over": window.remainder,
    }


def _is_symmetric(window: Window, unknown: Unknown) -> bool:
    """Return whether both sides are padded alike; of a kernel, whether it has a middle."""
    if unknown == "kernel-size":
        return window.kernel_size % 2 == 1
    return window.before == window.after


def _simplicity(pair: _Pair, unknown: Unknown) -> tuple[Any, ...]:
    rows, columns = pair
    values = _value(rows, unknown), _value(columns, unknown)
    even = _is_symmetric(rows, unknown) and _is_symmetric(columns, unknown)
    # Of two ways to place an odd pixel, TensorFlow's, after the image, comes first.
    return (values[0] != values[1], not even, sum(map(sum, values)), [before for before, *_ in values])


def _option(pair: _Pair, unknown: Unknown) -> str:
    rows, columns = (_value(window, unknown) for window in pair)
    letter = {"padding": "p", "stride": "s", "kernel-size": "f"}[unknown]
    if unknown == "padding" and not all(window.before == window.after for window in pair):
        return "-p " + ",".join(map(str, (*rows, *columns)))
    return f"-{letter} {rows[0]}" if rows[0] == columns[0] else f"-{letter} {rows[0]}x{columns[0]}"


def _remarks(pair: _Pair, unknown: Unknown) -> str:
    remarks = []
    if all(_is_symmetric(window, unknown) for window in pair):
        remarks.append("odd, so it has a middle" if unknown == "kernel-size" else "symmetric")
    if unknown == "padding":
        remarks += [text for word, text in _WORDS.items() if all(_is_word(window, word) for window in pair)]
    rows, columns = (window.remainder for window in pair)
    left = [f"{rows} row{'s' * (rows != 1)}"] * bool(rows) + [f"{columns} column{'s' * (columns != 1)}"] * bool(columns)
    return "; ".join([*remarks, f"{' and '.join(left)} left over" if left else "nothing left over"])


def _is_word(window: Window, word: Any) -> bool:
    pads = axis_padding(window.size, window.kernel_size, window.stride, window.dilation, word)
    return pads == (window.before, window.after)

"""How `cnnfilt shape --solve` answers: the options that give the size that is wanted, simplest first."""

from typing import Any

from cnnfilt.cli.json_text import json_text
from cnnfilt.cli.tables import aligned
from cnnfilt.describe.solving import Question, answer_of, solve
from cnnfilt.describe.window import Window, axis_padding
from cnnfilt.describe.windows import Slide
from cnnfilt.errors import DemandError, ShapeError, counted
from cnnfilt.terms import PaddingWord, Pair, Unknown

MOST_LINES = 12

_Axes = tuple[Window, Window]
"""A window along the rows and one along the columns."""

_LETTERS: dict[Unknown, str] = {"padding": "p", "stride": "s", "kernel-size": "f"}
_WORDS: dict[PaddingWord, str] = {
    "same": "-p same, as TensorFlow pads",
    "same-lower": "-p same-lower",
    "full": "-p full",
    "valid": "no padding",
}


def solutions(slide: Slide, size: Pair, unknown: Unknown, wanted: Pair, *, as_json: bool, strict: bool) -> str:
    """Return all values of `unknown` that make `slide` give `wanted` (height, width) over `size`, as text or JSON.

    `strict` leaves out what does not read every row and column. DemandError if nothing is left.
    """
    questions = [Question(slide, axis, size[axis], unknown, wanted[axis]) for axis in (0, 1)]
    try:
        rows, columns = (_solved(question, strict) for question in questions)
    except ShapeError as error:
        raise ShapeError(error.message.replace("{image}", f"{size[0]}x{size[1]}"), parameter="kernel") from None
    if as_json:
        found = {"rows": [_object(one, unknown) for one in rows], "columns": [_object(one, unknown) for one in columns]}
        return json_text({"solve": unknown, "want": wanted, **found})
    lines = _lines(_combined(rows, columns, unknown), unknown)
    if unknown == "stride" and wanted == (1, 1):
        lines.append("Any larger stride gives one window, too.")
    return "\n".join(lines)


def _solved(question: Question, strict: bool) -> list[Window]:
    found = solve(question)
    exact = [window for window in found if not (strict and window.remainder)]
    if not exact:
        word = question.unknown.replace("-", " ")
        raise DemandError(
            f"every {word} that makes {counted(question.wanted, question.lines)} leaves some over, "
            "which --strict refuses"
        )
    return exact


def _combined(rows: list[Window], columns: list[Window], unknown: Unknown) -> list[_Axes]:
    """Return the answers for both axes together, the simplest first."""
    pairs = [(row, column) for row in rows for column in columns]
    if [answer_of(one, unknown) for one in rows] == [answer_of(one, unknown) for one in columns]:
        # The same question twice wants the same answer twice, not every mixture of them.
        pairs = list(zip(rows, columns, strict=True))
    return sorted(pairs, key=lambda pair: _simplicity(pair, unknown))


def _lines(pairs: list[_Axes], unknown: Unknown) -> list[str]:
    lines = aligned([(_option(pair, unknown), _remarks(pair, unknown)) for pair in pairs[:MOST_LINES]], "ll")
    if len(pairs) > MOST_LINES:
        lines.append(f"... and {len(pairs) - MOST_LINES:,} more (--json has all, for rows and columns)")
    return lines


def _object(window: Window, unknown: Unknown) -> dict[str, Any]:
    answer = answer_of(window, unknown)
    return {
        unknown.replace("-", "_"): answer if unknown == "padding" else answer[0],
        "symmetric": _is_symmetric(window, unknown),
        "left_over": window.remainder,
    }


def _is_symmetric(window: Window, unknown: Unknown) -> bool:
    """Return whether both sides are padded alike; of a kernel, whether it has a middle."""
    if unknown == "kernel-size":
        return window.kernel_size % 2 == 1
    return window.before == window.after


def _simplicity(pair: _Axes, unknown: Unknown) -> tuple[Any, ...]:
    """Return what the answers are sorted by: the same for both axes first, then symmetric ones, then small ones."""
    rows, columns = (answer_of(window, unknown) for window in pair)
    even = all(_is_symmetric(window, unknown) for window in pair)
    # Of two ways to place an odd pixel, TensorFlow's, after the image, comes first.
    return (rows != columns, not even, sum(rows) + sum(columns), (rows[0], columns[0]))


def _option(pair: _Axes, unknown: Unknown) -> str:
    rows, columns = (answer_of(window, unknown) for window in pair)
    if unknown == "padding" and not all(window.before == window.after for window in pair):
        return "-p " + ",".join(map(str, (*rows, *columns)))
    number = str(rows[0]) if rows[0] == columns[0] else f"{rows[0]}x{columns[0]}"
    return f"-{_LETTERS[unknown]} {number}"


def _remarks(pair: _Axes, unknown: Unknown) -> str:
    remarks = []
    if all(_is_symmetric(window, unknown) for window in pair):
        remarks.append("odd, so it has a middle" if unknown == "kernel-size" else "symmetric")
    if unknown == "padding":
        remarks += [text for word, text in _WORDS.items() if all(_has_padding(window, word) for window in pair)]
    left = [counted(window.remainder, window.lines) for window in pair if window.remainder]
    return "; ".join([*remarks, f"{' and '.join(left)} left over" if left else "nothing left over"])


def _has_padding(window: Window, word: PaddingWord) -> bool:
    pads = axis_padding(window.size, window.kernel_size, window.stride, window.dilation, word)
    return pads == (window.before, window.after)

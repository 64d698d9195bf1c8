"""The lines of a text of numbers, each with its number: what is no row of numbers is taken out, and said so."""

import re
from collections.abc import Sequence

Line = tuple[int, str]
"""The number of a line, counted from 1, and its text."""

_SEPARATOR = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
_COMMENT = re.compile(r"\s*[#%]")
_LONGEST_COMMENT = 40


def typed_lines(text: str, *, semicolons: bool) -> tuple[Line, ...]:
    """Return the rows of typed text: its lines, and with `semicolons` also what these part in a line."""
    lines = [line.strip() for line in text.rstrip("; \t\r\n").lstrip(" \t\r\n").splitlines()] or [""]
    ended = [line.removesuffix(";") for line in lines]
    # Between columns a semicolon at the end of a line tells of a value that is missing.
    if not any(";" in line for line in ended):
        lines = ended
    numbered, _ = without_line_ends([(0, line) for line in lines])
    rows = [row for _, line in numbered for row in (line.split(";") if semicolons else (line,))]
    return tuple((place, row.strip()) for place, row in enumerate(rows, 1))


def logical_lines(text: str) -> tuple[tuple[Line, ...], str | None, tuple[str, ...]]:
    """Return the lines of a file that hold numbers or names, the separator a line "sep=;" declares, and notes.

    Lines that start with # or % are comments, as is what follows a blank and a #. Lines within quotes are joined.
    """
    lines = [(place, line) for place, line in enumerate(text.splitlines(), 1)]
    separator = None
    if lines and (declared := _SEPARATOR.fullmatch(lines[0][1])):
        separator, lines = declared[1], lines[1:]
    if '"' in text:
        lines = _joined(lines)
    notes: tuple[str, ...] = ()
    if "#" in text or "%" in text:
        lines, notes = _without_comments(lines)
    while lines and not lines[-1][1].strip():
        lines.pop()
    start = next((place for place, (_, line) in enumerate(lines) if line.strip()), 0)
    return tuple(lines[start:]), separator, notes


def without_line_ends(lines: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Return the lines without the separator that ends each of them (the last may lack it), and a note on it."""
    for mark in ";,\t":
        ended = [line.rstrip(" \r").endswith(mark) for _, line in lines]
        if len(lines) > 1 and all(ended[:-1]):
            shown = "tab" if mark == "\t" else repr(mark)
            note = f"left out the {shown} at the end of every line"
            return tuple((place, line.rstrip(" \r").removesuffix(mark)) for place, line in lines), (note,)
    return tuple(lines), ()


def _joined(lines: list[Line]) -> list[Line]:
    """Return the lines, with those in one that a quoted cell runs over; an open quote stays where it is.

    A comment opens none.
    """
    joined: list[Line] = []
    for place, line in lines:
        if joined and joined[-1][1].count('"') % 2 and not _COMMENT.match(joined[-1][1]):
            joined[-1] = (joined[-1][0], f"{joined[-1][1]}\n{line}")
        else:
            joined.append((place, line))
    return joined


def _without_comments(lines: list[Line]) -> tuple[list[Line], tuple[str, ...]]:
    kept: list[Line] = []
    comments: list[Line] = []
    for place, line in lines:
        start = _COMMENT.match(line) or ('"' not in line and re.search(r"\s#", line)) or None
        if start is None:
            kept.append((place, line))
            continue
        comments.append((place, line[start.start() :].strip()))
        if before := line[: start.start()].strip():
            kept.append((place, before))
    if not comments:
        return kept, ()
    place, text = comments[0]
    shown = text if len(text) <= _LONGEST_COMMENT else text[:_LONGEST_COMMENT] + "..."
    if len(comments) == 1:
        return kept, (f"skipped a comment in line {place}: {shown}",)
    return kept, (f"skipped {len(comments):,} comments, the first in line {place}: {shown}",)

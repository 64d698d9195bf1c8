"""Equations on a terminal that is narrower than they are: broken between their parts, not where the screen ends."""

import re
import shutil
import sys

HANGING = 4
"""Further lines are indented by so much more than the first."""


def fitted_to_terminal(text: str) -> str:
    """Return `text` with each equation that is wider than the terminal in several lines; elsewhere it stays whole."""
    if sys.stdout is None or not sys.stdout.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return "\n".join(part for line in text.split("\n") for part in broken(line, width))


def broken(line: str, width: int) -> list[str]:
    """Return `line` in lines of `width` where it has such places: before an equals sign, or else before a plus.

    What is said in numbers, with what they give, stands on a line of its own if that is enough.
    """
    if len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + HANGING)
    parts = re.split(" (?== )", line)
    head, tail = " ".join(parts[:-2]), indent + " ".join(parts[-2:])
    if head and max(len(head), len(tail)) <= width:
        return [head, tail]
    lines = [parts[0]]
    for part in parts[1:]:
        whole = len(indent) + len(part) <= width
        for piece in [part] if whole else re.split(r" (?=\+ )", part):
            if len(lines[-1]) + 1 + len(piece) <= width:
                lines[-1] += f" {piece}"
            else:
                lines.append(indent + piece)
    return lines

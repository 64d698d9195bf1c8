"""Help as a screen holds it: words stay whole, and what a small terminal has no room for is left out, least first."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator

import click

SHORTER = ((99, True), (3, True), (2, True), (3, False), (2, False), (1, True), (1, False), (0, True), (0, False))
"""How many examples are shown at most, and whether options are listed by name that only --help-all explains; the first
that the screen has room for is taken."""

_HYPHEN, _BLANK = "\u2011", "\u00a0"
"""Where these stand no line ends; what is written has the plain ones."""

_KEPT_TOGETHER = re.compile(r"\[[^\[\]]*\]")


class WholeWords(click.HelpFormatter):
    """Ends no line within a word that has hyphens in it, or within brackets."""

    @classmethod
    def of(cls, ctx: click.Context) -> "WholeWords":
        """Return one of the width that a context has."""
        return cls(width=ctx.terminal_width, max_width=ctx.max_content_width)

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        super().write_text(_unbroken(text))

    def write_dl(self, rows: list[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:  # type: ignore[override]
        """Write a list of names and what they mean."""
        super().write_dl([(name, _unbroken(text)) for name, text in rows], col_max, col_spacing)

    def getvalue(self) -> str:
        """Return what was written."""
        return super().getvalue().replace(_HYPHEN, "-").replace(_BLANK, " ")


def fitted(written: Callable[[int, bool], str]) -> str:
    """Return the longest help that leaves its first line on the screen; whole where there is no terminal.

    `written(examples, listed)` is the help with so many examples, and with or without a list of the other options.
    """
    text = written(*SHORTER[0])
    if sys.stdout is None or not sys.stdout.isatty():
        return text
    rows = shutil.get_terminal_size().lines - 1  # The prompt comes below.
    shorter: Iterator[str] = (written(*how) for how in SHORTER[1:])
    while text.count("\n") > rows and (next_text := next(shorter, None)) is not None:
        text = next_text
    return text


def with_examples(epilog: str | None, most: int) -> str | None:
    """Return the end of a help with so many of its examples at most, and without their heading if that is none."""
    before, heading, examples = (epilog or "").partition("Examples:\n")
    if not heading:
        return epilog
    lines = examples.splitlines(keepends=True)[:most]
    return before + heading + "".join(lines) if lines else before.removesuffix("\b\n").rstrip() or None


def _unbroken(text: str) -> str:
    together = _KEPT_TOGETHER.sub(lambda brackets: brackets[0].replace(" ", _BLANK), text)
    return together.replace("-", _HYPHEN)

"""The help of `cnnfilt shape`: its layers are written from the table of words, once somebody asks."""

from inspect import cleandoc
from textwrap import wrap

import click

from cnnfilt.cli.command import Command

EXPLAINED = ("conv", "filter", "pool")
OFTEN = "relu tanh sigmoid softmax flatten fc:N bn dw tconv up pad crop as: from: add: cat: mul:"
"""The words that --help explains, and those that it names; --help-all has all of them."""

WIDTH, COLUMN = 76, 38


class ShapeCommand(Command):
    """A command in whose help {words} stands for the layers."""

    _all_words = False

    @property
    def help(self) -> str:
        """Return the help."""
        return (
            self._text.replace("{words}", _words(all_of_them=self._all_words))
            if "{words}" in self._text
            else self._text
        )

    @help.setter
    def help(self, text: str | None) -> None:
        self._text = cleandoc(text or "")

    def full_help(self, ctx: click.Context) -> str:
        """Return the help with all options, and all words."""
        self._all_words = True
        try:
            return super().full_help(ctx)
        finally:
            self._all_words = False


def _words(*, all_of_them: bool) -> str:
    # Only help needs it, and every run would pay for the import.
    from cnnfilt.describe.words import WORDS

    usage = {name: [f"  {how:<{COLUMN}}{meaning}" for how, meaning in word.usage] for name, word in WORDS.items()}
    if all_of_them:
        return "\n".join(line for lines in usage.values() for line in lines)
    named = wrap(f"{OFTEN} and others (--help-all)", WIDTH, initial_indent="  ", subsequent_indent="  ")
    return "\n".join([*(usage[name][0] for name in EXPLAINED), *named])

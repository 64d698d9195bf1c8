"""Options written as other tools write them: -output, -o=a.png, –k. Read letter by letter, they mean something else."""

import os
import re
from collections.abc import Mapping, Sequence

import click

_LONG_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"


def refuse_other_dashes(words: Sequence[str], context: click.Context) -> None:
    """Raise UsageError for the first of `words` that is an option with the dashes, or the equals sign, of other tools.

    Those of a group end with the command.
    """
    if context.resilient_parsing:  # A shell asks what could follow.
        return
    params = context.command.get_params(context)
    options = {
        flag: one for one in params for flag in (*one.opts, *one.secondary_opts) if isinstance(one, click.Option)
    }
    left = iter(words)
    for word in left:
        _refuse_long_dash(word, options, context)
        if word == "--" or (isinstance(context.command, click.Group) and not word.startswith("-")):
            return
        name = word if word.startswith("--") else _last_in(word, options, context)
        if name in options and not options[name].is_flag:
            # Its value may begin with a dash, and -0 is a number, but another option is none.
            value = next(left, "")
            if value in options and value[1:].strip("-").isalpha():
                raise click.BadOptionUsage(name, f"Option {name!r} needs a value; {value} follows it", context)


def _last_in(word: str, options: Mapping[str, click.Option], context: click.Context) -> str:
    """Return the option that is the last letter of `word`, of -qo say; "" if none, or if its value follows there."""
    name = word.partition("=")[0]
    if len(word) < 2 or word[0] != "-":
        return ""
    if len(name) > 2 and f"-{name}" in options:
        raise click.NoSuchOption(name, ctx=context)
    for place, letter in enumerate(word[1:], 2):
        option = options.get(f"-{letter}")
        if option is None and re.fullmatch(r"-[A-Za-z][A-Za-z-]+", name):
            raise click.NoSuchOption(name, ctx=context)
        if option is None:
            return ""
        if option.is_flag:
            continue
        value = word[place:]
        if value.startswith("="):
            raise click.UsageError(f"{word!r} has one equals sign too many; write -{letter} {value[1:]}", context)
        return "" if value else f"-{letter}"
    return ""


def _refuse_long_dash(word: str, options: Mapping[str, click.Option], context: click.Context) -> None:
    """Raise UsageError for an option with one of the dashes that text programs put in the place of hyphens."""
    letters = word.lstrip("-" + _LONG_DASHES)
    if not word or word[0] not in _LONG_DASHES or not letters[:1].isalpha() or os.path.lexists(word):
        return
    name = letters.partition("=")[0]
    short = f"--{name}" not in options and (len(name) == 1 or f"-{name[0]}" in options)
    raise click.UsageError(f"{word!r} begins with a long dash; write {'-' if short else '--'}{letters}", context)

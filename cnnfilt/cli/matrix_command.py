"""Commands whose inputs may be matrices that are typed out."""

import re

import click

from cnnfilt.cli.command import Command

_NEGATIVE = re.compile(r"-\.?\d[\d.eE+-]*(?:[,;\s].*)?", re.DOTALL)
"""A number below zero, and perhaps others after it."""


class MatrixCommand(Command):
    """A command whose inputs may be typed matrices, also those that begin with a minus."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse `args`, with such matrices put behind `--`: else they would be taken for options."""
        if "--" in args:
            return super().parse_args(ctx, args)
        options = [one for one in self.params if isinstance(one, click.Option)]
        flags = {name for one in options if one.is_flag for name in one.opts}
        valued = {name for one in options if not one.is_flag for name in one.opts}
        typed = [
            place
            for place, word in enumerate(args)
            if _NEGATIVE.fullmatch(word) and word not in flags and not (place > 0 and args[place - 1] in valued)
        ]
        others = [word for place, word in enumerate(args) if place not in typed]
        return super().parse_args(ctx, [*others, "--", *(args[place] for place in typed)] if typed else args)

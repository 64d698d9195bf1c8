"""A command as all of ours are: its words are checked, and its help, once somebody asks for it, has two lengths."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from cnnfilt.cli.completion_places import complete
from cnnfilt.cli.dashes import refuse_other_dashes
from cnnfilt.cli.empty_names import refuse_empty_names
from cnnfilt.cli.habits import announce, blamed, in_effect
from cnnfilt.errors import CnnfiltError


def help_options(full_help: Callable[[click.Context], str], *, hides_all: bool = False) -> list[click.Option]:
    """Return --help-all, which prints the `full_help` of a command (and is hidden, if asked for), and --help.

    Click's own --help would look for a translation of its text, and import for that what takes 1 ms.
    """
    return [
        _printing(["--help-all"], full_help, "Show all options.", hidden=hides_all),
        _printing(["-h", "--help"], click.Context.get_help, "Show this message and exit."),
    ]


def _printing(
    names: Sequence[str], text: Callable[[click.Context], str], help: str, *, hidden: bool = False
) -> click.Option:
    """Return an option that prints `text` and ends there."""

    def show(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            click.echo(text(ctx))
            ctx.exit()

    return click.Option(names, is_flag=True, is_eager=True, expose_value=False, hidden=hidden, callback=show, help=help)


class Command(click.Command):
    """A command whose --help shows the options in `common`, by their Python names, and only names the others.

    What stands after a form feed, in its docstring or the help of an option, is for --help-all. `one_too_many` says
    what is meant by an argument more than it takes.
    """

    def __init__(self, *args: Any, common: Sequence[str] = (), one_too_many: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.common, self.one_too_many = common, one_too_many
        self.add_help_option = False
        self.params += help_options(self.full_help)
        for parameter in self.params:
            complete(parameter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse `args`; a UsageError has the context from which advice is made."""
        refuse_other_dashes(args, ctx)
        ctx.allow_extra_args = bool(self.one_too_many)
        try:
            left = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if left and not ctx.resilient_parsing:  # Completion asks with the word that comes next, too.
            ctx.fail(f"{' '.join(left)}: too many arguments; {self.one_too_many}")
        if not ctx.resilient_parsing:  # The Tab key asks for completions of empty words.
            refuse_empty_names(ctx)
        return left

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it has from the environment is said with -v, and where it is at fault."""
        found = in_effect(ctx)
        announce(ctx, found)
        try:
            return super().invoke(ctx)
        except CnnfiltError as error:
            raise blamed(error, found) from error

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help that fits the screen."""
        from cnnfilt.cli.help import help_for_screen

        formatter.write(help_for_screen(self, ctx))

    def full_help(self, ctx: click.Context) -> str:
        """Return the help with all options, in groups, the common ones first."""
        from cnnfilt.cli.help import full_help

        return full_help(self, ctx)
